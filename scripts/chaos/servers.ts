/** What the installations stand on: Redis, the disk, and processes of the operating system. Whatever is started here is ended here, by its id. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const leftovers = new Set<() => void>();
// also when somebody ends the storm in the middle
process.once('exit', () => leftovers.forEach((takeAway) => takeAway()));

/** Ends with this process at the latest. */
export function owned(child: ChildProcess): ChildProcess {
  const takeAway = (): void => void child.kill('SIGKILL');
  leftovers.add(takeAway);
  child.once('exit', () => leftovers.delete(takeAway));
  return child;
}

export function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Resolves when it is gone. */
export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child === undefined || !isRunning(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

export async function pause(child: Pick<ChildProcess, 'pid'>, milliseconds: number): Promise<void> {
  signal(child, 'SIGSTOP');
  await sleep(milliseconds);
  signal(child, 'SIGCONT');
}

function signal({ pid }: Pick<ChildProcess, 'pid'>, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// ---------------------------------------------------------------- Redis

export interface ChaosRedis {
  readonly url: string;
  killed(awayMs: number): Promise<void>;
  paused(milliseconds: number): Promise<void>;
  wiped(): Promise<void>;
  /** as after a failover: this one has become a replica */
  readOnly(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** One that remembers nothing: what was in it is gone with its process. */
export async function startRedis(folder: string): Promise<ChaosRedis> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const live = (): ChildProcess => owned(spawn('redis-server', args, { stdio: 'ignore' }));
  let child = live();
  await sleep(300);
  const asked = async (ask: (redis: Redis) => Promise<unknown>): Promise<void> => {
    const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1 });
    redis.on('error', () => undefined);
    await ask(redis).catch(() => undefined);
    redis.disconnect();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    killed: async (awayMs) => {
      await end(child);
      await sleep(awayMs);
      child = live();
    },
    paused: async (milliseconds) => await pause(child, milliseconds),
    wiped: async () => await asked(async (redis) => await redis.flushall()),
    readOnly: async (milliseconds) => {
      await asked(async (redis) => await redis.replicaof('127.0.0.1', 1));
      await sleep(milliseconds);
      await asked(async (redis) => await redis.replicaof('NO', 'ONE'));
    },
    stop: async () => await end(child),
  };
}

export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

// ---------------------------------------------------------------- disk

export interface SmallDisk {
  readonly folder: string;
  /** no more than so many bytes are free from now on */
  fill(left?: number): void;
  free(): void;
  /** not a byte is free for so long */
  full(milliseconds: number): Promise<void>;
  stop(): void;
}

/** A file system of its own, small, in memory. Undefined where this process may not mount one. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' }).status !== 0) return undefined;
  const ballast = join(folder, 'ballast');
  const unmount = (): void => void spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
  leftovers.add(unmount);
  const fill = (left = 0): void => {
    for (;;) {
      const { bavail, bsize } = statfsSync(folder);
      const much = Math.min(bavail * bsize - left, 8 * 2 ** 20);
      if (much <= 0) return;
      try {
        writeFileSync(ballast, Buffer.alloc(much), { flag: 'a' });
      } catch {
        // not even that
        return;
      }
    }
  };
  const free = (): void => rmSync(ballast, { force: true });
  return {
    folder,
    fill,
    free,
    full: async (milliseconds) => {
      fill();
      await sleep(milliseconds);
      free();
    },
    stop: () => {
      unmount();
      leftovers.delete(unmount);
    },
  };
}
