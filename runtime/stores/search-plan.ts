/**
 * A query, checked and brought into one form that every adapter executes: conditions, total order, page.
 * The order always ends with the row's own key, so that paging is complete when many rows tie.
 */
import type { Collection, FieldType } from '../collections.ts';
import type { Filter, Page, Query } from '../ports.ts';
import type { Row } from '../collections.ts';
import { fieldType, fieldValue } from './field-value.ts';
import type { FieldValue } from './field-value.ts';
import { InvalidQuery } from './invalid-query.ts';

export type Operator = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte';
export type Condition =
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly value: FieldValue }
  | { readonly kind: 'in'; readonly field: string; readonly values: readonly FieldValue[]; readonly negated: boolean }
  | { readonly kind: 'like'; readonly field: string; readonly pattern: string }
  | { readonly kind: 'has-any'; readonly field: string; readonly values: readonly string[] }
  | { readonly kind: 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'or'; readonly parts: readonly Condition[] };

/** `field` absent: the row's own key. */
export interface Ordering {
  readonly field?: string;
  readonly descending: boolean;
}

export interface SearchPlan {
  readonly condition: Condition;
  readonly order: readonly Ordering[];
  readonly limit: number;
  readonly skip: number;
  /** totals are exact up to here */
  readonly cap: number;
  /** rows after (or before) this position in the order */
  readonly position?: { readonly values: readonly FieldValue[]; readonly key: string; readonly backwards: boolean };
}

/** Totals are counted up to here; more is told as this many and `hasMoreTotalItems`. Counting a million rows per list would be the slowest part of it. */
const COUNT_CAP = 10_000;
const MAX_LIMIT = 10_000;
const MAX_DEPTH = 8;

/** Throws InvalidQuery. */
export function searchPlan(collection: Collection, query: Query): SearchPlan {
  try {
    const order = ordering(collection, query.sort ?? []);
    const parts = [query.filter, query.scope].filter((filter) => filter !== undefined).map((filter) => condition(collection, filter, 0));
    const position = positionOf(collection, order, query);
    return {
      condition: { kind: 'and', parts },
      order,
      limit: wholeNumber('limit', query.limit ?? 100, 1),
      skip: wholeNumber('from', query.from ?? 0, 0),
      cap: wholeNumber('countUpTo', query.countUpTo ?? COUNT_CAP, 1),
      ...(position === undefined ? {} : { position }),
    };
  } catch (error) {
    if (error instanceof TypeError) throw new InvalidQuery(error.message);
    throw error;
  }
}

function wholeNumber(name: string, value: number, lowest: number): number {
  const highest = name === 'from' ? Number.MAX_SAFE_INTEGER : MAX_LIMIT;
  if (!Number.isSafeInteger(value) || value < lowest || value > highest)
    throw new InvalidQuery(`Expected ${name} to be a whole number from ${lowest} to ${highest}, but it is ${value}`);
  return value;
}

function ordering(collection: Collection, sort: NonNullable<Query['sort']>): readonly Ordering[] {
  const fields = sort.map(({ field, order }) => {
    if (['list', 'json'].includes(fieldType(collection, field)))
      throw new InvalidQuery(`Expected a sortable field, but ${field} is a list`);
    return { field, descending: order === 'DESC' };
  });
  const own = fields.findIndex(({ field }) => field === collection.key);
  const before = own < 0 ? fields : fields.slice(0, own);
  return [...before, { descending: (own < 0 ? fields.at(-1) : fields[own])?.descending ?? false }];
}

function condition(collection: Collection, filter: Filter, depth: number): Condition {
  if (depth > MAX_DEPTH) throw new InvalidQuery(`Expected a filter at most ${MAX_DEPTH} levels deep, but it is deeper`);
  const parts = Object.entries(filter).flatMap(([field, wanted]): readonly Condition[] => {
    if (wanted === undefined) return [];
    if (field === '$or')
      return [{ kind: 'or', parts: (wanted as readonly Filter[]).map((part) => condition(collection, part, depth + 1)) }];
    return conditionsOf(collection, field, wanted);
  });
  return { kind: 'and', parts };
}

