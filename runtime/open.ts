/**
 * Opens a runtime: store, queue, clock, definitions, workers, timers, sweeper. The one entrance for the server, tests and scenarios.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { instanceKeyOf, isKey, localOf } from '../engine/index.ts';
import type { compile } from '../engine/index.ts';
import type { Command, Rejection } from '../engine/index.ts';
import type { JobHandler } from '../workers/job.ts';
import { createAlarm } from './alarm.ts';
import type { Alarm } from './alarm.ts';
import { createBatches } from './batches.ts';
import type { Batches } from './batches.ts';
import { controllableClock, realClock } from './clock.ts';
import type { Config } from './config.ts';
import { evaluateConditions } from './conditions.ts';
import { createConsumer } from './consume.ts';
import type { Consumer } from './consume.ts';
import { createDefinitionBook, loadDefinitions } from './definitions.ts';
import { checkResource, deploy, restoreStartTimers } from './deploy.ts';
import { createDispatch } from './dispatch.ts';
import type { Dispatch } from './dispatch.ts';
import { evaluateDeployedDecision, evaluateExpression } from './evaluate.ts';
import { createDoor } from './execute.ts';
import type { Committed, Outcome } from './execute.ts';
import { forgetInstance } from './forget.ts';
import { createIds } from './ids.ts';
import { createJobs } from './jobs.ts';
import type { Jobs } from './jobs.ts';
import { createLanes } from './lanes.ts';
import { createMessages } from './messages.ts';
import type { Messages } from './messages.ts';
import { openQueue } from './open-queue.ts';
import type { OpenedQueue } from './open-queue.ts';
import { sharedReadApart } from './read-apart.ts';
import type { Room } from './room.ts';
import type { Runtime, StartInstance } from './runtime.ts';
import { createSettling } from './settle.ts';
import type { Settling } from './settle.ts';
import { broadcast } from './signals.ts';
import { createMemoryStore } from './stores/memory.ts';
import { openMongoStore } from './stores/mongo.ts';
import { openSqliteStore } from './stores/sqlite.ts';
import { createSweeper, nextDue } from './sweep.ts';
import type { Sweeper } from './sweep.ts';
import { createWatch } from './watch.ts';
import type { Watch } from './watch.ts';
import type { RuntimeClock, Store } from './ports.ts';

export type RuntimeConfig = Pick<Config, 'databaseUrl' | 'data' | 'clock' | 'queue' | 'redisUrl'> &
  Partial<Pick<Config, 'zone' | 'mongoStandalone'>>;

export interface OpenRuntime {
  /** from `readConfig`. For tests: `{ databaseUrl: 'memory:', queue: 'in-process', clock: 'controllable', data: <folder> }` */
  readonly config: RuntimeConfig;
  /** built-in job types and what does them. Types that are not in here wait for external workers (`activateJobs`). */
  readonly handlers?: ReadonlyMap<string, JobHandler>;
  /** milliseconds that one call of a handler may take before its signal aborts; default 60,000 */
  readonly handlerTimeoutMs?: number;
  /** milliseconds of back-off after a job's first failure, doubling from then on; default 1,000 */
  readonly retryBackOffMs?: number;
  /** milliseconds between two looks at everything that may have been lost from the queue; default 25,000 */
  readonly sweepMs?: number;
  /** instead of what the configuration names: for the simulator, which wraps them to make them fail */
  readonly instead?: {
    readonly store?: Store;
    readonly queue?: OpenedQueue;
    readonly clock?: RuntimeClock;
    /** of stored processes: one that remembers, for who opens the same store a thousand times */
    readonly compile?: typeof compile;
  };
  /** one line per notable thing; never personal data. Default: nothing is written. */
  readonly log?: (level: 'info' | 'warn' | 'error', message: string) => void;
}

interface Parts {
  readonly room: Room;
  readonly opened: OpenedQueue;
  readonly alarm: Alarm;
  readonly sweeper: Sweeper;
  readonly settling: Settling;
  readonly dispatch: Dispatch;
  readonly consumer: Consumer;
  readonly messages: Messages;
  readonly jobs: Jobs;
  readonly watch: Watch;
  readonly batches: Batches;
  readonly running: Set<Promise<unknown>>;
}

/** Instances that start instances that start instances: beyond this depth the rest goes on in the background. */
const DEEPEST = 50;

/** Resolves when the runtime accepts commands and everything that a crash left behind is being done again. Throws when store or queue are unusable. */
export async function openRuntime(options: OpenRuntime): Promise<Runtime> {
  const store = options.instead?.store ?? (await openStore(options.config));
  try {
    const opened = options.instead?.queue ?? (await openQueue(options.config, options.log ?? silent));
    const parts = assemble(options, store, opened);
    await loadDefinitions(store, parts.room.book, options.instead?.compile);
    await restoreStartTimers(parts.room);
    await parts.consumer.releaseLeases();
    await parts.alarm.ring();
    await parts.batches.restore();
    return runtimeOf(parts);
  } catch (error) {
    await store.close();
    throw error;
  }
}

