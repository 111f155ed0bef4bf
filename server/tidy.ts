import type { CollectionName } from '../runtime/collections.ts';
import type { Filter, Store } from '../runtime/ports.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { pagesOf } from '../runtime/every-row.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STEP = 500;
/** records of exchange are kept for five years, unless their case is deleted before */
const EXCHANGES_FOR = 5 * 365 * DAY;

type Tidied = Pick<Runtime, 'store' | 'forgetInstance'>;

/**
 * What may go, and after how long: ended sessions, answers kept for repeated requests, forgotten drafts, old records of exchange, documents past their
 * time, ended cases of processes that were withdrawn with their history.
 */
export async function tidy({ store, forgetInstance }: Tidied, now: number): Promise<void> {
  await forget(store, {
    collection: 'sessions',
    filter: { expiresAt: { $lt: now } },
    by: 'expiresAt',
    keyOf: (row) => String(row['sessionHash']),
  });
  await forget(store, {
    collection: 'idempotency',
    filter: { createdAt: { $lt: now - DAY } },
    by: 'createdAt',
    keyOf: (row) => String(row['id']),
  });
  await forget(store, {
    collection: 'signInCodes',
    filter: { expiresAt: { $lt: now - DAY } },
    by: 'expiresAt',
    keyOf: (row) => String(row['codeId']),
  });
  await forget(store, {
    collection: 'drafts',
    filter: { savedAt: { $lt: now - 180 * DAY } },
    by: 'savedAt',
    keyOf: (row) => `${String(row['username'])}/${String(row['draftKey'])}`,
  });
  await forget(store, {
    collection: 'exchanges',
    filter: { at: { $lt: now - EXCHANGES_FOR } },
    by: 'at',
    keyOf: (row) => String(row['exchangeId']),
  });
  await forget(store, {
    collection: 'hookDeliveries',
    filter: { at: { $lt: now - 90 * DAY } },
    by: 'at',
    keyOf: (row) => String(row['deliveryId']),
  });
  await forget(store, {
    collection: 'alerts',
    filter: { state: 'resolved', seenAt: { $lt: now - 90 * DAY } },
    by: 'seenAt',
    keyOf: (row) => String(row['alertId']),
  });
  await forgetWaits(store);
  await forgetDocuments(store, now);
  await forgetCases({ store, forgetInstance });
}

/** What a step waited for is the case's by now: the row holds its data a second time. */
async function forgetWaits(store: Store): Promise<void> {
  for await (const page of pagesOf(store, 'agencyWaits', { sort: [{ field: 'since' }] })) {
    const keys = page.map((row) => String(row['jobKey']));
    const open = await store.search('jobs', { filter: { jobKey: { $in: keys }, open: true }, limit: keys.length });
    const waiting = new Set(open.items.map((row) => String(row['jobKey'])));
    const over = keys.filter((key) => !waiting.has(key));
    if (over.length > 0) await store.write(over.map((key) => ({ op: 'delete', collection: 'agencyWaits', key })));
  }
}

async function forgetCases({ store, forgetInstance }: Tidied): Promise<void> {
  const { items } = await store.search('processDefinitions', { filter: { forgetsCases: true }, limit: STEP });
  for (const { processDefinitionKey } of items) {
    const filter = { processDefinitionKey, parentProcessInstanceKey: { $exists: false }, endDate: { $exists: true } };
    const ended = await store.search('processInstances', { filter, limit: STEP });
    for (const row of ended.items) await forgetInstance(String(row['processInstanceKey']));
  }
}

/** Those past the time that their sender gave them: the row, then the bytes. */
async function forgetDocuments(store: Store, now: number): Promise<void> {
  for (;;) {
    const { items } = await store.search('documents', {
      filter: { expiresAt: { $lt: now } },
      sort: [{ field: 'expiresAt' }],
      limit: STEP,
      countUpTo: 1,
    });
    const ids = items.map((row) => String(row['documentId']));
    if (ids.length > 0) await store.write(ids.map((key) => ({ op: 'delete', collection: 'documents', key })));
    for (const id of ids) await store.deleteBlob(id);
    if (items.length < STEP) return;
  }
}

interface Forgetting {
  readonly collection: CollectionName;
  readonly filter: Filter;
  /** the time in the filter: its index finds them */
  readonly by: string;
  readonly keyOf: (row: Readonly<Record<string, unknown>>) => string;
}

async function forget(store: Store, { collection, filter, by, keyOf }: Forgetting): Promise<void> {
  for (;;) {
    const { items } = await store.search(collection, { filter, sort: [{ field: by }], limit: STEP, countUpTo: 1 });
    if (items.length > 0) await store.write(items.map((row) => ({ op: 'delete', collection, key: keyOf(row) })));
    if (items.length < STEP) return;
  }
}

/** Tidies now and every hour; answers how to stop. */
export function keepTidy(runtime: Tidied, report: (error: unknown) => void): () => void {
  const run = (): void => void tidy(runtime, Date.now()).catch(report);
  run();
  const timer = setInterval(run, HOUR).unref();
  return () => clearInterval(timer);
}
