/**
 * Searches as filters. LAW: values come through `fieldValue`, so none of them is ever an object: no operator can come from a value.
 */
import mongoose from 'mongoose';
import type { Collection } from '../../collections.ts';
import { fieldType } from '../field-value.ts';
import { wildcardParts } from '../matches.ts';
import type { Condition, Operator, SearchPlan } from '../search-plan.ts';
import { ABSENT } from './documents.ts';
import { HIDDEN, idOf, isComparable, stored } from './row-document.ts';

export type MongoFilter = Record<string, unknown>;

const NOTHING: MongoFilter = { _id: { $in: [] } };

export function filterOf(collection: Collection, condition: Condition): MongoFilter {
  const filter = part(collection, condition);
  return provesRow(collection, condition) ? filter : { $and: [filter, { [HIDDEN]: { $exists: false } }] };
}

/** Holds and marks have no fields: a condition that asks for a value of one leaves them out by itself, so that indexes alone can answer. */
function provesRow(collection: Collection, condition: Condition): boolean {
  if (condition.kind === 'and') return condition.parts.some((inner) => provesRow(collection, inner));
  if (condition.kind === 'or') return condition.parts.every((inner) => provesRow(collection, inner));
  if (condition.field === collection.key) return false;
  if (condition.kind === 'in') return !condition.negated;
  if (condition.kind === 'compare')
    return condition.operator !== 'neq' && (condition.value !== null || isComparable(fieldType(collection, condition.field)));
  return true;
}

function part(collection: Collection, condition: Condition): MongoFilter {
  if (condition.kind === 'and' || condition.kind === 'or')
    return joined(
      condition.parts.map((inner) => part(collection, inner)),
      condition.kind,
    );
  const type = fieldType(collection, condition.field);
  const name = nameOf(collection, condition.field);
  if (condition.kind === 'compare') return compare(collection, condition);
  if (condition.kind === 'in')
    return { [name]: { [condition.negated ? '$nin' : '$in']: condition.values.map((value) => stored(type, value)) } };
  if (condition.kind === 'like') return { [name]: new mongoose.mongo.BSONRegExp(patternOf(condition.pattern), '') };
  return { [name]: { $in: [...condition.values] } };
}

function joined(parts: readonly MongoFilter[], kind: 'and' | 'or'): MongoFilter {
  if (parts.length === 0) return kind === 'and' ? {} : NOTHING;
  return parts.length === 1 ? (parts[0] ?? {}) : { [`$${kind}`]: [...parts] };
}

export function nameOf(collection: Collection, field: string | undefined): string {
  return field === undefined || field === collection.key ? '_id' : field;
}

const operators: Record<Operator, string> = { eq: '$eq', neq: '$ne', gt: '$gt', gte: '$gte', lt: '$lt', lte: '$lte' };

/** Comparing with a value leaves the absent ones out: MongoDB compares values of one type only. */
function compare(collection: Collection, { field, operator, value }: Extract<Condition, { kind: 'compare' }>): MongoFilter {
  const type = fieldType(collection, field);
  if (value === null && !isComparable(type)) return { [field]: { $exists: operator !== 'eq' } };
  if (value === null && !['eq', 'neq'].includes(operator)) return NOTHING;
  return { [nameOf(collection, field)]: { [operators[operator]]: stored(type, value) } };
}

/** Linear: after each star the first fitting place is taken for good (atomic group), which is enough for wildcards. */
export function patternOf(pattern: string): string {
  const segments: string[] = [''];
  for (const wanted of wildcardParts(pattern)) {
    if (wanted === 'any') segments.push('');
    else segments[segments.length - 1] += wanted === 'one' ? '[\\s\\S]' : escaped(wanted.literal);
  }
  const [first = '', ...rest] = segments;
  const tail = rest.pop();
  const middle = rest.filter((segment) => segment !== '').map((segment) => `(?>[\\s\\S]*?${segment})`);
  return `^${first}${middle.join('')}${tail === undefined ? '' : `[\\s\\S]*${tail}`}\\z`;
}

function escaped(character: string): string {
  return /[\w\s]/.test(character) || character > '\u007f' ? character : `\\${character}`;
}

export function sortOf(collection: Collection, { order, position }: SearchPlan): Record<string, 1 | -1> {
  const flipped = position?.backwards ?? false;
  return Object.fromEntries(order.map(({ field, descending }) => [nameOf(collection, field), descending === flipped ? 1 : -1] as const));
}

/** After (a, b, key) = a beyond, or a equal and b beyond, or both equal and key beyond. Absent is beyond every value. */
export function positionFilter(collection: Collection, { order, position }: SearchPlan): MongoFilter {
  if (position === undefined) return {};
  const steps = order.map(({ field, descending }, index): MongoFilter => {
    const equal = order.slice(0, index).map((before, at) => ({ [nameOf(collection, before.field)]: valueAt(at) }));
    return { $and: [...equal, beyond(nameOf(collection, field), valueAt(index), descending !== position.backwards)] };
  });
  return { $or: steps };

  function valueAt(index: number): unknown {
    const field = order[index]?.field;
    return field === undefined
      ? idOf(collection, position?.key ?? '')
      : stored(fieldType(collection, field), position?.values[index] ?? null);
  }
}

function beyond(name: string, value: unknown, descending: boolean): MongoFilter {
  if (value === ABSENT) return descending ? { [name]: { $ne: ABSENT } } : NOTHING;
  return descending ? { [name]: { $lt: value } } : { $or: [{ [name]: { $gt: value } }, { [name]: ABSENT }] };
}
