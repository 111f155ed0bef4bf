/** Row changes as statements. Whatever is wrong with a row is found here, before anything is written. */
import type { SQLInputValue } from 'node:sqlite';
import { instanceKeyOf } from '../../engine/index.ts';
import { collections } from '../collections.ts';
import type { Collection, CollectionName, FieldType, Row } from '../collections.ts';
import type { RowChange } from '../ports.ts';
import { checkRow } from './check-row.ts';
import { fieldType, fieldValue } from './field-value.ts';
import { columnsOf, KEY } from './sqlite-schema.ts';
import { bound } from './sqlite-search.ts';
import type { Sql } from './sqlite-search.ts';

export function keyValue(collection: Collection, key: string): SQLInputValue {
  return collection.key === undefined ? key : BigInt(key);
}

/** Throws a TypeError for a row that its collection does not describe. */
export function changeSql(change: RowChange): Sql {
  try {
    return statementOf(change);
  } catch (error) {
    // the slow way knows the words for what is wrong
    checkRow(change);
    throw error;
  }
}

function statementOf(change: RowChange): Sql {
  const collection: Collection = collections[change.collection];
  const key = collection.key === undefined ? change.key : (fieldValue('key', change.key) as bigint);
  if (change.op === 'delete') return { text: `DELETE FROM "${change.collection}" WHERE ${KEY} = ?`, values: [key] };
  if (change.op === 'patch') return patchSql(change, key);
  checkPlace(collection, change.key, change.row);
  return putSql(change, key);
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

function putSql({ collection: name, row }: Extract<RowChange, { op: 'put' }>, key: SQLInputValue): Sql {
  const collection: Collection = collections[name];
  const columns = columnsOf(collection);
  const values: SQLInputValue[] = [key];
  let known = collection.key === undefined ? 0 : 1;
  for (const { field, type } of columns) {
    const value = row[field];
    if (value !== undefined || Object.hasOwn(row, field)) known += 1;
    values.push(columnValue(type, value));
  }
  if (known < Object.keys(row).length) throw new TypeError('Expected fields of the collection only');
  return { text: putText(name), values };
}

/** The same string each time: the look-up of its prepared statement need not hash it again. Columns by name: a file that was brought up to date has them in another order. */
function putText(name: CollectionName): string {
  const known = putTexts.get(name);
  if (known !== undefined) return known;
  const columns = columnsOf(collections[name]).map(({ column }) => column);
  const made = `INSERT OR REPLACE INTO "${name}" (${[KEY, ...columns].join(', ')}) VALUES (?${', ?'.repeat(columns.length)})`;
  putTexts.set(name, made);
  return made;
}

const putTexts = new Map<CollectionName, string>();

function patchSql({ collection: name, fields }: Extract<RowChange, { op: 'patch' }>, key: SQLInputValue): Sql {
  const collection: Collection = collections[name];
  const changed = Object.keys(fields).filter((field) => field !== collection.key);
  if (changed.length === 0) return { text: 'SELECT 1 WHERE FALSE', values: [] };
  const values = changed.map((field) => columnValue(fieldType(collection, field), fields[field]));
  return { text: `UPDATE "${name}" SET ${changed.map((field) => `"${field}" = ?`).join(', ')} WHERE ${KEY} = ?`, values: [...values, key] };
}

function columnValue(type: FieldType, value: unknown): SQLInputValue {
  if (value === undefined || value === null) return type === 'list' || type === 'json' ? null : bound(null);
  if (type === 'key' && typeof value === 'string') return keyOfText(value);
  return fieldValue(type, value);
}

/** Rows of one commit name the same few keys again and again. */
const recent = new Map<string, bigint>();

function keyOfText(text: string): bigint {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const value = fieldValue('key', text) as bigint;
  if (recent.size >= 1_000) recent.clear();
  recent.set(text, value);
  return value;
}

export function claimSql({ collection, key }: { readonly collection: CollectionName; readonly key: string }): Sql {
  return { text: `SELECT 1 FROM "${collection}" WHERE ${KEY} = ?`, values: [keyValue(collections[collection], key)] };
}
