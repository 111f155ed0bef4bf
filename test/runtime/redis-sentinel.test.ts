/** Two Redis servers and the Sentinels that decide which of them leads. Nothing of ours is restarted. Needs a redis-server on the path. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { readConfig } from '../../runtime/config.ts';
import { openRuntime } from '../../runtime/open.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { freePort } from '../../scripts/chaos/servers.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, deployed } from './support/stores.ts';

const there = spawnSync('redis-server', ['--version']).status === 0;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work();
});

async function live(args: readonly string[], folder: string): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  cleanUp.push(() => child.kill('SIGKILL'));
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (text: Buffer) => /Ready to accept|Sentinel ID is/.test(text.toString()) && resolve()),
  );
  return child;
}

interface Pair {
  readonly leading: { readonly port: number; readonly process: ChildProcess };
  readonly following: { readonly port: number };
  /** as REDIS_URL */
  readonly address: string;
}

/** One that leads, one that follows, and three that watch. */
async function pair(): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'alur-sentinel-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  const [first, second, ...watchers] = await Promise.all(Array.from({ length: 5 }, freePort));
  const settings = (port = 0): string[] => [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--repl-diskless-sync-delay',
    '0',
  ];
  const leading = await live(settings(first), folder);
  await live([...settings(second), '--replicaof', '127.0.0.1', String(first)], folder);
  for (const port of watchers) {
    const file = join(folder, `${port}.conf`);
    const watch = ['monitor alur 127.0.0.1', `down-after-milliseconds alur`, 'failover-timeout alur'];
    writeFileSync(
      file,
      `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel ${watch[0]} ${first} 2\nsentinel ${watch[1]} 700\nsentinel ${watch[2]} 3000\n`,
    );
    await live([file, '--sentinel'], folder);
  }
  await knowEachOther(watchers[0] ?? 0);
  const address = `redis+sentinel://${watchers.map((port) => `127.0.0.1:${port}`).join(',')}/alur/1`;
  return { leading: { port: first ?? 0, process: leading }, following: { port: second ?? 0 }, address };
}

/** Until a watcher knows the follower and both other watchers, nobody can be chosen. */
async function knowEachOther(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1');
  for (;;) {
    const [replicas, others] = await Promise.all([redis.call('SENTINEL', 'REPLICAS', 'alur'), redis.call('SENTINEL', 'SENTINELS', 'alur')]);
    const text = JSON.stringify(replicas);
    if ((others as unknown[]).length === 2 && text.includes('"master-link-status","ok"')) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  redis.disconnect();
}

async function open(redisUrl: string, runs: Map<string, number>): Promise<Runtime> {
  const config = { databaseUrl: 'memory:', data: tmpdir(), queue: 'bullmq', clock: 'real', redisUrl } as const;
  const handler = async ({ key }: { readonly key: string }) => (runs.set(key, (runs.get(key) ?? 0) + 1), {});
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

async function end(runtime: Runtime, keys: readonly string[]): Promise<void> {
  for (const key of keys) expect((await runtime.awaitEnd(key, AbortSignal.timeout(40_000)))?.state).toBe('COMPLETED');
}

(there ? describe : describe.skip)('Redis with Sentinels', () => {
  test('[QU19] the one that leads dies, another takes over: commands are accepted meanwhile, every job is done, nothing is restarted', async () => {
    const { leading, following, address } = await pair();
    const runs = new Map<string, number>();
    const runtime = await open(address, runs);
    const before = await Promise.all(Array.from({ length: 10 }, async () => await start(runtime)));
    await end(runtime, before);
    leading.process.kill('SIGKILL');
    const during: string[] = [];
    // until the other one leads
    const other = new Redis(following.port, '127.0.0.1');
    cleanUp.unshift(() => other.disconnect());
    for (let n = 0; n < 10 || ((await other.role()) as unknown[])[0] !== 'master'; n += 1) {
      during.push(await start(runtime));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const after = await start(runtime);
    await end(runtime, [...during, after]);
    expect(runs.size).toBe(before.length + during.length + 1);
    expect(runtime.alive()).toBe(true);
    // the new one has the queue now, in the database that was named
    expect(await other.info('keyspace')).toContain('db1:');
  });

  test('[QU19] a planned handover (FAILOVER) and back loses nothing either, also without Sentinels', async () => {
    const { leading, following } = await pair();
    const runs = new Map<string, number>();
    const runtime = await open(`redis://127.0.0.1:${leading.port}`, runs);
    await end(runtime, [await start(runtime)]);
    const handOver = async (from: number, to: number): Promise<void> => {
      const admin = new Redis(from, '127.0.0.1');
      await admin.call('FAILOVER', 'TO', '127.0.0.1', String(to), 'TIMEOUT', '3000', 'FORCE');
      while (((await admin.role()) as unknown[])[0] !== 'slave') await new Promise((resolve) => setTimeout(resolve, 20));
      admin.disconnect();
    };
    await handOver(leading.port, following.port);
    const during = [await start(runtime), await start(runtime)];
    await handOver(following.port, leading.port);
    await end(runtime, during);
    expect(runs.size).toBe(3);
  });
});

test('[RT51] an address of Sentinels is read whole, and a broken one is a fault', () => {
  const faults = (url: string): number => {
    const answer = readConfig({ REDIS_URL: url });
    return answer.ok ? 0 : answer.faults.length;
  };
  const good = ['redis+sentinel://a/m', 'redis+sentinel://user:p%40ss@a:1,b:2,[::1]:3/m/4', 'rediss+sentinel://a:26379/m', 'rediss://h:1'];
  const bad = ['redis+sentinel://a', 'redis+sentinel:///m', 'redis+sentinel://a:x/m', 'redis+sentinel://a/m/x', 'http://x'];
  expect([good.map(faults), bad.map(faults)]).toEqual([good.map(() => 0), bad.map(() => 1)]);
});
