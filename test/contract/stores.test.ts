import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { collections } from '../../runtime/collections.ts';
import type { Collection, CollectionName } from '../../runtime/collections.ts';
import type { Query, Store } from '../../runtime/ports.ts';
import { openMongoStore } from '../../runtime/stores/mongo.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';
import { openSqliteStore } from '../../runtime/stores/sqlite.ts';
import { startMongoServer } from '../support/mongo-server.ts';
import { testStore } from './store.contract.ts';
import type { StoreUnderTest } from './store.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'alur-stores-'));
let files = 0;
const nextFile = (): string => join(folder, `${(files += 1)}.sqlite`);

async function sqlite(): Promise<StoreUnderTest> {
  const file = nextFile();
  const opened: Store[] = [openSqliteStore(file)];
  const reopen = async (): Promise<Store> => {
    await opened[0]?.close();
    opened.unshift(openSqliteStore(file));
    return opened[0] as Store;
  };
  return {
    store: opened[0] as Store,
    reopen,
    dispose: async () => void (await Promise.all(opened.map(async (store) => await store.close()))),
  };
}

async function memory(): Promise<StoreUnderTest> {
  const store = createMemoryStore();
  return { store, dispose: async () => await store.close() };
}

const mongoServer = await startMongoServer();

async function mongo(): Promise<StoreUnderTest> {
  const url = mongoServer?.database(`alur${process.pid}x${(files += 1)}`) ?? '';
  const opened: Store[] = [await openMongoStore(url, { standalone: true })];
  const reopen = async (): Promise<Store> => {
    await opened[0]?.close();
    opened.unshift(await openMongoStore(url, { standalone: true }));
    return opened[0] as Store;
  };
  return {
    store: opened[0] as Store,
    reopen,
    dispose: async () => void (await Promise.all(opened.map(async (store) => await store.close()))),
  };
}

/** Every adapter. */
const adapters: readonly (readonly [string, () => Promise<StoreUnderTest>])[] = [
  ['memory', memory],
  ['sqlite', sqlite],
  ...(mongoServer === undefined ? [] : [['mongo', mongo] as const]),
];

afterAll(() => {
  mongoServer?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, open] of adapters) testStore(name, open);

