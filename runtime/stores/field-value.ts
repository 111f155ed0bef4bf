import type { Collection, FieldType } from '../collections.ts';

/**
 * What a field holds, in the one form in which adapters compare it: keys as bigint, flags as 0 or 1, lists and json as JSON text.
 * `null` means absent; absent sorts after everything else (last when ascending, first when descending).
 */
export type FieldValue = bigint | number | string | null;

export const MAX_KEY = 2n ** 63n - 1n;

/** Throws a TypeError that names the type when the value is none of it. `undefined` and `null` are absent. */
export function fieldValue(type: FieldType, value: unknown): FieldValue {
  if (value === undefined || value === null) return null;
  if (type === 'json') return JSON.stringify(value);
  const answer = scalars[type](value);
  if (answer === undefined) throw new TypeError(`Expected a value of type ${type}, but got ${typeof value}`);
  return answer;
}

const scalars: Record<Exclude<FieldType, 'json'>, (value: unknown) => FieldValue | undefined> = {
  key: (value) => (typeof value === 'string' && /^[0-9]{1,19}$/.test(value) && BigInt(value) <= MAX_KEY ? BigInt(value) : undefined),
  text: (value) => (typeof value === 'string' ? value : undefined),
  number: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  time: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  flag: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  list: (value) => (Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? JSON.stringify(value) : undefined),
};

/** The way back into a row. Absent fields are left out of rows. */
export function rowValue(type: FieldType, value: FieldValue): unknown {
  if (type === 'json' || type === 'list') return JSON.parse(String(value)) as unknown;
  if (type === 'key') return String(value);
  return type === 'flag' ? Number(value) === 1 : typeof value === 'bigint' ? Number(value) : value;
}

/** The type of a field. Throws when the collection has no such field: a row or query that silently lost one would lie. */
export function fieldType(collection: Collection, field: string): FieldType {
  const type = Object.hasOwn(collection.fields, field) ? collection.fields[field] : undefined;
  if (type === undefined) throw new TypeError(`Expected one of the fields ${Object.keys(collection.fields).join(', ')}, but got ${field}`);
  return type;
}
