/** The doctor beside a real Redis, and on MongoDB. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { PREFIX } from '../../runtime/open-queue.ts';
import { openRuntime } from '../../runtime/open.ts';
import { openBullmqQueue, waitingEntries } from '../../runtime/queues/bullmq.ts';
import { startRedisServer } from '../../runtime/queues/redis-server.ts';
import { openMongoStore } from '../../runtime/stores/mongo.ts';
import { examine } from '../../scripts/doctor/examine.ts';
import { repair } from '../../scripts/doctor/repair.ts';
import { dispatchAgain } from '../../scripts/doctor/queue.ts';
import { readConfig } from '../../runtime/config.ts';
import { startMongoServer } from '../support/mongo-server.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { openTestRuntime, start } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const folder = mkdtempSync(join(tmpdir(), 'alur-doctor-'));
const redis = spawnSync('redis-server', ['--version']).status === 0 ? await startRedisServer(folder) : undefined;
const mongo = await startMongoServer();
let opened: Opened | undefined;
afterEach(async () => {
  await opened?.dispose();
  opened = undefined;
});
afterAll(async () => {
  await redis?.stop();
  mongo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const notify = line('p', [['tell', serviceTask('tell', 'notify')]]);
const silent = (): undefined => undefined;

(redis ? describe : describe.skip)('the doctor beside Redis', () => {
  const url = redis?.url ?? '';

  /** Two built-in jobs that have been waiting for an hour. The store is closed. */
  async function given(): Promise<{ readonly path: string; look(): ReturnType<typeof examine> }> {
    opened = await openTestRuntime('sqlite');
    for (let n = 0; n < 2; n += 1) await start(opened.runtime, notify);
    const { items } = await opened.runtime.store.search('jobs', {});
    const past = Date.now() - 3_600_000;
    await opened.runtime.store.write(
      items.map((row) => ({ op: 'patch', collection: 'jobs', key: String(row['jobKey']), fields: { availableAt: past } })),
    );
    await opened.runtime.close();
    const path = join(opened.folder, 'alur.sqlite');
    return { path, look: async () => await examine({ databaseUrl: `file:${path}`, redisUrl: url }) };
  }

  test('[CH4] names jobs that wait in the store and in no queue; a repair puts them there, twice as well as once', async () => {
    const { path, look } = await given();
    const before = await look();
    expect([before.broken, before.lines.join('\n').includes('Expected the 2 jobs')]).toEqual([1, true]);
    const answer = readConfig({ DATABASE_URL: `file:${path}`, REDIS_URL: url });
    if (!answer.ok) throw new Error(answer.faults.join());
    const told: string[] = [];
    await repair(answer.config, (text) => told.push(text));
    expect(told).toContain('repaired: 2 jobs that could run are in their queues');
    expect((await look()).broken).toBe(0);
    const again = await opened?.reopen();
    expect(again && (await dispatchAgain(again.store, url))).toBe(2);
    const connection = new Redis(url);
    expect((await waitingEntries(connection, PREFIX, ['job-notify'])).get('job-notify')).toBe(2);
    await connection.flushall();
    connection.disconnect();
  });

  test('[CH4] names a Redis that throws entries away, and one that only follows', async () => {
    const { look } = await given();
    const admin = new Redis(url);
    const queue = await openBullmqQueue({ url, prefix: PREFIX, log: silent });
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect((await look()).lines.join('\n')).toContain('it is allkeys-lru');
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.replicaof('127.0.0.1', 1);
    expect((await look()).lines.join('\n')).toContain('it is a slave');
    await admin.replicaof('NO', 'ONE');
    await queue.close();
    admin.disconnect();
  });
});

(mongo ? describe : describe.skip)('the doctor on MongoDB', () => {
  const place = () => ({
    databaseUrl: mongo?.database(`doctor${process.pid}x${Math.floor(Math.random() * 1e9)}`) ?? '',
    mongoStandalone: true,
  });

  async function given() {
    const { databaseUrl } = place();
    const config = { databaseUrl, data: folder, queue: 'in-process', clock: 'real', mongoStandalone: true } as const;
    const runtime = await openRuntime({ config });
    const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
    return { databaseUrl, config, runtime, key, look: async () => await examine({ databaseUrl, mongoStandalone: true }) };
  }

  test('[CH4] finds nothing in a healthy store, also while a server runs, and names what is broken; a repair mends it when all are stopped', async () => {
    const { databaseUrl, runtime, key, look } = await given();
    expect((await look()).broken).toBe(0);
    const { items } = await runtime.store.search('jobs', { filter: { processInstanceKey: key } });
    await runtime.store.write(items.map((row) => ({ op: 'delete', collection: 'jobs', key: String(row['jobKey']) })));
    expect((await look()).lines.join('\n')).toMatch(/ROWS: Expected instance \d+ to have jobs \d+ open/);
    const answer = readConfig({ DATABASE_URL: databaseUrl, ALUR_QUEUE: 'in-process', ALUR_MONGO_STANDALONE: 'true', ALUR_DATA: folder });
    if (!answer.ok) throw new Error(answer.faults.join());
    await expect(repair(answer.config, silent)).rejects.toThrow('a scheduler is at work');
    await runtime.close();
    await repair(answer.config, silent);
    expect((await look()).broken).toBe(0);
  });

  test('[CH4] leaves a store of another schema as it is, and says so', async () => {
    const { databaseUrl, runtime, look } = await given();
    await runtime.close();
    const connection = await mongoose.createConnection(databaseUrl).asPromise();
    const meta = connection.db?.collection<{ _id: string }>('_meta');
    for (const [version, words] of [
      [9, 'a newer one wrote it'],
      [0, 'but it is older'],
    ] as const) {
      await meta?.updateOne({ _id: 'schema' }, { $set: { version } });
      const { lines, broken } = await look();
      expect([broken, lines.join('\n').includes(words)]).toEqual([1, true]);
      expect(((await meta?.findOne({ _id: 'schema' })) as { version?: number } | null)?.version).toBe(version);
    }
    await connection.close();
    await expect(openMongoStore(databaseUrl, { standalone: true, asItIs: true })).rejects.toThrow('version 0');
  });
});
