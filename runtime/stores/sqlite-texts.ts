import type { SQLInputValue } from 'node:sqlite';
import type { Step, Text } from './sqlite-order.ts';

/** Statements of this process and their numbers, the same for all files: the writing thread learns each once. */
const numbers = new Map<string, number>();
export const texts: Text[] = [];

export function numberOf(text: Text): number {
  const known = numbers.get(text.sql);
  if (known !== undefined) return known;
  numbers.set(text.sql, texts.push(text) - 1);
  return texts.length - 1;
}

export function step(text: Text, ...values: readonly SQLInputValue[]): Step {
  return [numberOf(text), values];
}

/** `INSERT OR REPLACE` (or what else begins so) of whole rows, the key first. */
export function putText(table: string, columns: readonly string[], verb = 'INSERT OR REPLACE'): Text {
  const places = `?${', ?'.repeat(columns.length - 1)}`;
  return { sql: `${verb} INTO "${table}" (${columns.join(', ')}) VALUES (${places})`, table, of: { put: columns.length } };
}

/** THE FIRST OF ALL, in both threads: where an instance stands, asked before each commit. */
export const INSTANCE_AT = numberOf({ sql: 'SELECT version, ended FROM "_instances" WHERE key = ?', table: '_instances', of: 'row' });
