/**
 * The queue on Redis, through BullMQ. Redis may be slow, wiped, restarted or gone at any moment: the store is the truth.
 *
 * LAW: Redis going away never ends this process and never makes a command fail. `add` rejects quickly, the sweeper adds again later.
 * LAW: an entry's id is deterministic, so adding it twice is one entry. BullMQ refuses ids with `:` and ids of digits only.
 * Poison is not the queue's business: entries are redelivered for ever, the jobs' own retries and attempts end in an incident.
 */
import { DelayedError, Queue as BullQueue, Worker } from 'bullmq';
import type { Job, JobType } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Queue, QueueEntry, QueueHandler } from '../ports.ts';
import { carriedOf, entriesIn, handleAll, turns } from './carried.ts';
import type { Carried } from './carried.ts';
import { gathered } from './gathered.ts';
import { connectRedis } from './redis-address.ts';

export interface BullmqOptions {
  readonly url: string;
  /** so that several installations can share one Redis */
  readonly prefix: string;
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

/** A dead worker's entry is redelivered after at most lock + two checks: well under 15 s. Milliseconds. */
const [LOCK, STALLED_CHECK] = [5_000, 3_000];
/** BullMQ lost entries silently in larger ones */
const CHUNK = 500;
/** how long a producer waits for Redis before it leaves the entry to the sweeper; milliseconds */
const PATIENCE = 3_000;
const [FIRST_RETRY, LAST_RETRY] = [200, 10_000];
const MANY = 2 ** 31 - 1;

/** BullMQ's own close waits for jobs whose end Redis never confirms, and until then renews their locks for ever: that keeps a process alive. */
class Consumer extends Worker {
  abandon(): void {
    void this.lockManager.close();
    this['stalledCheckStopper']?.();
  }
}

interface Open {
  readonly options: BullmqOptions;
  /** fails fast, for adding */
  readonly producer: Redis;
  readonly queues: Map<string, BullQueue>;
  readonly workers: Consumer[];
  readonly consumers: Redis[];
  /** handlers that run right now */
  readonly running: Set<Promise<void>>;
  readonly stop: AbortController;
}

/** Connects and checks. Throws when Redis cannot be reached or would throw entries away (`maxmemory-policy`). */
export async function openBullmqQueue(options: BullmqOptions): Promise<Queue> {
  const stop = new AbortController();
  const producer = connectRedis(options.url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: PATIENCE,
    retryStrategy: reconnecting(stop),
    reconnectOnError: isReadOnly,
  });
  const open: Open = { options, producer, queues: new Map(), workers: [], consumers: [], running: new Set(), stop };
  listen(open, producer);
  try {
    await producer.connect();
    await refuseEviction(producer);
  } catch (error) {
    stop.abort();
    producer.disconnect();
    throw error;
  }
  return {
    kind: 'bullmq',
    add: gathered(async (entries) => await addAll(open, entries)),
    consume: async (name, handler, { concurrency }) => consume(open, name, { handler, concurrency }),
    ping: async () => void (await producer.ping()),
    close: async () => await close(open),
  };
}

/** BullMQ makes more connections out of ours, with the same settings: once we stop, none of them looks for Redis any more. */
function reconnecting(stop: AbortController): (times: number) => number | null {
  return (times) => (stop.signal.aborted ? null : Math.min(100 * 2 ** Math.min(times, 6), 3_000));
}

/** After a failover the old connection may lead to what has become a replica: connecting again finds the new one. */
function isReadOnly({ message }: Error): boolean {
  return message.startsWith('READONLY');
}

/** Every emitter of an 'error' event must be heard: an unheard one ends the process. */
function listen(
  { options, stop }: Pick<Open, 'options' | 'stop'>,
  emitter: { on(event: 'error', listener: (error: Error) => void): unknown },
): void {
  let last = '';
  emitter.on('error', ({ message }) => {
    if (message === last || stop.signal.aborted) return;
    last = message;
    options.log('warn', `queue: Redis answers ${message || 'nothing'}`);
  });
}

async function refuseEviction(redis: Redis): Promise<void> {
  const answer = (await redis.config('GET', 'maxmemory-policy').catch(() => undefined)) as readonly string[] | undefined;
  const policy = answer?.[1];
  if (policy !== undefined && policy !== 'noeviction')
    throw new Error(`Expected Redis to have maxmemory-policy noeviction, but it has ${policy}: it would throw queue entries away`);
}

