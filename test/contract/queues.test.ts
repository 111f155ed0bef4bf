import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openBullmqQueue } from '../../runtime/queues/bullmq.ts';
import { createInProcessQueue } from '../../runtime/queues/in-process.ts';
import { startRedisServer } from '../../runtime/queues/redis-server.ts';
import type { OwnRedis } from '../../runtime/queues/redis-server.ts';
import { testQueue } from './queue.contract.ts';
import type { QueueUnderTest } from './queue.contract.ts';

const quiet = (): void => undefined;
const redisThere = spawnSync('redis-server', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'alur-queues-'));
let redis: OwnRedis | undefined;
let prefixes = 0;

beforeAll(async () => {
  redis = await startRedisServer(folder);
});
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function redisUrl(): string {
  return redis?.url ?? '';
}

async function inProcess(): Promise<QueueUnderTest> {
  const queue = createInProcessQueue();
  return { queue, dispose: async () => await queue.close() };
}

async function bullmq(): Promise<QueueUnderTest> {
  const queue = await openBullmqQueue({ url: redisUrl(), prefix: `t${(prefixes += 1)}`, log: quiet });
  return { queue, dispose: async () => await queue.close() };
}

const adapters: readonly (readonly [string, () => Promise<QueueUnderTest>])[] = [
  ['in-process', inProcess],
  ...(redisThere ? [['bullmq', bullmq] as const] : []),
];
for (const [name, open] of adapters) testQueue(name, open);

if (!redisThere) {
  test('[QU0] the bullmq adapter is tested where it must be', () => {
    process.stdout.write('redis-server is not on this machine: the bullmq adapter is not tested here.\n');
    expect(process.env['CI']).not.toBe('true');
  });
} else {
  describe('bullmq only', () => {
    test('[QU10] refuses a Redis that would throw entries away', async () => {
      const admin = new Redis(redisUrl());
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await expect(openBullmqQueue({ url: redisUrl(), prefix: 'x', log: quiet })).rejects.toThrow(/noeviction/);
      await admin.config('SET', 'maxmemory-policy', 'noeviction');
      admin.disconnect();
    });

    test('[QU10] refuses to start where there is no Redis', async () => {
      await expect(openBullmqQueue({ url: 'redis://127.0.0.1:1', prefix: 'x', log: quiet })).rejects.toThrow();
    });

    test('[QU11] Redis going away makes adding fail quickly and is otherwise survived', async () => {
      const own = await startRedisServer(join(folder, 'second'));
      const queue = await openBullmqQueue({ url: own?.url ?? '', prefix: 'y', log: quiet });
      await queue.consume('job-stamp', async () => undefined, { concurrency: 1 });
      await own?.stop();
      await expect(queue.add([{ queue: 'job-stamp', id: 'a', payload: {} }])).rejects.toThrow();
      await expect(queue.ping()).rejects.toThrow();
      await queue.close();
    });

    test('[QU12] a stale server of an earlier process is replaced', async () => {
      const data = join(folder, 'third');
      const first = await startRedisServer(data);
      const second = await startRedisServer(data);
      expect(second?.pid).not.toBe(first?.pid);
      expect(() => process.kill(first?.pid ?? 0, 0)).toThrow();
      await second?.stop();
    });
  });
}