describe('sqlite only', () => {
  const indexed = (Object.keys(collections) as CollectionName[]).flatMap((name) =>
    (collections[name] as Collection).indexes.map((fields) => [name, fields] as const),
  );

  function equalityOn(name: CollectionName, fields: readonly string[]): Query['filter'] {
    const samples = { key: '1', text: 'x', number: 1, time: 1, flag: true, list: { $hasAny: ['x'] }, json: null };
    const collection: Collection = collections[name];
    const wanted = fields
      .map((field) => field.replace('-', ''))
      .map((field) => [field, collection.only?.[field] ?? samples[collection.fields[field] ?? 'text']] as const);
    return Object.fromEntries(wanted);
  }

  test.each(indexed)('[ST18] %s is searched through its index %j', async (name, fields) => {
    const store = openSqliteStore(nextFile());
    const plan = store.explain(name, { filter: equalityOn(name, fields) as NonNullable<Query['filter']> });
    expect(plan.join('\n')).toMatch(/SEARCH .* USING (COVERING INDEX|INDEX|INTEGER PRIMARY KEY|PRIMARY KEY)/);
    expect(plan.join('\n')).not.toMatch(/SCAN/);
    await store.close();
  });

  test.each([
    ['userTasks', { filter: { state: 'CREATED' }, sort: [{ field: 'dueDate' }] }],
    ['userTasks', { filter: { agency: 'land', state: 'CREATED' }, sort: [{ field: 'dueDate' }] }],
    ['processInstances', { sort: [{ field: 'startDate', order: 'DESC' }] }],
    ['jobs', { filter: { type: 'x', open: true }, sort: [{ field: 'priority', order: 'DESC' }, { field: 'availableAt' }] }],
    ['timers', { filter: { dueAt: { $lte: 5 } }, sort: [{ field: 'dueAt' }] }],
    // what the sweeper and the hourly tidying look for, in stores that hold years
    ['jobs', { filter: { open: true, availableAt: { $lte: 5 }, type: { $in: ['x', 'y'] } }, sort: [{ field: 'availableAt' }] }],
    ['messages', { filter: { offeredAt: { $exists: false }, expiresAt: { $gt: 5 } }, sort: [{ field: 'publishedAt' }] }],
    ['messages', { filter: { expiresAt: { $lte: 5 } }, sort: [{ field: 'expiresAt' }] }],
    ['idempotency', { filter: { createdAt: { $lt: 5 } }, sort: [{ field: 'createdAt' }] }],
    ['sessions', { filter: { expiresAt: { $lt: 5 } }, sort: [{ field: 'expiresAt' }] }],
    ['documents', { filter: { expiresAt: { $lt: 5 } }, sort: [{ field: 'expiresAt' }] }],
    ['exchanges', { filter: { at: { $lt: 5 } }, sort: [{ field: 'at' }] }],
    ['drafts', { filter: { savedAt: { $lt: 5 } }, sort: [{ field: 'savedAt' }] }],
    ['processInstances', { filter: { processDefinitionKey: '1', endDate: { $lte: 5 } }, sort: [{ field: 'endDate' }] }],
    // one row by its name, and whether the reader may see it
    ['documents', { filter: { documentId: 'x' }, scope: { agencies: { $hasAny: ['land'] } } }],
    ['decisionInstances', { filter: { decisionEvaluationInstanceKey: '7-1' }, scope: { processInstanceKey: { $in: ['1', '2'] } } }],
    ['machineClients', { filter: { clientId: 'x' }, scope: { disabled: false } }],
    ['users', { filter: { username: 'x' }, scope: { agency: 'land' } }],
    // where cases wait
    ['subscriptions', { filter: { processInstanceKey: { $in: ['1'] }, elementInstanceKey: { $in: ['2', '3'] } } }],
    ['messageCorrelations', { filter: { processInstanceKey: '1', subscriptionKey: { $exists: false } } }],
  ] as readonly (readonly [CollectionName, Query])[])('[ST18] %s is found by an index: %j', async (name, query) => {
    const store = openSqliteStore(nextFile());
    const plan = store.explain(name, query).join('\n');
    expect(plan).toMatch(/USING (COVERING )?INDEX/);
    expect(plan).not.toMatch(/SCAN \w+$/m);
    await store.close();
  });

  test('[ST21] a file has one owner at a time', async () => {
    const file = nextFile();
    const first = openSqliteStore(file);
    expect(() => openSqliteStore(file)).toThrow(/another process/);
    await first.close();
    const second = openSqliteStore(file);
    await second.ping();
    await second.close();
  });

  test('[ST22] the log is moved into the file off the commit path, and nothing is lost by it', async () => {
    const file = nextFile();
    const store = openSqliteStore(file);
    const write = async (n: number): Promise<unknown> =>
      await store.write([{ op: 'put', collection: 'sequences', key: `n${n}`, row: { name: `n${n}`, value: n } }]);
    for (let round = 0; round < 5; round += 1)
      await Promise.all(Array.from({ length: 1_000 }, async (_, n) => await write(round * 1_000 + n)));
    await store.close();
    const again = openSqliteStore(file);
    expect((await again.search('sequences', { limit: 1 })).totalItems).toBe(5_000);
    await again.close();
  });

  test('[ST19] refuses to run on a file that a newer program wrote', async () => {
    const file = nextFile();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    expect(() => openSqliteStore(file)).toThrow(/newer/);
  });

  test('[ST19] a field that was added since the file was made is absent in the old rows', async () => {
    const file = nextFile();
    const db = new DatabaseSync(file);
    db.exec(`CREATE TABLE "sequences" (_key TEXT PRIMARY KEY, "name" ) WITHOUT ROWID; INSERT INTO "sequences" VALUES ('a', 'A')`);
    db.close();
    const store = openSqliteStore(file);
    expect(await store.get('sequences', 'a')).toEqual({ name: 'A' });
    await store.write([{ op: 'patch', collection: 'sequences', key: 'a', fields: { value: 3 } }]);
    expect(await store.get('sequences', 'a')).toEqual({ name: 'A', value: 3 });
    await store.close();
  });
});
