/**
 * Task listeners and variables of the whole cluster. The rows are in the store; what the engine reads of them is made once per change and is
 * part of the news, so that each process of the installation decides its next command on it.
 */
import { clusterContext, TASK_EVENTS } from '../engine/index.ts';
import type { ClusterSettings, GlobalTaskListener, Json, Rejection, TaskEvent } from '../engine/index.ts';
import type { Row } from './collections.ts';
import { createLanes } from './lanes.ts';
import type { News } from './news.ts';
import type { RowChange, Store } from './ports.ts';
import type { ClusterChange } from './runtime.ts';

/** All of them go with every command: settings, not data. */
export const MOST_CLUSTER_VARIABLES = 1_000;
export const MOST_TASK_LISTENERS = 100;

export interface Cluster {
  /** as they are known here; a new object after each change */
  current(): ClusterSettings;
  learn(): Promise<void>;
}

const NOTHING: ClusterSettings = { taskListeners: [], context: clusterContext([], []) };

export function createCluster(store: Pick<Store, 'search'>): Cluster {
  let current = NOTHING;
  const rowsOf = async (collection: ClusterChange['collection'], limit: number): Promise<readonly Row[]> =>
    (await store.search(collection, { limit, countUpTo: 1 })).items;
  return {
    current: () => current,
    learn: async () => {
      const listeners = await rowsOf('globalTaskListeners', MOST_TASK_LISTENERS);
      const variables = await rowsOf('clusterVariables', MOST_CLUSTER_VARIABLES);
      if (listeners.length + variables.length === 0) current = NOTHING;
      else
        current = { taskListeners: listeners.map(listenerOf), context: clusterContext(of(variables, 'GLOBAL'), of(variables, 'TENANT')) };
    },
  };
}

function of(rows: readonly Row[], scope: 'GLOBAL' | 'TENANT'): readonly (readonly [string, Json])[] {
  return rows.filter((row) => row['scope'] === scope).map((row) => [String(row['name']), JSON.parse(String(row['value'])) as Json]);
}

function listenerOf(row: Row): GlobalTaskListener {
  const events = (row['eventTypes'] as readonly string[]).map((event) => event.toUpperCase());
  return {
    id: String(row['listenerId']),
    type: String(row['type']),
    events: events.includes('ALL') ? TASK_EVENTS : (events as TaskEvent[]),
    retries: Number(row['retries']),
    afterNonGlobal: row['afterNonGlobal'] === true,
    priority: Number(row['priority']),
  };
}

export interface ChangeParts {
  readonly store: Store;
  readonly news: News;
  readonly cluster: Cluster;
}

type Changed = { readonly ok: true; readonly row: Row } | Rejection;

/** One at a time per process; of two processes that change something at the same time the second one looks again. */
export function createClusterChanges({ store, news, cluster }: ChangeParts): (change: ClusterChange) => Promise<Changed> {
  const lanes = createLanes();
  const tryOnce = async (change: ClusterChange): Promise<Changed | undefined> => {
    const { collection, key } = change;
    await news.caughtUp();
    const known = await store.get(collection, key);
    const refusal = refusalOf(change, { known, count: (await store.search(collection, { limit: 1 })).totalItems });
    if (refusal) return refusal;
    const row = rowAfter(change, known ?? {});
    const written: RowChange = row === undefined ? { op: 'delete', collection, key } : { op: 'put', collection, key, row };
    if (!(await news.announce([written]))) return undefined;
    await cluster.learn();
    return { ok: true, row: row ?? {} };
  };
  return (change) =>
    lanes.run('cluster', async () => {
      for (let tries = 0; tries < 20; tries += 1) {
        const done = await tryOnce(change);
        if (done) return done;
      }
      throw new Error(`Expected to ${change.wish} ${change.key}, but others always changed something first`);
    });
}

/** Undefined: it goes. */
function rowAfter(change: ClusterChange, known: Row): Row | undefined {
  if (change.wish === 'delete') return undefined;
  return change.wish === 'create' ? change.row : change.row(known);
}

const mostOf = { clusterVariables: MOST_CLUSTER_VARIABLES, globalTaskListeners: MOST_TASK_LISTENERS } as const;

function refusalOf(
  { collection, wish, key }: ClusterChange,
  { known, count }: { readonly known: Row | undefined; readonly count: number },
): Rejection | undefined {
  const said = `Expected to ${wish} '${key}'`;
  if (wish === 'create' && known) return { ok: false, kind: 'ALREADY_EXISTS', reason: `${said}, but it exists already` };
  if (wish !== 'create' && !known) return { ok: false, kind: 'NOT_FOUND', reason: `${said}, but there is none of that name` };
  if (wish === 'create' && count >= mostOf[collection])
    return {
      ok: false,
      kind: 'INVALID_ARGUMENT',
      reason: `${said}, but there are ${mostOf[collection]} of its kind already, which is the most`,
    };
  return undefined;
}
