/** What the store asks of its writing thread, and what it hears: plain data, because it travels between two threads. */
import type { SQLInputValue } from 'node:sqlite';

/** Stands in a column for "no value": see sqlite-schema.ts. */
export const ABSENT = Uint8Array.of(0xff);

/** A statement. Each is described once and named by its number from then on (sqlite-texts.ts). */
export interface Text {
  readonly sql: string;
  /** the table whose rows it concerns, and no other; absent: it may concern any */
  readonly table?: string;
  /**
   * `put`: `sql` ends with VALUES and one pair of brackets with so many places; the first is the row's key. Rows of many puts go into one statement.
   * `row`: concerns the row whose key is its last value, and no other.
   */
  readonly of?: { readonly put: number } | 'row';
}

/** A statement by its number, and what goes into it. */
export type Step = readonly [text: number, values: readonly SQLInputValue[]];

/** All of it or nothing. The checks stand before the first write: there are no savepoints to go back to. */
export interface Order {
  /** this instance must stand at this version and not have ended; 0 = it must not be there */
  readonly version?: readonly [key: SQLInputValue, expected: number];
  /** must find something */
  readonly held?: Step;
  /** each must find nothing */
  readonly free?: readonly Step[];
  readonly steps?: readonly Step[];
  /** steps behind those, so many, written straight into the message: most of what a commit is */
  readonly rows?: { readonly length: number; write(into: StepWriter): void };
  /** its rows are the answer */
  readonly find?: Step;
  /** done then for each row of `find`: its first value goes behind the step's own */
  readonly each?: Step;
  /** may be told before it is on the disk: it promises nothing to anybody outside */
  readonly visible?: true;
}

/** Where steps are written, value by value. */
export interface StepWriter {
  /** a step begins; answers where, for `end` */
  begin(): number;
  number(value: number): void;
  text(value: string): void;
  absent(): void;
  value(value: SQLInputValue): void;
  /** the step that began there is this statement, with so many values */
  end(at: number, text: number, values: number): void;
}

export type Rows = readonly (readonly unknown[])[];

/** Done (with rows when they were asked for), or which check said no. */
export type Answer = Rows | 'done' | 'conflict' | 'stale' | { readonly taken: number };
