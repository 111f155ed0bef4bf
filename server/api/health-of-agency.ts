/** How an agency's system does, from the records of the calls to it: what the reader's own cases experienced. */
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { allRows } from '../all-rows.ts';
import { calledAgency } from '../case-rows.ts';
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
  const recent: Filter = { agency: agencyId, at: { $gte: now() - WINDOW }, outcome: { $neq: silent } };
  const [rows, lastGood, backlog] = await Promise.all([
    allRows(runtime.store, 'exchanges', and([recent, scope]), [{ field: 'at', order: 'DESC' }]),
    lastGoodCall(asked, { agency: agencyId }),
    backlogOf(asked, agencyId),
  ]);
  const held = runtime.heldAgencies().find(({ agency }) => agency === agencyId);
  const byOperation = [...Map.groupBy(rows, (row) => String(row['operationId']))];
  return ok({
    agencyId,
    name: agencies.nameOf(agencyId),
    nameEn: agencies.nameEnOf(agencyId),
    windowHours: WINDOW / 3_600_000,
    gate: held === undefined ? { state: 'open', since: null, by: null } : { state: held.state, since: iso(held.since), by: held.by },
    backlog,
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

/** Calls that wait, and since when the oldest does; from the store, which is the truth. */
async function backlogOf(asked: Asked, agencyId: string) {
  const filter: Filter = { open: true, type: 'agency-call' };
  const found = await asked.context.runtime.store.search('jobs', { filter, scope: await withinCases(asked), limit: MOST_JOBS });
  const created = found.items.filter((job) => calledAgency(job) === agencyId).map((job) => Number(job['creationTime']));
  return { waiting: created.length, oldestSince: created.length === 0 ? null : iso(Math.min(...created)) };
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