function conditionsOf(collection: Collection, field: string, wanted: unknown): readonly Condition[] {
  const type = fieldType(collection, field);
  if (wanted === null || typeof wanted !== 'object') return [{ kind: 'compare', field, operator: 'eq', value: fieldValue(type, wanted) }];
  return Object.entries(wanted)
    .filter(([, value]) => value !== undefined)
    .map(([operator, value]) => comparison({ field, type }, operator, value));
}

const comparisons = new Map<string, Operator>([
  ['$eq', 'eq'],
  ['$neq', 'neq'],
  ['$gt', 'gt'],
  ['$gte', 'gte'],
  ['$lt', 'lt'],
  ['$lte', 'lte'],
]);

function comparison({ field, type }: { readonly field: string; readonly type: FieldType }, name: string, value: unknown): Condition {
  const operator = comparisons.get(name);
  if (operator !== undefined) return { kind: 'compare', field, operator, value: fieldValue(type, value) };
  if (name === '$exists' && typeof value === 'boolean') return { kind: 'compare', field, operator: value ? 'neq' : 'eq', value: null };
  if (name === '$like' && typeof value === 'string') return { kind: 'like', field, pattern: value };
  const values: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
  if (name === '$in' && values) return { kind: 'in', field, negated: false, values: values.map((entry) => fieldValue(type, entry)) };
  if (name === '$notIn' && values) return { kind: 'in', field, negated: true, values: values.map((entry) => fieldValue(type, entry)) };
  if (name === '$hasAny' && values && type === 'list') return { kind: 'has-any', field, values: values.map(String) };
  if (name === '$hasAll' && values && type === 'list')
    return { kind: 'and', parts: values.map((one) => ({ kind: 'has-any', field, values: [String(one)] })) };
  throw new InvalidQuery(`Expected an operator that ${field} understands, but got ${name}`);
}

function positionOf(collection: Collection, order: readonly Ordering[], query: Query): SearchPlan['position'] {
  const cursor = query.after ?? query.before;
  if (cursor === undefined) return undefined;
  const [values, key] = decodeCursor(cursor);
  if (values.length !== order.length - 1)
    throw new InvalidQuery('Expected a cursor of a search with the same sort, but this one belongs to another');
  return {
    values: values.map((value, index) => fieldValue(fieldType(collection, order[index]?.field ?? ''), value)),
    key,
    backwards: query.after === undefined,
  };
}

/** Opaque to callers: base64 (padded, as clients check it) of the sort values and the row's key. */
function encodeCursor(order: readonly Ordering[], entry: { readonly key: string; readonly row: Row }): string {
  const values = order.flatMap(({ field }) => (field === undefined ? [] : [entry.row[field] ?? null]));
  return Buffer.from(JSON.stringify([values, entry.key])).toString('base64');
}

function decodeCursor(cursor: string): readonly [readonly unknown[], string] {
  try {
    const decoded = JSON.parse(Buffer.from(cursor, 'base64').toString()) as unknown;
    if (Array.isArray(decoded) && Array.isArray(decoded[0]) && typeof decoded[1] === 'string') return [decoded[0], decoded[1]];
  } catch {
    // not JSON: answered like any other broken cursor
  }
  throw new InvalidQuery('Expected a cursor that an earlier page gave, but this is none');
}

export function pageOf(plan: SearchPlan, found: readonly { readonly key: string; readonly row: Row }[], counted: number): Page {
  const [first, last] = [found[0], found.at(-1)];
  return {
    items: found.map(({ row }) => row),
    totalItems: Math.min(counted, plan.cap),
    hasMoreTotalItems: counted > plan.cap,
    startCursor: first === undefined ? null : encodeCursor(plan.order, first),
    endCursor: last === undefined ? null : encodeCursor(plan.order, last),
  };
}
