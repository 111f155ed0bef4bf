/**
 * Built-in jobs: queue entry → leased job row → handler → command.
 *
 * LAW: the queue's payload is only a hint. What is to be done, and whether, says the store.
 * LAW: a result counts only while its attempt holds the lease; a stale attempt (stopped process, lost lock) is fenced and changes nothing.
 * LAW: what is our own fault (store down, bug) is thrown, so that the queue delivers again; what is the job's fault uses up its retries.
 */
import { randomUUID } from 'node:crypto';
import { instanceKeyOf, isKey, localOf, visibleVariables } from '../engine/index.ts';
import type { Command, Key, Variables } from '../engine/index.ts';
import { BpmnError, JobFailure, JobWaits } from '../workers/job.ts';
import type { Job, JobHandler } from '../workers/job.ts';
import type { Row } from './collections.ts';
import { countCrash, forgetCrashes, MOST_CRASHES } from './crashes.ts';
import type { Passage } from './compartments/passage.ts';
import { queueOf } from './dispatch.ts';
import type { QueueEntry } from './ports.ts';
import { createRenewing } from './renewing.ts';
import type { Renewing } from './renewing.ts';
import { wake } from './wake.ts';
import { SYSTEM } from './room.ts';
import type { Room } from './room.ts';

export interface Consumer {
  /** jobs in the hands of handlers right now */
  readonly running: ReadonlySet<string>;
  /** reads this queue from now on; harmless when it does already */
  consume(queue: string, type: string): void;
  /**
   * Gives back what the last process of this name left leased. Where several processes share a store each has a name of its own,
   * so nobody's lease is touched: those of the dead run out.
   */
  releaseLeases(): Promise<void>;
}

export interface ConsumerParts {
  readonly room: Room;
  readonly handlers: ReadonlyMap<string, JobHandler>;
  readonly timeoutMs: number;
  /** first back-off after a failure; doubles. Milliseconds. */
  readonly backOffMs: number;
  readonly alarm: (at: number) => void;
  /** the name in the leases: of this process, or of the only one that there is */
  readonly owner: string;
  /** false: this process only tells others that there is something to read */
  readonly works: boolean;
  /** jobs that may not go to their agency now wait in the store */
  readonly passage: Passage;
}

/** A dead process's job is taken over after this long; the living renew in time. Milliseconds. */
const LEASE = 10_000;
const LONGEST_BACK_OFF = 5 * 60_000;
/** handlers of one queue that run at a time */
const CONCURRENCY = 64;

/** Of one consumer: what all its attempts share. */
interface Attempting extends ConsumerParts {
  readonly renewing: Renewing<Lease>;
}

export function createConsumer(given: ConsumerParts): Consumer {
  const { room } = given;
  const renewing = createRenewing<Lease>((lease) => room.background(async () => await renew(room, lease)), LEASE / 3);
  const parts: Attempting = { ...given, renewing };
  const running = new Set<string>();
  const consumed = new Set<string>();
  async function handle({ jobKey, type, leave }: QueueEntry['payload'], signal: AbortSignal): Promise<void> {
    const key = String(jobKey);
    // WHO CAN WRITE INTO THE QUEUE CAN MAKE ENTRIES UP: one that names no key would come back for ever
    if (!isKey(key)) return room.log('warn', 'Expected a queue entry with the key of a job, but it names none: left alone');
    if (running.has(key)) return;
    running.add(key);
    try {
      await attempt(parts, { key, type: String(type), leave: leave === 1 }, signal);
    } finally {
      running.delete(key);
    }
  }
  return {
    running,
    consume: (queue, type) => {
      if (consumed.has(queue) || !parts.handlers.has(type)) return;
      consumed.add(queue);
      if (!parts.works) return parts.room.tell({ t: 'queue', queue, type });
      parts.room.background(async () => await parts.room.queue.consume(queue, handle, { concurrency: CONCURRENCY }));
    },
    releaseLeases: async () => await releaseLeases(parts),
  };
}

