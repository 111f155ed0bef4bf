/** The search contract over rows that are made, not kept: the same filters, sorts and pages as the store's own searches, in memory. */
import { z } from 'zod';
import type { Row } from '../runtime/collections.ts';
import { Problem } from './problem.ts';
import { parseBody, shown } from './input.ts';
import { ok } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Asked } from './route.ts';

export const listBody = z.object({
  filter: z.record(z.string(), z.unknown()).nullish(),
  sort: z
    .array(z.strictObject({ field: z.string().max(100), order: z.enum(['ASC', 'DESC', 'asc', 'desc']).optional() }))
    .max(10)
    .nullish(),
  page: z
    .strictObject({
      limit: z.number().int().min(1).max(10_000).optional(),
      from: z.number().int().min(0).max(1_000_000).optional(),
      after: z.string().max(4096).optional(),
      before: z.string().max(4096).optional(),
    })
    .nullish(),
});

/** One page of `rows` (plain fields, times as ISO 8601). `known`: names that a filter or sort may use. */
export function listed(asked: Asked, rows: readonly Row[], known: readonly string[]): Reply {
  const given = parseBody(asked, listBody, {});
  const wanted = Object.entries(given.filter ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const named = [...wanted.map(([name]) => name), ...(given.sort ?? []).map(({ field }) => field)];
  const odd = named.find((name) => !known.includes(name));
  if (odd !== undefined) throw new Problem('UNKNOWN_FIELD', `Expected one of the fields ${known.join(', ')}, but there is ${shown(odd)}`);
  const found = rows.filter((row) => wanted.every(([name, want]) => holds(row[name], want)));
  const sorted = [...found].sort((left, right) => {
    for (const { field, order } of given.sort ?? []) {
      const way = compare(left[field], right[field]) * (order?.toUpperCase() === 'DESC' ? -1 : 1);
      if (way !== 0) return way;
    }
    return 0;
  });
  const { from, limit = 100, after, before } = given.page ?? {};
  const start = before === undefined ? (from ?? (after === undefined ? 0 : placeOf(after) + 1)) : Math.max(placeOf(before) - limit, 0);
  const end = before === undefined ? start + limit : placeOf(before);
  const items = sorted.slice(start, end);
  const cursors = items.length === 0 ? [null, null] : [cursorOf(start), cursorOf(start + items.length - 1)];
  return ok({ items, page: { totalItems: found.length, hasMoreTotalItems: false, startCursor: cursors[0], endCursor: cursors[1] } });
}

function cursorOf(place: number): string {
  return Buffer.from(`#${place}`).toString('base64');
}

function placeOf(cursor: string): number {
  const place = /^#(\d{1,9})$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  if (place === undefined) throw new Problem('INVALID_ARGUMENT', 'Expected a cursor that an earlier page gave, but this is none');
  return Number(place);
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [String(left ?? ''), String(right ?? '')];
  return one < other ? -1 : one > other ? 1 : 0;
}

function holds(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return same(value, wanted);
  return Object.entries(wanted).every(([operator, operand]) => operates(operator, value, operand));
}

function same(value: unknown, wanted: unknown): boolean {
  return Array.isArray(value) ? value.includes(wanted) : (value ?? null) === wanted;
}

function operates(operator: string, value: unknown, operand: unknown): boolean {
  if (operator === '$eq') return same(value, operand);
  if (operator === '$neq') return !same(value, operand);
  if (operator === '$exists') return (value !== null && value !== undefined) === operand;
  if (operator === '$in' && Array.isArray(operand)) return operand.some((one) => same(value, one));
  if (operator === '$notIn' && Array.isArray(operand)) return !operand.some((one) => same(value, one));
  if (operator === '$like' && typeof operand === 'string' && operand.length <= 1000) return like(String(value ?? ''), operand);
  if (value === null || value === undefined) return false;
  if (operator === '$gt') return compare(value, operand) > 0;
  if (operator === '$gte') return compare(value, operand) >= 0;
  if (operator === '$lt') return compare(value, operand) < 0;
  if (operator === '$lte') return compare(value, operand) <= 0;
  throw new Problem('INVALID_ARGUMENT', `Expected an operator with a fitting value, but there is ${shown(operator)}`);
}

/** `*` any text, `?` one character, `\` takes the next one as it is. In steps of both texts' lengths at most: never a regular expression made of a caller's text. */
function like(text: string, pattern: string): boolean {
  const parts: string[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at] ?? '';
    parts.push(
      sign === '\\' && at + 1 < pattern.length ? `=${pattern[(at += 1)] ?? ''}` : sign === '*' || sign === '?' ? sign : `=${sign}`,
    );
  }
  let row: readonly boolean[] = [true, ...Array.from<boolean>({ length: text.length }).fill(false)];
  for (const part of parts) {
    const above = row;
    const next = [part === '*' && above[0] === true];
    for (let at = 1; at <= text.length; at += 1) {
      const fits = part === '?' || part === `=${text[at - 1] ?? ''}`;
      next.push(part === '*' ? above[at] === true || next[at - 1] === true : fits && above[at - 1] === true);
    }
    row = next;
  }
  return row[text.length] === true;
}
