/** Faults, work and the ledger. Everything that is started here is ended here, by its process id. */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { examine } from '../doctor/examine.ts';

export interface ChaosOptions {
  readonly faults: number;
  readonly cases: number;
  readonly seed: number;
  readonly redis: boolean;
  readonly tell: (line: string) => void;
}

export interface ChaosReport {
  readonly faults: ReadonlyMap<string, number>;
  readonly acknowledged: number;
  readonly cases: number;
  readonly effects: number;
  readonly lost: number;
  readonly doubled: number;
  readonly details: readonly string[];
}

interface Life {
  readonly child: ChildProcess;
  /** undefined: it died before it answered */
  ask(what: string, invoice?: string): Promise<unknown>;
}

const SCRIPT = join(import.meta.dirname, '../../test/crash/process-under-test.ts');
const IN_FLIGHT = 8;

export async function chaos({ faults, cases, seed, redis, tell }: ChaosOptions): Promise<ChaosReport> {
  const random = dice(seed);
  const folder = mkdtempSync(join(tmpdir(), 'alur-chaos-'));
  const agency = await fakeAgency(random);
  const port = await freePort();
  let server = redis ? await redisOn(port, folder) : undefined;
  const url = redis ? `redis://127.0.0.1:${port}` : undefined;
  const ledger = { started: new Map<string, string>(), paid: new Set<string>(), asked: 0 };
  const counts = new Map<string, number>();
  let life = await live(folder, agency.url, url);
  const restart = async (): Promise<void> => void (life = await live(folder, agency.url, url));

  const kinds: readonly (readonly [string, () => Promise<void>])[] = [
    ['server killed', async () => (await end(life.child), await restart())],
    ['server stopped for a while', async () => await pause(life.child, 200 + random() * 6_000)],
    ['agency slow', async () => await during((on) => (agency.mood.slow = on), 2_000)],
    ['agency dead', async () => await during((on) => (agency.mood.dead = on), 1_500)],
    ...(url === undefined ? [] : redisFaults()),
  ];
  function redisFaults(): readonly (readonly [string, () => Promise<void>])[] {
    return [
      ['redis wiped', async () => await wiped(port)],
      ['redis stopped for a while', async () => server && (await pause(server, 200 + random() * 4_000))],
      [
        'redis killed',
        async () => {
          if (server) await end(server);
          await sleep(random() * 2_000);
          server = await redisOn(port, folder);
        },
      ],
    ];
  }

  try {
    let storming = true;
    const work = Array.from({ length: IN_FLIGHT }, async () => {
      while (storming || ledger.asked < cases) await oneCase(() => life, ledger, { random, cases });
    });
    for (let fault = 0; fault < faults; fault += 1) {
      const [name, strike] = kinds[Math.floor(random() * kinds.length)] ?? [];
      counts.set(name ?? '', (counts.get(name ?? '') ?? 0) + 1);
      await strike?.();
      await sleep(random() * 600);
      if (fault % 20 === 19) tell(`${fault + 1} faults, ${ledger.started.size} cases acknowledged, ${agency.effects.size} effects`);
    }
    storming = false;
    await Promise.all(work);
    for (let n = 1; n <= ledger.asked; n += 1) if (!ledger.paid.has(`i${n}`)) await life.ask('pay', `i${n}`);
    for (let open = 1, until = Date.now() + 180_000; open > 0 && Date.now() < until; await sleep(200))
      open = Number(await life.ask('open'));
    await life.ask('close');
    return await judged({ folder, ledger, effects: agency.effects, counts });
  } finally {
    await end(life.child);
    if (server) await end(server);
    agency.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Book {
  readonly started: Map<string, string>;
  readonly paid: Set<string>;
  asked: number;
}

async function oneCase(
  life: () => Life,
  ledger: Book,
  { random, cases }: { readonly random: () => number; readonly cases: number },
): Promise<void> {
  if (ledger.asked >= cases) return await sleep(50);
  const invoice = `i${(ledger.asked += 1)}`;
  if (random() < 0.5 && (await life().ask('pay', invoice)) !== undefined) ledger.paid.add(invoice);
  const answer = (await life().ask('start', invoice)) as { readonly ok: boolean; readonly processInstanceKey: string } | undefined;
  if (answer?.ok === true) ledger.started.set(answer.processInstanceKey, invoice);
  if (answer === undefined) await sleep(100);
}

async function judged(done: {
  readonly folder: string;
  readonly ledger: Book;
  readonly effects: ReadonlyMap<string, number>;
  readonly counts: ReadonlyMap<string, number>;
}): Promise<ChaosReport> {
  const { ledger, effects, counts, folder } = done;
  const path = join(folder, 'alur.sqlite');
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare('SELECT * FROM "processInstances"').all();
  db.close();
  const keyOf = (row: Readonly<Record<string, unknown>>): string => String(row['processInstanceKey'] ?? Object.values(row)[0]);
  const ended = new Set(rows.filter((row) => row['state'] === 'COMPLETED').map(keyOf));
  const roots = rows.filter((row) => String(row['rootProcessInstanceKey']) === keyOf(row)).length;
  const lost =
    [...ledger.started.keys()].filter((key) => !ended.has(key)).length + (rows.length - ended.size) + Math.max(0, 2 * roots - effects.size);
  const doubled = Math.max(0, effects.size - 2 * roots) + Math.abs(rows.length - 2 * roots);
  const { lines, broken } = await examine({ databaseUrl: `file:${path}` });
  const details = broken > 0 ? lines : [];
  return { faults: counts, acknowledged: ledger.started.size, cases: roots, effects: effects.size, lost: lost + broken, doubled, details };
}

async function live(folder: string, agency: string, redis: string | undefined): Promise<Life> {
  const child = fork(SCRIPT, [folder, agency, redis === undefined ? 'in-process' : 'bullmq'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
    env: { ...process.env, ...(redis === undefined ? {} : { REDIS_URL: redis }) },
  });
  const waiting = new Map<number, (answer: unknown) => void>();
  let orders = 0;
  const wait = (id: number): Promise<unknown> => new Promise((resolve) => waiting.set(id, resolve));
  const ready = wait(0);
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  child.on('exit', () => waiting.forEach((resolve) => resolve(undefined)));
  if ((await ready) === undefined) {
    // Redis may be away just now: whoever keeps the server alive starts it again
    await sleep(300);
    return await live(folder, agency, redis);
  }
  return {
    child,
    ask: async (what, invoice) => {
      const id = (orders += 1);
      const answer = wait(id);
      if (child.exitCode !== null || child.signalCode !== null || !child.connected) return undefined;
      child.send({ id, what, invoice }, () => undefined);
      return await answer;
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function pause(child: ChildProcess, milliseconds: number): Promise<void> {
  child.kill('SIGSTOP');
  await sleep(milliseconds);
  child.kill('SIGCONT');
}

async function during(set: (on: boolean) => void, milliseconds: number): Promise<void> {
  set(true);
  await sleep(milliseconds);
  set(false);
}

async function redisOn(port: number, folder: string): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    {
      stdio: 'ignore',
    },
  );
  await sleep(200);
  return child;
}

async function wiped(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  await redis.flushall().catch(() => undefined);
  redis.disconnect();
}

/** Does each thing once per idempotency key. */
async function fakeAgency(random: () => number) {
  const effects = new Map<string, number>();
  const mood = { slow: false, dead: false };
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key']);
    if (mood.dead) return void request.socket.destroy();
    setTimeout(
      () => {
        if (random() < 0.03) return void response.writeHead(503).end();
        if (!effects.has(key)) effects.set(key, effects.size + 1);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ number: effects.get(key) }));
      },
      mood.slow ? 1_500 : 0,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, effects, mood, close };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Park and Miller's generator */
function dice(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
