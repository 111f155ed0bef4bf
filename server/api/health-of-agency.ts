/** How an agency's system does, from the records of the calls to it: what the reader's own cases experienced. */
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { allRows } from '../all-rows.ts';
import { calledAgency } from '../case-rows.ts';
import { expiryOf } from '../expiry.ts';
import { shownGate } from './agency-gate.ts';
import { withinCases } from '../case-reads.ts';
import { textParam } from '../input.ts';
import { exchangeScope, readsExchanges } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and } from '../search.ts';
import { iso } from '../v2/show.ts';

/** milliseconds: older calls say nothing about today */
const WINDOW = 24 * 3_600_000;
const MOST_JOBS = 5_000;
/** the agency's system did its work; a business error is an answer too */
const good = ['answered', 'business-error'];
/** nothing reached the agency: says nothing about its system */
const silent = 'not-sent';

async function health(asked: Asked) {
  const agencyId = textParam(asked, 'agencyId');
  const { agencies, runtime, now } = asked.context;
  if (!agencies.has(agencyId)) throw new Problem('NOT_FOUND', 'Expected an agency with this id, but there is none');
  const scope = exchangeScope(asked.reader);
  const recent: Filter = { agency: agencyId, at: { $gte: now() - WINDOW }, outcome: { $neq: silent }, kind: { $exists: false } };
  const [rows, lastGood, backlog, bears] = await Promise.all([
    allRows(runtime.store, 'exchanges', and([recent, scope]), [{ field: 'at', order: 'DESC' }]),
    lastGoodCall(asked, { agency: agencyId }),
    backlogOf(asked, agencyId),
    whatItBears(asked, agencyId),
  ]);
  const byOperation = [...Map.groupBy(rows, (row) => String(row['operationId']))];
  return ok({
    agencyId,
    name: agencies.nameOf(agencyId),
    nameEn: agencies.nameEnOf(agencyId),
    windowHours: WINDOW / 3_600_000,
    gate: shownGate(runtime.agencyGate(agencyId)),
    backlog,
    ...bears,
    lastGoodAt: lastGood,
    ...figures(rows),
    operations: byOperation.map(([operationId, own]) => ({ operationId, ...figures(own) })),
  });
}

async function lastGoodCall({ context, reader }: Asked, filter: Filter): Promise<string | null> {
  const found = await context.runtime.store.search('exchanges', {
    filter: { ...filter, outcome: { $in: good } },
    scope: exchangeScope(reader),
    sort: [{ field: 'at', order: 'DESC' }],
    limit: 1,
  });
  return iso(found.items[0]?.['at']);
}

/** Calls that wait, and since when the oldest does; from the store, which is the truth. `held`: how many of them until the agency is there. */
async function backlogOf(asked: Asked, agencyId: string) {
  const { store } = asked.context.runtime;
  const scope = await withinCases(asked);
  const oldestFirst = [{ field: 'creationTime' }];
  const [held, found] = await Promise.all([
    store.search('jobs', { filter: { heldFor: agencyId, open: true }, scope, sort: oldestFirst, limit: 1 }),
    store.search('jobs', { filter: { open: true, type: 'agency-call', heldFor: { $exists: false } }, scope, limit: MOST_JOBS }),
  ]);
  const going = found.items.filter((job) => calledAgency(job) === agencyId);
  const since = [...held.items, ...going].map((job) => Number(job['creationTime']));
  const waiting = held.totalItems + going.length;
  return { waiting, held: held.totalItems, oldestSince: since.length === 0 ? null : iso(Math.min(...since)) };
}

/** What its system bears and how much of it is used, and until when we are let in. Quota: from midnight to midnight, whoever's cases they were. */
async function whatItBears({ context }: Asked, agencyId: string) {
  const { runtime, now } = context;
  const { limits } = runtime.agencyGate(agencyId);
  const [profile, used] = await Promise.all([
    runtime.store.get('agencyProfiles', agencyId),
    runtime.store.search('agencyUsage', { filter: { agencyId }, sort: [{ field: 'day', order: 'DESC' }], limit: 1 }),
  ]);
  const environment = profile?.['environment'] === 'sandbox' ? 'sandbox' : 'live';
  const connection = await runtime.store.get('agencyConnections', `${agencyId}.${environment}`);
  const credential =
    typeof connection?.['credentialId'] === 'string' ? await runtime.store.get('agencyCredentials', connection['credentialId']) : undefined;
  const { callsPerDay } = limits;
  const [today] = used.items;
  const calls = today?.['day'] === runtime.today() ? Number(today['calls']) : 0;
  return {
    environment,
    limits,
    quota: callsPerDay === undefined ? null : { callsPerDay, used: calls, left: Math.max(0, callsPerDay - calls) },
    credential: credential === undefined ? null : { kind: credential['kind'], ...expiryOf(credential, now()) },
  };
}

/** `successRate`: share of 1, null without calls; durations in milliseconds */
function figures(rows: readonly Row[]) {
  const durations = rows.map((row) => Number(row['durationMs'])).toSorted((left, right) => left - right);
  const succeeded = rows.filter((row) => good.includes(String(row['outcome']))).length;
  return {
    calls: rows.length,
    successRate: rows.length === 0 ? null : succeeded / rows.length,
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
    outcomes: Object.fromEntries([...Map.groupBy(rows, (row) => String(row['outcome']))].map(([outcome, own]) => [outcome, own.length])),
  };
}

/** nearest rank */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

export const agencyHealthRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/agencies/:agencyId/health',
    allow: readsExchanges,
    summary: "How an agency's system did in the last 24 hours",
    handler: health,
  },
];