async function attempt(
  parts: Attempting,
  { key, type, leave }: { readonly key: Key; readonly type: string; readonly leave: boolean },
  stop: AbortSignal,
): Promise<void> {
  const { room, handlers, passage } = parts;
  const handler = handlers.get(type);
  const now = room.clock.now();
  const leaseToken = randomUUID();
  // only calls of agencies stand before a gate
  const before = type === 'agency-call' ? await room.store.get('jobs', key) : undefined;
  if (before !== undefined && !passage.lets(before, leave)) return await putAside(parts, before, now);
  const worker = parts.owner;
  const [row] = await room.store.leaseJobs({ type, jobKey: key, worker, max: 1, now, deadline: now + LEASE, leaseToken, ownWorker: true });
  if (handler === undefined || row === undefined) return await lookAgain(parts, key);
  const crashes = row['unreported'] === true ? await countCrash(room, key) : 0;
  const lease = { row, leaseToken, crashed: crashes > 0 };
  if (crashes >= MOST_CRASHES)
    return await report(
      parts,
      lease,
      failure(row, { message: `Expected the job to report, but ${crashes} times in a row its process ended without a word`, retries: 0 }),
    );
  const job = await jobOf(room, row);
  if (job === undefined) return;
  const over = parts.renewing.begin(lease);
  try {
    const result = await withTimeout(handler, job, { stop, timeoutMs: parts.timeoutMs });
    await report(parts, lease, { type: 'complete-job', n: localOf(key), variables: result });
  } catch (error) {
    if (error instanceof OurFault) throw error;
    if (stop.aborted) return await handBack(room, lease);
    if (error instanceof JobWaits) return await waitUntil(parts, lease, error);
    if ((await passage.called(row, error)) === 'waits') return;
    if (row['called'] === true) await callsAnew(room, key);
    return await report(parts, lease, commandFor(parts, row, error));
  } finally {
    over();
  }
  await passage.called(row, undefined);
}

interface Lease {
  readonly row: Row;
  readonly leaseToken: string;
  /** earlier attempts never reported */
  readonly crashed: boolean;
}
type Report = Command extends infer C
  ? C extends { readonly type: 'complete-job' | 'fail-job' | 'throw-job-error' }
    ? Omit<C, 'at' | 'by'>
    : never
  : never;

/** Thrown again so that the queue delivers again; never taken for the handler's failure. */
class OurFault extends Error {}

async function report(parts: ConsumerParts, lease: Lease, command: Report): Promise<void> {
  const { room } = parts;
  const key = String(lease.row['jobKey']);
  const fence = { lease: { jobKey: key, token: lease.leaseToken } };
  try {
    const outcome = await room.act(instanceKeyOf(key), { ...command, at: room.clock.now(), by: SYSTEM } as Command, fence);
    if (lease.crashed) await forgetCrashes(room, key);
    // what it brings can never be taken: a person has to look, and to ask again would bring the same
    if (!outcome.ok && outcome.kind === 'INVALID_ARGUMENT' && command.type !== 'fail-job')
      return await report(parts, lease, failure(lease.row, { message: outcome.reason, retries: 0 }));
    if (!outcome.ok) room.log('warn', `job ${key} ${command.type}: ${outcome.reason}`);
  } catch (error) {
    await handBack(room, lease).catch(() => undefined);
    throw new OurFault(`Expected the result of job ${key} to be committed, but it was not`, { cause: error });
  }
}

/** Somebody else has it (perhaps a process that is dead by now), or it is to be tried later, or it is done. */
async function lookAgain({ room, alarm }: ConsumerParts, key: Key): Promise<void> {
  const row = await room.store.get('jobs', key);
  const at = Number(row?.['availableAt']);
  if (row?.['open'] !== true || row['heldFor'] !== undefined || at <= room.clock.now()) return;
  alarm(at);
  // the one that schedules may have died together with the one that had it
  const delayMs = at - room.clock.now() + 50;
  const payload = { jobKey: key, type: String(row['type']) };
  if (room.shared) await room.queue.add([{ queue: queueOf(row), id: `${key}-after-${at}`, payload, delayMs }]);
}

async function jobOf({ door }: Room, row: Row): Promise<Job | undefined> {
  const key = String(row['jobKey']);
  const seen = await door.peek(instanceKeyOf(key), (state) => {
    const job = state.jobs.get(localOf(key));
    return job && { variables: visibleVariables(state, job.el), businessId: state.businessId ?? null };
  });
  return (
    seen && {
      key,
      type: String(row['type']),
      processInstanceKey: String(row['processInstanceKey']),
      processDefinitionId: String(row['processDefinitionId']),
      elementId: String(row['elementId']),
      businessId: seen.businessId,
      headers: (row['customHeaders'] ?? {}) as Job['headers'],
      variables: seen.variables,
      retries: Number(row['retries']),
      attempt: Number(row['attempt']),
    }
  );
}

/**
 * A handler that does not listen to its signal is left behind; its late result is nobody's.
 * NO AbortSignal.any: `stop` lives as long as the process, and every signal that is made from it would stay in memory as long.
 */
