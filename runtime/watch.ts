/** Those who wait for commits: server-sent events, and callers that await an instance's end. */
import type { Key, Variables } from '../engine/index.ts';
import type { Committed } from './execute.ts';
import type { Store } from './ports.ts';
import type { Change, Runtime } from './runtime.ts';

export interface Watch {
  committed(what: Committed): void;
  onChange(listener: (change: Change) => void): () => void;
  awaitEnd: Runtime['awaitEnd'];
}

export function createWatch(store: Store): Watch {
  const listeners = new Set<(change: Change) => void>();
  const waiting = new Map<Key, Set<() => void>>();

  async function woken(key: Key, signal: AbortSignal): Promise<void> {
    const sleepers = waiting.get(key) ?? new Set();
    waiting.set(key, sleepers);
    await new Promise<void>((wake) => {
      const resolve = (): void => {
        sleepers.delete(resolve);
        signal.removeEventListener('abort', resolve);
        wake();
      };
      sleepers.add(resolve);
      signal.addEventListener('abort', resolve, { once: true });
      // ended before we listened?
      void store.get('processInstances', key).then((row) => row?.['endDate'] !== undefined && resolve());
    });
    if (sleepers.size === 0 && waiting.get(key) === sleepers) waiting.delete(key);
  }

  return {
    committed: (what) => {
      if (what.events.some(({ t }) => t === 'instance-completed' || t === 'instance-terminated'))
        [...(waiting.get(what.instanceKey) ?? [])].forEach((wake) => wake());
      if (listeners.size > 0) listeners.forEach((listener) => listener(changeOf(what)));
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    awaitEnd: async (key, signal) => {
      if (!signal.aborted) await woken(key, signal);
      const row = await store.get('processInstances', key);
      if (row?.['endDate'] === undefined) return undefined;
      return { state: row['state'] === 'COMPLETED' ? 'COMPLETED' : 'TERMINATED', variables: await variablesOf(store, key) };
    },
  };
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
