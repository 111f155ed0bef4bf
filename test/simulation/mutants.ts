/**
 * Runtimes that were broken on purpose, each in one way, by wrapping a port. An oracle that lets one of them pass proves nothing;
 * mutants.test.ts shows that it lets none.
 */
import type { Event } from '../../engine/index.ts';
import type { Commit, RowChange, Store } from '../../runtime/ports.ts';
import type { Job } from '../../workers/job.ts';
import { hit } from './agency.ts';
import type { Ledger } from './ledger.ts';
import type { Life, World } from './world.ts';

interface Where {
  readonly world: World;
  readonly life: Life;
  readonly ledger: Ledger;
}

export interface Mutant {
  readonly name: string;
  /** how many processes it takes to see it; default 1 */
  readonly places?: number;
  readonly store?: (inner: Store, at: Where) => Store;
  readonly idempotencyKey?: (job: Job) => string;
  readonly ownClock?: boolean;
}

const has = (wanted: Commit, type: Event['t']): boolean => wanted.events.some(({ t }) => t === type);
const jobsIn = (rows: readonly RowChange[]): readonly string[] =>
  rows.flatMap((change) => (change.op === 'put' && change.collection === 'jobs' ? [change.key] : []));

/** `commit` again and again on top of whatever the store holds */
async function force(inner: Store, wanted: Commit): ReturnType<Store['commit']> {
  for (let expected = wanted.expected; expected < wanted.expected + 50; expected += 1) {
    const result = await inner.commit({ ...wanted, expected });
    if (result !== 'conflict') return result;
  }
  return 'conflict';
}

/** Loads the instance as it was before its last step when that step holds `type`, once per instance. */
function forgetful(inner: Store, type: Event['t']): Store {
  const shown = new Set<string>();
  return {
    ...inner,
    commit: async (wanted) => {
      const result = await inner.commit(wanted);
      if (result !== 'committed' || !has(wanted, type) || shown.has(wanted.instanceKey)) return result;
      // the runtime asks again, because it believes that somebody else was first
      return 'conflict';
    },
    load: async (key) => {
      const loaded = await inner.load(key);
      const steps = await inner.events(key);
      if (loaded === undefined || shown.has(key) || !steps.at(-1)?.events.some(({ t }) => t === type)) return loaded;
      shown.add(key);
      return { snapshot: '', tail: steps.slice(0, -1).flatMap(({ events }) => events), version: loaded.version };
    },
  };
}

