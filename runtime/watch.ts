/** Those who wait for commits: server-sent events, and callers that await an instance's end. */
import type { Key, Variables } from '../engine/index.ts';
import type { Committed, End } from './execute.ts';
import { FALLBACK } from './hints.ts';
import type { Hint } from './hints.ts';
import type { Store } from './ports.ts';
import type { Room } from './room.ts';
import type { Change, Runtime } from './runtime.ts';

export interface Watch {
  committed(what: Committed): void;
  /** another process has committed */
  hinted(hint: Extract<Hint, { readonly t: 'changed' }>): void;
  /** hints may have been lost: everything may have changed */
  anything(): void;
  onChange(listener: (change: Change) => void): () => void;
  awaitEnd: Runtime['awaitEnd'];
}

type Sleeper = (end?: End) => void;

interface Sleepers {
  /** `end`: when it is known without looking */
  wake(key: Key, end?: () => End): void;
  /** answers when the instance may have ended, or the signal aborts */
  sleep(key: Key, signal: AbortSignal): Promise<End | undefined>;
}

/** Where others commit too, their hint may be lost: then a sleeper looks by itself from time to time. */
function createSleepers({ store, shared, door }: Pick<Room, 'store' | 'shared' | 'door'>): Sleepers {
  const waiting = new Map<Key, Set<Sleeper>>();
  async function hasEnded(key: Key): Promise<boolean> {
    return (await store.get('processInstances', key))?.['endDate'] !== undefined;
  }
  return {
    wake: (key, end) => {
      const sleepers = waiting.get(key);
      if (sleepers === undefined) return;
      const known = end?.();
      [...sleepers].forEach((wake) => wake(known));
    },
    sleep: async (key, signal) => {
      const sleepers = waiting.get(key) ?? new Set();
      waiting.set(key, sleepers);
      const end = await new Promise<End | undefined>((wake) => {
        const look = (): void =>
          void hasEnded(key).then(
            (ended) => ended && resolve(),
            () => undefined,
          );
        const timer = shared ? setInterval(look, FALLBACK) : undefined;
        const abort = (): void => resolve();
        const resolve = (known?: End): void => {
          clearInterval(timer);
          sleepers.delete(resolve);
          signal.removeEventListener('abort', abort);
          wake(known);
        };
        sleepers.add(resolve);
        signal.addEventListener('abort', abort, { once: true });
        // ended before we listened?
        if (!door.isActive(key)) look();
      });
      if (sleepers.size === 0 && waiting.get(key) === sleepers) waiting.delete(key);
      return end;
    },
  };
}

export function createWatch(room: Pick<Room, 'store' | 'shared' | 'tell' | 'door'>): Watch {
  const { store, shared, tell } = room;
  const listeners = new Set<(change: Change) => void>();
  const sleepers = createSleepers(room);

  return {
    committed: (what) => {
      const ended = what.end !== undefined;
      if (ended) sleepers.wake(what.instanceKey, what.end);
      if (listeners.size === 0 && !shared) return;
      const change = changeOf(what);
      listeners.forEach((listener) => listener(change));
      const { assignees: _names, ...ids } = change;
      tell({ t: 'changed', ...ids, ...(ended && { ended }) });
    },
    hinted: ({ t: _t, ended = false, ...change }) => {
      if (ended) sleepers.wake(change.processInstanceKey);
      if (listeners.size > 0) void toldOf(store, change).then((told) => listeners.forEach((listener) => listener(told)));
    },
    anything: () =>
      listeners.forEach((listener) =>
        listener({ processInstanceKey: '', processDefinitionId: '', collections: [], agencies: [], assignees: [], anything: true }),
      ),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    awaitEnd: async (key, signal) => {
      const known = signal.aborted ? undefined : await sleepers.sleep(key, signal);
      if (known !== undefined) return known;
      const row = await store.get('processInstances', key);
      if (row?.['endDate'] === undefined) return undefined;
      return { state: row['state'] === 'COMPLETED' ? 'COMPLETED' : 'TERMINATED', variables: await variablesOf(store, key) };
    },
  };
}

/** A hint names no people: who has the open tasks says the store. */
async function toldOf(store: Store, change: Omit<Change, 'assignees'>): Promise<Change> {
  if (!change.collections.includes('userTasks')) return { ...change, assignees: [] };
  const filter = { processInstanceKey: change.processInstanceKey };
  const page = await store.search('userTasks', { filter, limit: 1_000 }).catch(() => undefined);
  const names = page?.items.map((row) => row['assignee']).filter((name) => typeof name === 'string') ?? [];
  return { ...change, assignees: [...new Set(names)] };
}

async function variablesOf(store: Store, key: Key): Promise<Variables> {
  const { items } = await store.search('variables', { filter: { processInstanceKey: key, scopeKey: key }, limit: 10_000 });
  return Object.fromEntries(items.map((row) => [String(row['name']), JSON.parse(String(row['value'])) as Variables[string]]));
}

function changeOf({ instanceKey, rows, definition }: Committed): Change {
  const fields = rows.map((change) => (change.op === 'put' ? change.row : change.op === 'patch' ? change.fields : {}));
  const assignees = fields.map((row) => row['assignee']).filter((name) => typeof name === 'string');
  return {
    processInstanceKey: instanceKey,
    processDefinitionId: definition.id,
    collections: [...new Set(rows.map(({ collection }) => collection))],
    agencies: (definition.row['agencies'] ?? []) as readonly string[],
    assignees: [...new Set(assignees)],
  };
}
