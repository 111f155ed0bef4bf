/** Counts over what the reader may see. Counted row by row, up to 50,000 rows: an answer that had to stop there says so where the contract has a word for it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CollectionName, Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { withinCases } from '../case-reads.ts';
import { correlationScope, troubleScope } from '../case-sight.ts';
import { maskedText } from '../identity-mask.ts';
import { keyParam, parseBody } from '../input.ts';
import { caseScope, seesJobs, staff, watches } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { filterOf, wantedOf } from '../search.ts';
import { TENANT, iso } from './show.ts';
import { processInstances, subscriptions } from './tables.ts';

const STEP = 5_000;
const MOST = 50_000;

interface Counted {
  readonly rows: readonly Row[];
  readonly incomplete: boolean;
}

async function rowsOf(
  { context }: Asked,
  collection: CollectionName,
  query: { readonly filter: Filter; readonly scope: Filter },
): Promise<Counted> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const more = after === undefined ? {} : { after };
    const page = await context.runtime.store.search(collection, { ...query, limit: STEP, countUpTo: 1, ...more });
    rows.push(...page.items);
    after = page.items.length === STEP && page.endCursor !== null ? page.endCursor : undefined;
  } while (after !== undefined && rows.length < MOST);
  return { rows, incomplete: after !== undefined };
}

const page = z.looseObject({ limit: z.number().int().min(1).max(10_000).optional(), from: z.number().int().min(0).optional() }).nullish();
const sort = z
  .array(z.strictObject({ field: z.string().max(100), order: z.enum(['ASC', 'DESC', 'asc', 'desc']).optional() }))
  .max(10)
  .nullish();
const filter = z.record(z.string(), z.unknown()).nullish();
export const statisticsBody = z.object({ filter, sort, page });
type Given = z.infer<typeof statisticsBody>;

/** one page of what was counted, in the wanted order */
function listed(items: readonly Row[], given: Given) {
  const order = given.sort ?? [];
  const sorted = [...items].sort((left, right) => {
    for (const { field, order: way } of order) {
      const one = compare(left[field], right[field]) * (way?.toUpperCase() === 'DESC' ? -1 : 1);
      if (one !== 0) return one;
    }
    return 0;
  });
  const from = given.page?.from ?? 0;
  const shown = sorted.slice(from, from + (given.page?.limit ?? 100));
  return ok({ items: shown, page: { totalItems: items.length, hasMoreTotalItems: false, startCursor: null, endCursor: null } });
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left ?? '').localeCompare(String(right ?? ''));
}

const active: Filter = { state: { $in: ['ACTIVE', 'SUSPENDED'] } };
const incidents = (rows: readonly Row[], withIncident: boolean): number =>
  rows.filter((row) => (row['hasIncident'] === true) === withIncident).length;
const incidentCounts = (rows: readonly Row[]) => ({
  activeInstancesWithoutIncidentCount: incidents(rows, false),
  activeInstancesWithIncidentCount: incidents(rows, true),
});

async function runningCases(asked: Asked, more: Filter = {}): Promise<readonly Row[]> {
  return (await rowsOf(asked, 'processInstances', { filter: { ...active, ...more }, scope: caseScope(asked.reader) })).rows;
}

async function byDefinition(asked: Asked) {
  const given = parseBody(asked, statisticsBody, {});
  const groups = Map.groupBy(await runningCases(asked), (row) => String(row['processDefinitionId']));
  const { definitions } = asked.context.runtime;
  const versions = Map.groupBy(definitions.all(), ({ row }) => String(row['processDefinitionId']));
  const items = [...groups].map(([processDefinitionId, rows]) => ({
    processDefinitionId,
    tenantId: TENANT,
    latestProcessDefinitionName: definitions.latest(processDefinitionId)?.row['name'] ?? null,
    hasMultipleVersions: (versions.get(processDefinitionId)?.length ?? 0) > 1,
    ...incidentCounts(rows),
  }));
  return listed(items, given);
}

const byVersionBody = statisticsBody.extend({ filter: z.looseObject({ processDefinitionId: z.string().min(1).max(256) }) });
async function byVersion(asked: Asked) {
  const given = parseBody(asked, byVersionBody);
  const groups = Map.groupBy(await runningCases(asked, { processDefinitionId: given.filter.processDefinitionId }), (row) =>
    String(row['processDefinitionKey']),
  );
  const items = [...groups].map(([processDefinitionKey, rows]) => ({
    processDefinitionId: given.filter.processDefinitionId,
    processDefinitionKey,
    processDefinitionName: rows[0]?.['processDefinitionName'] ?? null,
    processDefinitionVersion: rows[0]?.['processDefinitionVersion'] ?? 1,
    tenantId: TENANT,
    ...incidentCounts(rows),
  }));
  return listed(items, given);
}

