import type { Collection, Row } from '../collections.ts';
import { fieldType, fieldValue } from './field-value.ts';
import type { FieldValue } from './field-value.ts';
import type { Condition, Operator, Ordering } from './search-plan.ts';

export interface Entry {
  readonly key: string;
  readonly row: Row;
}

/** Does the row fulfil the condition? For the memory store; the others let their database answer. */
export function matches(collection: Collection, condition: Condition, row: Row): boolean {
  if (condition.kind === 'and') return condition.parts.every((part) => matches(collection, part, row));
  if (condition.kind === 'or') return condition.parts.some((part) => matches(collection, part, row));
  if (condition.kind === 'has-any')
    return ((row[condition.field] ?? []) as readonly string[]).some((entry) => condition.values.includes(entry));
  const value = fieldValue(fieldType(collection, condition.field), row[condition.field]);
  if (condition.kind === 'in') return condition.values.includes(value) !== condition.negated;
  if (condition.kind === 'like') return value !== null && matchesWildcards(condition.pattern, String(value));
  return operators[condition.operator](value, condition.value);
}

const operators: Record<Operator, (left: FieldValue, right: FieldValue) => boolean> = {
  eq: (left, right) => left === right,
  neq: (left, right) => left !== right,
  gt: (left, right) => left !== null && right !== null && left > right,
  gte: (left, right) => left !== null && right !== null && left >= right,
  lt: (left, right) => left !== null && right !== null && left < right,
  lte: (left, right) => left !== null && right !== null && left <= right,
};

/** Total order of rows; the row's own key decides ties. */
export function compareEntries(collection: Collection, order: readonly Ordering[], [left, right]: readonly [Entry, Entry]): number {
  for (const { field, descending } of order) {
    const compared =
      field === undefined
        ? compareKeys(collection, left.key, right.key)
        : compareValues(valueOf(collection, field, left), valueOf(collection, field, right));
    if (compared !== 0) return descending ? -compared : compared;
  }
  return 0;
}

function valueOf(collection: Collection, field: string, entry: Entry): FieldValue {
  return fieldValue(fieldType(collection, field), entry.row[field]);
}

export function compareKeys(collection: Collection, left: string, right: string): number {
  return collection.key === undefined ? compareValues(left, right) : compareValues(BigInt(left), BigInt(right));
}

/** Absent is greater than everything. */
export function compareValues(left: FieldValue, right: FieldValue): number {
  if (left === right) return 0;
  if (left === null) return 1;
  return right === null || left < right ? -1 : 1;
}

/** `*` any text, `?` one character, backslash takes the next one literally. Linear in practice: remembers only the last star. */
export function matchesWildcards(pattern: string, text: string): boolean {
  const parts = wildcardParts(pattern);
  let [part, at, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    const wanted = parts[part];
    if (wanted === 'any') [star, retry, part] = [part, at, part + 1];
    else if (wanted !== undefined && (wanted === 'one' || wanted.literal === text[at])) [part, at] = [part + 1, at + 1];
    else if (star >= 0) [part, retry, at] = [star + 1, retry + 1, retry + 1];
    else return false;
  }
  return parts.slice(part).every((rest) => rest === 'any');
}

export type WildcardPart = 'any' | 'one' | { readonly literal: string };

export function wildcardParts(pattern: string): readonly WildcardPart[] {
  const parts: WildcardPart[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '*') parts.push('any');
    else if (character === '?') parts.push('one');
    else if (character === '\\' && at + 1 < pattern.length) parts.push({ literal: pattern[(at += 1)] ?? '' });
    else parts.push({ literal: character });
  }
  return parts;
}
