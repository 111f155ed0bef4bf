/**
 * A real process on SQLite (and Redis where there is one) is killed at random moments and started again, against a fake agency over HTTP.
 * Oracle: whatever was acknowledged exists and ends; every job reaches the agency under one idempotency key only.
 * Repeat a run with ALUR_SEED=<seed>.
 */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { fork, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(60_000);

const seed = Number(process.env['ALUR_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let dice = seed;
/** Park and Miller's generator: the same run for the same seed, as far as the machine's timing allows */
function random(): number {
  dice = (dice * 48_271) % 2_147_483_647;
  return dice / 2_147_483_647;
}

const KILLS = 6;
const LONGEST_LIFE = 900;

/** Does each thing once per idempotency key, is slow now and then and fails now and then. */
async function fakeAgency(): Promise<{ readonly url: string; readonly effects: Map<string, number>; readonly server: Server }> {
  const effects = new Map<string, number>();
  const server = createServer((request, response) => {
    const key = String(request.headers['idempotency-key']);
    const wait = random() < 0.1 ? 200 : 0;
    setTimeout(() => {
      if (random() < 0.05) return void response.writeHead(503).end();
      if (!effects.has(key)) effects.set(key, effects.size + 1);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ number: effects.get(key) }));
    }, wait);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, effects, server };
}

interface Life {
  readonly child: ChildProcess;
  /** undefined: killed before it answered */
  ask(what: string, invoice?: string): Promise<unknown>;
}

async function live(folder: string, agency: string, queue: string): Promise<Life> {
  const child = fork(join(import.meta.dirname, 'process-under-test.ts'), [folder, agency, queue], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  const waiting = new Map<number, (answer: unknown) => void>();
  let orders = 0;
  const wait = (id: number): Promise<unknown> => new Promise((resolve) => waiting.set(id, resolve));
  const ready = wait(0);
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => waiting.get(id)?.(answer));
  child.on('exit', () => waiting.forEach((resolve) => resolve(undefined)));
  if ((await ready) === undefined) throw new Error(`Expected the process to start, but it ended: ${errors}`);
  const ask: Life['ask'] = async (what, invoice) => {
    const id = (orders += 1);
    const answer = wait(id);
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    child.send({ id, what, invoice }, () => undefined);
    return await answer;
  };
  return { child, ask };
}

const folders: string[] = [];
const servers: Server[] = [];
const children: ChildProcess[] = [];

function endRedis(folder: string): void {
  try {
    process.kill((JSON.parse(readFileSync(join(folder, 'redis', 'server.json'), 'utf8')) as { pid: number }).pid);
  } catch {
    // none, or gone
  }
}

afterEach(() => {
  children.splice(0).forEach((child) => child.kill('SIGKILL'));
  servers.splice(0).forEach((server) => server.close());
  for (const folder of folders.splice(0)) {
    endRedis(folder);
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Starts and pays as fast as answers come, until the process dies. */
async function work(
  life: Life,
  ledger: { readonly started: Map<string, string>; readonly paid: Set<string>; next: number },
): Promise<void> {
  for (;;) {
    const invoice = `i${(ledger.next += 1)}`;
    const early = random() < 0.5;
    if (early && (await life.ask('pay', invoice)) !== undefined) ledger.paid.add(invoice);
    const answer = (await life.ask('start', invoice)) as { ok: boolean; processInstanceKey: string } | undefined;
    if (answer === undefined) return;
    ledger.started.set(answer.processInstanceKey, invoice);
    await new Promise((resolve) => setTimeout(resolve, 3 + random() * 10));
  }
}

describe.each([['in-process'], ...(spawnSync('redis-server', ['--version']).status === 0 ? [['auto']] : [])])(
  'killed with queue %s',
  (queue) => {
    test(`[CH2] what was acknowledged ends, and no effect is doubled (seed ${seed})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'alur-crash-'));
      folders.push(folder);
      const agency = await fakeAgency();
      servers.push(agency.server);
      const ledger = { started: new Map<string, string>(), paid: new Set<string>(), next: 0 };
      for (let kill = 0; kill < KILLS; kill += 1) {
        const life = await live(folder, agency.url, queue);
        children.push(life.child);
        setTimeout(() => life.child.kill('SIGKILL'), 50 + random() * LONGEST_LIFE);
        await work(life, ledger);
      }
      const last = await live(folder, agency.url, queue);
      children.push(last.child);
      // every invoice that may exist is paid; one that was paid before is refused as a duplicate or buffered and never taken
      for (let number = 1; number <= ledger.next; number += 1) if (!ledger.paid.has(`i${number}`)) await last.ask('pay', `i${number}`);
      while (((await last.ask('open')) as number) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
      const instances = (await last.ask('counts')) as readonly (readonly [string, string, string])[];
      await last.ask('close');

      const states = new Map(instances.map(([key, state]) => [key, state]));
      const roots = instances.filter(([key, , root]) => key === root).length;
      const lost = [...ledger.started.keys()].filter((key) => states.get(key) !== 'COMPLETED');
      process.stdout.write(
        `seed ${seed}, queue ${queue}: ${ledger.started.size} acknowledged, ${roots} cases, ${agency.effects.size} effects, lost: ${lost.length}, doubled: ${agency.effects.size - 2 * roots}\n`,
      );
      expect(lost).toEqual([]);
      expect(new Set(states.values())).toEqual(new Set(['COMPLETED']));
      expect(instances.length).toBe(2 * roots);
      expect(agency.effects.size).toBe(2 * roots);
    });
  },
);
