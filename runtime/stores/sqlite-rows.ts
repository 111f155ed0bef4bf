/** Row changes as statements. Whatever is wrong with a row is found here, before anything is written. */
import type { SQLInputValue } from 'node:sqlite';
import { instanceKeyOf } from '../../engine/index.ts';
import { collections } from '../collections.ts';
import type { Collection, CollectionName, FieldType, Row } from '../collections.ts';
import type { RowChange } from '../ports.ts';
import { checkRow } from './check-row.ts';
import { fieldType, fieldValue } from './field-value.ts';
import { KEY } from './sqlite-columns.ts';
import { bound } from './sqlite-search.ts';
import type { Order, Step, StepWriter } from './sqlite-order.ts';
import { numberOf, putText, step } from './sqlite-texts.ts';

export function keyValue(collection: Collection, key: string): SQLInputValue {
  return collection.key === undefined ? key : BigInt(key);
}

/** The changes as steps of an order. StepWriter them throws a TypeError for a row that its collection does not describe. */
export function rowsOf(changes: readonly RowChange[]): NonNullable<Order['rows']> {
  return {
    length: changes.length,
    write: (into) => {
      for (let at = 0; at < changes.length; at += 1) write(changes[at] as RowChange, into);
    },
  };
}

function write(change: RowChange, into: StepWriter): void {
  try {
    if (change.op === 'put') put(change, into);
    else if (change.op === 'patch') patch(change, into);
    else remove(change, into);
  } catch (error) {
    // the slow way knows the words for what is wrong
    checkRow(change);
    throw error;
  }
}

/** Rows of one kind have the same few sets of fields: each has a statement of its own, and what is absent costs nothing. Columns that are not named are absent. */
interface Shape {
  readonly fields: readonly string[];
  readonly next: Map<string, Field>;
  /** the field that came next the last time: mostly it does again */
  last?: Field;
  text?: number;
}

interface Field {
  readonly field: string;
  readonly type: FieldType;
  readonly shape: Shape;
}

type Shapes = { [name in CollectionName]?: Shape };
const [puts, patches]: readonly [Shapes, Shapes] = [{}, {}];

function put({ collection: name, key, row }: Extract<RowChange, { op: 'put' }>, into: StepWriter): void {
  const collection: Collection = collections[name];
  const own = collection.key === undefined ? key : keyOfText(key);
  checkPlace(collection, key, row);
  let shape: Shape = (puts[name] ??= { fields: [], next: new Map() });
  let count = 1;
  const at = into.begin();
  into.value(own);
  for (const field in row) {
    const value = row[field];
    if (value === undefined || value === null || field === collection.key) continue;
    const known = nextOf(name, shape, field);
    writeColumn(known.type, value, into);
    shape = known.shape;
    count += 1;
  }
  shape.text ??= numberOf(putText(name, [KEY, ...shape.fields.map((field) => `"${field}"`)]));
  into.end(at, shape.text, count);
}

function patch({ collection: name, key, fields }: Extract<RowChange, { op: 'patch' }>, into: StepWriter): void {
  const collection: Collection = collections[name];
  let shape: Shape = (patches[name] ??= { fields: [], next: new Map() });
  let count = 1;
  const at = into.begin();
  for (const field in fields) {
    if (field === collection.key) continue;
    const known = nextOf(name, shape, field);
    writeColumn(known.type, fields[field], into);
    shape = known.shape;
    count += 1;
  }
  into.value(collection.key === undefined ? key : keyOfText(key));
  shape.text ??= numberOf({ sql: patchSql(name, shape.fields), table: name, of: 'row' });
  into.end(at, shape.text, count);
}

/** With nothing to set it asks for nothing. */
function patchSql(name: CollectionName, fields: readonly string[]): string {
  if (fields.length === 0) return `SELECT 1 FROM "${name}" WHERE FALSE AND ${KEY} = ?`;
  return `UPDATE "${name}" SET ${fields.map((field) => `"${field}" = ?`).join(', ')} WHERE ${KEY} = ?`;
}

function remove({ collection: name, key }: Extract<RowChange, { op: 'delete' }>, into: StepWriter): void {
  const at = into.begin();
  into.value((collections[name] as Collection).key === undefined ? key : keyOfText(key));
  into.end(at, numberOf({ sql: `DELETE FROM "${name}" WHERE ${KEY} = ?`, table: name, of: 'row' }), 1);
}

function nextOf(name: CollectionName, shape: Shape, field: string): Field {
  if (shape.last?.field === field) return shape.last;
  return (shape.last = shape.next.get(field) ?? grown(name, shape, field));
}

function grown(name: CollectionName, { fields, next }: Shape, field: string): Field {
  const made = { field, type: fieldType(collections[name], field), shape: { fields: [...fields, field], next: new Map() } };
  next.set(field, made);
  return made;
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

function writeColumn(type: FieldType, value: unknown, into: StepWriter): void {
  if (value === undefined || value === null) return type === 'list' || type === 'json' ? into.value(null) : into.absent();
  if (typeof value === 'string' && type === 'text') into.text(value);
  else if (typeof value === 'number' && (type === 'time' || type === 'number') && Number.isFinite(value)) into.number(value);
  else if (typeof value === 'string' && type === 'key') into.value(keyOfText(value));
  else into.value(bound(fieldValue(type, value)));
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