async function withTimeout(
  handler: JobHandler,
  job: Job,
  { stop, timeoutMs }: { readonly stop: AbortSignal; readonly timeoutMs: number },
): Promise<Variables> {
  const attempt = new AbortController();
  let abort = (): void => undefined;
  const timer = setTimeout(() => abort(), timeoutMs);
  try {
    return await new Promise<Variables>((resolve, reject) => {
      abort = () => {
        attempt.abort();
        reject(new JobFailure(`Expected the call to end within ${timeoutMs} ms, but it did not`));
      };
      stop.addEventListener('abort', abort, { once: true });
      if (stop.aborted) abort();
      handler(job, attempt.signal).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', abort);
  }
}

function commandFor({ backOffMs }: ConsumerParts, row: Row, error: unknown): Report {
  if (error instanceof BpmnError) {
    return {
      type: 'throw-job-error',
      n: localOf(String(row['jobKey'])),
      errorCode: error.code,
      errorMessage: error.message,
      variables: error.variables,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const left = Number(row['retries']) - 1;
  if (error instanceof JobFailure && !error.retryable) return failure(row, { message, retries: 0 });
  const exponential = Math.min(LONGEST_BACK_OFF, backOffMs * 2 ** Math.min(20, Number(row['attempt']) - 1));
  // half of it at random, so that a hundred jobs that failed together do not come back together
  const jittered = exponential / 2 + Math.random() * (exponential / 2);
  const asked = error instanceof JobFailure ? (error.retryAfter ?? 0) : 0;
  return failure(row, { message, retries: Math.max(0, left), retryBackOff: Math.round(Math.max(jittered, asked)) });
}

function failure(
  row: Row,
  { message, retries, retryBackOff }: { readonly message: string; readonly retries: number; readonly retryBackOff?: number },
): Report {
  return {
    type: 'fail-job',
    n: localOf(String(row['jobKey'])),
    retries,
    errorMessage: message.slice(0, 4_000),
    ...(retryBackOff !== undefined && retries > 0 && { retryBackOff }),
  };
}

async function renew(room: Room, { row, leaseToken }: Pick<Lease, 'row' | 'leaseToken'>): Promise<void> {
  const key = String(row['jobKey']);
  if ((await room.store.get('jobs', key))?.['leaseToken'] !== leaseToken) return;
  const deadline = room.clock.now() + LEASE;
  await room.store.write([{ op: 'patch', collection: 'jobs', key, fields: { deadline, availableAt: deadline } }]);
}

/** Not now: it waits for its agency. One that somebody works on, or that is done, is left alone. */
async function putAside({ passage }: ConsumerParts, job: Row, now: number): Promise<void> {
  if (job['open'] === true && Number(job['availableAt']) <= now) await passage.wait([job]);
}

/** The handler has done what could be done for now, and no try is lost. Whoever wakes the job moves the time. */
async function waitUntil({ room, passage, alarm }: ConsumerParts, { row, leaseToken }: Lease, wait: JobWaits): Promise<void> {
  const key = String(row['jobKey']);
  if ((await passage.called(row, wait.failure)) === 'waits') return;
  if ((await room.store.get('jobs', key))?.['leaseToken'] !== leaseToken) return;
  const fields = { deadline: null, leaseToken: null, availableAt: wait.until, ...(wait.called && { called: true }) };
  await room.store.write([{ op: 'patch', collection: 'jobs', key, fields }]);
  alarm(wait.until);
  // DURABLE BEFORE IT ASKS: what comes after this look finds a job that waits, and wakes it
  if ((await wait.meanwhile?.()) === true) alarm(await wake(room, key));
}

/** Somebody may let it try once more: then it is a call as any other. */
async function callsAnew({ store }: Room, key: Key): Promise<void> {
  await store.write([{ op: 'patch', collection: 'jobs', key, fields: { called: null } }]);
}

async function handBack(room: Room, { row, leaseToken }: Pick<Lease, 'row' | 'leaseToken'>): Promise<void> {
  const key = String(row['jobKey']);
  if ((await room.store.get('jobs', key))?.['leaseToken'] === leaseToken)
    await room.store.write([
      { op: 'patch', collection: 'jobs', key, fields: { deadline: null, leaseToken: null, availableAt: room.clock.now() } },
    ]);
}

async function releaseLeases({ room, owner }: ConsumerParts): Promise<void> {
  const now = room.clock.now();
  for (;;) {
    const { items } = await room.store.search('jobs', {
      filter: { open: true, availableAt: { $gt: now }, worker: owner, leaseToken: { $exists: true } },
      limit: 1_000,
    });
    if (items.length === 0) return;
    await room.store.write(
      items.map((row) => ({
        op: 'patch',
        collection: 'jobs',
        key: String(row['jobKey']),
        // the token stays: the next attempt sees that this one never reported
        fields: { availableAt: now, deadline: null },
      })),
    );
  }
}