function queueOf(open: Open, name: string): BullQueue {
  const known = open.queues.get(name);
  if (known) return known;
  const queue = new BullQueue(bullName(name), {
    connection: open.producer,
    prefix: open.options.prefix,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  listen(open, queue);
  open.queues.set(name, queue);
  return queue;
}

/** How many entries each of these queues has, waiting and at work; for the doctor. Throws when Redis does not answer. */
export async function waitingEntries(connection: Redis, prefix: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const name of names) {
    const queue = new BullQueue(bullName(name), { connection, prefix, skipVersionCheck: true, skipMetasUpdate: true });
    let entries = 0;
    for (const state of ['wait', 'prioritized', 'delayed', 'active'] as const) entries += await entriesOf(queue, state);
    found.set(name, entries);
    await queue.close();
  }
  return found;
}

const PAGE = 10_000;

async function entriesOf(queue: BullQueue, state: JobType): Promise<number> {
  let entries = 0;
  for (let from = 0; ; from += PAGE) {
    const ids = await queue.getRanges([state], from, from + PAGE - 1);
    entries += ids.reduce((sum, id) => sum + entriesIn(id), 0);
    if (ids.length < PAGE) return entries;
  }
}

/** BullMQ builds its Redis keys with colons. */
function bullName(name: string): string {
  return name.replaceAll(':', '-');
}

/** Letters first: BullMQ refuses ids that are whole numbers. */
function bullId(id: string): string {
  return `e-${id.replaceAll(':', '-')}`;
}

/** Messages that one consumer has at a time. */
const MOST_TAKEN = 16;

async function addAll(open: Open, entries: readonly QueueEntry[]): Promise<void> {
  for (const [name, group] of Map.groupBy(entries, ({ queue }) => queue)) {
    const carried = carriedOf(group);
    for (let at = 0; at < carried.length; at += CHUNK) await addChunk(open, name, carried.slice(at, at + CHUNK));
  }
}

async function addChunk(open: Open, name: string, entries: readonly Carried[]): Promise<void> {
  if (open.producer.status !== 'ready') throw new Error('Expected Redis to be connected, but it is away');
  const wanted = entries.map((entry) => ({ name, data: entry.data, opts: optionsOf(entry) }));
  const added = await queueOf(open, name).addBulk(wanted);
  // addBulk is a pipeline, not a transaction: see that each of them arrived under its own id
  const missing = entries.filter((entry, index) => added[index]?.id !== bullId(entry.id)).length;
  if (missing > 0) throw new Error(`Expected ${entries.length} entries to be added to ${name}, but ${missing} were not`);
}

/** As little as possible: it is written, sent and read again with every entry. What all have in common says the worker. */
function optionsOf({ id, delayMs, priority }: Carried): NonNullable<Parameters<BullQueue['add']>[2]> {
  return {
    jobId: bullId(id),
    ...(delayMs === undefined || delayMs <= 0 ? {} : { delay: Math.ceil(delayMs) }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function consume(
  open: Open,
  name: string,
  { handler, concurrency }: { readonly handler: QueueHandler; readonly concurrency: number },
): void {
  const connection = connectRedis(open.options.url, {
    maxRetriesPerRequest: null,
    retryStrategy: reconnecting(open.stop),
    reconnectOnError: isReadOnly,
  });
  listen(open, connection);
  open.consumers.push(connection);
  const turn = turns(concurrency);
  const worker = new Consumer(
    bullName(name),
    async (job: Job<Carried['data']>, token) => {
      const handled = handleAll(
        job.data,
        job.attemptsStarted > 1,
        async (payload) => await turn(async () => await handler(payload, open.stop.signal)),
      );
      await tracked(open, handled).catch(() => later(job, token));
    },
    {
      connection,
      prefix: open.options.prefix,
      // what it takes waits here for its turn, and other processes could have had it: so it takes little
      concurrency: Math.min(concurrency, MOST_TAKEN),
      lockDuration: LOCK,
      stalledInterval: STALLED_CHECK,
      maxStalledCount: MANY,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
      skipVersionCheck: true,
    },
  );
  listen(open, worker);
  open.workers.push(worker);
}

/** Delivered again, for ever, ever more slowly. Were it lost here, the sweeper would bring it again. */
async function later(job: Job, token: string | undefined): Promise<never> {
  const wait = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** Math.min(job.attemptsStarted, 16));
  await job.moveToDelayed(Date.now() + wait, token);
  throw new DelayedError();
}

async function tracked({ running }: Open, work: Promise<void>): Promise<void> {
  running.add(work);
  await work.finally(() => running.delete(work));
}

/** Finishes what runs, at most ten seconds long; what is left is redelivered to whoever comes next. Does not depend on Redis being there. */
async function close({ workers, queues, consumers, running, producer, stop }: Open): Promise<void> {
  const taking = Promise.allSettled(workers.map(async (worker) => await worker.close()));
  await within(10_000, Promise.allSettled(running));
  stop.abort();
  await within(producer.status === 'ready' ? 5_000 : 200, taking);
  for (const worker of workers) worker.abandon();
  await within(500, Promise.allSettled([...queues.values()].map(async (queue) => await queue.close())));
  // every worker and queue says goodbye on the shared sockets: that many listeners are meant
  [producer, ...consumers].forEach((connection) => connection.stream?.setMaxListeners(0));
  [producer, ...consumers].forEach((connection) => connection.disconnect());
  // a worker's second, blocking connection would look for a Redis that is gone for ever
  await within(500, Promise.allSettled([...workers, ...queues.values()].map(async (user) => await user.disconnect())));
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
