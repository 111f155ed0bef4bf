/** Redis as it really fails: read-only after a failover, back without its memory, wiped. Nothing is restarted but Redis. Needs a redis-server on the path. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { openRuntime } from '../../runtime/open.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, deployed } from './support/stores.ts';

const there = spawnSync('redis-server', ['--version']).status === 0;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One that remembers nothing: what was in it is gone with its process. */
async function forgetful(port: number): Promise<ChildProcess> {
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve) => child.stdout?.on('data', (text: Buffer) => text.includes('Ready to accept') && resolve()));
  cleanUp.push(() => child.kill('SIGKILL'));
  return child;
}

async function open(port: number, handler: () => Promise<Record<string, never>>): Promise<Runtime> {
  const redisUrl = `redis://127.0.0.1:${port}`;
  const config = { databaseUrl: 'memory:', data: tmpdir(), queue: 'bullmq', clock: 'real', redisUrl } as const;
  const runtime = await openRuntime({ config, handlers: new Map([['stamp', handler]]), sweepMs: 300 });
  cleanUp.unshift(async () => await runtime.close());
  await deployed(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
  return runtime;
}

async function start(runtime: Runtime): Promise<string> {
  const answer = await runtime.startInstance({ processDefinitionId: 'p' }, by);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.processInstanceKey;
}

async function ends(runtime: Runtime, keys: readonly string[]): Promise<readonly unknown[]> {
  return await Promise.all(keys.map(async (key) => (await runtime.awaitEnd(key, AbortSignal.timeout(30_000)))?.state));
}

(there ? describe : describe.skip)('Redis fails', () => {
  test('[QU16] killed and back without its memory: dispatch is rebuilt, each job is done once', async () => {
    const port = await freePort();
    const redis = await forgetful(port);
    let runs = 0;
    let held: (() => void)[] | undefined = [];
    const runtime = await open(port, async () => {
      runs += 1;
      if (held) await new Promise<void>((resolve) => held?.push(resolve));
      return {};
    });
    const before = await Promise.all(Array.from({ length: 30 }, async () => await start(runtime)));
    while ((held?.length ?? 0) < 16) await new Promise((resolve) => setTimeout(resolve, 10));
    const gone = new Promise((resolve) => redis.once('exit', resolve));
    redis.kill('SIGKILL');
    // commands are accepted meanwhile
    const during = await start(runtime);
    const release = held;
    held = undefined;
    release.forEach((go) => go());
    // its port is free only then
    await gone;
    await forgetful(port);
    expect(new Set(await ends(runtime, [...before, during]))).toEqual(new Set(['COMPLETED']));
    expect(runs).toBe(31);
  });

  test('[QU17] read-only for a while, as after a failover: commands are accepted, then the work goes on', async () => {
    const port = await freePort();
    await forgetful(port);
    const runtime = await open(port, async () => ({}));
    const admin = new Redis(`redis://127.0.0.1:${port}`);
    cleanUp.unshift(() => admin.disconnect());
    expect(await ends(runtime, [await start(runtime)])).toEqual(['COMPLETED']);
    await admin.replicaof('127.0.0.1', 1);
    await expect(admin.set('x', '1')).rejects.toThrow(/READONLY/);
    const keys = await Promise.all([start(runtime), start(runtime)]);
    for (const key of keys) expect((await runtime.store.get('processInstances', key))?.['state']).toBe('ACTIVE');
    await admin.replicaof('NO', 'ONE');
    expect(await ends(runtime, keys)).toEqual(['COMPLETED', 'COMPLETED']);
  });

  test('[QU20] out of memory it takes nothing: commands are accepted; with room again the work goes on', async () => {
    const port = await freePort();
    await forgetful(port);
    const runtime = await open(port, async () => ({}));
    const admin = new Redis(`redis://127.0.0.1:${port}`);
    cleanUp.unshift(() => admin.disconnect());
    expect(await ends(runtime, [await start(runtime)])).toEqual(['COMPLETED']);
    await admin.config('SET', 'maxmemory', '1');
    await expect(admin.set('x', '1')).rejects.toThrow(/OOM/);
    const keys = await Promise.all([start(runtime), start(runtime), start(runtime)]);
    for (const key of keys) expect((await runtime.store.get('processInstances', key))?.['state']).toBe('ACTIVE');
    await admin.config('SET', 'maxmemory', '0');
    expect(await ends(runtime, keys)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
  });

  test('[QU20] a policy that somebody changes while it runs, so that entries are thrown away, costs time and no job', async () => {
    const port = await freePort();
    await forgetful(port);
    let held: (() => void)[] | undefined = [];
    const runtime = await open(port, async () => {
      if (held) await new Promise<void>((resolve) => held?.push(resolve));
      return {};
    });
    const admin = new Redis(`redis://127.0.0.1:${port}`);
    cleanUp.unshift(() => admin.disconnect());
    const keys = await Promise.all(Array.from({ length: 40 }, async () => await start(runtime)));
    while ((held?.length ?? 0) < 16) await new Promise((resolve) => setTimeout(resolve, 10));
    const full = await admin.dbsize();
    await admin.config('SET', 'maxmemory-policy', 'allkeys-random', 'maxmemory', '1');
    await admin.get('x');
    while ((await admin.dbsize()) >= full) await admin.set('x', '1').catch(() => undefined);
    await admin.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '0');
    const release = held;
    held = undefined;
    release.forEach((go) => go());
    expect(new Set(await ends(runtime, keys))).toEqual(new Set(['COMPLETED']));
  });

  test('[QU18] a process that gets back what it puts into the queue is alive; a queue that is away is not its fault', async () => {
    const port = await freePort();
    const redis = await forgetful(port);
    const runtime = await open(port, async () => ({}));
    expect(await ends(runtime, [await start(runtime)])).toEqual(['COMPLETED']);
    expect(runtime.alive()).toBe(true);
    redis.kill('SIGKILL');
    await expect(runtime.queue.ping()).rejects.toThrow();
    expect(runtime.alive()).toBe(true);
  });
});
