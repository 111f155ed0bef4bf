/** Gets and searches. A search is one statement, or (sqlite-branches.ts) several that each walk an index in the wanted order and are merged. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { collections } from '../collections.ts';
import type { Collection, CollectionName, Row } from '../collections.ts';
import type { Page, Query } from '../ports.ts';
import { branchesOf } from './sqlite-branches.ts';
import type { Branch } from './sqlite-branches.ts';
import { keyValue } from './sqlite-rows.ts';
import { KEY } from './sqlite-columns.ts';
import { pageOf, searchPlan } from './search-plan.ts';
import type { Condition, SearchPlan } from './search-plan.ts';
import { compareValues, matches } from './matches.ts';
import type { FieldValue } from './field-value.ts';
import { countSql, decodeRow, searchSql, selection } from './sqlite-search.ts';
import type { Sql } from './sqlite-search.ts';

export interface Database {
  readonly db: DatabaseSync;
  /** the same text is prepared once */
  readonly prepare: (text: string) => StatementSync;
}

/** Several statements that see one moment of the store, though another thread goes on writing. */
export function atOneMoment<T>({ db, prepare }: Database, read: () => T): T {
  if (db.isTransaction) return read();
  prepare('BEGIN').run();
  try {
    return read();
  } finally {
    prepare('COMMIT').run();
  }
}

interface Entry {
  readonly key: string;
  readonly row: Row;
}

export function all({ prepare }: Database, { text, values }: Sql): readonly (readonly unknown[])[] {
  const statement = prepare(text);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return statement.all(...values) as unknown as readonly (readonly unknown[])[];
}

export function get(database: Database, name: CollectionName, key: string): Row | undefined {
  const collection: Collection = collections[name];
  if (collection.key !== undefined && !/^[0-9]{1,19}$/.test(key)) return undefined;
  const statement = database.prepare(getText(name));
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const values = statement.get(keyValue(collection, key)) as readonly unknown[] | undefined;
  return values === undefined ? undefined : decodeRow(collection, values);
}

/** The same string each time: the look-up of its prepared statement need not hash it again. */
function getText(name: CollectionName): string {
  const known = getTexts.get(name);
  if (known !== undefined) return known;
  const made = `SELECT ${selection(collections[name])} FROM "${name}" WHERE ${KEY} = ?`;
  getTexts.set(name, made);
  return made;
}

const getTexts = new Map<CollectionName, string>();

/** Throws InvalidQuery. */
export function search(database: Database, name: CollectionName, query: Query): Page {
  const plan = searchPlan(collections[name], query);
  const key = keyAsked(name, plan);
  if (key !== undefined) return oneRow(database, name, { key, plan });
  return atOneMoment(database, () => found(database, name, plan));
}

/** The search is for one row by its key, and whether the reader may see it. */
function keyAsked(name: CollectionName, { condition, position, skip }: SearchPlan): string | undefined {
  const { key }: Collection = collections[name];
  if (key === undefined || position !== undefined || skip > 0) return undefined;
  return keyIn(condition, key);
}

function keyIn(condition: Condition, key: string): string | undefined {
  if (condition.kind === 'and') return condition.parts.map((part) => keyIn(part, key)).find((found) => found !== undefined);
  const asked = condition.kind === 'compare' && condition.operator === 'eq' && condition.field === key && condition.value !== null;
  return asked ? String(condition.value) : undefined;
}

function oneRow(database: Database, name: CollectionName, { key, plan }: { readonly key: string; readonly plan: SearchPlan }): Page {
  const row = get(database, name, key);
  const entries = row !== undefined && matches(collections[name], plan.condition, row) ? [{ key, row }] : [];
  return pageOf(plan, entries, entries.length);
}

function found(database: Database, name: CollectionName, plan: SearchPlan): Page {
  const branches = branchesOf(name, plan);
  const entries = branches === undefined ? together(database, name, plan) : merged(database, name, { plan, branches });
  const complete = plan.position === undefined && plan.skip === 0 && entries.length < plan.limit;
  const counted = complete
    ? entries.length
    : branches === undefined
      ? Number(all(database, countSql(name, plan))[0]?.[0])
      : countedIn(database, branches, plan.cap);
  return pageOf(plan, plan.position?.backwards ? entries.toReversed() : entries, counted);
}

function together(database: Database, name: CollectionName, plan: SearchPlan): readonly Entry[] {
  return all(database, searchSql(name, plan)).map((values) => entryOf(name, values));
}

function entryOf(name: CollectionName, values: readonly unknown[]): Entry {
  return { key: String(values[0]), row: decodeRow(collections[name], values) };
}

/** Each branch gives its first rows in order; a row may come from several of them. */
function merged(
  database: Database,
  name: CollectionName,
  { plan, branches }: { readonly plan: SearchPlan; readonly branches: readonly Branch[] },
): readonly Entry[] {
  const enough = plan.skip + plan.limit;
  const heads = branches.flatMap(({ first }) => all(database, first(enough)));
  const ordered = heads.length === 0 || branches.length === 1 ? heads : heads.toSorted((left, right) => compareHeads(plan, left, right));
  const keys = [...new Set(ordered.map(([key]) => key as string | bigint))].slice(plan.skip, enough);
  if (keys.length === 0) return [];
  const collection: Collection = collections[name];
  const list = collection.key === undefined ? JSON.stringify(keys) : `[${keys.join()}]`;
  const text = `SELECT ${selection(collection)} FROM "${name}" WHERE ${KEY} IN (SELECT value FROM json_each(?))`;
  const rows = new Map(all(database, { text, values: [list] }).map((values) => [values[0], values] as const));
  return keys.flatMap((key) => {
    const values = rows.get(key);
    return values === undefined ? [] : [entryOf(name, values)];
  });
}

/** Heads are the key and the values of the order. */
function compareHeads({ order, position }: SearchPlan, left: readonly unknown[], right: readonly unknown[]): number {
  for (const [index, { field, descending }] of order.entries()) {
    const at = field === undefined ? 0 : index + 1;
    const compared = compareValues(comparable(left[at]), comparable(right[at]));
    if (compared !== 0) return descending === (position?.backwards ?? false) ? compared : -compared;
  }
  return 0;
}

function comparable(value: unknown): FieldValue {
  return value instanceof Uint8Array ? null : (value as FieldValue);
}

function countedIn(database: Database, branches: readonly Branch[], cap: number): number {
  const [only] = branches;
  if (only !== undefined && branches.length === 1) return Number(all(database, only.count(cap + 1))[0]?.[0]);
  const keys = new Set<unknown>();
  for (const { keys: keysOf } of branches) {
    for (const [key] of all(database, keysOf(cap + 1))) keys.add(key);
    if (keys.size > cap) return cap + 1;
  }
  return keys.size;
}

export function explain({ db }: Database, name: CollectionName, query: Query): readonly string[] {
  const plan = searchPlan(collections[name], query);
  const statements = branchesOf(name, plan)?.map(({ first }) => first(plan.skip + plan.limit)) ?? [searchSql(name, plan)];
  return statements.flatMap(({ text, values }) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${text}`)
      .all(...values)
      .map((line) => String(line['detail'])),
  );
}
