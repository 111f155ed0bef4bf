import type { SQLInputValue } from 'node:sqlite';
import { collections } from '../collections.ts';
import type { Collection, CollectionName, Row } from '../collections.ts';
import { rowValue } from './field-value.ts';
import type { FieldValue } from './field-value.ts';
import { wildcardParts } from './matches.ts';
import type { Condition, Operator, SearchPlan } from './search-plan.ts';
import { memberIndexesOf, MEMBER } from './sqlite-members.ts';
import { ABSENT } from './sqlite-order.ts';
import { columnOf, columnsOf, KEY } from './sqlite-columns.ts';
import { CONTINUED, presence } from './sqlite-schema.ts';
import type { Column } from './sqlite-columns.ts';

/** Text with `?` places and what goes into them. Names come from runtime/collections.ts only, values never become text. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

/** How a field is written: with the name of its table before it where there are two. `undefined`: the row's key. */
export type NameColumn = (field: string | undefined) => string;

export function bound(value: FieldValue): SQLInputValue {
  return value === null ? ABSENT : value;
}

function plainly(name: CollectionName): NameColumn {
  return (field) => columnOf(collections[name], field);
}

export function conditionSql(name: CollectionName, condition: Condition, column: NameColumn = plainly(name)): Sql {
  if (condition.kind === 'and' || condition.kind === 'or')
    return joined(
      condition.parts.map((part) => conditionSql(name, part, column)),
      condition.kind,
    );
  if (condition.kind === 'compare') return compareSql(name, condition, column);
  const field = column(condition.field);
  if (condition.kind === 'in') return inSql(name, condition, column);
  if (condition.kind === 'like')
    return { text: `${field} <> X'FF' AND CAST(${field} AS TEXT) GLOB ?`, values: [globOf(condition.pattern)] };
  const values = condition.values;
  const [index] = memberIndexesOf(name, collections[name]).filter(({ list }) => list === condition.field);
  if (index === undefined) return { text: `EXISTS (SELECT 1 FROM json_each(${field}) WHERE value IN (${places(values)}))`, values };
  return { text: `${column(undefined)} IN (SELECT ${KEY} FROM "${index.table}" WHERE ${MEMBER} IN (${places(values)}))`, values };
}

export function joined(parts: readonly Sql[], kind: 'and' | 'or'): Sql {
  if (parts.length === 0) return { text: kind === 'and' ? 'TRUE' : 'FALSE', values: [] };
  return {
    text: parts.map(({ text }) => `(${text})`).join(kind === 'and' ? ' AND ' : ' OR '),
    values: parts.flatMap(({ values }) => values),
  };
}

const signs: Record<Operator, string> = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };

function compareSql(name: CollectionName, condition: Extract<Condition, { kind: 'compare' }>, column: NameColumn): Sql {
  const { field, operator, value } = condition;
  const collection: Collection = collections[name];
  const type = collection.fields[field];
  const named = column(field);
  if ((type === 'list' || type === 'json') && value === null)
    return { text: `${named} IS ${operator === 'eq' ? '' : 'NOT '}NULL`, values: [] };
  if (value === null && !['eq', 'neq'].includes(operator)) return { text: 'FALSE', values: [] };
  if (operator === 'eq' && value !== null && field === collection.within) return withinSql(collection, value, column);
  // absent is the greatest value in the file, but "greater than 5" does not mean it
  const bounded = operator === 'gt' || operator === 'gte' ? ` AND ${named} < X'FF'` : '';
  // in the very words of the partial index, or SQLite does not use it
  const sparse = operator === 'eq' && value !== null && collection.sparse?.includes(field) === true;
  const only = operator === 'eq' && value !== null && collection.only?.[field] === value;
  if (only) return { text: presence(collection, field).replace(columnOf(collection, field), named), values: [] };
  // a parameter beside the words of a partial index would be planned again each time: flags and states are written out
  if (type === 'flag' && typeof value === 'number') return { text: `${named} ${signs[operator]} ${value}${bounded}`, values: [] };
  const present = sparse && type !== 'flag' ? ` AND ${presence(collection, field).replace(columnOf(collection, field), named)}` : '';
  if (collection.only?.[field] !== undefined && typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value))
    return { text: `${named} ${signs[operator]} '${value}'${bounded}`, values: [] };
  return { text: `${named} ${signs[operator]} ?${bounded}${present}`, values: [bound(value)] };
}

/** Rows of one instance: from its own key up to the last that could be one of its. Text keys begin with it and `_`, whose successor is a backtick. */
function withinSql(collection: Collection, value: FieldValue, column: NameColumn): Sql {
  const key = column(undefined);
  if (collection.key === undefined) return { text: `${key} > ? AND ${key} < ?`, values: [`${String(value)}_`, `${String(value)}\``] };
  const exact = `${column(collection.within)} = ?`;
  const first = ((value as bigint) >> 20n) << 20n;
  return {
    // CAST, so that no bare parameter stands beside the words of the partial index: it would be planned again each time
    text: `(${key} BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER) AND ${exact}) OR (${key} >= ${CONTINUED} AND ${exact})`,
    values: [first, first + 0xf_ffffn, value as bigint, value as bigint],
  };
}

