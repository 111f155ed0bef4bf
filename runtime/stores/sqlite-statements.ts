/** Prepared statements of the writing connection, and rows that go into their table many at a time. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Rows, Step, Text } from './sqlite-order.ts';

/** so many prepared statements stay at hand */
const MOST = 4_000;
/** Rows of one statement. Its cursors stay where they are from row to row, in the table and in each index: that halves what a row costs. */
const SIZES = [32, 8] as const;

type Values = readonly SQLInputValue[];

interface Gathered {
  /** number of the statement → values of each row */
  readonly puts: Map<number, Values[]>;
  readonly keys: Set<SQLInputValue>;
}

export class Statements {
  readonly #db: DatabaseSync;
  readonly #textOf: (number: number) => Text;
  /** by the text's number; of each the statement for one row, and those for many */
  #known: StatementSync[][] = [];
  #prepared = 0;
  readonly #gathered = new Map<string, Gathered>();

  /** `textOf`: of a statement's number */
  constructor(db: DatabaseSync, textOf: (number: number) => Text) {
    this.#db = db;
    this.#textOf = textOf;
  }

  /** Done at the latest with `flush`. Until then only those see it who read through here. */
  run([number, values]: Step): void {
    const text = this.#textOf(number);
    if (text.table !== undefined && typeof text.of === 'object') return this.#gather(text.table, number, values);
    this.#ready(text, values);
    this.#statement(number).run(...values);
  }

  /** `more`: behind its own values */
  all([number, values]: Step, more?: SQLInputValue): Rows {
    const given = more === undefined ? values : [...values, more];
    this.#ready(this.#textOf(number), given);
    const statement = this.#statement(number);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    return statement.all(...given) as unknown as Rows;
  }

  /** Writes what was gathered. */
  flush(): void {
    for (const table of this.#gathered.keys()) this.#flushTable(table);
  }

  /** Its transaction is given up. */
  forget(): void {
    this.#gathered.clear();
  }

  #statement(number: number, size = 0): StatementSync {
    const known = this.#known[number]?.[size];
    if (known !== undefined) return known;
    if (this.#prepared >= MOST) [this.#known, this.#prepared] = [[], 0];
    this.#prepared += 1;
    const text = this.#textOf(number);
    const made = this.#db.prepare(size === 0 ? text.sql : manyOf(text, SIZES[size - 1] ?? 1));
    (this.#known[number] ??= [])[size] = made;
    return made;
  }

  #gather(table: string, number: number, values: Values): void {
    const key = values[0] as SQLInputValue;
    if (this.#gathered.get(table)?.keys.has(key) === true) this.#flushTable(table);
    let waiting = this.#gathered.get(table);
    if (waiting === undefined) this.#gathered.set(table, (waiting = { puts: new Map(), keys: new Set() }));
    waiting.keys.add(key);
    const rows = waiting.puts.get(number);
    if (rows === undefined) waiting.puts.set(number, [values]);
    else rows.push(values);
  }

  /** What is gathered for its table must be there before it, unless it concerns another row. */
  #ready({ table, of }: Text, values: Values): void {
    if (table === undefined) return this.flush();
    const waiting = this.#gathered.get(table);
    if (waiting !== undefined && (of !== 'row' || waiting.keys.has(values.at(-1) as SQLInputValue))) this.#flushTable(table);
  }

  #flushTable(table: string): void {
    const waiting = this.#gathered.get(table);
    this.#gathered.delete(table);
    for (const [number, rows] of waiting?.puts ?? []) this.#putAll(number, rows);
  }

  #putAll(number: number, rows: readonly Values[]): void {
    let at = 0;
    SIZES.forEach((size, index) => {
      for (; rows.length - at >= size; at += size) this.#statement(number, index + 1).run(...valuesOf(rows, at, at + size));
    });
    for (; at < rows.length; at += 1) this.#statement(number).run(...(rows[at] ?? []));
  }
}

/** of these rows, one behind the other */
function valuesOf(rows: readonly Values[], from: number, to: number): SQLInputValue[] {
  const all: SQLInputValue[] = [];
  for (let at = from; at < to; at += 1) for (const value of rows[at] ?? []) all.push(value);
  return all;
}

function manyOf({ sql, of }: Text, size: number): string {
  const places = typeof of === 'object' ? `(?${', ?'.repeat(of.put - 1)})` : '';
  return `${sql}${`, ${places}`.repeat(size - 1)}`;
}
