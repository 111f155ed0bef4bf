/**
 * Tables and indexes of the SQLite store, made from runtime/collections.ts: one table per collection, one column per field (sqlite-columns.ts).
 */
import { collections } from '../collections.ts';
import type { Collection, CollectionName } from '../collections.ts';
import { columnDefinition, columnOf, columnsOf, KEY } from './sqlite-columns.ts';
import { memberIndexesOf } from './sqlite-members.ts';
import type { MemberIndex } from './sqlite-members.ts';

/** Raise when tables of ours change in a way that older programs cannot read. */
export const SCHEMA_VERSION = 1;

const ownTables = [
  'CREATE TABLE IF NOT EXISTS "_counters" (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS "_instances" (key INTEGER PRIMARY KEY, version INTEGER NOT NULL, ended INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS "_snapshots" (key INTEGER PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS "_history" (key INTEGER NOT NULL, version INTEGER NOT NULL, audit TEXT NOT NULL, events TEXT NOT NULL, PRIMARY KEY (key, version)) WITHOUT ROWID',
  'CREATE TABLE IF NOT EXISTS "_effects" (row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS "_blobs" (id TEXT PRIMARY KEY, bytes BLOB NOT NULL)',
];

export interface Statements {
  readonly tables: readonly string[];
  /** name → statement */
  readonly indexes: ReadonlyMap<string, string>;
  readonly members: readonly MemberIndex[];
}

/** Everything that a fresh file needs; harmless on one that has it. New columns of known tables and member indexes: see sqlite-migrate.ts. */
export function schemaStatements(): Statements {
  const names = Object.keys(collections) as CollectionName[];
  return {
    tables: [...ownTables, ...names.map(tableStatement)],
    indexes: new Map(names.flatMap((name) => indexStatements(name))),
    members: names.flatMap((name) => memberIndexesOf(name, collections[name])),
  };
}

function tableStatement(name: CollectionName): string {
  const collection: Collection = collections[name];
  const columns = columnsOf(collection).map(({ column, type }) => columnDefinition(column, type));
  const key = collection.key === undefined ? `${KEY} TEXT PRIMARY KEY` : `${KEY} INTEGER PRIMARY KEY`;
  return `CREATE TABLE IF NOT EXISTS "${name}" (${[key, ...columns].join(', ')})${collection.key === undefined ? ' WITHOUT ROWID' : ''}`;
}

/** Rows that lie within their instance's keys need no index to be found by it: they stand side by side. */
export function plainIndexes(collection: Collection): readonly (readonly string[])[] {
  return collection.indexes.filter(([first = '']) => first !== collection.within && collection.fields[first] !== 'list');
}

/** Keys from here on belong to instances that went on beyond their first 2^20 keys (engine/keys.ts): few, and apart from the instance's others. */
export const CONTINUED = 2n ** 58n;

function indexStatements(name: CollectionName): readonly (readonly [string, string])[] {
  const collection: Collection = collections[name];
  const { within } = collection;
  const continued = `${name}:${within ?? ''}^`;
  const apart: (readonly [string, string])[] =
    within === undefined || collection.key === undefined
      ? []
      : [[continued, `CREATE INDEX IF NOT EXISTS "${continued}" ON "${name}" ("${within}") WHERE ${KEY} >= ${CONTINUED}`]];
  const plain = plainIndexes(collection).map((fields) => {
    const columns = fields.map((field) =>
      field.startsWith('-') ? `${columnOf(collection, field.slice(1))} DESC` : columnOf(collection, field),
    );
    const only = fields.filter((field, at) => isPartial(collection, field, at === 0)).map((field) => presence(collection, field));
    const where = only.length === 0 ? '' : ` WHERE ${only.join(' AND ')}`;
    const index = `${name}:${fields.join('+')}${where === '' ? '' : '?'}`;
    return [index, `CREATE INDEX IF NOT EXISTS "${index}" ON "${name}" (${columns.join(', ')})${where}`] as const;
  });
  return [...apart, ...plain];
}

function isPartial({ sparse, only }: Collection, field: string, first: boolean): boolean {
  return sparse?.includes(field) === true || (first && only?.[field] !== undefined);
}

/** Says, in the words of the partial index, that the row has the field: SQLite uses the index only where a search says the same. */
export function presence(collection: Collection, field: string): string {
  const column = columnOf(collection, field);
  const value = collection.only?.[field];
  if (value !== undefined) return `${column} = '${value}'`;
  return collection.fields[field] === 'flag' ? `${column} = 1` : `${column} < X'FF'`;
}
