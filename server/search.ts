/**
 * The search contract: `{filter, sort, page}` in, `{items, page}` out. One table per list says which filters it knows, what they mean
 * in the store, and how a row is shown. Unknown filters are refused by name; only values of the right kind reach the store.
 */
import { isKey } from '../engine/keys.ts';
import type { CollectionName, Row } from '../runtime/collections.ts';
import type { Filter, Query } from '../runtime/ports.ts';
import { z } from 'zod';
import { asksForIdentity } from './identity-mask.ts';
import { parseBody, shown } from './input.ts';
import { Problem } from './problem.ts';
import { ok } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Asked } from './route.ts';

export type FilterKind = 'key' | 'text' | 'number' | 'flag' | 'time' | 'member';
/** a filter that needs more than one look into the store: answers what the rows must fulfil besides */
export type Lookup = (asked: Asked, value: unknown) => Promise<Filter>;

export interface SearchTable {
  readonly collection: CollectionName;
  /** filter name → kind, or [field of the store, kind] where the names differ */
  readonly filters: Readonly<Record<string, FilterKind | readonly [field: string, kind: FilterKind]>>;
  readonly lookups?: Readonly<Record<string, Lookup>>;
  readonly sorts: readonly string[];
  readonly show: (row: Row) => object;
  /** adds what the rows themselves do not hold, one look for all of a page */
  readonly join?: (asked: Asked, rows: readonly Row[]) => Promise<readonly Row[]>;
}

const page = z
  .strictObject({
    limit: z.number().int().min(1).max(10_000).optional(),
    from: z.number().int().min(0).max(1_000_000).optional(),
    after: z.string().max(4096).optional(),
    before: z.string().max(4096).optional(),
  })
  .refine(
    (given) => [given.from, given.after, given.before].filter((way) => way !== undefined).length < 2,
    'Expected one way of paging (from, after or before), but there are more',
  );
const body = z.object({
  filter: z.record(z.string(), z.unknown()).nullish(),
  sort: z
    .array(z.strictObject({ field: z.string().max(100), order: z.enum(['ASC', 'DESC', 'asc', 'desc']).optional() }))
    .max(10)
    .nullish(),
  page: page.nullish(),
});

/** Runs one search. `scope`: what the reader may see; `fixed`: what the address itself demands. */
export async function search(
  asked: Asked,
  table: SearchTable,
  { scope, fixed }: { readonly scope: Filter; readonly fixed?: Filter },
): Promise<Reply> {
  const query = await queryOf(asked, table);
  const filter = fixed === undefined ? query.filter : and([query.filter ?? {}, fixed]);
  const found = await asked.context.runtime.store.search(table.collection, {
    ...query,
    ...(filter === undefined ? {} : { filter }),
    scope,
  });
  const { totalItems, startCursor, endCursor } = found;
  const hasMoreTotalItems = (found as { readonly hasMoreTotalItems?: boolean }).hasMoreTotalItems ?? false;
  const items = table.join === undefined ? found.items : await table.join(asked, found.items);
  return ok({ items: items.map(table.show), page: { totalItems, hasMoreTotalItems, startCursor, endCursor } });
}

async function queryOf(asked: Asked, table: SearchTable): Promise<Query> {
  const given = parseBody(asked, body, {});
  if (asksForIdentity(asked.reader, given.filter ?? {}))
    throw new Problem('FORBIDDEN', 'Expected a search without a whole identity number, because you see them masked, but there is one');
  const sort = (given.sort ?? []).map(({ field, order }) => ({
    field: sortField(table, field),
    order: order?.toUpperCase() === 'DESC' ? ('DESC' as const) : ('ASC' as const),
  }));
  const { limit, from, after, before } = given.page ?? {};
  return {
    filter: await filterOf({ asked, table, path: '/filter' }, given.filter ?? {}),
    sort,
    ...(limit === undefined ? {} : { limit }),
    ...(from === undefined ? {} : { from }),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
  };
}

function sortField(table: SearchTable, field: string): string {
  if (!table.sorts.includes(field)) throw unknown('/sort', field, table.sorts);
  const named = Object.hasOwn(table.filters, field) ? table.filters[field] : undefined;
  return typeof named === 'object' ? named[0] : field;
}

export interface Place {
  readonly asked: Asked;
  readonly table: SearchTable;
  readonly path: string;
}

/** What a body's `filter` means in the store. */
export async function filterOf(place: Place, given: Readonly<Record<string, unknown>>): Promise<Filter> {
  const parts: Filter[] = [];
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== null) parts.push(await partOf(place, name, value));
  return and(parts);
}

/** All of them must hold, also where two speak of the same field. */
export function and(parts: readonly Filter[]): Filter {
  return parts.reduce(both, {});
}

function both(left: Filter, right: Filter): Filter {
  if (!Object.keys(right).some((field) => Object.hasOwn(left, field))) return { ...left, ...right };
  const { $or, ...plain } = left;
  // a filter names a field once: what it cannot say itself, an alternative of one says
  return { ...plain, $or: $or === undefined ? [right] : $or.map((alternative) => both(alternative, right)) };
}

