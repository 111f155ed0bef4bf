/** Is what waits in the store also in the queue? And how it gets there again. Only a Redis that is named: one of the server's own is there when the server is. */
import type { Redis } from 'ioredis';
import { entryOf, queueOf } from '../../runtime/dispatch.ts';
import { PREFIX } from '../../runtime/open-queue.ts';
import { connectRedis } from '../../runtime/queues/redis-address.ts';
import { openBullmqQueue, waitingEntries } from '../../runtime/queues/bullmq.ts';
import type { Row, Store } from '../../runtime/ports.ts';
import { jobTypes } from '../../workers/index.ts';
import { everyRow } from '../../runtime/every-row.ts';

/** What the sweeper finds by itself is younger than this; milliseconds */
const MINUTE = 60_000;

/** Sentences, each with what to do. */
export async function queueFaults(store: Store, url: string): Promise<readonly string[]> {
  const redis = connectRedis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null, connectTimeout: 3_000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return [...(await evicting(redis)), ...(await replica(redis)), ...(await undispatched(store, redis))];
  } catch (error) {
    return [
      `QUEUE: Expected Redis at REDIS_URL to answer, but: ${String(error)}.\n  → Start it. Nothing is lost meanwhile: commands are accepted, jobs wait.`,
    ];
  } finally {
    redis.disconnect();
  }
}

async function evicting(redis: Redis): Promise<readonly string[]> {
  const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as readonly string[];
  if (policy === 'noeviction') return [];
  return [
    `QUEUE: Expected Redis to keep what it holds (maxmemory-policy noeviction), but it is ${String(policy)}.\n  → Set it, or the server refuses to start.`,
  ];
}

async function replica(redis: Redis): Promise<readonly string[]> {
  const [role] = (await redis.role()) as readonly unknown[];
  if (role === 'master') return [];
  return [
    `QUEUE: Expected Redis to take writes, but it is a ${String(role)}.\n  → Let REDIS_URL name the one that leads. Jobs wait in the store meanwhile.`,
  ];
}

async function undispatched(store: Store, redis: Redis): Promise<readonly string[]> {
  const waiting = new Map<string, number>();
  for await (const job of workable(store, Date.now() - MINUTE)) waiting.set(queueOf(job), (waiting.get(queueOf(job)) ?? 0) + 1);
  const entries = await waitingEntries(redis, PREFIX, [...waiting.keys()]);
  return [...waiting]
    .filter(([queue, jobs]) => (entries.get(queue) ?? 0) < jobs)
    .map(
      ([queue, jobs]) =>
        `QUEUE: Expected the ${jobs} jobs that wait for more than a minute to be in the queue ${queue}, but it has ${entries.get(queue) ?? 0} entries.\n  → A scheduler dispatches them within 30 seconds: start one, or run with --repair.`,
    );
}

/** Jobs of ours that could run, and could before `before`. */
async function* workable(store: Store, before: number): AsyncGenerator<Row> {
  const filter = {
    open: true,
    availableAt: { $lte: before },
    type: { $in: [...jobTypes] },
    retries: { $gt: 0 },
    suspended: { $neq: true },
  };
  yield* everyRow(store, 'jobs', { filter, sort: [{ field: 'availableAt' }] });
}

/** Puts every job that could run into its queue; those that are there already stay one entry. Answers how many there are. */
export async function dispatchAgain(store: Store, url: string): Promise<number> {
  const queue = await openBullmqQueue({ url, prefix: PREFIX, log: () => undefined });
  try {
    const jobs: Row[] = [];
    for await (const job of workable(store, Date.now())) jobs.push(job);
    await queue.add(jobs.map((job) => entryOf(job)));
    return jobs.length;
  } finally {
    await queue.close();
  }
}