function silent(): void {
  // nobody listens
}

async function openStore({ databaseUrl, mongoStandalone = false }: RuntimeConfig): Promise<Store> {
  if (databaseUrl === 'memory:') return createMemoryStore();
  if (databaseUrl.startsWith('file:')) return openSqliteStore(databaseUrl.slice('file:'.length));
  if (/^mongodb(\+srv)?:/.test(databaseUrl)) return await openMongoStore(databaseUrl, { standalone: mongoStandalone });
  throw new Error('Expected the database URL to be memory:, file:<path> or mongodb://…, but it is none of them');
}

function assemble(
  { config, handlers = new Map(), handlerTimeoutMs = 60_000, retryBackOffMs = 1_000, sweepMs = 25_000, log = silent, instead }: OpenRuntime,
  store: Store,
  opened: OpenedQueue,
): Parts {
  const clock = instead?.clock ?? (config.clock === 'controllable' ? controllableClock() : realClock());
  const zone = config.zone ?? 'Asia/Jakarta';
  const book = createDefinitionBook({ now: clock.now, zone });
  const listeners: ((what: Committed) => void)[] = [];
  const running = new Set<Promise<unknown>>();
  const inFlight = new Set<string>();
  const door = createDoor({ store, book, zone, inFlight, committed: (what) => listeners.forEach((listener) => listener(what)) });
  const room: Room = {
    store,
    queue: opened.queue,
    clock,
    zone,
    book,
    door,
    log,
    ids: createIds(store),
    reader: sharedReadApart(),
    builtIn: new Set(handlers.keys()),
    act: actWith(
      door,
      () => settling,
      (work) => room.background(work),
    ),
    background: (work) => {
      const mine = work()
        .catch((error: unknown) => {
          log('warn', String(error));
          // what was lost is found again, soon
          sweeper.everything();
          alarm.at(clock.now() + 2_000);
        })
        .finally(() => running.delete(mine));
      running.add(mine);
    },
    onCommitted: (listener) => void listeners.push(listener),
  };
  const ringAt = (at: number): void => alarm.at(at);
  const messages = createMessages(room);
  const settling = createSettling(room, inFlight, () => messages);
  const consumer = createConsumer({ room, handlers, timeoutMs: handlerTimeoutMs, backOffMs: retryBackOffMs, alarm: ringAt });
  const dispatch = createDispatch({ room, running: consumer.running, consume: consumer.consume, alarm: ringAt });
  const jobs = createJobs(room, ringAt);
  const watch = createWatch(store);
  const sweeper = createSweeper({ room, settling, dispatch, messages, everythingMs: sweepMs, wakeWorkers: () => jobs.wake() });
  const alarm = createAlarm({
    now: clock.now,
    everyMs: Math.min(10_000, sweepMs),
    wake: sweeper.sweep,
    failed: (error) => log('error', `sweeper: ${String(error)}`),
  });
  room.onCommitted(dispatch.dispatch);
  room.onCommitted(jobs.wake);
  room.onCommitted(watch.committed);
  // a resumed instance's timers count again
  room.onCommitted(({ events }) => events.some(({ t }) => t === 'instance-resumed') && ringAt(clock.now()));
  return { room, opened, alarm, sweeper, settling, dispatch, consumer, messages, jobs, watch, batches: createBatches(room), running };
}

/** Through the door, then what follows elsewhere. */
function actWith(door: Room['door'], settling: () => Settling, background: Room['background']): Room['act'] {
  const depth = new AsyncLocalStorage<number>();
  return async (instanceKey, command, extras) => {
    const outcome = await door.run(instanceKey, command, extras);
    if (!outcome.ok || outcome.committed.effects.length === 0) return outcome;
    const deep = (depth.getStore() ?? 0) + 1;
    const follow = (): Promise<void> => settling().settle(outcome.committed);
    if (deep > DEEPEST) background(() => depth.run(0, follow));
    else await depth.run(deep, follow);
    return outcome;
  };
}