async function waiting(asked: Asked) {
  const given = parseBody(asked, statisticsBody, {});
  const wanted = await filterOf({ asked, table: subscriptions, path: '/filter' }, given.filter ?? {});
  const open: Filter = { $or: [wanted], kind: 'message', messageSubscriptionState: 'CREATED', processInstanceKey: { $exists: true } };
  const { rows } = await rowsOf(asked, 'subscriptions', { filter: open, scope: await correlationScope(asked) });
  const items = [...Map.groupBy(rows, (row) => String(row['processDefinitionKey']))].map(([processDefinitionKey, group]) => ({
    processDefinitionId: group[0]?.['processDefinitionId'],
    processDefinitionKey,
    tenantId: TENANT,
    processInstancesWithActiveSubscriptions: new Set(group.map((row) => row['processInstanceKey'])).size,
    activeSubscriptions: group.length,
  }));
  return listed(items, given);
}

/** Where the tokens of one definition's cases are. */
async function elementsOfDefinition(asked: Asked) {
  const processDefinitionKey = keyParam(asked, 'processDefinitionKey');
  if (asked.context.runtime.definitions.byKey(processDefinitionKey) === undefined)
    throw new Problem('NOT_FOUND', `Expected a process definition with the key ${processDefinitionKey}, but there is none`);
  const given = parseBody(asked, statisticsBody, {});
  const wanted = await filterOf({ asked, table: processInstances, path: '/filter' }, given.filter ?? {});
  const cases = await rowsOf(asked, 'processInstances', {
    filter: { $or: [wanted], processDefinitionKey },
    scope: caseScope(asked.reader),
  });
  const keys = new Set(cases.rows.map((row) => row['processInstanceKey']));
  const scope = await withinCases(asked);
  const { rows } = await rowsOf(asked, 'elementInstances', { filter: { processDefinitionKey, type: { $neq: 'PROCESS' } }, scope });
  const groups = Map.groupBy(
    rows.filter((row) => keys.has(row['processInstanceKey'])),
    (row) => String(row['elementId']),
  );
  const count = (group: readonly Row[], state: string) => group.filter((row) => row['state'] === state).length;
  const items = [...groups].map(([elementId, group]) => ({
    elementId,
    active: count(group, 'ACTIVE'),
    canceled: count(group, 'TERMINATED'),
    completed: count(group, 'COMPLETED'),
    incidents: group.filter((row) => row['state'] === 'ACTIVE' && row['hasIncident'] === true).length,
  }));
  return ok({ items });
}

/** The same trouble has the same number, in every process and after a restart. */
function hashOf(message: string): number {
  return createHash('sha256').update(message).digest().readInt32BE(0);
}

async function openTrouble(asked: Asked): Promise<readonly (readonly [string, readonly Row[]])[]> {
  const { rows } = await rowsOf(asked, 'incidents', { filter: { state: 'ACTIVE' }, scope: await troubleScope(asked) });
  return [...Map.groupBy(rows, (row) => String(maskedText(asked.reader, row['errorMessage']) ?? ''))];
}

const casesIn = (rows: readonly Row[]): number => new Set(rows.map((row) => row['processInstanceKey'])).size;

async function byError(asked: Asked) {
  const given = parseBody(asked, statisticsBody, {});
  const items = (await openTrouble(asked)).map(([errorMessage, rows]) => ({
    errorHashCode: hashOf(errorMessage),
    errorMessage,
    activeInstancesWithErrorCount: casesIn(rows),
  }));
  return listed(items, given);
}

const byErrorBody = statisticsBody.extend({ filter: z.looseObject({ errorHashCode: z.number().int() }) });
async function definitionsWithError(asked: Asked) {
  const given = parseBody(asked, byErrorBody);
  const rows = (await openTrouble(asked))
    .filter(([message]) => hashOf(message) === given.filter.errorHashCode)
    .flatMap(([, group]) => group);
  const { definitions } = asked.context.runtime;
  const items = [...Map.groupBy(rows, (row) => String(row['processDefinitionKey']))].map(([processDefinitionKey, group]) => {
    const definition = definitions.byKey(processDefinitionKey)?.row;
    return {
      processDefinitionId: group[0]?.['processDefinitionId'],
      processDefinitionKey,
      processDefinitionName: definition?.['name'] ?? group[0]?.['processDefinitionId'],
      processDefinitionVersion: definition?.['version'] ?? 1,
      tenantId: TENANT,
      activeInstancesWithErrorCount: casesIn(group),
    };
  });
  return listed(items, given);
}

