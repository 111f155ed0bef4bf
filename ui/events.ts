/**
 * Live screens. The server says that something changed (`GET /api/v1/events`), never what; every query that shows one of the
 * named collections is fetched again. Give such a query a key that begins with `live(...)`.
 */
import { useQueryClient } from '@tanstack/react-query';
import type { QueryKey } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useSession } from './session.tsx';

interface Change {
  readonly processInstanceKey?: string;
  readonly collections?: readonly string[];
}
interface LiveMark {
  readonly live: readonly string[];
  readonly processInstanceKey?: string;
}

/** First part of a query key: the collections that the query shows, and the one instance when it shows only one. */
export function live(collections: readonly string[], processInstanceKey?: string): LiveMark {
  return processInstanceKey ? { live: collections, processInstanceKey } : { live: collections };
}

/** Does this change concern the query with this key? */
export function concerns(key: QueryKey, change: Change): boolean {
  const mark = key[0] as Partial<LiveMark> | undefined;
  if (typeof mark !== 'object' || !Array.isArray(mark?.live)) return false;
  if (mark.processInstanceKey && change.processInstanceKey && mark.processInstanceKey !== change.processInstanceKey) return false;
  return !change.collections || mark.live.some((name: string) => change.collections?.includes(name));
}

function readChange(text: string): Change {
  try {
    return JSON.parse(text) as Change;
  } catch {
    return {}; // unreadable: everything may have changed
  }
}

const gatherMs = 250;
const reconnectMs = [1_000, 2_000, 5_000, 15_000];

/** Listens and calls back; connects again by itself, slower each time, and reports a lost stretch as "anything may have changed". */
export function listen(onChange: (change: Change) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  const connect = (): void => {
    source = new EventSource('/api/v1/events');
    source.addEventListener('open', () => {
      if (failures > 0) onChange({});
      failures = 0;
    });
    source.addEventListener('change', (event) => onChange(readChange(String((event as MessageEvent).data))));
    source.addEventListener('error', () => {
      source?.close();
      timer = setTimeout(connect, reconnectMs[Math.min(failures++, reconnectMs.length - 1)]);
    });
  };
  connect();
  return () => {
    source?.close();
    clearTimeout(timer);
  };
}

/** Keeps every live query of the app fresh while somebody is signed in. Many changes at once make one round of fetching. */
export function LiveUpdates(): null {
  const client = useQueryClient();
  const username = useSession().user?.username;
  useEffect(() => {
    if (!username) return undefined;
    let gathered: Change[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = (): void => {
      const changes = gathered;
      gathered = [];
      timer = undefined;
      void client.invalidateQueries({ predicate: (query) => changes.some((change) => concerns(query.queryKey, change)) });
    };
    const stop = listen((change) => {
      gathered.push(change);
      timer ??= setTimeout(flush, gatherMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, username]);
  return null;
}
