/**
 * Compensation: what has completed and can be undone is remembered in its scope; a compensation event runs the handlers in reverse order,
 * one after the other, and waits for them. A handler sees what its activity, and every completed scope around that, had as own variables at
 * their completion (BPMN 2.0.2, 10.7: "snapshot data"); what lies outside of them it sees as it is now.
 */
import { elementOf } from '../process.ts';
import type { Element } from '../process.ts';
import type { Compensable, ElementInstance } from '../state.ts';
import type { ElementId, Variables } from '../terms.ts';
import { activate } from './activation.ts';
import type { Run } from './run.ts';
import { setAllLocal } from './variables.ts';
import { localVariables } from './visible.ts';

/** Called before an element instance completes: its scope remembers it when there is something to undo it with, or something in it. */
export function recordCompensable(run: Run, instance: ElementInstance, element: Element): void {
  if (instance.n === 0 || element.forCompensation || element.kind === 'event-sub-process') return;
  const inner = instance.compensable ?? [];
  const handler = instance.body === undefined ? (element.compensation ?? compensationSubProcess(run, element)) : undefined;
  if (handler === undefined && inner.length === 0) return;
  const variables = localVariables(run.state, instance.n);
  const record: Compensable = {
    element: element.id,
    n: instance.n,
    ...(handler !== undefined && { handler }),
    ...(inner.length > 0 && { inner }),
    ...(Object.keys(variables).length > 0 && { variables }),
  };
  run.emit({ t: 'internal', what: 'compensable', n: instance.scope, record });
}

/** The event sub-process inside that undoes this sub-process. */
function compensationSubProcess(run: Run, element: Element): ElementId | undefined {
  if (!('eventSubProcesses' in element)) return undefined;
  return element.eventSubProcesses.find((id) => {
    const sub = elementOf(run.world.process, id);
    const start = sub.kind === 'event-sub-process' ? elementOf(run.world.process, sub.start) : undefined;
    return start?.kind === 'start-event' && start.trigger.type === 'compensation';
  });
}

/** Takes out of scope `n` what is to be undone: all of it, or one activity's. Newest first. */
export function takeCompensable(run: Run, n: number, activity?: ElementId): readonly Compensable[] {
  const records = run.instance(n).compensable ?? [];
  const taken = activity === undefined ? records : records.filter((record) => record.element === activity);
  if (taken.length === 0) return [];
  run.emit({ t: 'internal', what: 'compensating', n, records: records.filter((record) => !taken.includes(record)) });
  return taken.toReversed().flatMap((record) => flattened(record));
}

/** A sub-process with a handler is undone by that; one without by undoing what it did. Inner variables hide those of the scopes around. */
function flattened(record: Compensable, around: Variables = {}): readonly Compensable[] {
  const variables = { ...around, ...record.variables };
  if (record.handler !== undefined) return [{ ...record, ...(Object.keys(variables).length > 0 && { variables }) }];
  return (record.inner ?? []).toReversed().flatMap((inner) => flattened(inner, variables));
}

/** Runs the first handler in `scope`; its end runs the next. `thrower` goes on after the last. */
export function compensate(
  run: Run,
  thrower: number,
  { scope, records }: { readonly scope: number; readonly records: readonly Compensable[] },
): void {
  const [first, ...remaining] = records;
  if (first?.handler === undefined) return afterLast(run, thrower);
  const n = activate(run, elementOf(run.world.process, first.handler), scope, { payload: {} });
  setAllLocal(run, n, first.variables ?? {});
  run.emit({ t: 'internal', what: 'handling', n, thrower, ...(remaining.length > 0 && { remaining }) });
  // an event sub-process that undoes may itself undo what was inside
  if (first.inner) run.emit({ t: 'internal', what: 'compensating', n, records: first.inner });
}

function afterLast(run: Run, thrower: number): void {
  const instance = run.state.elements.get(thrower);
  if (instance) run.push({ do: run.elementOf(instance).kind === 'transaction' ? 'cancelled' : 'complete', n: thrower });
}

/** A handler has ended: the next one begins. */
export function handlerEnded(run: Run, handles: NonNullable<ElementInstance['handles']>, scope: number): void {
  compensate(run, handles.thrower, { scope, records: handles.remaining ?? [] });
}
