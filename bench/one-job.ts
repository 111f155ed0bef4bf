/**
 * One service task from end to end: start → queue → worker → result → end, through BullMQ, on SQLite, every commit on the disk before it is told.
 * Raw limit: the same number of jobs that do nothing, added one by one and worked off with the same settings of BullMQ on the same Redis.
 *
 *   node bench/one-job.ts [--quick]
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { join } from 'node:path';
import { openRuntime } from '../runtime/open.ts';
import { startRedisServer } from '../runtime/queues/redis-server.ts';
import { flood, inFolder, ms, percentile, perSecond, quick, rate, SQLITE, tell } from './measured.ts';
import { micro, us } from './floors.ts';
import { deployAll, oneJob, startOne } from './models.ts';

const [TOTAL, IN_FLIGHT, CONCURRENCY] = [quick ? 4_000 : 20_000, 64, 16];
const ROUNDS = 3;

async function rawJobs(url: string, total: number): Promise<number> {
  const [producer, consumer] = [new Redis(url), new Redis(url, { maxRetriesPerRequest: null })];
  const queue = new Queue('raw', { connection: producer, prefix: 'raw' });
  const waiting = new Map<string, () => void>();
  const worker = new Worker(
    'raw',
    async ({ id = '' }) => {
      const done = waiting.get(id);
      waiting.delete(id);
      done?.();
    },
    { connection: consumer, prefix: 'raw', concurrency: CONCURRENCY, removeOnComplete: { count: 0 } },
  );
  await worker.waitUntilReady();
  const begun = Date.now();
  const { milliseconds } = await flood(total, IN_FLIGHT, async (n) => {
    const jobId = `r${begun}-${n}`;
    const done = new Promise<void>((resolve) => waiting.set(jobId, resolve));
    await queue.add('raw', { jobKey: String(n) }, { jobId, removeOnComplete: true, removeOnFail: true });
    await done;
  });
  await worker.close();
  await queue.close();
  [producer, consumer].forEach((connection) => connection.disconnect());
  return perSecond(total, milliseconds);
}

/** microseconds per instance */
async function withoutRedis(folder: string): Promise<number> {
  const runtime = await openRuntime({
    config: { databaseUrl: `file:${join(folder, 'inside.sqlite')}`, data: folder, queue: 'in-process', clock: 'real' },
    handlers: new Map([['bench', async () => ({ done: true })]]),
  });
  await deployAll(runtime, [{ name: 'one.bpmn', text: oneJob }]);
  const run = async (total: number) =>
    await flood(total, IN_FLIGHT, async () => await runtime.awaitEnd(await startOne(runtime, 'one-job'), AbortSignal.timeout(60_000)));
  await run(1_000);
  const { milliseconds } = await run(TOTAL / ROUNDS);
  await runtime.close();
  return micro(milliseconds, TOTAL / ROUNDS);
}

async function bench(folder: string): Promise<void> {
  const redis = await startRedisServer(folder);
  if (redis === undefined) throw new Error('Expected a redis-server on this machine, but there is none');
  const runtime = await openRuntime({
    config: { databaseUrl: `file:${join(folder, 'alur.sqlite')}`, data: folder, queue: 'bullmq', redisUrl: redis.url, clock: 'real' },
    handlers: new Map([['bench', async () => ({ done: true })]]),
  });
  await deployAll(runtime, [{ name: 'one.bpmn', text: oneJob }]);
  const run = async (total: number) =>
    await flood(total, IN_FLIGHT, async () => await runtime.awaitEnd(await startOne(runtime, 'one-job'), AbortSignal.timeout(60_000)));
  await run(1_000);
  await rawJobs(redis.url, 1_000);
  const [ours, raws, latencies]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    raws.push(await rawJobs(redis.url, TOTAL / ROUNDS));
    const { milliseconds, each } = await run(TOTAL / ROUNDS);
    ours.push(perSecond(each.length, milliseconds));
    latencies.push(...each);
  }
  await runtime.close();
  await redis.stop();
  const inside = await withoutRedis(folder);
  const [mine, raw] = [percentile(ours, 0.5), percentile(raws, 0.5)];
  tell([
    {
      name: 'one service task, start to end, through BullMQ',
      ours: `${rate(mine, 'instances')}, p50 ${ms(percentile(latencies, 0.5))}, p99 ${ms(percentile(latencies, 0.99))}`,
      raw: rate(raw, 'BullMQ no-op jobs'),
      ratio: { value: mine / raw, bar: 0.5, kind: 'low' },
      settings: `${SQLITE}, one process, ${IN_FLIGHT} in flight, worker concurrency ${CONCURRENCY}, median of ${ROUNDS} rounds side by side`,
      floors: [
        `an instance takes ${us(1e6 / mine)}, a no-op job ${us(1e6 / raw)}, both of one thread; the bar asks for ${us(2e6 / raw)}, which leaves ${us(1e6 / raw)} for everything that is not BullMQ`,
        `the same instances with the queue inside the process, no Redis at all: ${us(inside)} each. That is two durable commits (start, result; 11 rows with their indexes, history, audit hash) and the lease of the job`,
      ],
    },
  ]);
}

await inFolder(bench);
