import { collections } from '../../collections.ts';
import type { Collection, CollectionName, FieldType, Row } from '../../collections.ts';
import { fieldType, fieldValue, rowValue } from '../field-value.ts';
import type { FieldValue } from '../field-value.ts';
import { ABSENT } from './documents.ts';
import type { Doc, Id } from './documents.ts';

/** Present in documents that are no rows: holds of claims in progress and marks of deleted rows. */
export const HIDDEN = '_hidden';

/** A key as `_id`: 64-bit number, or text in collections without a key field. */
export function idOf(collection: Collection, key: string): Id {
  return collection.key === undefined ? key : BigInt(key);
}

/** Key fields are 64-bit numbers, lists are arrays, json is text. */
export function stored(type: FieldType, value: FieldValue): unknown {
  if (value === null) return ABSENT;
  if (type === 'list') return JSON.parse(String(value)) as unknown;
  if (type === 'flag') return value === 1;
  return value;
}

export function isComparable(type: FieldType): boolean {
  return type !== 'list' && type !== 'json';
}

/** Every comparable field is present in every row: that is how rows differ from marks and holds without another index. */
export function rowDocument(name: CollectionName, row: Row): Record<string, unknown> {
  const collection: Collection = collections[name];
  const document: Record<string, unknown> = {};
  for (const [field, type] of Object.entries(collection.fields)) {
    const value = fieldValue(type, row[field]);
    if (field !== collection.key && (value !== null || isComparable(type))) document[field] = stored(type, value);
  }
  return document;
}

export function patchUpdate(
  name: CollectionName,
  fields: Row,
): { readonly $set: Record<string, unknown>; readonly $unset: Record<string, 1> } {
  const collection: Collection = collections[name];
  const [$set, $unset]: [Record<string, unknown>, Record<string, 1>] = [{}, {}];
  for (const [field, given] of Object.entries(fields)) {
    const type = fieldType(collection, field);
    const value = fieldValue(type, given);
    if (field === collection.key) continue;
    if (value === null && !isComparable(type)) $unset[field] = 1;
    else $set[field] = stored(type, value);
  }
  return { $set, $unset };
}

export function rowOf(collection: Collection, document: Doc): Row {
  const row: Record<string, unknown> = {};
  if (collection.key !== undefined) row[collection.key] = String(document._id);
  for (const [field, type] of Object.entries(collection.fields)) {
    const value: unknown = field === collection.key ? undefined : document[field];
    if (value === undefined || value === null || isAbsent(value)) continue;
    row[field] = type === 'list' ? value : rowValue(type, value as FieldValue);
  }
  return row;
}

function isAbsent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_bsontype' in value && value._bsontype === 'MaxKey';
}
