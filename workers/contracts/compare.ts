/** What a new contract changes for those who use the old one, field by field. */
import type { Field } from './fields.ts';
import type { ContractOperation } from './operation.ts';

export interface FieldChange {
  readonly place: string;
  readonly change: 'added' | 'removed' | 'type' | 'now-required' | 'no-longer-required' | 'choices';
  readonly before?: string;
  readonly after?: string;
  /** a diagram that was right may be wrong with it */
  readonly breaking: boolean;
}

export interface OperationChange {
  readonly operationId: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
  readonly breaking: boolean;
}

/** Operations that are the same are not told. */
export function compareOperations(before: readonly ContractOperation[], after: readonly ContractOperation[]): readonly OperationChange[] {
  const old = new Map(before.map((one) => [one.operationId, one]));
  const now = new Map(after.map((one) => [one.operationId, one]));
  const removed = before.filter(({ operationId }) => !now.has(operationId));
  return [
    ...removed.map(({ operationId }) => ({ operationId, change: 'removed' as const, fields: [], breaking: true })),
    ...after.flatMap((one): readonly OperationChange[] => {
      const earlier = old.get(one.operationId);
      if (earlier === undefined) return [{ operationId: one.operationId, change: 'added', fields: [], breaking: false }];
      const fields = [
        ...addressChange(earlier, one),
        ...inputChanges(earlier, one),
        ...outputChanges(earlier, one),
        ...callbackChanges(earlier, one),
      ];
      if (fields.length === 0) return [];
      return [{ operationId: one.operationId, change: 'changed', fields, breaking: fields.some(({ breaking }) => breaking) }];
    }),
  ];
}

/** the engine reads method and path from the contract, so a diagram need not change */
function addressChange(before: ContractOperation, after: ContractOperation): readonly FieldChange[] {
  const [old, now] = [before, after].map(({ method, path }) => `${method} ${path}`);
  return old === now ? [] : [{ place: 'address', change: 'type', before: old!, after: now!, breaking: false }];
}

function inputChanges(before: ContractOperation, after: ContractOperation): readonly FieldChange[] {
  return changes(before.inputs, after.inputs, {
    // a new field breaks those who do not send it
    added: ({ required }) => required,
    removed: () => true,
    required: (isRequired) => isRequired,
  });
}

function outputChanges(before: ContractOperation, after: ContractOperation): readonly FieldChange[] {
  return changes(before.outputs, after.outputs, { added: () => false, removed: () => true, required: (isRequired) => !isRequired });
}

/** whether the answer comes with the call or later, and what is in it then */
function callbackChanges(before: ContractOperation, after: ContractOperation): readonly FieldChange[] {
  const [old, now] = [before, after].map(({ callback }) => callback?.place ?? '–');
  const place: readonly FieldChange[] =
    old === now ? [] : [{ place: 'callback', change: 'type', before: old!, after: now!, breaking: old !== '–' && now === '–' }];
  const breaks: Breaks = { added: () => false, removed: () => true, required: (isRequired) => !isRequired };
  const parts = [before, after].map(({ callback }) =>
    (callback?.outputs ?? []).map((field) => ({ ...field, place: `callback ${field.place}` })),
  );
  return [...place, ...changes(parts[0]!, parts[1]!, breaks)];
}

interface Breaks {
  readonly added: (field: Field) => boolean;
  readonly removed: (field: Field) => boolean;
  readonly required: (isRequired: boolean) => boolean;
}

function changes(before: readonly Field[], after: readonly Field[], breaks: Breaks): readonly FieldChange[] {
  const old = new Map(before.map((one) => [one.place, one]));
  const now = new Map(after.map((one) => [one.place, one]));
  const removed = before.filter(({ place }) => !now.has(place));
  return [
    ...removed.map((field) => ({ place: field.place, change: 'removed' as const, before: field.type, breaking: breaks.removed(field) })),
    ...after.flatMap((field): readonly FieldChange[] => {
      const earlier = old.get(field.place);
      if (earlier !== undefined) return between(earlier, field, breaks);
      return [{ place: field.place, change: 'added', after: field.type, breaking: breaks.added(field) }];
    }),
  ];
}

function between(before: Field, after: Field, breaks: Breaks): readonly FieldChange[] {
  const found: FieldChange[] = [];
  const { place } = after;
  if (before.type !== after.type) found.push({ place, change: 'type', before: before.type, after: after.type, breaking: true });
  if (before.required !== after.required)
    found.push({ place, change: after.required ? 'now-required' : 'no-longer-required', breaking: breaks.required(after.required) });
  const [old, now] = [before, after].map(({ choices }) => (choices ?? []).join(', '));
  if (old !== now) found.push({ place, change: 'choices', before: old!, after: now!, breaking: true });
  return found;
}
