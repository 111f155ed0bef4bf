/**
 * One user task by HTTP: start, claim, complete, each its own request with a session, on SQLite, every commit on the disk before it is told.
 * Raw limit: an Express handler that reads JSON and commits one row of as many bytes through the same group commit. Requests per second are compared, because
 * both commit once per request; the load comes from a process of its own.
 *
 *   node bench/http.ts [--quick]
 */
import { execFile } from 'node:child_process';
import express from 'express';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { openRuntime } from '../runtime/open.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { createGroupCommit } from '../runtime/stores/group-commit.ts';
import { logSync } from '../runtime/stores/sqlite-sync.ts';
import { putAccount } from '../server/accounts.ts';
import { createApp } from '../server/app.ts';
import { Sessions } from '../server/sessions.ts';
import type { Answer, Order } from './http-load.ts';
import { micro, us } from './floors.ts';
import { flood, inFolder, ms, percentile, perSecond, quick, rate, SQLITE, tell } from './measured.ts';
import { deployAll, oneTask, startOne } from './models.ts';

const [TOTAL, IN_FLIGHT, ROUNDS] = [quick ? 1_500 : 9_000, 32, 3];
const USERNAME = 'clerk';

async function serve(listener: RequestListener): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function load(order: Order): Promise<Answer> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'http-load.ts'), JSON.stringify(order)], {
    maxBuffer: 64 * 2 ** 20,
  });
  return JSON.parse(stdout) as Answer;
}

/** One row per request, durable when answered. */
async function rawServer(file: string) {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE raw (n INTEGER PRIMARY KEY, bytes TEXT)');
  const insert = db.prepare('INSERT INTO raw (bytes) VALUES (?)');
  const log = logSync(file);
  const group = createGroupCommit({
    begin: () => db.exec('BEGIN IMMEDIATE'),
    commit: () => db.exec('COMMIT'),
    sync: log.sync,
    rollback: () => db.exec('ROLLBACK'),
    isFatal: () => true,
  });
  const app = express();
  app.post('/', express.json(), (request, response) => {
    void group.run(() => insert.run(JSON.stringify(request.body))).then(() => response.status(204).end());
  });
  const { server, url } = await serve(app);
  return { server, url, db, log };
}

async function ours(folder: string): Promise<{ readonly runtime: Runtime; readonly server: Server; readonly order: Omit<Order, 'total'> }> {
  const config = { databaseUrl: `file:${join(folder, 'alur.sqlite')}`, data: folder, queue: 'in-process', clock: 'real' } as const;
  const runtime = await openRuntime({ config });
  await deployAll(runtime, [{ name: 'task.bpmn', text: oneTask }]);
  await putAccount(
    runtime.store,
    { username: USERNAME, name: 'Clerk', realm: 'staff', agency: 'kota', roles: ['clerk', 'supervisor'] },
    'not needed here',
  );
  const cookie = (await new Sessions(runtime.store, { now: Date.now, secure: false }).open(USERNAME)).split(';')[0] ?? '';
  const publicUrl = 'http://127.0.0.1';
  const app = createApp({
    runtime,
    agencies: [],
    config: { auth: 'session', publicUrl, clock: 'real', production: false, zone: 'UTC' } as never,
  });
  const { server, url } = await serve(app);
  const instance = await startOne(runtime, 'one-task', { applicant: 'x', amount: 5 });
  const [task] = (await runtime.store.search('userTasks', { filter: { processInstanceKey: instance } })).items;
  const local = Number(BigInt(String(task?.['userTaskKey'])) - BigInt(instance));
  return { runtime, server, order: { url, inFlight: IN_FLIGHT, cookie, kind: 'user-task', username: USERNAME, task: local } };
}

/** microseconds per command: start, claim, complete, by the runtime itself */
async function withoutHttp({ runtime, order }: Awaited<ReturnType<typeof ours>>, total: number): Promise<number> {
  const by = { id: USERNAME, agency: 'kota' };
  const { milliseconds } = await flood(total, IN_FLIGHT, async () => {
    const key = await startOne(runtime, 'one-task', { applicant: 'x', amount: 5 });
    const task = (BigInt(key) + BigInt(order.task ?? 0)).toString();
    await runtime.execute(task, { type: 'assign-user-task', by, assignee: USERNAME, allowOverride: false });
    await runtime.execute(task, { type: 'complete-user-task', by, variables: { approved: true } });
  });
  return micro(milliseconds, 3 * total);
}

async function bench(folder: string): Promise<void> {
  const [raw, own] = [await rawServer(join(folder, 'raw.sqlite')), await ours(folder)];
  const rawOrder = { url: raw.url, inFlight: IN_FLIGHT, kind: 'one-row' } as const;
  await load({ ...own.order, total: 300 });
  await load({ ...rawOrder, total: 1_000 });
  const [mine, limit, latencies]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await load({ ...rawOrder, total: TOTAL });
    limit.push(perSecond(plain.requests, plain.milliseconds));
    const answer = await load({ ...own.order, total: Math.round(TOTAL / ROUNDS) });
    mine.push(perSecond(answer.requests, answer.milliseconds));
    latencies.push(...answer.each);
  }
  const asked = await load({ ...own.order, kind: 'who', total: TOTAL });
  const commands = await withoutHttp(own, TOTAL / ROUNDS);
  [raw.server, own.server].forEach((server) => server.close());
  raw.log.close();
  raw.db.close();
  await own.runtime.close();
  const [requests, rawRequests] = [percentile(mine, 0.5), percentile(limit, 0.5)];
  tell([
    {
      name: 'user task by HTTP: start, claim, complete',
      ours: `${rate(requests, 'requests')} = ${rate(requests / 3, 'instances')}, p50 ${ms(percentile(latencies, 0.5))}, p99 ${ms(percentile(latencies, 0.99))} per instance`,
      raw: `${rate(rawRequests, 'requests')} of an Express handler that commits one row`,
      ratio: { value: requests / rawRequests, bar: 0.5, kind: 'low' },
      settings: `${SQLITE}, one process, ${IN_FLIGHT} connections from a process of its own, session, policy and checks on; requests compared with requests; median of ${ROUNDS} rounds`,
      floors: [
        `a request takes ${us(1e6 / requests)}, the Express handler's ${us(1e6 / rawRequests)}; the bar asks for ${us(2e6 / rawRequests)}`,
        `${us(micro(asked.milliseconds, asked.requests))}: a GET that only tells who asks (Express, security headers, session, policy; no command)`,
        `${us(commands)}: one of the three commands without HTTP, in the same process (decided, 2 to 7 rows with their indexes written, audit hash, on the disk)`,
      ],
    },
  ]);
}

await inFolder(bench);
