/**
 * Opens a runtime: store, queue, clock, definitions, workers, timers, sweeper. The one entrance for the server, tests and scenarios.
 */
import { instanceKeyOf, isKey, localOf } from '../engine/index.ts';
import type { Command, compile, Rejection } from '../engine/index.ts';
import type { JobHandler } from '../workers/job.ts';
import { assemble } from './assemble.ts';
import type { Parts } from './assemble.ts';
import { createClusterChanges } from './cluster.ts';
import type { Config } from './config.ts';
import { evaluateConditions } from './conditions.ts';
import { deploy, restoreStartTimers } from './deploy.ts';
import { checkResource } from './read-resource.ts';
import { evaluateDeployedDecision, evaluateExpression } from './evaluate.ts';
import type { Outcome } from './execute.ts';
import { forgetEvaluation, forgetInstance } from './forget.ts';
import { dayIn } from './compartments/day.ts';
import { ramping } from './compartments/phases.ts';
import { RAMP_START } from './compartments/terms.ts';
import { createLanes } from './lanes.ts';
import { liftHold, placeHold } from './legal-hold.ts';
import { openQueue } from './open-queue.ts';
import type { OpenedQueue } from './open-queue.ts';
import type { Room } from './room.ts';
import type { PublishMessage, Runtime, StartInstance } from './runtime.ts';
import { broadcast } from './signals.ts';
import { createMemoryStore } from './stores/memory.ts';
import { openMongoStore } from './stores/mongo.ts';
import { openSqliteStore } from './stores/sqlite.ts';
import { nextDue } from './sweep.ts';
import { wake } from './wake.ts';
import { withdraw } from './withdraw.ts';
import type { RuntimeClock, Store } from './ports.ts';

export type RuntimeConfig = Pick<Config, 'databaseUrl' | 'data' | 'clock' | 'queue' | 'redisUrl'> &
  Partial<Pick<Config, 'zone' | 'mongoStandalone' | 'uniqueBusinessIds' | 'roles' | 'admission' | 'retention'>>;