async function partOf(place: Place, name: string, value: unknown): Promise<Filter> {
  const { table, asked, path } = place;
  if (name === 'tenantId' && !Object.hasOwn(table.filters, name)) return tenant(value);
  if (name === '$or' && path === '/filter') return { $or: await alternatives(place, value) };
  const lookup = table.lookups !== undefined && Object.hasOwn(table.lookups, name) ? table.lookups[name] : undefined;
  if (lookup !== undefined) return lookup(asked, value);
  const known = Object.hasOwn(table.filters, name) ? table.filters[name] : undefined;
  if (known === undefined) throw unknown(path, name, [...Object.keys(table.filters), ...Object.keys(table.lookups ?? {})]);
  const [field, kind] = typeof known === 'string' ? [name, known] : known;
  return { [field]: wantedOf(`${path}/${name}`, kind, value) };
}

async function alternatives(place: Place, value: unknown): Promise<readonly Filter[]> {
  if (!Array.isArray(value) || value.length === 0 || value.length > 20) throw wrong('/filter/$or', 'a list of 1 to 20 filters', value);
  return Promise.all(
    value.map((entry: unknown, index) => filterOf({ ...place, path: `/filter/$or/${index}` }, record(`/filter/$or/${index}`, entry))),
  );
}

function tenant(value: unknown): Filter {
  const wanted = typeof value === 'string' ? value : record('/filter/tenantId', value)['$eq'];
  if (typeof wanted === 'string' && wanted !== '<default>') throw wrong('/filter/tenantId', 'the only tenant "<default>"', wanted);
  return {};
}

/** A plain value, or operators on values of the field's kind. Public for filters inside other filters. */
export function wantedOf(path: string, kind: FilterKind, value: unknown): unknown {
  // as Camunda asks for tags: rows that have each of them
  if (kind === 'member' && Array.isArray(value) && value.length <= 100) return { $hasAll: value.map((one) => scalar(path, kind, one)) };
  if (typeof value !== 'object' || value === null)
    return kind === 'member' ? { $hasAny: [scalar(path, kind, value)] } : { $eq: scalar(path, kind, value) };
  const operators = Object.entries(record(path, value)).map(
    ([operator, operand]) => [operator, operandOf(`${path}/${operator}`, { kind, operator, operand })] as const,
  );
  if (kind !== 'member') return Object.fromEntries(operators);
  const wanted = operators.flatMap(([operator, operand]) =>
    operator === '$eq' ? [operand] : operator === '$in' ? (operand as unknown[]) : [],
  );
  if (operators.some(([operator]) => operator !== '$eq' && operator !== '$in')) throw wrong(path, '$eq or $in', value);
  return { $hasAny: wanted };
}

function operandOf(
  path: string,
  { kind, operator, operand }: { readonly kind: FilterKind; readonly operator: string; readonly operand: unknown },
): unknown {
  if (['$eq', '$neq', '$gt', '$gte', '$lt', '$lte'].includes(operator)) return scalar(path, kind, operand);
  if (operator === '$in' || operator === '$notIn') {
    if (!Array.isArray(operand) || operand.length > 10_000) throw wrong(path, 'a list', operand);
    return operand.map((entry: unknown) => scalar(path, kind, entry));
  }
  if (operator === '$exists' && typeof operand === 'boolean') return operand;
  if (operator === '$like' && typeof operand === 'string' && (kind === 'text' || kind === 'member') && operand.length <= 1000)
    return operand;
  throw wrong(path, '$eq, $neq, $exists, $gt, $gte, $lt, $lte, $in, $notIn or $like with a fitting value', operand);
}

function scalar(path: string, kind: FilterKind, value: unknown): unknown {
  if ((kind === 'text' || kind === 'member') && typeof value === 'string') return value;
  if (kind === 'key' && isKey(value)) return value;
  if (kind === 'number' && typeof value === 'number' && Number.isFinite(value)) return value;
  if (kind === 'flag' && typeof value === 'boolean') return value;
  if (kind === 'time' && typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)))
    return Date.parse(value);
  throw wrong(path, kindNames[kind], value);
}

const kindNames: Record<FilterKind, string> = {
  key: 'a key (a decimal number as text)',
  text: 'text',
  member: 'text',
  number: 'a number',
  flag: 'true or false',
  time: 'an ISO 8601 date and time',
};

export function record(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(path, 'an object', value);
}

export function wrong(path: string, expected: string, value: unknown): Problem {
  const detail = `Expected ${path} to be ${expected}, but it is ${shown(value)}`;
  return new Problem('INVALID_ARGUMENT', detail, { errors: [{ pointer: path, code: 'invalid', detail }] });
}

function unknown(path: string, name: string, known: readonly string[]): Problem {
  const detail = `Expected one of the fields ${known.join(', ')}, but there is ${shown(name)}`;
  return new Problem('UNKNOWN_FIELD', detail, { errors: [{ pointer: `${path}/${name}`, code: 'unknown', detail }] });
}