// ---------------------------------------------------------------- jobs
const time = z.iso.datetime({ offset: true });
const period = z.looseObject({ from: time, to: time, jobType: z.unknown().optional() });
export const jobStatisticsBody = statisticsBody.extend({ filter: period.nullish() });

interface Period {
  readonly from: number;
  readonly to: number;
}

async function jobsOf(asked: Asked, { from, to }: Period, jobType: unknown): Promise<Counted> {
  const type = jobType === undefined || jobType === null ? {} : { type: wantedOf('/filter/jobType', 'text', jobType) };
  const during = { $gte: from, $lte: to };
  const touched: Filter = { $or: [{ creationTime: during }, { endTime: during }], ...type };
  return rowsOf(asked, 'jobs', { filter: touched, scope: await troubleScope(asked) });
}

function metric(rows: readonly Row[], field: 'creationTime' | 'endTime', { from, to }: Period) {
  const times = rows.map((row) => Number(row[field] ?? row['creationTime'])).filter((at) => at >= from && at <= to);
  return { count: times.length, lastUpdatedAt: times.length === 0 ? null : iso(Math.max(...times)) };
}

/** `failed`: without tries or with a business error, and not put right since */
function metrics(rows: readonly Row[], during: Period) {
  const failed = rows.filter((row) => row['state'] === 'FAILED' || row['state'] === 'ERROR_THROWN');
  return {
    created: metric(rows, 'creationTime', during),
    completed: metric(
      rows.filter((row) => row['state'] === 'COMPLETED'),
      'endTime',
      during,
    ),
    failed: metric(failed, 'endTime', during),
  };
}

const workersOf = (rows: readonly Row[]): number => new Set(rows.map((row) => row['worker']).filter(Boolean)).size;
const periodOf = (given: { readonly from: string; readonly to: string }): Period => ({
  from: Date.parse(given.from),
  to: Date.parse(given.to),
});

async function globalJobs(asked: Asked) {
  const given = z.object({ from: time, to: time, jobType: z.string().max(1024).optional() }).safeParse(asked.query);
  if (!given.success) throw new Problem('INVALID_ARGUMENT', 'Expected from and to as ISO 8601 times in the address, but they are not');
  const during = periodOf(given.data);
  const { rows, incomplete } = await jobsOf(asked, during, given.data.jobType);
  return ok({ ...metrics(rows, during), isIncomplete: incomplete });
}

function jobGroups(group: (row: Row) => string, show: (name: string, rows: readonly Row[], during: Period) => object) {
  return async (asked: Asked) => {
    const given = parseBody(asked, jobStatisticsBody, {});
    const now = asked.context.runtime.clock.now();
    const during = given.filter ? periodOf(given.filter) : { from: 0, to: now };
    const { rows } = await jobsOf(asked, during, given.filter?.jobType);
    return listed(
      [...Map.groupBy(rows, group)].map(([name, some]) => show(name, some, during) as Row),
      given,
    );
  };
}

const jobTypes = jobGroups(
  (row) => String(row['type']),
  (jobType, rows, during) => ({ jobType, ...metrics(rows, during), workers: workersOf(rows) }),
);
const jobWorkers = jobGroups(
  (row) => String(row['worker'] ?? ''),
  (worker, rows, during) => ({ worker, ...metrics(rows, during) }),
);

async function jobErrors(asked: Asked) {
  const given = parseBody(asked, jobStatisticsBody, {});
  const during = given.filter ? periodOf(given.filter) : { from: 0, to: asked.context.runtime.clock.now() };
  const { rows } = await jobsOf(asked, during, given.filter?.jobType);
  const broken = rows.filter((row) => row['errorMessage'] !== undefined || row['errorCode'] !== undefined);
  const groups = Map.groupBy(broken, (row) =>
    JSON.stringify([row['errorCode'] ?? '', maskedText(asked.reader, row['errorMessage']) ?? '']),
  );
  const items = [...groups].map(([name, some]) => {
    const [errorCode, errorMessage] = JSON.parse(name) as [string, string];
    return { errorCode, errorMessage, workers: workersOf(some) };
  });
  return listed(items, given);
}

const MINUTE = 60_000;
const MOST_STEPS = 1_000;
const seriesBody = statisticsBody.extend({
  filter: period.extend({
    resolution: z
      .string()
      .regex(/^PT?\d+[MHDS]$/)
      .optional(),
  }),
});
const units: Readonly<Record<string, number>> = { S: 1_000, M: MINUTE, H: 60 * MINUTE, D: 24 * 60 * MINUTE };

