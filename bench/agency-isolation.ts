/**
 * One agency's trouble in the latency of the others: cases that call a healthy agency, while two others are healthy too, and while one of these is
 * dead (every connection is refused) and one is slow (two seconds an answer, longer than its steps wait for). The same load in both states, in turns, so that what else the
 * machine does falls on both alike. Calls go over real sockets through the built-in worker.
 *
 *   node bench/agency-isolation.ts [--quick]
 */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openRuntime } from '../runtime/open.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { startRedisServer } from '../runtime/queues/redis-server.ts';
import { createAgencyCall } from '../workers/agency-call.ts';
import { inFolder, ms, percentile, quick, rate, SQLITE, tell } from './measured.ts';
import { BY, deployAll, oneAgencyCall } from './models.ts';
import { offer } from './open-load.ts';

/** cases per second that call each */
const RATES = { good: 60, dead: 20, slow: 20 } as const;
type Agency = keyof typeof RATES;
const AGENCIES = Object.keys(RATES) as readonly Agency[];
const [ROUNDS, SECONDS] = quick ? [2, 4] : [8, 10];
const SLOW_MS = 2_000;

const operation = { operationId: 'read', responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } } };
const contract = { kind: 'openapi', hash: 'bench', document: { openapi: '3.1.0', paths: { '/': { get: operation } } } } as const;

interface System {
  readonly server: Server;
  readonly port: number;
  delayMs: number;
}

async function system(): Promise<System> {
  const made = { delayMs: 0 };
  const server = createServer((_request, response) => {
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'), made.delayMs);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return Object.assign(made, { server, port: (server.address() as AddressInfo).port });
}

/** Down: nobody listens any more, and whoever was connected is cut off. */
async function down({ server }: System): Promise<void> {
  await new Promise<void>((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

async function up({ server, port }: System): Promise<void> {
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
}

async function oneCase(runtime: Runtime, agency: Agency): Promise<void> {
  const started = await runtime.startInstance({ processDefinitionId: agency }, BY);
  if (!started.ok) throw new Error(started.reason);
  // who waits for the two others is another question
  if (agency === 'good') await runtime.awaitEnd(started.processInstanceKey, AbortSignal.timeout(60_000));
}

/** Latencies of the cases that call the healthy agency, while all of it comes. */
async function round(runtime: Runtime): Promise<readonly number[]> {
  const offered = await Promise.all(
    AGENCIES.map(
      async (agency) => await offer({ rate: RATES[agency], seconds: SECONDS, work: async () => await oneCase(runtime, agency) }),
    ),
  );
  return offered[AGENCIES.indexOf('good')]?.latencies ?? [];
}

/** Both are well again, and what has waited for them is done. */
async function quiet(runtime: Runtime): Promise<void> {
  for (const agency of AGENCIES) if (runtime.agencyGate(agency).state !== 'open') await runtime.releaseAgency(agency, BY, 500);
  const open = async (): Promise<number> => (await runtime.store.search('jobs', { filter: { open: true }, limit: 1 })).totalItems;
  while ((await open()) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
}

async function bench(folder: string): Promise<void> {
  const redis = await startRedisServer(folder);
  if (redis === undefined) throw new Error('Expected a redis-server on this machine, but there is none');
  const systems = { good: await system(), dead: await system(), slow: await system() };
  const call = createAgencyCall({
    directory: {
      connectionOf: (id) => Promise.resolve({ url: `http://127.0.0.1:${systems[id as Agency].port}`, trusted: true, timeoutMs: 1_000 }),
      contractOf: () => Promise.resolve(contract),
    },
    evaluate: () => null,
    now: Date.now,
  });
  const runtime = await openRuntime({
    config: { databaseUrl: `file:${join(folder, 'alur.sqlite')}`, data: folder, queue: 'bullmq', redisUrl: redis.url, clock: 'real' },
    handlers: new Map([['agency-call', call.handler]]),
  });
  await deployAll(runtime, AGENCIES.map((agency) => ({ name: `${agency}.bpmn`, text: oneAgencyCall(agency) }))); // prettier-ignore
  await round(runtime);
  const [well, ill]: [number[], number[]] = [[], []];
  let held = 0;
  for (let n = 0; n < ROUNDS; n += 1) {
    well.push(...(await round(runtime)));
    await quiet(runtime);
    await down(systems.dead);
    systems.slow.delayMs = SLOW_MS;
    ill.push(...(await round(runtime)));
    held = Math.max(held, (await runtime.store.search('jobs', { filter: { heldFor: 'dead' }, limit: 1 })).totalItems);
    systems.slow.delayMs = 0;
    await up(systems.dead);
    await quiet(runtime);
  }
  await runtime.close();
  await call.close();
  await redis.stop();
  for (const one of Object.values(systems)) await down(one);
  if (held === 0) throw new Error('Expected calls to wait for the agency that is down, but none did');
  const [before, after] = [percentile(well, 0.99), percentile(ill, 0.99)];
  tell([
    {
      name: 'a dead and a slow agency in the p99 of another agency’s cases',
      ours: `p50 ${ms(percentile(ill, 0.5))}, p99 ${ms(after)} of ${ill.length.toLocaleString('en')} cases; up to ${held.toLocaleString('en')} waited for the dead one`,
      raw: `all healthy: p50 ${ms(percentile(well, 0.5))}, p99 ${ms(before)} of ${well.length.toLocaleString('en')} cases`,
      ratio: { value: after / before, bar: 1.1, kind: 'high' },
      settings: `${SQLITE}, BullMQ, one process with its load and the agencies, ${rate(RATES.good, 'cases')} call the healthy one, ${rate(RATES.dead, 'cases')} each of the others; ${ROUNDS} rounds of ${SECONDS} s in turns`,
    },
  ]);
}

await inFolder(bench);
