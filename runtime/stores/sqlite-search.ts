import type { SQLInputValue } from 'node:sqlite';
import type { Collection, CollectionName, Row } from '../collections.ts';
import { rowValue } from './field-value.ts';
import type { FieldValue } from './field-value.ts';
import { wildcardParts } from './matches.ts';
import { COUNT_CAP } from './search-plan.ts';
import type { Condition, Operator, SearchPlan } from './search-plan.ts';
import { ABSENT, columnOf, columnsOf, KEY } from './sqlite-schema.ts';

/** Text with `?` places and what goes into them. Names come from runtime/collections.ts only, values never become text. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

export function bound(value: FieldValue): SQLInputValue {
  return value === null ? ABSENT : value;
}

export function conditionSql(collection: Collection, condition: Condition): Sql {
  if (condition.kind === 'and' || condition.kind === 'or')
    return joined(
      condition.parts.map((part) => conditionSql(collection, part)),
      condition.kind,
    );
  const column = columnOf(collection, condition.field);
  if (condition.kind === 'compare') return compareSql(collection, condition);
  if (condition.kind === 'in')
    return { text: `${column} ${condition.negated ? 'NOT IN' : 'IN'} (${places(condition.values)})`, values: condition.values.map(bound) };
  if (condition.kind === 'like')
    return { text: `${column} <> X'FF' AND CAST(${column} AS TEXT) GLOB ?`, values: [globOf(condition.pattern)] };
  return { text: `EXISTS (SELECT 1 FROM json_each(${column}) WHERE value IN (${places(condition.values)}))`, values: condition.values };
}

function joined(parts: readonly Sql[], kind: 'and' | 'or'): Sql {
  if (parts.length === 0) return { text: kind === 'and' ? 'TRUE' : 'FALSE', values: [] };
  return {
    text: parts.map(({ text }) => `(${text})`).join(kind === 'and' ? ' AND ' : ' OR '),
    values: parts.flatMap(({ values }) => values),
  };
}

const signs: Record<Operator, string> = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };

function compareSql(collection: Collection, { field, operator, value }: Extract<Condition, { kind: 'compare' }>): Sql {
  const column = columnOf(collection, field);
  const type = collection.fields[field];
  if ((type === 'list' || type === 'json') && value === null)
    return { text: `${column} IS ${operator === 'eq' ? '' : 'NOT '}NULL`, values: [] };
  if (value === null && !['eq', 'neq'].includes(operator)) return { text: 'FALSE', values: [] };
  // absent is the greatest value in the file, but "greater than 5" does not mean it
  const bounded = operator === 'gt' || operator === 'gte' ? ` AND ${column} < X'FF'` : '';
  return { text: `${column} ${signs[operator]} ?${bounded}`, values: [bound(value)] };
}

function places(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

function globOf(pattern: string): string {
  return wildcardParts(pattern)
    .map((part) => (part === 'any' ? '*' : part === 'one' ? '?' : '*?['.includes(part.literal) ? `[${part.literal}]` : part.literal))
    .join('');
}

/** Answers key first, then the collection's columns in order: decode with `decodeRow`. */
export function searchSql(name: CollectionName, collection: Collection, plan: SearchPlan): Sql {
  const condition = joined([conditionSql(collection, plan.condition), positionSql(collection, plan)], 'and');
  const flipped = plan.position?.backwards ?? false;
  const order = plan.order.map(({ field, descending }) => `${columnOf(collection, field)} ${descending === flipped ? 'ASC' : 'DESC'}`);
  return {
    text: `SELECT ${selection(collection)} FROM "${name}" WHERE ${condition.text} ORDER BY ${order.join(', ')} LIMIT ? OFFSET ?`,
    values: [...condition.values, plan.limit, plan.skip],
  };
}

export function countSql(name: CollectionName, collection: Collection, plan: SearchPlan): Sql {
  const condition = conditionSql(collection, plan.condition);
  return {
    text: `SELECT count(*) FROM (SELECT 1 FROM "${name}" WHERE ${condition.text} LIMIT ${COUNT_CAP + 1})`,
    values: condition.values,
  };
}

export function selection(collection: Collection): string {
  return [KEY, ...columnsOf(collection).map(({ column }) => column)].join(', ');
}

/** After (a, b, key) with mixed directions = a beyond, or a equal and b beyond, or both equal and key beyond. */
function positionSql(collection: Collection, { order, position }: SearchPlan): Sql {
  if (position === undefined) return { text: 'TRUE', values: [] };
  const own: SQLInputValue = collection.key === undefined ? position.key : BigInt(position.key);
  const at = order.map(({ field }, index) => (field === undefined ? own : bound(position.values[index] ?? null)));
  if (order.every(({ descending }) => descending === order[0]?.descending)) {
    const columns = order.map(({ field }) => columnOf(collection, field));
    return { text: `(${columns.join(', ')}) ${order[0]?.descending === position.backwards ? '>' : '<'} (${places(at)})`, values: at };
  }
  const steps = order.map(({ field, descending }, index): Sql => {
    const equal = order.slice(0, index).map((before) => `${columnOf(collection, before.field)} = ?`);
    const beyond = `${columnOf(collection, field)} ${descending === position.backwards ? '>' : '<'} ?`;
    return { text: [...equal, beyond].join(' AND '), values: at.slice(0, index + 1) };
  });
  return joined(steps, 'or');
}

/** `values`: as `selection` names them. Absent fields are left out. */
export function decodeRow(collection: Collection, values: readonly unknown[]): Row {
  const row: Record<string, unknown> = {};
  if (collection.key !== undefined) row[collection.key] = String(values[0]);
  for (const [index, { field, type }] of columnsOf(collection).entries()) {
    const value = values[index + 1];
    if (value !== null && !(value instanceof Uint8Array)) row[field] = rowValue(type, value as FieldValue);
  }
  return row;
}
