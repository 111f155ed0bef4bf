/**
 * "Open tasks of my groups, of me, or of my unit, most urgent first" as many walks through indexes instead of one sort of everything.
 *
 * A condition is multiplied out into branches without alternatives: one per member of a list, value of an `in`, part of an `or`. When each branch has an
 * index that begins with what the branch holds equal and goes on with the wanted order, each gives its first rows without sorting, and the rows are merged.
 * Undefined when there is a branch without such an index, or too many of them: then one statement answers.
 */
import type { SQLInputValue } from 'node:sqlite';
import { collections } from '../collections.ts';
import type { Collection, CollectionName } from '../collections.ts';
import { memberIndexesOf, MEMBER } from './sqlite-members.ts';
import type { MemberIndex } from './sqlite-members.ts';
import type { Condition, Ordering, SearchPlan } from './search-plan.ts';
import { columnOf, KEY } from './sqlite-columns.ts';
import { plainIndexes } from './sqlite-schema.ts';
import { conditionSql, joined, limited, positionSql } from './sqlite-search.ts';
import type { Sql } from './sqlite-search.ts';

export interface Branch {
  /** key and the values of the order */
  first(limit: number): Sql;
  keys(limit: number): Sql;
  count(limit: number): Sql;
}

/** A conjunction: nothing in it is an alternative. */
type Conjunction = readonly (Condition | Member)[];
interface Member {
  readonly kind: 'member';
  readonly field: string;
  readonly value: string;
}

const MOST = 256;

export function branchesOf(name: CollectionName, plan: SearchPlan): readonly Branch[] | undefined {
  const collection: Collection = collections[name];
  const members = memberIndexesOf(name, collection);
  const conjunctions = multiplied(plan.condition, new Set(members.map(({ list }) => list)));
  if (conjunctions === undefined || conjunctions.length < 1) return undefined;
  if (conjunctions.length === 1 && !conjunctions[0]?.some(({ kind }) => kind === 'member')) return undefined;
  const branches: Branch[] = [];
  for (const parts of conjunctions) {
    const branch = branchOf({ name, collection, members, plan }, parts);
    if (branch === undefined) return undefined;
    branches.push(branch);
  }
  return branches;
}

/** Undefined: too many. */
function multiplied(condition: Condition, lists: ReadonlySet<string>): readonly Conjunction[] | undefined {
  if (condition.kind === 'or') return all(condition.parts.map((part) => multiplied(part, lists)))?.flat();
  if (condition.kind === 'has-any' && lists.has(condition.field))
    return [...new Set(condition.values)].map((value) => [{ kind: 'member', field: condition.field, value }]);
  if (condition.kind === 'in' && !condition.negated && condition.values.length <= 32)
    return [...new Set(condition.values)].map((value) => [{ kind: 'compare', field: condition.field, operator: 'eq', value }]);
  if (condition.kind !== 'and') return [[condition]];
  let product: readonly Conjunction[] = [[]];
  for (const part of condition.parts) {
    const factor = multiplied(part, lists);
    if (factor === undefined || product.length * factor.length > MOST) return undefined;
    product = product.flatMap((left) => factor.map((right) => [...left, ...right]));
  }
  return product;
}

function all<T>(parts: readonly (T | undefined)[]): readonly T[] | undefined {
  return parts.includes(undefined) ? undefined : (parts as readonly T[]);
}

interface Place {
  readonly name: CollectionName;
  readonly collection: Collection;
  readonly members: readonly MemberIndex[];
  readonly plan: SearchPlan;
}

function branchOf(place: Place, parts: Conjunction): Branch | undefined {
  const { name, collection, members, plan } = place;
  const equal = new Set(
    parts.flatMap((part) => (part.kind === 'compare' && part.operator === 'eq' && part.value !== null ? [part.field] : [])),
  );
  const lists = parts.filter((part) => part.kind === 'member');
  if (lists.length === 0) {
    const fits = plainIndexes(collection).some((fields) => inOrder(fields, equal, plan.order));
    return fits ? statements(place, { from: `"${name}" AS t`, fields: [], parts }) : undefined;
  }
  const index = members.find(({ list, rest }) => list === lists[0]?.field && inOrder(rest, equal, plan.order));
  return index && statements(place, { from: memberFrom(index, name, parts), fields: index.rest, parts, through: index });
}

/** The row itself is looked at only where the line does not tell everything. */
function memberFrom(index: MemberIndex, name: CollectionName, parts: Conjunction): string {
  const told = new Set(index.rest.map((field) => field.replace('-', '')));
  const enough = parts.every((part, at) => (part.kind === 'member' ? isFirst(parts, at) : 'field' in part && told.has(part.field)));
  return enough ? `"${index.table}" AS m` : `"${index.table}" AS m CROSS JOIN "${name}" AS t ON t.${KEY} = m.${KEY}`;
}

function isFirst(parts: Conjunction, at: number): boolean {
  return parts.findIndex(({ kind }) => kind === 'member') === at;
}

/** Does the index, behind what is held equal, give at least the first field of the order in its direction? */
function inOrder(fields: readonly string[], equal: ReadonlySet<string>, order: readonly Ordering[]): boolean {
  const rest = fields.slice(fields.findIndex((field) => !equal.has(field)));
  if (fields.every((field) => equal.has(field))) return order.length === 1;
  const wanted = order.filter(({ field }) => field !== undefined);
  if (fields[0] === rest[0]) return false;
  return wanted.every(
    ({ field, descending }, at) =>
      rest[at] === undefined || rest[at] === `${descending !== (wanted[0]?.descending ?? false) ? '-' : ''}${field ?? ''}`,
  );
}

interface Source {
  readonly from: string;
  readonly fields: readonly string[];
  readonly parts: Conjunction;
  readonly through?: MemberIndex;
}

function statements({ name, collection, plan }: Place, { from, fields, parts, through }: Source): Branch {
  const told = new Set(fields.map((field) => field.replace('-', '')));
  const alias = (field: string | undefined): 'm' | 't' => (through !== undefined && (field === undefined || told.has(field)) ? 'm' : 't');
  const column = (field: string | undefined): string => `${alias(field)}.${columnOf(collection, field)}`;
  const conditions = parts.map((part, at): Sql => {
    if (part.kind !== 'member') return conditionSql(name, part, column);
    if (through !== undefined && isFirst(parts, at)) return { text: `m.${MEMBER} = ?`, values: [part.value] };
    return conditionSql(name, { kind: 'has-any', field: part.field, values: [part.value] }, column);
  });
  const flipped = plan.position?.backwards ?? false;
  const order = plan.order.map(({ field, descending }) => `${column(field)} ${descending === flipped ? 'ASC' : 'DESC'}`).join(', ');
  const heads = [undefined, ...plan.order.flatMap(({ field }) => (field === undefined ? [] : [field]))].map(column).join(', ');
  const where = joined(conditions, 'and');
  const here = joined([where, positionSql(name, plan, column)], 'and');
  const only = (text: string, values: readonly SQLInputValue[], limit: number): Sql => ({ text: `${text} ${limited(limit)}`, values });
  return {
    first: (limit) => only(`SELECT ${heads} FROM ${from} WHERE ${here.text} ORDER BY ${order}`, here.values, limit),
    keys: (limit) => only(`SELECT ${column(undefined)} FROM ${from} WHERE ${where.text}`, where.values, limit),
    count: (limit) => ({
      text: `SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${where.text} ${limited(limit)})`,
      values: where.values,
    }),
  };
}
