/**
 * A Redis of our own, when none is configured and the machine has `redis-server`: on loopback, on a private port, behind a password,
 * with its append-only file in the data folder. It ends with this process.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectRedis } from './redis-address.ts';

export interface OwnRedis {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Notes {
  readonly pid: number;
  readonly port: number;
  readonly password: string;
}

/** Undefined when the machine has no redis-server. Throws when it has one that does not start. */
export async function startRedisServer(dataFolder: string): Promise<OwnRedis | undefined> {
  if (!hasRedisServer()) return undefined;
  const folder = join(dataFolder, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const notesFile = join(folder, 'server.json');
  await stopStale(notesFile);
  const notes = { port: await freePort(), password: randomBytes(24).toString('hex') };
  const child = spawn('redis-server', ['-'], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] });
  // by standard input, because a command line can be read by every user of the machine
  child.stdin?.end(settings(folder, notes));
  const url = urlOf(notes);
  await started(child, url);
  writeFileSync(notesFile, JSON.stringify({ ...notes, pid: child.pid }), { mode: 0o600 });
  return { url, pid: child.pid ?? 0, stop: guard(child, notesFile) };
}

function hasRedisServer(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function settings(folder: string, { port, password }: Pick<Notes, 'port' | 'password'>): string {
  const dir = JSON.stringify(folder);
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    'protected-mode yes',
    `requirepass ${password}`,
    `dir ${dir}`,
    `logfile ${JSON.stringify(join(folder, 'redis.log'))}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    'enable-debug-command no',
    '',
  ].join('\n');
}

function urlOf({ port, password }: Pick<Notes, 'port' | 'password'>): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function started(child: ChildProcess, url: string): Promise<void> {
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  for (let tries = 0; tries < 200 && !ended; tries += 1) {
    if (await answers(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error('Expected redis-server to start, but it did not: see redis/redis.log in the data folder');
}

async function answers(url: string): Promise<boolean> {
  const redis = connectRedis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

/**
 * After a `kill -9` of ours the old server still runs. It is ours exactly when it answers to the password in our notes,
 * so no other process is ever ended by a pid that was used again.
 */
async function stopStale(notesFile: string): Promise<void> {
  const notes = readNotes(notesFile);
  if (notes === undefined) return;
  const redis = connectRedis(urlOf(notes), {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    commandTimeout: 2_000,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.call('SHUTDOWN', 'NOSAVE');
  } catch {
    // gone, or not ours: both are fine, the new one gets a port of its own
  } finally {
    redis.disconnect();
  }
  await gone(notes.pid);
  rmSync(notesFile, { force: true });
}

/** The append-only file has one writer only: wait until the old one has let go of it. */
async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function readNotes(notesFile: string): Notes | undefined {
  try {
    return JSON.parse(readFileSync(notesFile, 'utf8')) as Notes;
  } catch {
    return undefined;
  }
}

/** Ends the server with this process, however it ends (except by kill -9: then the next start does). */
function guard(child: ChildProcess, notesFile: string): () => Promise<void> {
  const kill = (): void => void child.kill('SIGTERM');
  process.once('exit', kill);
  child.unref();
  return async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.ref();
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(notesFile, { force: true });
  };
}