export const mutants: readonly Mutant[] = [
  {
    name: 'commit without version check',
    store: (inner) => ({ ...inner, commit: async (wanted) => await force(inner, wanted) }),
    places: 2,
  },
  {
    name: 'commit repeated blindly',
    store: (inner) => ({
      ...inner,
      commit: async (wanted) => {
        const result = await inner.commit(wanted);
        if (result === 'committed' && wanted.expected > 0 && wanted.ended !== true) await force(inner, wanted);
        return result;
      },
    }),
  },
  {
    name: 'dispatch before commit',
    store: (inner, { ledger }) => ({
      ...inner,
      commit: async (wanted) => {
        for (const key of jobsIn(wanted.rows)) await hit({ inner, ledger }, key, key);
        return await inner.commit(wanted);
      },
    }),
  },
  {
    name: 'acknowledged before the commit',
    store: (inner, { world, life }) => ({
      ...inner,
      commit: async (wanted) => {
        void world.outside(life, async () => await inner.commit(wanted));
        return 'committed';
      },
    }),
  },
  {
    name: 'acknowledged although the commit failed',
    store: (inner, { world }) => ({
      ...inner,
      commit: async (wanted) => (world.chance(0.02) ? 'committed' : await inner.commit(wanted)),
    }),
  },
  {
    name: 'outbox dropped',
    store: (inner) => ({ ...inner, commit: async (wanted) => await inner.commit({ ...wanted, effects: [] }) }),
  },
  {
    name: 'outbox marked done before it is',
    store: (inner) => ({
      ...inner,
      pendingEffects: async (limit) => {
        const pending = await inner.pendingEffects(limit);
        await inner.effectsDone(pending);
        return pending;
      },
    }),
  },
  {
    name: 'half a commit: events without rows',
    store: (inner, { world }) => ({
      ...inner,
      commit: async (wanted) => await inner.commit(world.chance(0.05) ? { ...wanted, rows: wanted.rows.slice(0, -1) } : wanted),
    }),
  },
  {
    name: 'half a commit: rows without events',
    store: (inner, { world }) => ({
      ...inner,
      commit: async (wanted) => {
        if (!world.chance(0.02)) return await inner.commit(wanted);
        await inner.write(wanted.rows);
        throw new Error('the store died in the middle');
      },
    }),
  },
  {
    name: 'a timer fires twice',
    store: (inner) => forgetful(inner, 'timer-fired'),
  },
  {
    name: 'a job is completed twice',
    store: (inner) => forgetful(inner, 'job-completed'),
  },
  {
    name: 'timers are kept in the process only',
    store: (inner) => ({
      ...inner,
      commit: async (wanted) => await inner.commit({ ...wanted, rows: wanted.rows.filter(({ collection }) => collection !== 'timers') }),
    }),
  },
  {
    name: 'fencing off',
    places: 2,
    store: (inner) => {
      const mine = new Map<string, unknown>();
      return {
        ...inner,
        leaseJobs: async (request) => {
          const rows = await inner.leaseJobs(request);
          for (const row of rows) mine.set(String(row['jobKey']), row['leaseToken']);
          return rows;
        },
        // whoever ever had the job believes that he has it still
        get: async (collection, key) => {
          const row = await inner.get(collection, key);
          return row && collection === 'jobs' && mine.has(key) ? { ...row, leaseToken: mine.get(key) } : row;
        },
        commit: async ({ lease: _lease, ...wanted }) => await inner.commit(wanted),
      };
    },
  },
  {
    name: 'message de-duplication off: claims',
    store: (inner) => ({
      ...inner,
      commit: async (wanted) =>
        await inner.commit({
          ...wanted,
          claims: (wanted.claims ?? []).filter(({ collection, key }) => collection === 'idempotency' && !key.startsWith('running-')),
        }),
    }),
  },
  {
    name: 'message de-duplication off: message ids',
    store: (inner) => ({
      ...inner,
      search: async (collection, query) =>
        await inner.search(
          collection,
          collection === 'messages' && query.filter?.['dedupe'] !== undefined ? { filter: { messageKey: '1' } } : query,
        ),
    }),
  },
  {
    name: 'children are started without looking and without a claim',
    places: 2,
    store: (inner) => ({
      ...inner,
      search: async (collection, query) =>
        await inner.search(
          collection,
          query.filter?.['parentElementInstanceKey'] === undefined ? query : { filter: { processInstanceKey: '1' } },
        ),
      commit: async (wanted) =>
        await inner.commit({ ...wanted, claims: (wanted.claims ?? []).filter(({ key }) => !key.startsWith('child-')) }),
    }),
  },
  {
    name: 'numbers are handed out twice',
    places: 2,
    store: (inner) => ({ ...inner, reserveNumbers: async () => 20_000 }),
  },
  {
    name: 'what the queue lost is not dispatched again',
    store: (inner) => ({
      ...inner,
      search: async (collection, query) => {
        const sweeps = collection === 'jobs' && query.filter?.['type'] !== undefined;
        return await inner.search(collection, sweeps ? { ...query, filter: { ...query.filter, jobKey: '1' } } : query);
      },
    }),
  },
  {
    name: "each process believes its own machine's clock",
    places: 2,
    // asked for the time, the store tells what the machine believes
    ownClock: true,
  },
  {
    name: 'flows of a later commit are not told',
    store: (inner) => ({
      ...inner,
      commit: async (wanted) =>
        await inner.commit({
          ...wanted,
          rows: wanted.expected === 0 ? wanted.rows : wanted.rows.filter(({ collection }) => collection !== 'sequenceFlows'),
        }),
    }),
  },
  { name: 'idempotency key includes the attempt', idempotencyKey: ({ key, attempt }) => `${key}-${attempt}` },
  { name: 'idempotency key includes the time', idempotencyKey: ({ key }) => `${key}-${Math.floor(performance.now())}` },
  {
    name: 'idempotency key is the same for every visit',
    idempotencyKey: ({ processInstanceKey, elementId }) => `${processInstanceKey}-${elementId}`,
  },
];
