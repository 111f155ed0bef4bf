/** The writing thread: what travels to it, what it does with it, and what is told when it cannot. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { ABSENT } from '../../runtime/stores/sqlite-order.ts';
import type { Order, Step, Text } from '../../runtime/stores/sqlite-order.ts';
import { Packing, unpack } from '../../runtime/stores/sqlite-packed.ts';
import { Statements } from '../../runtime/stores/sqlite-statements.ts';
import { WritingThread } from '../../runtime/stores/sqlite-thread.ts';
import { openSqliteStore } from '../../runtime/stores/sqlite.ts';
import { startWriting } from '../../runtime/stores/sqlite-writing.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'alur-writing-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pack(orders: readonly Order[]) {
  const into = new Packing();
  orders.forEach((order) => into.add(order));
  return into.taken();
}

describe('orders travel as they were sent', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.constant(null),
    fc.constant(ABSENT),
    fc.uint8Array({ minLength: 2, maxLength: 8 }),
  ) as fc.Arbitrary<SQLInputValue>;
  const step = fc.tuple(fc.nat(10_000), fc.array(value, { maxLength: 40 })) as fc.Arbitrary<Step>;
  const order: fc.Arbitrary<Order> = fc.record(
    {
      version: fc.tuple(fc.nat(), fc.nat()),
      held: step,
      free: fc.array(step, { maxLength: 3 }),
      steps: fc.array(step, { maxLength: 30 }),
      find: step,
      each: step,
      visible: fc.constant(true as const),
    },
    { requiredKeys: [] },
  );

  test('[ST28] whatever they hold', () => {
    fc.assert(fc.property(fc.array(order, { maxLength: 10 }), (orders) => expect(unpack(pack(orders))).toEqual(orders)));
  });

  test('[ST28] small keys arrive as numbers, which are the same to SQLite', () => {
    expect(unpack(pack([{ steps: [[0, [5n, 2n ** 60n]]] }]))).toEqual([{ steps: [[0, [5, 2n ** 60n]]] }]);
  });
});

describe('rows that are written together', () => {
  const texts: readonly Text[] = [
    { sql: 'INSERT OR REPLACE INTO "t" (k, a) VALUES (?, ?)', table: 't', of: { put: 2 } },
    { sql: 'INSERT OR REPLACE INTO "t" (k, a, b) VALUES (?, ?, ?)', table: 't', of: { put: 3 } },
    { sql: 'UPDATE "t" SET b = ? WHERE k = ?', table: 't', of: 'row' },
    { sql: 'DELETE FROM "t" WHERE k = ?', table: 't', of: 'row' },
    { sql: 'UPDATE "t" SET b = b || ? RETURNING k', table: 't' },
    { sql: 'DELETE FROM "t" WHERE a = ?' },
  ];
  const rowsOf = (db: DatabaseSync) => db.prepare('SELECT k, a, b FROM "t" ORDER BY k').all();
  const fresh = (): DatabaseSync => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE "t" (k INTEGER PRIMARY KEY, a, b)');
    return db;
  };

  /** one statement after the other, as they came */
  function plainly(steps: readonly Step[]): unknown {
    const db = fresh();
    for (const [number, values] of steps) db.prepare(texts[number]?.sql ?? '').run(...values);
    return rowsOf(db);
  }

  function gathered(steps: readonly Step[]): unknown {
    const db = fresh();
    const statements = new Statements(db, (number) => texts[number] as Text);
    for (const step of steps)
      if (step[0] === 4) statements.all(step);
      else statements.run(step);
    statements.flush();
    return rowsOf(db);
  }

  const [key, word] = [fc.integer({ min: 1, max: 12 }), fc.constantFrom('x', 'y', 'z')];
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constant(0), fc.tuple(key, word)) },
    { weight: 8, arbitrary: fc.tuple(fc.constant(1), fc.tuple(key, word, word)) },
    { weight: 3, arbitrary: fc.tuple(fc.constant(2), fc.tuple(word, key)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant(3), fc.tuple(key)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant(4), fc.tuple(word)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant(5), fc.tuple(word)) },
  ) as fc.Arbitrary<Step>;

  test('[ST29] end as they would one by one', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => expect(gathered(steps)).toEqual(plainly(steps))));
  });

  test('[ST29] a transaction that is given up leaves none of them behind', () => {
    const db = fresh();
    const statements = new Statements(db, (number) => texts[number] as Text);
    statements.run([0, [1, 'x']]);
    statements.forget();
    statements.run([0, [2, 'y']]);
    statements.flush();
    expect(rowsOf(db)).toEqual([{ k: 2, a: 'y', b: null }]);
  });

  test('[ST29] one that cannot be written does not take the others with it', async () => {
    const store = openSqliteStore(join(folder, 'one.sqlite'));
    const put = (key: string, at: number) =>
      store.write([{ op: 'put', collection: 'sequences', key, row: { name: key, value: at } }], [{ collection: 'sequences', key }]);
    const answers = await Promise.all([put('a', 1), put('b', 2), put('a', 3), put('c', 4)]);
    expect([answers, (await store.search('sequences', {})).items.map((row) => row['value'])]).toEqual([
      [true, true, false, true],
      [1, 2, 4],
    ]);
    await store.close();
  });
});

describe('a thread that cannot', () => {
  test('[ST28] a file that cannot be opened refuses its own orders and nobody else’s', async () => {
    const store = openSqliteStore(join(folder, 'good.sqlite'));
    const bad = startWriting(join(folder, 'no-such-folder', 'bad.sqlite'));
    await expect(bad.ask({ visible: true })).rejects.toThrow(/unable to open/);
    await store.ping();
    await Promise.all([bad.close(), store.close()]);
  });

  test('[ST28] when it ends, all that it was asked is refused, and everything after it', async () => {
    const program = join(folder, 'ends.mjs');
    writeFileSync(program, "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit());");
    const thread = new WritingThread(pathToFileURL(program));
    const writing = startWriting(join(folder, 'lost.sqlite'), () => thread);
    const asked = [writing.ask({ visible: true }), writing.ask({})];
    const answers = await Promise.allSettled(asked);
    const later = await Promise.allSettled([writing.ask({})]);
    expect([...answers, ...later].map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await writing.close();
  });

  test('[ST28] a store that is closed takes nothing more, and says so', async () => {
    const store = openSqliteStore(join(folder, 'closed.sqlite'));
    await store.ping();
    await store.close();
    await expect(store.ping()).rejects.toThrow(/closed/);
  });
});
