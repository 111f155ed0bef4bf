/** What is the matter right now: looked up in the store and the compartments, a handful of small searches whatever the load. */
import type { Row } from '../../runtime/collections.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Agencies } from '../agencies.ts';
import { allRows } from '../all-rows.ts';
import { calledAgency } from '../case-rows.ts';
import { iso } from '../v2/show.ts';
import type { Finding } from './decide.ts';
import type { Thresholds } from './settings.ts';

export interface Looking {
  readonly runtime: Runtime;
  readonly agencies: Agencies;
  readonly thresholds: Thresholds;
  /** milliseconds since 1970 UTC */
  readonly now: number;
}

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const MOST = 5_000;

export async function findings(looking: Looking): Promise<readonly Finding[]> {
  const all = await Promise.all([
    backlogs(looking),
    drifts(looking),
    endings(looking),
    incidents(looking),
    quotas(looking),
    refusedNews(looking),
  ]);
  return [...down(looking), ...all.flat()];
}

function down({ runtime, agencies, thresholds, now }: Looking): readonly Finding[] {
  return agencies.all.flatMap(({ agencyId }): readonly Finding[] => {
    const { state, since, failure } = runtime.agencyGate(agencyId);
    const isDown = (state === 'broken' || state === 'probing') && since !== null && now - since >= thresholds.downMinutes * MINUTE;
    return isDown ? [{ kind: 'agency-down', subject: agencyId, agencyId, severity: 'bad', values: { since: iso(since), failure } }] : [];
  });
}

async function backlogs({ runtime, agencies, thresholds, now }: Looking): Promise<readonly Finding[]> {
  const oldestFirst = [{ field: 'creationTime' }];
  const filter = { open: true, type: 'agency-call', heldFor: { $exists: false }, called: { $neq: true }, availableAt: { $lte: now } };
  const going = (await runtime.store.search('jobs', { filter, limit: MOST, countUpTo: 1 })).items;
  const found = await Promise.all(
    agencies.all.map(async ({ agencyId }): Promise<readonly Finding[]> => {
      const held = await runtime.store.search('jobs', { filter: { heldFor: agencyId, open: true }, sort: oldestFirst, limit: 1 });
      const own = going.filter((job) => calledAgency(job) === agencyId);
      const waiting = held.totalItems + own.length;
      const oldest = Math.min(...[...held.items, ...own].map((job) => Number(job['creationTime'])));
      const much = waiting >= thresholds.backlogCalls || (waiting > 0 && now - oldest >= thresholds.backlogMinutes * MINUTE);
      return much ? [{ kind: 'backlog', subject: agencyId, agencyId, severity: 'warn', values: { waiting, since: iso(oldest) } }] : [];
    }),
  );
  return found.flat();
}

async function drifts({ runtime, now }: Looking): Promise<readonly Finding[]> {
  const filter = { outcome: 'contract-drift', at: { $gte: now - HOUR } };
  const { items } = await runtime.store.search('exchanges', { filter, limit: MOST, countUpTo: 1 });
  return [...Map.groupBy(items, ({ agency, operationId }) => `${String(agency)}/${String(operationId)}`)].map(
    ([subject, rows]): Finding => {
      const [first] = rows;
      const { place = null } = (first?.['drift'] ?? {}) as { readonly place?: string };
      const values = { operation: String(first?.['operationId']), calls: rows.length, place };
      return { kind: 'contract-drift', subject, agencyId: String(first?.['agency']), severity: 'bad', values };
    },
  );
}

/** Credentials and certificates that a connection or an address for news uses. */
async function endings({ runtime, thresholds, now }: Looking): Promise<readonly Finding[]> {
  const { store } = runtime;
  const [connections, hooks] = await Promise.all([allRows(store, 'agencyConnections', {}), allRows(store, 'agencyHooks', {})]);
  const used = [
    ...new Set([...connections, ...hooks].flatMap(({ credentialId }) => (typeof credentialId === 'string' ? [credentialId] : []))),
  ];
  const rows = await Promise.all(used.map(async (id) => await store.get('agencyCredentials', id)));
  return rows.flatMap((row): readonly Finding[] => {
    const ends = row?.['expiresAt'];
    if (typeof ends !== 'number' || ends - now > thresholds.expiryDays * DAY) return [];
    const values = { credential: String(row?.['kind']), ends: iso(ends) };
    const severity = ends - now <= 7 * DAY ? 'bad' : 'warn';
    return [{ kind: 'expiry', subject: String(row?.['credentialId']), agencyId: String(row?.['agencyId']), severity, values }];
  });
}

/** Grouped by process: a hundred cases of one cause are one trouble of one owner. */
async function incidents({ runtime, thresholds, now }: Looking): Promise<readonly Finding[]> {
  const filter = { state: 'ACTIVE', creationTime: { $lte: now - thresholds.incidentHours * HOUR } };
  const { items } = await runtime.store.search('incidents', { filter, sort: [{ field: 'creationTime' }], limit: MOST, countUpTo: 1 });
  return [...Map.groupBy(items, ({ processDefinitionId }) => String(processDefinitionId))].map(([subject, rows]): Finding => {
    const [oldest] = rows;
    const definition = runtime.definitions.byKey(String(oldest?.['processDefinitionKey']));
    const values = { process: nameOf(definition?.row, subject), incidents: rows.length, since: iso(oldest?.['creationTime']) };
    return { kind: 'incidents', subject, agencyId: String(definition?.row['ownerAgency'] ?? ''), severity: 'bad', values };
  });
}

const nameOf = (row: Row | undefined, otherwise: string): string => (typeof row?.['name'] === 'string' ? row['name'] : otherwise);

async function quotas({ runtime, agencies, thresholds }: Looking): Promise<readonly Finding[]> {
  const today = runtime.today();
  const found = await Promise.all(
    agencies.all.map(async ({ agencyId }): Promise<readonly Finding[]> => {
      const { callsPerDay } = runtime.agencyGate(agencyId).limits;
      if (callsPerDay === undefined) return [];
      const used = Number((await runtime.store.get('agencyUsage', `${agencyId}/${today}`))?.['calls'] ?? 0);
      const severity = used >= callsPerDay ? 'bad' : 'warn';
      const much = used * 100 >= callsPerDay * thresholds.quotaPercent;
      return much ? [{ kind: 'quota', subject: agencyId, agencyId, severity, values: { used, callsPerDay } }] : [];
    }),
  );
  return found.flat();
}

async function refusedNews({ runtime, thresholds, now }: Looking): Promise<readonly Finding[]> {
  const filter = { outcome: 'refused', at: { $gte: now - HOUR } };
  const { items } = await runtime.store.search('hookDeliveries', { filter, limit: MOST, countUpTo: 1 });
  const groups = [...Map.groupBy(items, ({ hookId }) => String(hookId))];
  const found = await Promise.all(
    groups.map(async ([subject, rows]): Promise<readonly Finding[]> => {
      const calls = rows.reduce((sum, row) => sum + Number(row['count'] ?? 1), 0);
      if (calls < thresholds.newsRefused) return [];
      const hook = await runtime.store.get('agencyHooks', subject);
      const values = { news: nameOf(hook, subject), calls, detail: String(rows[0]?.['detail'] ?? '') };
      return [{ kind: 'news-refused', subject, agencyId: String(rows[0]?.['agencyId']), severity: 'warn', values }];
    }),
  );
  return found.flat();
}
