/**
 * Something that speaks MongoDB's protocol, for tests: MONGODB_URL, else a `mongod` on the path, else mongo-java-server
 * (fetched by scripts/mongo-server.sh). Undefined when there is none; with CI=true that is an error instead.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface MongoServer {
  readonly kind: 'given' | 'mongod' | 'mongo-java-server';
  /** of a database of its own; ends with a slash-less name */
  database(name: string): string;
  /** of the server's process; absent: not ours */
  readonly pid?: number | undefined;
  stop(): void;
}

const root = join(import.meta.dirname, '..', '..');
const jars = join(root, 'node_modules', '.cache', 'mongo-server');
const source = join(import.meta.dirname, 'mongo-server', 'MongoTestServer.java');

export async function startMongoServer(): Promise<MongoServer | undefined> {
  const given = process.env['MONGODB_URL'];
  if (given !== undefined && given !== '')
    return {
      kind: 'given',
      stop: () => undefined,
      database: (name) => given.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${name}`),
    };
  if (spawnSync('mongod', ['--version']).status === 0) return await startMongod();
  if (existsSync(jars)) return await startJava();
  const text = 'Expected a MongoDB server (MONGODB_URL, mongod, or scripts/mongo-server.sh run before), but there is none';
  if (process.env['CI'] === 'true') throw new Error(text);
  process.stderr.write(`${text}: the mongo store is not tested here\n`);
  return undefined;
}

async function startJava(): Promise<MongoServer> {
  const child = spawn('java', ['-Xmx512m', '-cp', join(jars, '*'), source], { stdio: ['pipe', 'pipe', 'ignore'] });
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (more: Buffer) => {
      text += more.toString();
      const [, found] = /listening (\d+)/.exec(text) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Expected mongo-java-server to start, but it ended with ${code}`)));
  });
  // it also ends by itself when this process does: its input ends
  return {
    kind: 'mongo-java-server',
    pid: child.pid,
    database: (name) => `mongodb://127.0.0.1:${port}/${name}`,
    stop: () => void child.kill(),
  };
}

async function startMongod(): Promise<MongoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'alur-mongod-'));
  const port = await freePort();
  const child = spawn('mongod', ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => text.includes('Waiting for connections') && resolve());
    child.once('exit', (code) => reject(new Error(`Expected mongod to start, but it ended with ${code}`)));
  });
  const stop = (): void => {
    child.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    child.kill();
  };
  return { kind: 'mongod', pid: child.pid, database: (name) => `mongodb://127.0.0.1:${port}/${name}`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
