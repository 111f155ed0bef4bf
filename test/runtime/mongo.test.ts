/** What a crash between the one atomic write and its rows leaves behind is repaired. Where there is no MongoDB server, nothing runs. */
import { afterAll, describe, expect, test } from '@jest/globals';
import mongoose from 'mongoose';
import { collections } from '../../runtime/collections.ts';
import type { Commit, RowChange } from '../../runtime/ports.ts';
import { openMongoStore } from '../../runtime/stores/mongo.ts';
import { indexesOf } from '../../runtime/stores/mongo/connect.ts';
import { startMongoServer } from '../support/mongo-server.ts';

const server = await startMongoServer();
afterAll(() => server?.stop());
const key = '1048576';
const put = (state: string): RowChange => ({ op: 'put', collection: 'timers', key: '5', row: { timerKey: '5', elementId: state } });
const commit = (expected: number, rows: readonly RowChange[]): Commit => ({
  instanceKey: key,
  expected,
  events: [{ t: 'instance-suspended', at: 1 }],
  audit: { command: 'c', by: 'x', at: 1 },
  rows,
  effects: [],
});
const step = (v: number, rows: readonly RowChange[]) => ({
  v,
  attempt: `a${v}`,
  at: v,
  audit: '{"at":1}',
  events: '[{"t":"instance-resumed","at":2}]',
  rows: JSON.stringify(rows),
  claims: '[]',
});

(server ? describe : describe.skip)('mongo only', () => {
  const url = server?.database(`only${process.pid}`) ?? '';
  test('[ST17] a step that a crash left is applied when the instance is loaded, and never brings the past back', async () => {
    const store = await openMongoStore(url, { standalone: true });
    await store.commit(commit(0, [put('first')]));
    const raw = await mongoose.createConnection(url).asPromise();
    const instances = raw.db?.collection('_instances');
    const id = mongoose.mongo.Long.fromString(key) as never;
    await instances?.updateOne({ _id: id }, { $set: { v: 2, stepsSince: 1, steps: [step(2, [put('second')])] } as never });
    expect((await store.load(key))?.tail.length).toBe(2);
    expect(await store.get('timers', '5')).toMatchObject({ elementId: 'second' });
    await store.commit(commit(2, [{ op: 'delete', collection: 'timers', key: '5' }]));
    // the one who slept wakes up and applies its old step
    await instances?.updateOne({ _id: id }, { $push: { steps: step(2, [put('second')]) } as never });
    await store.load(key);
    expect([await store.get('timers', '5'), (await store.search('timers', {})).totalItems]).toEqual([undefined, 0]);
    await raw.close();
    await store.close();
  });

  test('[ST18] every collection has the indexes of the table', async () => {
    const store = await openMongoStore(url, { standalone: true });
    const raw = await mongoose.createConnection(url).asPromise();
    for (const [name, collection] of Object.entries(collections)) {
      const made = (await raw.db?.collection(name).indexes())?.map((index) => JSON.stringify(index.key)) ?? [];
      expect(made).toEqual(expect.arrayContaining(indexesOf(collection).map((keys) => JSON.stringify(keys))));
    }
    await raw.close();
    await store.close();
  });

  test('[ST21] a standalone server is refused unless it is asked for', async () => {
    if (server?.kind === 'given') return;
    await expect(openMongoStore(url)).rejects.toThrow(/replica set/);
  });
});
