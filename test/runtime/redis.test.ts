/** Redis is disposable: wiped or gone, nothing is lost, and it goes on without a restart. Needs a redis-server on the path. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openRuntime } from '../../runtime/open.ts';
import { startRedisServer } from '../../runtime/queues/redis-server.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, deployed } from './support/stores.ts';

const there = spawnSync('redis-server', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'alur-redis-'));
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work();
  rmSync(folder, { recursive: true, force: true });
});

async function open(url: string, handler: () => Promise<Record<string, never>>): Promise<Runtime> {
  const config = { databaseUrl: 'memory:', data: folder, queue: 'bullmq', clock: 'real', redisUrl: url } as const;
  const runtime = await openRuntime({ config, handlers: new Map([['stamp', handler]]), sweepMs: 300 });
  await deployed(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
  return runtime;
}

async function start(runtime: Runtime): Promise<string> {
  const answer = await runtime.startInstance({ processDefinitionId: 'p' }, by);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.processInstanceKey;
}

(there ? describe : describe.skip)('Redis is disposable', () => {
  test('[QU13] entries that were wiped are dispatched again from the store', async () => {
    const redis = await startRedisServer(folder);
    const admin = new Redis(redis?.url ?? '');
    let runs = 0;
    const held: (() => void)[] = [];
    // the first sixteen hold every place of the queue, so that the others are still in Redis when it is wiped
    const handler = async (): Promise<Record<string, never>> => {
      runs += 1;
      if (runs <= 16) await new Promise<void>((resolve) => held.push(resolve));
      return {};
    };
    const runtime = await open(redis?.url ?? '', handler);
    cleanUp.push(
      async () => await runtime.close(),
      async () => admin.disconnect(),
      async () => await redis?.stop(),
    );
    const keys = await Promise.all(Array.from({ length: 40 }, async () => await start(runtime)));
    while (held.length < 16) await new Promise((resolve) => setTimeout(resolve, 10));
    await admin.flushall();
    held.forEach((release) => release());
    const ends = await Promise.all(keys.map(async (key) => await runtime.awaitEnd(key, AbortSignal.timeout(14_000))));
    expect(ends.filter((end) => end?.state === 'COMPLETED').length).toBe(40);
    expect(runs).toBe(40);
  }, 15_000);

  test('[QU14] while Redis is away commands are accepted; when it is back the work goes on', async () => {
    const redis = await startRedisServer(folder);
    const runtime = await open(redis?.url ?? '', async () => ({}));
    cleanUp.push(
      async () => await runtime.close(),
      async () => await redis?.stop(),
    );
    // stopped, not ended: the same address answers again later
    process.kill(redis?.pid ?? 0, 'SIGSTOP');
    const key = await start(runtime);
    expect((await runtime.store.get('processInstances', key))?.['state']).toBe('ACTIVE');
    process.kill(redis?.pid ?? 0, 'SIGCONT');
    expect((await runtime.awaitEnd(key, AbortSignal.timeout(14_000)))?.state).toBe('COMPLETED');
  }, 15_000);
});