function inSql(name: CollectionName, { field, negated, values }: Extract<Condition, { kind: 'in' }>, column: NameColumn): Sql {
  const collection: Collection = collections[name];
  const bounds = values.map(bound);
  if (negated || field !== collection.within || values.includes(null))
    return { text: `${column(field)} ${negated ? 'NOT IN' : 'IN'} (${places(values)})`, values: bounds };
  const key = column(undefined);
  const list = `[${values.join()}]`;
  const walk = (inside: string): string => `${key} IN (SELECT i.${KEY} FROM json_each(?) AS w CROSS JOIN "${name}" AS i WHERE ${inside})`;
  if (collection.key === undefined) return { text: walk(`i.${KEY} > w.value || '_' AND i.${KEY} < w.value || '\`'`), values: [list] };
  const own = `i.${columnOf(collection, field)} = w.value`;
  return {
    text: `${walk(`i.${KEY} BETWEEN (w.value >> 20) << 20 AND w.value | 1048575 AND ${own}`)} OR ${walk(`i.${KEY} >= ${CONTINUED} AND ${own}`)}`,
    values: [list, list],
  };
}

function places(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

function globOf(pattern: string): string {
  return wildcardParts(pattern)
    .map((part) => (part === 'any' ? '*' : part === 'one' ? '?' : '*?['.includes(part.literal) ? `[${part.literal}]` : part.literal))
    .join('');
}

/** WRITTEN OUT, NEVER BOUND: SQLite plans a statement again each time when its LIMIT is a parameter, and that costs many times what the search costs. */
export function limited(rows: number): string {
  return `LIMIT ${Math.trunc(rows)}`;
}

/** Answers key first, then the collection's columns in order: decode with `decodeRow`. */
export function searchSql(name: CollectionName, plan: SearchPlan): Sql {
  const collection: Collection = collections[name];
  const condition = joined([conditionSql(name, plan.condition), positionSql(name, plan)], 'and');
  const flipped = plan.position?.backwards ?? false;
  const order = plan.order.map(({ field, descending }) => `${columnOf(collection, field)} ${descending === flipped ? 'ASC' : 'DESC'}`);
  return {
    text: `SELECT ${selection(collection)} FROM "${name}" WHERE ${condition.text} ORDER BY ${order.join(', ')} ${limited(plan.limit)} OFFSET CAST(? AS INTEGER)`,
    values: [...condition.values, plan.skip],
  };
}

export function countSql(name: CollectionName, plan: SearchPlan): Sql {
  const condition = conditionSql(name, plan.condition);
  return {
    text: `SELECT count(*) FROM (SELECT 1 FROM "${name}" WHERE ${condition.text} ${limited(plan.cap + 1)})`,
    values: condition.values,
  };
}

/** Absent values as NULL: a blob for each of them would cost more than all that is there. */
export function selection(collection: Collection): string {
  const known = selections.get(collection);
  if (known !== undefined) return known;
  const made = [KEY, ...columnsOf(collection).map(({ column }) => `NULLIF(${column}, X'FF')`)].join(', ');
  selections.set(collection, made);
  return made;
}

const selections = new WeakMap<Collection, string>();

/** After (a, b, key) with mixed directions = a beyond, or a equal and b beyond, or both equal and key beyond. */
export function positionSql(name: CollectionName, { order, position }: SearchPlan, column: NameColumn = plainly(name)): Sql {
  if (position === undefined) return { text: 'TRUE', values: [] };
  const collection: Collection = collections[name];
  const own: SQLInputValue = collection.key === undefined ? position.key : BigInt(position.key);
  const at = order.map(({ field }, index) => (field === undefined ? own : bound(position.values[index] ?? null)));
  if (order.every(({ descending }) => descending === order[0]?.descending)) {
    const columns = order.map(({ field }) => column(field));
    return { text: `(${columns.join(', ')}) ${order[0]?.descending === position.backwards ? '>' : '<'} (${places(at)})`, values: at };
  }
  const steps = order.map(({ field, descending }, index): Sql => {
    const equal = order.slice(0, index).map((before) => `${column(before.field)} = ?`);
    const beyond = `${column(field)} ${descending === position.backwards ? '>' : '<'} ?`;
    return { text: [...equal, beyond].join(' AND '), values: at.slice(0, index + 1) };
  });
  return joined(steps, 'or');
}

/** `values`: as `selection` names them. Absent fields are left out. */
export function decodeRow(collection: Collection, values: readonly unknown[]): Row {
  const row: Record<string, unknown> = {};
  if (collection.key !== undefined) row[collection.key] = String(values[0]);
  const columns = columnsOf(collection);
  for (let at = 0; at < columns.length; at += 1) {
    const { field, type } = columns[at] as Column;
    const value = values[at + 1];
    if (value !== null) row[field] = rowValue(type, value as FieldValue);
  }
  return row;
}
