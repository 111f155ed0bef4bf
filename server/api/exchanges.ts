/** Records of exchange: who asked which agency for which fields, why and when, and how it ended. Names and fingerprints, never a value. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { pagesOf } from '../../runtime/every-row.ts';
import type { Filter } from '../../runtime/ports.ts';
import { allRows } from '../all-rows.ts';
import { csvOf, csvPieces } from '../csv.ts';
import { exchangeScope, readsExchanges } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and } from '../search.ts';
import { iso } from '../v2/show.ts';

const texts = [
  'agency',
  'kind',
  'operationId',
  'processDefinitionId',
  'processInstanceKey',
  'elementId',
  'purpose',
  'outcome',
  'jobKey',
] as const;
const times = ['from', 'until'] as const;
const filters = [...texts, ...times];
const columns = [
  'at', 'kind', 'agency', 'operationId', 'ownerAgency', 'processDefinitionId', 'processInstanceKey', 'elementId', 'purpose', 'attempt',
  'durationMs', 'outcome', 'status', 'code', 'sentFields', 'receivedFields', 'requestHash', 'replyHash', 'jobKey', 'exchangeId',
] as const; // prettier-ignore

const query = z.strictObject({
  ...Object.fromEntries(texts.map((name) => [name, z.string().min(1).max(256).optional()])),
  processInstanceKey: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  jobKey: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .optional(),
  after: z.string().max(4096).optional(),
  format: z.enum(['json', 'csv']).optional(),
});

function queryOf(asked: Asked): z.infer<typeof query> {
  const parsed = query.safeParse(asked.query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(
    'INVALID_ARGUMENT',
    `Expected well-formed query parameters, but ${issue?.path.join('.') || 'one'}: ${issue?.message ?? ''}`,
  );
}

function filterOf(given: Readonly<Record<string, unknown>>): Filter {
  const equal = texts.filter((name) => given[name] !== undefined).map((name) => [name, given[name]] as const);
  const at = {
    ...(typeof given['from'] === 'string' ? { $gte: Date.parse(given['from']) } : {}),
    ...(typeof given['until'] === 'string' ? { $lt: Date.parse(given['until']) } : {}),
  };
  return { ...Object.fromEntries(equal), ...(Object.keys(at).length > 0 ? { at } : {}) };
}

const newestFirst = [{ field: 'at', order: 'DESC' }] as const;

async function list(asked: Asked): Promise<Reply> {
  const { limit, after, format, ...given } = queryOf(asked);
  const { store } = asked.context.runtime;
  const [filter, scope] = [filterOf(given), exchangeScope(asked.reader)];
  const wanted = { filter: and([filter, scope]), sort: newestFirst };
  if (format === 'csv') return streamed(pagesOf(store, 'exchanges', wanted));
  if (format === 'json') return exported(await allRows(store, 'exchanges', wanted.filter, newestFirst));
  const paging = { limit: Number(limit ?? 50), ...(after === undefined ? {} : { after }) };
  const found = await store.search('exchanges', { filter, scope, sort: newestFirst, ...paging });
  const { totalItems, hasMoreTotalItems = false, startCursor, endCursor } = found;
  return ok({ items: found.items.map((row) => shown(asked, row)), page: { totalItems, hasMoreTotalItems, startCursor, endCursor } });
}

function shown({ context }: Asked, row: Row): object {
  const agency = String(row['agency']);
  const names = { agencyName: context.agencies.nameOf(agency), agencyNameEn: context.agencies.nameEnOf(agency) };
  return { ...plain(row), ...names, drift: row['drift'] ?? null };
}

function plain(row: Row): Record<string, unknown> {
  return Object.fromEntries(columns.map((name) => [name, name === 'at' ? iso(row['at']) : (row[name] ?? null)]));
}

const attached = (ending: string) => ({ 'content-disposition': `attachment; filename="exchanges.${ending}"` });

function exported(rows: readonly Row[]): Reply {
  return { status: 200, body: { items: rows.map(plain) }, headers: attached('json') };
}

/** Page by page, as fast as it is taken: years of records need no more memory than one page. A store that fails on the way breaks the download off. */
function streamed(pages: AsyncIterable<readonly Row[]>): Reply {
  const shownPages = Readable.from(pages).map((rows: readonly Row[]) => rows.map(plain)) as AsyncIterable<readonly Row[]>;
  const stream = (response: ServerResponse): void =>
    void pipeline(Readable.from(csvPieces(columns, shownPages)), response).catch(() => response.destroy());
  return { status: 200, headers: { 'content-type': 'text/csv; charset=utf-8', ...attached('csv') }, stream };
}

interface Processing {
  readonly agency: unknown;
  readonly field: string;
  readonly direction: 'sent' | 'received';
  readonly purpose: unknown;
  readonly processDefinitionId: unknown;
  readonly operationId: unknown;
}

/** Each field of a record is one line of processing; a call that never went out processed nothing. */
function linesOf(row: Row): readonly Processing[] {
  const { agency, purpose = null, processDefinitionId, operationId } = row;
  const of = (direction: Processing['direction'], fields: unknown): readonly Processing[] =>
    ((fields ?? []) as readonly string[]).map((field) => ({ agency, field, direction, purpose, processDefinitionId, operationId }));
  return row['outcome'] === 'not-sent' ? [] : [...of('sent', row['sentFields']), ...of('received', row['receivedFields'])];
}

interface Group {
  readonly line: Processing;
  readonly calls: number;
  readonly first: number;
  readonly last: number;
}

function count(groups: Map<string, Group>, line: Processing, at: number): void {
  const key = JSON.stringify(line);
  const known = groups.get(key) ?? { line, calls: 0, first: at, last: at };
  groups.set(key, { line, calls: known.calls + 1, first: Math.min(known.first, at), last: Math.max(known.last, at) });
}

async function register(asked: Asked): Promise<Reply> {
  const { format, ...given } = queryOf(asked);
  const filter = and([filterOf(given), exchangeScope(asked.reader)]);
  const groups = new Map<string, Group>();
  for await (const rows of pagesOf(asked.context.runtime.store, 'exchanges', { filter, sort: newestFirst }))
    for (const row of rows) for (const line of linesOf(row)) count(groups, line, Number(row['at']));
  const items = [...groups.values()].map(({ line, calls, first, last }) => ({ ...line, calls, firstAt: iso(first), lastAt: iso(last) }));
  if (format !== 'csv') return ok({ items });
  const head = ['agency', 'field', 'direction', 'purpose', 'processDefinitionId', 'operationId', 'calls', 'firstAt', 'lastAt'];
  const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="register-of-processing.csv"' };
  return { status: 200, text: csvOf(head, items), headers };
}

export const exchangeRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/exchanges',
    allow: readsExchanges,
    query: [...filters, 'limit', 'after', 'format'],
    summary: 'Records of calls to agencies, newest first; as a page, or exported as CSV or JSON',
    handler: list,
  },
  {
    method: 'get',
    path: '/api/v1/register-of-processing',
    allow: readsExchanges,
    query: [...filters, 'format'],
    summary: 'Which fields were exchanged with which agency for which purpose',
    handler: register,
  },
];
