/**
 * Indexes over the members of lists: SQLite has none, so each is a table of its own, one line per row and member, kept right by triggers.
 * The line carries the fields of the index, so that the open tasks of one group stand side by side in the order of the inbox.
 * NEEDS `PRAGMA recursive_triggers=ON` on every connection that writes: else a replaced row would leave its old lines behind.
 */
import type { Collection, CollectionName } from '../collections.ts';
import { columnDefinition, columnOf, KEY } from './sqlite-columns.ts';

export interface MemberIndex {
  readonly name: CollectionName;
  readonly collection: Collection;
  readonly list: string;
  /** fields behind the member, as in collections.ts */
  readonly rest: readonly string[];
  /** the table that holds it */
  readonly table: string;
}

export const MEMBER = '_member';

export function memberIndexesOf(name: CollectionName, collection: Collection): readonly MemberIndex[] {
  return collection.indexes
    .filter(([first = '']) => collection.fields[first] === 'list')
    .map(([list = '', ...rest]) => ({ name, collection, list, rest, table: `${name}:${[list, ...rest].join('+')}` }));
}

/** The table, its triggers, and (for a file that has rows already) its lines. */
export function memberStatements(index: MemberIndex): {
  readonly table: string;
  readonly triggers: readonly string[];
  readonly fill: string;
} {
  const { name, collection, list, rest, table } = index;
  const columns = rest.map((field) => columnOf(collection, field.replace('-', '')));
  const definitions = rest.map((field, at) => columnDefinition(columns[at] ?? '', collection.fields[field.replace('-', '')] ?? 'text'));
  const order = rest.map((field, at) => `${columns[at] ?? ''}${field.startsWith('-') ? ' DESC' : ''}`);
  const key = `${KEY} ${collection.key === undefined ? 'TEXT' : 'INTEGER'} NOT NULL`;
  const lines = (row: string, from = ''): string =>
    `INSERT OR IGNORE INTO "${table}" SELECT j.value, ${[...columns, KEY].map((column) => `${row}.${column}`).join(', ')} FROM ${from}json_each(${row}."${list}") AS j`;
  const gone = `DELETE FROM "${table}" WHERE ${MEMBER} IN (SELECT value FROM json_each(OLD."${list}")) AND ${[...columns, KEY].map((column) => `${column} = OLD.${column}`).join(' AND ')}`;
  const trigger = (event: string, body: string): string =>
    `CREATE TRIGGER IF NOT EXISTS "${table}/${event.slice(0, 6)}" AFTER ${event} ON "${name}" BEGIN ${body}; END`;
  return {
    table: `CREATE TABLE "${table}" (${[`${MEMBER} TEXT NOT NULL`, ...definitions, key].join(', ')}, PRIMARY KEY (${[MEMBER, ...order, KEY].join(', ')})) WITHOUT ROWID`,
    triggers: [
      trigger('INSERT', lines('NEW')),
      trigger('DELETE', gone),
      trigger(`UPDATE OF ${[`"${list}"`, ...columns].join(', ')}`, `${gone}; ${lines('NEW')}`),
    ],
    fill: lines(`"${name}"`, `"${name}", `),
  };
}