async function jobSeries(asked: Asked) {
  const given = parseBody(asked, seriesBody);
  const during = periodOf(given.filter);
  const wanted = /^PT?(\d+)([SMHD])$/.exec(given.filter.resolution ?? '');
  const step = wanted ? Number(wanted[1]) * (units[wanted[2] ?? 'M'] ?? MINUTE) : Math.max((during.to - during.from) / 100, MINUTE);
  const steps = Math.ceil((during.to - during.from) / Math.max(step, 1));
  if (!(steps >= 0 && steps <= MOST_STEPS))
    throw new Problem('INVALID_ARGUMENT', `Expected at most ${MOST_STEPS} steps between from and to, but there are more`);
  const { rows } = await jobsOf(asked, during, given.filter.jobType);
  const items = Array.from({ length: steps }, (_none, index): Row => {
    const from = during.from + index * step;
    return { time: new Date(from).toISOString(), ...metrics(rows, { from, to: Math.min(from + step, during.to + 1) - 1 }) };
  });
  return listed(items, given);
}

// ---------------------------------------------------------------- use
async function usage(asked: Asked) {
  const given = z.object({ startTime: time, endTime: time, withTenants: z.string().optional() }).safeParse(asked.query);
  if (!given.success)
    throw new Problem('INVALID_ARGUMENT', 'Expected startTime and endTime as ISO 8601 times in the address, but they are not');
  const during = { $gte: Date.parse(given.data.startTime), $lte: Date.parse(given.data.endTime) };
  const cases = await rowsOf(asked, 'processInstances', { filter: { startDate: during }, scope: caseScope(asked.reader) });
  const within = await withinCases(asked);
  const decisions = await rowsOf(asked, 'decisionInstances', { filter: { evaluationDate: during }, scope: within });
  const tasks = await rowsOf(asked, 'userTasks', { filter: { creationDate: during, assignee: { $exists: true } }, scope: within });
  const counts = {
    processInstances: cases.rows.length,
    decisionInstances: decisions.rows.length,
    assignees: new Set(tasks.rows.map((row) => row['assignee'])).size,
  };
  return ok({ ...counts, activeTenants: 1, tenants: given.data.withTenants === 'true' ? { [TENANT]: counts } : {} });
}

const configuration = {
  jobMetrics: {
    enabled: true,
    exportInterval: 'PT0S',
    maxWorkerNameLength: 256,
    maxJobTypeLength: 1024,
    maxTenantIdLength: 31,
    maxUniqueKeys: MOST,
  },
};

export const statisticsRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/process-definitions/statistics/process-instances',
    allow: staff,
    body: statisticsBody,
    handler: byDefinition,
  },
  {
    method: 'post',
    path: '/v2/process-definitions/statistics/process-instances-by-version',
    allow: staff,
    body: byVersionBody,
    handler: byVersion,
  },
  {
    method: 'post',
    path: '/v2/process-definitions/statistics/message-subscriptions',
    allow: staff,
    body: statisticsBody,
    handler: waiting,
  },
  {
    method: 'post',
    path: '/v2/process-definitions/:processDefinitionKey/statistics/element-instances',
    allow: staff,
    body: statisticsBody,
    handler: elementsOfDefinition,
  },
  { method: 'post', path: '/v2/incidents/statistics/process-instances-by-error', allow: staff, body: statisticsBody, handler: byError },
  {
    method: 'post',
    path: '/v2/incidents/statistics/process-instances-by-definition',
    allow: staff,
    body: byErrorBody,
    handler: definitionsWithError,
  },
  { method: 'get', path: '/v2/jobs/statistics/global', allow: seesJobs, query: ['from', 'to', 'jobType'], handler: globalJobs },
  { method: 'post', path: '/v2/jobs/statistics/by-types', allow: seesJobs, body: jobStatisticsBody, handler: jobTypes },
  { method: 'post', path: '/v2/jobs/statistics/by-workers', allow: seesJobs, body: jobStatisticsBody, handler: jobWorkers },
  { method: 'post', path: '/v2/jobs/statistics/time-series', allow: seesJobs, body: seriesBody, handler: jobSeries },
  { method: 'post', path: '/v2/jobs/statistics/errors', allow: seesJobs, body: jobStatisticsBody, handler: jobErrors },
  { method: 'get', path: '/v2/system/usage-metrics', allow: watches, query: ['startTime', 'endTime', 'withTenants'], handler: usage },
  { method: 'get', path: '/v2/system/configuration', allow: staff, handler: () => ok(configuration) },
];