export interface OpenRuntime {
  /** from `readConfig`. For tests: `{ databaseUrl: 'memory:', queue: 'in-process', clock: 'controllable', data: <folder> }` */
  readonly config: RuntimeConfig;
  /** built-in job types and what does them. Types that are not in here wait for external workers (`activateJobs`). */
  readonly handlers?: ReadonlyMap<string, JobHandler>;
  /** milliseconds that one call of a handler may take before its signal aborts; default 60,000 */
  readonly handlerTimeoutMs?: number;
  /** milliseconds of back-off after a job's first failure, doubling from then on; default 1,000 */
  readonly retryBackOffMs?: number;
  /** milliseconds between an agency's failing and the first try whether it answers again; default 2,000, doubling from then on */
  readonly firstTryMs?: number;
  /** milliseconds between two looks at everything that may have been lost from the queue; default 25,000 */
  readonly sweepMs?: number;
  /** other processes may work on the same store; default: only where the store is MongoDB */
  readonly shared?: boolean;
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

/** Resolves when the runtime accepts commands and everything that a crash left behind is being done again. Throws when store or queue are unusable. */
export async function openRuntime(options: OpenRuntime): Promise<Runtime> {
  const store = options.instead?.store ?? (await openStore(options.config));
  let parts: Parts | undefined;
  try {
    const shared = isShared(options);
    const opened = options.instead?.queue ?? (await openQueue(options.config, { log: options.log ?? silent, shared }));
    parts = assemble({ ...options, shared }, store, opened);
    await parts.room.storeTime();
    await parts.room.news.caughtUp();
    await parts.learn();
    if (!shared) await restoreStartTimers(parts.room);
    await parts.consumer.releaseLeases();
    await parts.leader.look();
    await parts.alarm.ring();
    await parts.release.ring();
    if (!shared) await parts.batches.restore();
    return runtimeOf(parts);
  } catch (error) {
    if (parts) await close(parts).catch(() => undefined);
    else await store.close();
    throw error;
  }
}

function isShared({ shared, config }: OpenRuntime): boolean {
  return shared ?? /^mongodb(\+srv)?:/.test(config.databaseUrl);
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

function runtimeOf(parts: Parts): Runtime {
  const { room, jobs, watch } = parts;
  const deployments = createLanes();
  return {
    store: room.store,
    queue: room.queue,
    clock: room.clock,
    definitions: room.book,
    deploy: (resources, by, mayOwn) =>
      deployments.run('deploy', async () => {
        const answer = await deploy(room, resources, { by, ...(mayOwn && { mayOwn }) });
        await parts.alarm.ring();
        return answer;
      }),
    withdraw: (key, options) =>
      deployments.run('deploy', async () => {
        const answer = await withdraw(room, key, options);
        await parts.alarm.ring();
        return answer;
      }),
    startInstance: async (request, by) => (await parts.admission.refusal()) ?? (await startInstance(room, request, by)),
    check: async (resource) => await checkResource(room, resource),
    awaitEnd: watch.awaitEnd,
    execute: async (key, aimed) => {
      if (!isKey(key)) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a key, but '${String(key).slice(0, 40)}' is none` };
      const command = { ...aimed, n: localOf(key), at: room.clock.now() } as Command;
      const outcome = plain(await room.act(instanceKeyOf(key), command));
      return outcome.ok ? { ok: true, events: outcome.committed.events.length } : outcome;
    },
    ...messagingOf(parts),
    activateJobs: jobs.activate,
    extendJob: jobs.extend,
    leads: room.leads,
    wakeJob: async (jobKey) => {
      const at = await wake(room, jobKey);
      parts.alarm.at(at);
      if (room.shared && !room.leads()) room.tell({ t: 'due', at });
    },
    evaluateDecision: async (request, by) => await evaluateDeployedDecision(room, request, by),
    evaluateExpression: async (expression, variables) => evaluateExpression(room, expression, variables),
    evaluateConditions: async (request, by) => (await parts.admission.refusal()) ?? (await evaluateConditions(room, request, by)),
    forgetInstance: async (key) => await forgetInstance(room, key),
    placeHold: async (key, reason, by) => await placeHold(room, { key, reason, by }),
    liftHold: async (key, reason, by) => await liftHold(room, { key, reason, by }),
    retention: parts.retention,
    forgetEvaluation: async (key) => await forgetEvaluation(room, key),
    startBatch: parts.batches.start,
    controlBatch: parts.batches.control,
    moveClock: async (to) => await moveClock(parts, to),
    onChange: watch.onChange,
    caughtUp: room.news.caughtUp,
    alive: () => parts.pulse.alive() && room.store.beyondRepair?.() !== true,
    ...holdingOf(parts),
    changeCluster: createClusterChanges(room),
    settled: async () => await settled(parts),
    close: async () => await close(parts),
  };
}

function messagingOf(parts: Parts): Pick<Runtime, 'publishMessage' | 'correlateMessage' | 'broadcastSignal'> {
  const { room, messages } = parts;
  return {
    publishMessage: async (message, by) => {
      const refusal = await refuseStart(parts, message);
      if (refusal) return refusal;
      const answer = await messages.publish(message, by);
      return answer.ok ? { ok: true, messageKey: answer.messageKey } : answer;
    },
    correlateMessage: async (message, by) => {
      const refusal = await refuseStart(parts, message);
      if (refusal) return refusal;
      const answer = await messages.publish({ ...message, timeToLive: 0, atOnce: true }, by);
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
  };
}

function holdingOf({ room, compartments }: Parts): Pick<Runtime, 'holdAgency' | 'releaseAgency' | 'agencyGate' | 'today' | 'announce'> {
  return {
    holdAgency: async (agency, by, reason) => {
      const hold = { by: by.id, since: room.clock.now(), ...(reason === undefined || reason === '' ? {} : { reason }) };
      await compartments.change(agency, (before) => ({ ...before, hold }));
      return { ok: true };
    },
    releaseAgency: async (agency, _by, perSecond = RAMP_START) => {
      if (!Number.isFinite(perSecond) || perSecond <= 0)
        return { ok: false, kind: 'INVALID_ARGUMENT', reason: `Expected more than 0 jobs per second, but got ${perSecond}` };
      const { hold, phase } = compartments.compartment(agency);
      if (hold === undefined && phase !== 'open' && phase !== 'half-open')
        return { ok: false, kind: 'INVALID_STATE', reason: `Expected agency '${agency}' to be held or down, but it is not` };
      const now = room.clock.now();
      await compartments.change(agency, ({ hold: _hold, ...before }) => ramping(before, now, perSecond));
      return { ok: true };
    },
    agencyGate: compartments.view,
    today: () => dayIn(room.zone, room.clock.now()),
    announce: async (changes) => {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        await room.news.caughtUp();
        if (!(await room.news.announce(changes))) continue;
        await compartments.learn();
        return;
      }
      throw new Error('Expected to announce a change, but others always changed something first');
    },
  };
}

/** others may announce something at the same time */
const MOST_TRIES = 20;

/** A message that begins new cases is a start; one that somebody waits for completes work and is always welcome. */
async function refuseStart({ room, admission }: Parts, { name }: PublishMessage): Promise<Rejection | undefined> {
  const starts = room.book.latestEntries().some((entry) => entry.starts.some((known) => known.kind === 'message' && known.name === name));
  return starts ? await admission.refusal() : undefined;
}

function plain(outcome: Outcome): Exclude<Outcome, { readonly kind: 'CLAIMED' }> {
  if (outcome.ok || outcome.kind !== 'CLAIMED') return outcome;
  return { ok: false, kind: 'ALREADY_EXISTS', reason: outcome.reason };
}

async function startInstance(room: Room, request: StartInstance, by: Command['by']): ReturnType<Runtime['startInstance']> {
  await room.news.caughtUp();
  const { processDefinitionKey: key, processDefinitionId: id = '', version, variables = {} } = request;
  const { businessId, tags, startInstructions, terminateAfter } = request;
  const definition =
    key === undefined
      ? version === undefined || version < 0
        ? room.book.latestEntry(id)
        : room.book.version(id, version)
      : room.book.startable(key);
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
    await parts.release.ring();
    await Promise.all([...parts.running]);
    await parts.opened.idle();
    const pending = await parts.room.store.pendingEffects(1);
    await new Promise((resolve) => setImmediate(resolve));
    const busy = parts.running.size + parts.room.door.busy() + parts.consumer.running.size + parts.opened.busy() + pending.length;
    quiet = busy > 0 || (parts.room.leads() && parts.retaining.due()) ? 0 : quiet + 1;
  }
}

async function close(parts: Parts): Promise<void> {
  parts.stopListening();
  parts.pulse.stop();
  parts.admission.stop();
  await parts.alarm.stop();
  await parts.release.stop();
  await parts.room.queue.close();
  await Promise.all([...parts.running]);
  await parts.leader.stop();
  await parts.room.reader.close();
  await parts.opened.stop();
  await parts.room.store.close();
}