function runtimeOf(parts: Parts): Runtime {
  const { room, jobs, watch, messages } = parts;
  const deployments = createLanes();
  return {
    store: room.store,
    queue: room.queue,
    clock: room.clock,
    definitions: room.book,
    deploy: (resources, by) =>
      deployments.run('deploy', async () => {
        const answer = await deploy(room, resources, by);
        await parts.alarm.ring();
        return answer;
      }),
    startInstance: async (request, by) => await startInstance(room, request, by),
    check: async (resource) => await checkResource(room, resource),
    awaitEnd: watch.awaitEnd,
    execute: async (key, aimed) => {
      if (!isKey(key)) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a key, but '${String(key).slice(0, 40)}' is none` };
      const command = { ...aimed, n: localOf(key), at: room.clock.now() } as Command;
      const outcome = plain(await room.act(instanceKeyOf(key), command));
      return outcome.ok ? { ok: true, events: outcome.committed.events.length } : outcome;
    },
    publishMessage: async (message, by) => {
      const answer = await messages.publish(message, by);
      return answer.ok ? { ok: true, messageKey: answer.messageKey } : answer;
    },
    correlateMessage: async (message, by) => {
      const answer = await messages.publish({ ...message, timeToLive: 0 }, by);
      if (!answer.ok) return answer;
      const [hit] = answer.hits;
      if (hit === undefined)
        return {
          ok: false,
          kind: 'NOT_FOUND',
          reason: `Expected somebody to wait for message '${message.name}' with this correlation key, but nobody does`,
        };
      return { ok: true, messageKey: answer.messageKey, processInstanceKey: hit.processInstanceKey };
    },
    broadcastSignal: async (name, variables, by) => {
      if (name === '') return { ok: false, kind: 'INVALID_ARGUMENT', reason: 'Expected a signal to have a name, but it is empty' };
      const signalKey = await room.ids.next();
      await broadcast(room, { id: signalKey, name, variables, at: room.clock.now(), by });
      return { ok: true, signalKey };
    },
    activateJobs: jobs.activate,
    extendJob: jobs.extend,
    evaluateDecision: async (request, by) => await evaluateDeployedDecision(room, request, by),
    evaluateExpression: async (expression, variables) => evaluateExpression(room, expression, variables),
    evaluateConditions: async (request, by) => await evaluateConditions(room, request, by),
    forgetInstance: async (key) => await forgetInstance(room, key),
    startBatch: parts.batches.start,
    controlBatch: parts.batches.control,
    moveClock: async (to) => await moveClock(parts, to),
    onChange: watch.onChange,
    settled: async () => await settled(parts),
    close: async () => await close(parts),
  };
}

function plain(outcome: Outcome): Exclude<Outcome, { readonly kind: 'CLAIMED' }> {
  if (outcome.ok || outcome.kind !== 'CLAIMED') return outcome;
  return { ok: false, kind: 'ALREADY_EXISTS', reason: outcome.reason };
}

async function startInstance(room: Room, request: StartInstance, by: Command['by']): ReturnType<Runtime['startInstance']> {
  const { processDefinitionKey: key, processDefinitionId: id = '', version, variables = {} } = request;
  const { businessId, tags, startInstructions, terminateAfter } = request;
  const definition =
    key === undefined
      ? version === undefined || version < 0
        ? room.book.latestEntry(id)
        : room.book.version(id, version)
      : room.book.entry(key);
  if (definition === undefined)
    return {
      ok: false,
      kind: 'NOT_FOUND',
      reason: `Expected a deployed process definition '${key ?? id}'${version === undefined ? '' : ` version ${version}`}, but there is none`,
    };
  const instanceKey = await room.ids.next();
  const optional = {
    ...(businessId !== undefined && { businessId }),
    ...(tags && { tags }),
    ...(startInstructions && { startInstructions }),
    ...(terminateAfter && { terminateAfter }),
  };
  const outcome = plain(
    await room.act(instanceKey, { type: 'create-instance', at: room.clock.now(), by, instanceKey, variables, ...optional }, { definition }),
  );
  if (!outcome.ok) return outcome satisfies Rejection;
  return {
    ok: true,
    processInstanceKey: instanceKey,
    processDefinitionKey: definition.key,
    processDefinitionId: definition.id,
    processDefinitionVersion: definition.version,
  };
}

/** Stops at every due moment on the way, so that each timer fires at its own time and in order. */
async function moveClock(parts: Parts, to: number | 'reset'): ReturnType<Runtime['moveClock']> {
  const { clock } = parts.room;
  if (!('moveTo' in clock))
    return {
      ok: false,
      kind: 'INVALID_STATE',
      reason: 'Expected a clock that can be moved (ALUR_CLOCK=controllable), but it is the real one',
    };
  if (to !== 'reset' && (!Number.isFinite(to) || to < 0))
    return { ok: false, kind: 'INVALID_ARGUMENT', reason: `Expected milliseconds since 1970, but got ${to}` };
  await settled(parts);
  for (let due = await nextDue(parts.room); to !== 'reset' && due !== undefined && due <= to; due = await nextDue(parts.room)) {
    const stuck = due <= clock.now();
    clock.moveTo(Math.max(due, clock.now()));
    await settled(parts);
    if (stuck && (await nextDue(parts.room)) === due)
      throw new Error(`Expected everything that is due at ${due} to fire, but something did not`);
  }
  clock.moveTo(to);
  await settled(parts);
  return { ok: true };
}

/** One quiet look is not enough: what ended in between may have begun something. */
async function settled(parts: Parts): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await parts.alarm.ring();
    await Promise.all([...parts.running]);
    await parts.opened.idle();
    const pending = await parts.room.store.pendingEffects(1);
    await new Promise((resolve) => setImmediate(resolve));
    quiet =
      parts.running.size + parts.room.door.busy() + parts.consumer.running.size + parts.opened.busy() + pending.length === 0
        ? quiet + 1
        : 0;
  }
}

async function close(parts: Parts): Promise<void> {
  await parts.alarm.stop();
  await parts.room.queue.close();
  await Promise.all([...parts.running]);
  await parts.room.reader.close();
  await parts.opened.stop();
  await parts.room.store.close();
}
