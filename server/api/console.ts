/** What operators and evaluators watch: counts, what is stuck, who is waited for. */
import type { Row } from '../../runtime/collections.ts';
import type { Filter, Store } from '../../runtime/ports.ts';
import { withinCases } from '../case-reads.ts';
import { troubleScope } from '../case-sight.ts';
import { maskedText } from '../identity-mask.ts';
import { calledAgency, elementOf } from '../case-rows.ts';
import { caseScope, watches } from '../policy.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { shownGate } from './agency-gate.ts';
import { iso } from '../v2/show.ts';

const MOST = 5000;

async function summary(asked: Asked) {
  const { store, queue } = asked.context.runtime;
  const [within, trouble] = await Promise.all([withinCases(asked), troubleScope(asked)]);
  const [instances, incidents, jobs] = await Promise.all([
    counts(store, caseScope(asked.reader)),
    store.search('incidents', { filter: { state: 'ACTIVE' }, scope: trouble, sort: [{ field: 'creationTime' }], limit: MOST }),
    store.search('jobs', { filter: { open: true }, scope: within, limit: MOST }),
  ]);
  return ok({
    instances,
    incidents: groupedIncidents(asked, incidents.items),
    queues: { kind: queue.kind, entries: queueEntries(jobs.items, asked.context.runtime.clock.now()) },
    agencies: agencyHealth(asked, jobs.items),
  });
}

async function counts(store: Store, scope: Filter) {
  const count = async (filter: Filter) => (await store.search('processInstances', { filter, scope, limit: 1 })).totalItems;
  const [active, completed, terminated, withIncident] = await Promise.all([
    count({ state: 'ACTIVE' }),
    count({ state: 'COMPLETED' }),
    count({ state: 'TERMINATED' }),
    count({ state: 'ACTIVE', hasIncident: true }),
  ]);
  return { active, completed, terminated, withIncident };
}

function groupBy(rows: readonly Row[], keyOf: (row: Row) => string): readonly (readonly [Row, ...Row[]])[] {
  const groups = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** the same trouble at the same step is one line with a count */
function groupedIncidents({ context, reader }: Asked, rows: readonly Row[]) {
  const groups = groupBy(rows, (row) =>
    JSON.stringify([row['errorType'], row['errorMessage'], row['elementId'], row['processDefinitionKey']]),
  );
  return groups.map((group) => {
    const [first] = group;
    const element = elementOf(context.runtime.definitions, first);
    const definition = context.runtime.definitions.byKey(String(first['processDefinitionKey']));
    return {
      errorType: first['errorType'],
      errorMessage: maskedText(reader, first['errorMessage']),
      elementId: first['elementId'],
      elementName: element?.name ?? first['elementId'],
      processDefinitionId: first['processDefinitionId'],
      processName: definition?.row['name'] ?? first['processDefinitionId'],
      agency: first['agency'] ?? element?.agency ?? null,
      count: group.length,
      firstAt: iso(first['creationTime']),
      lastAt: iso(group.at(-1)?.['creationTime']),
      incidentKeys: group.map((row) => row['incidentKey']),
    };
  });
}

/** Jobs by where they wait: one entry per called agency, else per job type. From the store, which is the truth; the queue may be wiped. */
function queueEntries(jobs: readonly Row[], now: number) {
  const where = (job: Row) => (calledAgency(job) === undefined ? String(job['type']) : `${String(job['type'])}:${calledAgency(job) ?? ''}`);
  return groupBy(jobs, where).map((group) => {
    const failed = group.filter((job) => Number(job['retries'] ?? 0) <= 0);
    const rest = group.filter((job) => !failed.includes(job));
    const active = rest.filter((job) => Number(job['deadline'] ?? 0) > now);
    const later = (job: Row): boolean => job['heldFor'] === undefined && Number(job['availableAt'] ?? 0) > now;
    const delayed = rest.filter((job) => !active.includes(job) && later(job));
    return {
      queue: where(group[0]),
      waiting: rest.length - active.length - delayed.length,
      active: active.length,
      delayed: delayed.length,
      failed: failed.length,
    };
  });
}

function agencyHealth({ context }: Asked, jobs: readonly Row[]) {
  return context.agencies.all.map(({ agencyId, name }) => {
    const own = jobs.filter((job) => calledAgency(job) === agencyId);
    const since = own.map((job) => Number(job['creationTime'])).filter((time) => !Number.isNaN(time));
    const failing = own.some((job) => job['hasFailedWithRetriesLeft'] === true || Number(job['retries'] ?? 1) <= 0);
    const gate = shownGate(context.runtime.agencyGate(agencyId));
    return { agencyId, name, waitingJobs: own.length, oldestSince: since.length === 0 ? null : iso(Math.min(...since)), failing, gate };
  });
}

export const consoleRoutes: readonly Route[] = [{ method: 'get', path: '/api/v1/console/summary', allow: watches, handler: summary }];
