/**
 * How fields stand in the SQLite store. Absent values of comparable fields are the blob X'FF', not NULL: SQLite orders it after every number and
 * text, so equality, ranges, order and cursors all run on plain columns and plain indexes. Lists and json are JSON text, NULL when absent.
 */
import type { Collection, FieldType } from '../collections.ts';

/** Column that holds the row's own key. */
export const KEY = '_key';

export interface Column {
  readonly field: string;
  readonly type: FieldType;
  /** quoted, as it stands in SQL */
  readonly column: string;
}

/** Fields with a column of their own, in a fixed order; the key field is the primary key itself. */
export function columnsOf(collection: Collection): readonly Column[] {
  const known = columns.get(collection);
  if (known) return known;
  const made = Object.entries(collection.fields)
    .filter(([field]) => field !== collection.key)
    .map(([field, type]) => ({ field, type, column: `"${field}"` }));
  columns.set(collection, made);
  return made;
}

const columns = new WeakMap<Collection, readonly Column[]>();

export function columnOf(collection: Collection, field: string | undefined): string {
  return field === undefined || field === collection.key ? KEY : `"${field}"`;
}

const affinities: Record<FieldType, string> = {
  key: 'INTEGER',
  number: 'NUMERIC',
  time: 'NUMERIC',
  flag: 'INTEGER',
  text: '',
  list: 'TEXT',
  json: 'TEXT',
};

/** New columns of an existing table start as absent. */
export function columnDefinition(column: string, type: FieldType): string {
  return `${column} ${affinities[type]}${type === 'list' || type === 'json' ? '' : " NOT NULL DEFAULT (X'FF')"}`;
}
