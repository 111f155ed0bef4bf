/** Row changes as statements. Whatever is wrong with a row is found here, before anything is written. */
import type { SQLInputValue } from 'node:sqlite';
import { instanceKeyOf } from '../../engine/index.ts';
import { collections } from '../collections.ts';
import type { Collection, CollectionName, FieldType, Row } from '../collections.ts';
import type { RowChange } from '../ports.ts';
import { checkRow } from './check-row.ts';
import { fieldType, fieldValue } from './field-value.ts';
import { KEY } from './sqlite-schema.ts';
import { bound } from './sqlite-search.ts';
import type { Step } from './sqlite-order.ts';
import { numberOf, putText, step } from './sqlite-texts.ts';

export function keyValue(collection: Collection, key: string): SQLInputValue {
  return collection.key === undefined ? key : BigInt(key);
}

/** Throws a TypeError for a row that its collection does not describe. */
export function changeStep(change: RowChange): Step {
  try {
    return stepOf(change);
  } catch (error) {
    // the slow way knows the words for what is wrong
    checkRow(change);
    throw error;
  }
}

function stepOf(change: RowChange): Step {
  const collection: Collection = collections[change.collection];
  const key = collection.key === undefined ? change.key : keyOfText(change.key);
  if (change.op === 'delete') return [deleteOf(change.collection), [key]];
  if (change.op === 'patch') return patchStep(change, key);
  checkPlace(collection, change.key, change.row);
  return putStep(change, key);
}

/** Throws when the row is not where readers look for it. */
function checkPlace({ key: named, within }: Collection, key: string, row: Row): void {
  if (named !== undefined && row[named] !== key) throw new TypeError('Expected a row to be named by its key field');
  if (within === undefined || row[within] === undefined || isWithin(key, String(row[within]))) return;
  throw new TypeError(`Expected the key ${key} to lie within ${within} ${String(row[within])}`);
}

function isWithin(key: string, instanceKey: string): boolean {
  return key.startsWith(`${instanceKey}_`) || (/^[0-9]+$/.test(key) && instanceKeyOf(key) === instanceKey);
}

function putStep({ collection: name, row }: Extract<RowChange, { op: 'put' }>, key: SQLInputValue): Step {
  const collection: Collection = collections[name];
  let shape: Shape = (puts[name] ??= { fields: [], next: new Map() });
  const values: SQLInputValue[] = [key];
  for (const field in row) {
    const value = row[field];
    if (value === undefined || value === null || field === collection.key) continue;
    const known = shape.next.get(field) ?? grown(name, shape, field);
    values.push(columnValue(known.type, value));
    shape = known.shape;
  }
  return [(shape.put ??= numberOf(putText(name, [KEY, ...shape.fields.map((field) => `"${field}"`)]))), values];
}

/** Rows of one kind have the same few sets of fields: each has a statement of its own, and what is absent costs nothing. Columns that are not named are absent. */
interface Shape {
  readonly fields: readonly string[];
  readonly next: Map<string, { readonly type: FieldType; readonly shape: Shape }>;
  put?: number;
}

const puts: { [name in CollectionName]?: Shape } = {};

function grown(name: CollectionName, { fields, next }: Shape, field: string): { readonly type: FieldType; readonly shape: Shape } {
  const made = { type: fieldType(collections[name], field), shape: { fields: [...fields, field], next: new Map() } };
  next.set(field, made);
  return made;
}

function patchStep({ collection: name, fields }: Extract<RowChange, { op: 'patch' }>, key: SQLInputValue): Step {
  const collection: Collection = collections[name];
  const changed = Object.keys(fields).filter((field) => field !== collection.key);
  if (changed.length === 0) return step({ sql: 'SELECT 1 WHERE FALSE', table: name, of: 'row' });
  const values = changed.map((field) => columnValue(fieldType(collection, field), fields[field]));
  const sql = `UPDATE "${name}" SET ${changed.map((field) => `"${field}" = ?`).join(', ')} WHERE ${KEY} = ?`;
  return step({ sql, table: name, of: 'row' }, ...values, key);
}

function deleteOf(name: CollectionName): number {
  return numberOf({ sql: `DELETE FROM "${name}" WHERE ${KEY} = ?`, table: name, of: 'row' });
}

function columnValue(type: FieldType, value: unknown): SQLInputValue {
  if (value === undefined || value === null) return type === 'list' || type === 'json' ? null : bound(null);
  if (type === 'key' && typeof value === 'string') return keyOfText(value);
  return fieldValue(type, value);
}

/** Shorter keys are exact as plain numbers, which are many times as quick as bigints; the columns are integers either way. */
const EXACT_DIGITS = 16;

/** Throws a TypeError for what is no key. */
export function keyOfText(text: string): number | bigint {
  if (text.length >= EXACT_DIGITS || text.length === 0) return fieldValue('key', text) as bigint;
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return fieldValue('key', text) as bigint;
    number = number * 10 + digit;
  }
  return number;
}

export function claimStep({ collection, key }: { readonly collection: CollectionName; readonly key: string }): Step {
  const own = (collections[collection] as Collection).key === undefined ? key : keyOfText(key);
  return step({ sql: `SELECT 1 FROM "${collection}" WHERE ${KEY} = ?`, table: collection, of: 'row' }, own);
}
