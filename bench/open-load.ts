/** A runtime under load that comes whether or not it keeps up: arrivals at an offered rate, latency counted from when each should have begun. */
import { join } from 'node:path';
import { openRuntime } from '../runtime/open.ts';
import { startRedisServer } from '../runtime/queues/redis-server.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { flood, perSecond } from './measured.ts';
import { complex, deployAll, oneJob, payload, startOne, tenJobs } from './models.ts';

export interface Place {
  readonly runtime: Runtime;
  close(): Promise<void>;
}

/** SQLite, BullMQ on a Redis of its own; jobs of type `bench` answer at once. */
export async function openPlace(folder: string): Promise<Place> {
  const redis = await startRedisServer(folder);
  if (redis === undefined) throw new Error('Expected a redis-server on this machine, but there is none');
  const runtime = await openRuntime({
    config: { databaseUrl: `file:${join(folder, 'alur.sqlite')}`, data: folder, queue: 'bullmq', redisUrl: redis.url, clock: 'real' },
    handlers: new Map([['bench', async () => ({ done: true })]]),
  });
  const files = { 'one-job': oneJob, 'ten-jobs': tenJobs, complex };
  await deployAll(
    runtime,
    Object.entries(files).map(([name, text]) => ({ name: `${name}.bpmn`, text })),
  );
  const close = async (): Promise<void> => {
    await runtime.close();
    await redis.stop();
  };
  return { runtime, close };
}

export async function oneCase(runtime: Runtime, process: string, n: number): Promise<void> {
  const key = await startOne(runtime, process, payload(n));
  const end = await runtime.awaitEnd(key, AbortSignal.timeout(120_000));
  if (end?.state !== 'COMPLETED') throw new Error(`Expected case ${n} to end, but it did not`);
}

/** Cases per second when the next one begins as one ends; 64 at a time. */
export async function capacity(runtime: Runtime, process: string, total: number): Promise<number> {
  const { milliseconds } = await flood(total, 64, async (n) => await oneCase(runtime, process, n));
  return perSecond(total, milliseconds);
}

export interface Offer {
  /** per second */
  readonly rate: number;
  readonly seconds: number;
  readonly work: (n: number) => Promise<void>;
  /** told every second */
  readonly sample?: (second: number, open: number) => void;
}

export interface Offered {
  /** milliseconds from when it should have begun to its end */
  readonly latencies: readonly number[];
  readonly offered: number;
  /** that had ended when the last one was offered, per second */
  readonly completedRate: number;
}

/** Arrivals as they are in life: independent of each other (exponential gaps, from a fixed seed). */
export async function offer({ rate, seconds, work, sample }: Offer): Promise<Offered> {
  const random = seeded(20_261_124);
  const gap = (): number => (-Math.log(1 - random()) * 1_000) / rate;
  const [latencies, running]: [number[], Set<Promise<void>>] = [[], new Set()];
  const begin = (n: number, due: number): void => {
    const mine = work(n).then(() => void latencies.push(performance.now() - due));
    running.add(mine);
    mine.then(
      () => running.delete(mine),
      () => undefined,
    );
  };
  const from = performance.now();
  let [due, n, told] = [from + gap(), 0, 0];
  for (let now = from; now < from + seconds * 1_000; now = performance.now()) {
    for (; due <= now; due += gap()) begin(n++, due);
    const second = Math.floor((now - from) / 1_000);
    for (; told < second; told += 1) sample?.(told, running.size);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(due - performance.now(), 20))));
  }
  const completedRate = latencies.length / seconds;
  await Promise.all(running);
  return { latencies, offered: n, completedRate };
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
