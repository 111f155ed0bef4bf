/** Puts the parts of one runtime together: who tells whom of what. The only place that knows all of them. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { createAdmission } from './admission.ts';
import type { Admission } from './admission.ts';
import { createAlarm } from './alarm.ts';
import type { Alarm } from './alarm.ts';
import { givenBack, withUniqueBusinessIds } from './business-ids.ts';
import { createBatches } from './batches.ts';
import type { Batches } from './batches.ts';
import { controllableClock, realClock } from './clock.ts';
import { createCluster } from './cluster.ts';
import { ROLES } from './config.ts';
import type { Role } from './config.ts';
import { createConsumer } from './consume.ts';
import type { Consumer } from './consume.ts';
import { createDefinitionBook, loadDefinitions } from './definitions.ts';
import { restoreStartTimers } from './deploy.ts';
import { agencyQueue, createDispatch, queuesOfOpenJobs } from './dispatch.ts';
import type { Dispatch } from './dispatch.ts';
import { createDoor } from './execute.ts';
import type { Committed } from './execute.ts';
import { noHints } from './hints.ts';
import type { Hint, HintLine } from './hints.ts';
import { createCompartments } from './compartments/compartments.ts';
import type { Compartments } from './compartments/compartments.ts';
import { dayIn } from './compartments/day.ts';
import { createPassage } from './compartments/passage.ts';
import { createReleaser } from './compartments/releaser.ts';
import type { Releaser } from './compartments/releaser.ts';
import { createIds } from './ids.ts';
import { createJobs } from './jobs.ts';
import type { Jobs } from './jobs.ts';
import { createLeader } from './leader.ts';
import type { Leader } from './leader.ts';
import { createMessages } from './messages.ts';
import type { Messages } from './messages.ts';
import { createNews } from './news.ts';
import type { OpenedQueue } from './open-queue.ts';
import type { OpenRuntime } from './open.ts';
import { createPulse } from './pulse.ts';
import type { Pulse } from './pulse.ts';
import { sharedReadApart } from './read-apart.ts';
import { createRetention, KEEP_ALL, retentionFor } from './retention.ts';
import type { Retaining } from './retention.ts';
import type { Room } from './room.ts';
import type { Runtime } from './runtime.ts';
import { createSettling } from './settle.ts';
import type { Settling } from './settle.ts';
import { createSweeper } from './sweep.ts';
import type { Sweeper } from './sweep.ts';
import { createWatch } from './watch.ts';
import type { Watch } from './watch.ts';
import type { Store } from './ports.ts';
import { createStoreClock } from './store-clock.ts';
import type { Moment } from '../engine/index.ts';

export interface Parts {
  readonly room: Room;
  readonly opened: OpenedQueue;
  readonly alarm: Alarm;
  readonly sweeper: Sweeper;
  readonly retaining: Retaining;
  readonly settling: Settling;
  readonly dispatch: Dispatch;
  readonly consumer: Consumer;
  readonly messages: Messages;
  readonly jobs: Jobs;
  readonly watch: Watch;
  readonly batches: Batches;
  readonly running: Set<Promise<unknown>>;
  readonly leader: Pick<Leader, 'look' | 'stop'>;
  readonly compartments: Compartments;
  /** rings for those who wait for their agencies */
  readonly release: Alarm;
  readonly admission: Admission;
  readonly pulse: Pulse;
  readonly retention: Runtime['retention'];
  /** definitions and compartments as the store has them */
  readonly learn: () => Promise<void>;
  readonly stopListening: () => void;
}

type Options = OpenRuntime & { readonly shared: boolean };
type Log = NonNullable<OpenRuntime['log']>;

/** Milliseconds: so often, while hints are being lost, those who show something are told to look again. */
const BLIND = 5_000;

export function assemble(options: Options, store: Store, opened: OpenedQueue): Parts {
  const { config, log = silent, shared } = options;
  const roles = config.roles ?? ROLES;
  const base = openRoom(options, store, opened);
  const { room } = base;
  const ringAt = (at: number): void => {
    scheduling.alarm.at(at);
    // who schedules is perhaps another process
    if (shared && !scheduling.leader.leads()) base.hints.tell({ t: 'due', at });
  };
  const works = roles.includes('worker');
  const { releaser, release, ...working } = workingParts(options, base, { ringAt, works });
  const scheduling = schedulingParts(options, { ...working, releaser, release }, { room, owner: base.owner, roles, log });
  const { sweeper, alarm, leader } = scheduling;
  const disturbed = (): void => {
    sweeper.everything();
    alarm.at(room.clock.now() + 2_000);
  };
  const lookAgain = (): void => {
    working.watch.anything();
    release.at(room.clock.now());
  };
  base.bind({ settling: working.settling, leads: leader.leads, disturbed, lookAgain });
  const bounds = config.admission && { bounds: config.admission };
  return {
    ...working,
    ...scheduling,
    room,
    opened,
    running: base.running,
    compartments: base.compartments,
    admission: createAdmission({ store, builtIn: room.builtIn, now: room.clock.now, ...bounds }),
    pulse: works ? createPulse({ queue: opened.queue, owner: base.owner }) : { alive: () => true, stop: () => undefined },
    retention: (id) => retentionFor({ book: room.book, otherwise: config.retention ?? KEEP_ALL }, id),
    learn: base.learn,
    release,
    stopListening: wire({ ...working, ...scheduling, releaser, release, room, hints: base.hints, works, ringAt }),
  };
}

type Working = Pick<Parts, 'settling' | 'dispatch' | 'consumer' | 'messages' | 'jobs' | 'watch' | 'batches' | 'release'> & {
  readonly releaser: Releaser;
};
type Scheduling = Pick<Parts, 'sweeper' | 'alarm' | 'retaining'> & { readonly leader: Leader };

/** What commits lead to: jobs, messages, effects, those who wait. */
function workingParts(
  { handlers = new Map(), handlerTimeoutMs = 60_000, retryBackOffMs = 1_000, firstTryMs }: Options,
  base: Base,
  { ringAt, works }: { readonly ringAt: (at: number) => void; readonly works: boolean },
): Working {
  const { room, inFlight, owner } = base;
  const messages = createMessages(room);
  const passage = createPassage({
    store: room.store,
    clock: room.clock,
    compartments: base.compartments,
    firstTry: firstTryMs,
    stirred: (agency, what) => stir({ room, releaser, release }, agency, what),
  });
  const consumer = createConsumer({
    room,
    handlers,
    timeoutMs: handlerTimeoutMs,
    backOffMs: retryBackOffMs,
    alarm: ringAt,
    owner,
    works,
    passage,
  });
  const { running, consume } = consumer;
  const isOut = (agency: string, jobKey: string): boolean => releaser.isOut(agency, jobKey);
  const dispatch = createDispatch({ room, running, consume, alarm: ringAt, passage, isOut });
  const { releaser, release } = releasing(base, dispatch);
  return {
    messages,
    consumer,
    dispatch,
    releaser,
    release,
    settling: createSettling(room, inFlight, () => messages),
    jobs: createJobs(room, ringAt),
    watch: createWatch(room),
    batches: createBatches(room),
  };
}

/** milliseconds between two looks at those who wait for their agencies, when nobody says that there is a reason */
const LOOK = 5_000;

/** Lets out those who wait for their agencies, while this process leads. */
function releasing({ room, compartments }: Base, dispatch: Dispatch): Pick<Working, 'releaser' | 'release'> {
  const { store, clock, zone, leads, log } = room;
  const dayOf = (now: number): string => dayIn(zone, now);
  const releaser = createReleaser({ store, clock, compartments, leads, dayOf, letOut: dispatch.letOut });
  const failed = (error: unknown): void => log('error', `agencies: ${String(error)}`);
  return { releaser, release: createAlarm({ now: clock.now, everyMs: LOOK, wake: releaser.look, failed }) };
}

type Stirred = Omit<Extract<Hint, { readonly t: 'stirred' }>, 't' | 'agency'>;

/** Something waits for an agency, or is done with it: for the one that leads, which is perhaps another process. */
function stir(
  { room, releaser, release }: Pick<Working, 'releaser' | 'release'> & { readonly room: Room },
  agency: string,
  what: Stirred,
): void {
  if (room.shared && !room.leads()) return room.tell({ t: 'stirred', agency, ...what });
  if (what.waits) releaser.waits(agency);
  if (what.back !== undefined) releaser.back(agency, what.back);
  release.at(room.clock.now());
}

interface Place {
  readonly room: Room;
  readonly owner: string;
  readonly roles: readonly Role[];
  readonly log: Log;
}

/** What happens by itself: due times, what was lost, and who looks after it. */
function schedulingParts(
  { handlers = new Map(), sweepMs = 25_000, shared, config }: Options,
  { settling, dispatch, messages, jobs, consumer, batches, releaser, release }: Working,
  { room, owner, roles, log }: Place,
): Scheduling {
  const types = roles.includes('worker') ? [...handlers.keys()] : [];
  const retaining = createRetention({ ...room, otherwise: config.retention ?? KEEP_ALL, log });
  const sweeper = createSweeper({
    room,
    settling,
    dispatch,
    messages,
    retaining,
    everythingMs: sweepMs,
    wakeWorkers: () => jobs.wake(),
    leads: () => leader.leads(),
    attend: async () => {
      if (shared) await attend(room, { consumer, batches, types });
    },
    rarely: releaser.everything,
  });
  const alarm = createAlarm({
    now: room.clock.now,
    everyMs: Math.min(shared ? 5_000 : 10_000, sweepMs),
    wake: sweeper.sweep,
    failed: (error) => log('error', `sweeper: ${String(error)}`),
  });
  const lead = (): void => {
    sweeper.everything();
    room.background(async () => {
      await restoreStartTimers(room);
      await alarm.ring();
      await release.ring();
    });
  };
  const leader = leaderOf({ store: room.store, owner, shared, schedules: roles.includes('scheduler'), lead, log });
  return { sweeper, retaining, alarm, leader };
}

interface Wiring extends Working, Scheduling {
  readonly room: Room;
  readonly hints: HintLine;
  readonly works: boolean;
  readonly ringAt: (at: number) => void;
}

/** Who is told of commits, here and in other processes. Answers how to stop. */
function wire(wiring: Wiring): () => void {
  const { room, hints, works, ringAt, dispatch, jobs, watch, consumer, sweeper, alarm, leader, releaser, release } = wiring;
  room.onCommitted(dispatch.dispatch);
  room.onCommitted(jobs.wake);
  room.onCommitted(watch.committed);
  // a resumed instance's timers count again
  room.onCommitted(({ events }) => events.some(({ t }) => t === 'instance-resumed') && ringAt(room.clock.now()));
  const heard: Heard = {
    changed: watch.hinted,
    jobs: ({ types }) => jobs.wakeTypes(types),
    due: ({ at }) => leader.leads() && alarm.at(at),
    queue: ({ queue, type }) => works && consumer.consume(queue, type),
    stirred: ({ agency, ...what }) => leader.leads() && stir({ room, releaser, release }, agency, what),
    // perhaps an agency was held or released
    news: () =>
      room.background(async () => {
        await room.news.caughtUp();
        sweeper.everything();
        releaser.everything();
        if (leader.leads()) alarm.at(room.clock.now());
        if (leader.leads()) release.at(room.clock.now());
      }),
  };
  hints.onHint((hint) => void heard[hint.t](hint as never));
  const blind = room.shared ? setInterval(() => hints.alive() || watch.anything(), BLIND).unref() : undefined;
  return () => clearInterval(blind);
}

type Heard = { readonly [T in Hint['t']]: (hint: Extract<Hint, { readonly t: T }>) => unknown };

function silent(): void {
  // nobody listens
}

/** What only later parts can tell. */
interface Late {
  readonly leads: () => boolean;
  /** something failed in the background: what was lost is found again, soon */
  readonly disturbed: () => void;
  /** who shows something of the agencies shows it anew; what waits for them is looked at */
  readonly lookAgain: () => void;
}

interface Base {
  readonly room: Room;
  readonly owner: string;
  readonly hints: HintLine;
  readonly compartments: Compartments;
  readonly running: Set<Promise<unknown>>;
  readonly inFlight: Set<string>;
  readonly learn: () => Promise<void>;
  bind(late: Late & { readonly settling: Settling }): void;
}

function openRoom({ config, handlers = new Map(), log = silent, instead, shared }: Options, store: Store, opened: OpenedQueue): Base {
  const wall = instead?.clock ?? (config.clock === 'controllable' ? controllableClock() : realClock());
  // a clock that people move is the time of everything; else that of the store is, where several machines share it
  const common = shared && config.clock !== 'controllable' ? createStoreClock(store, wall) : undefined;
  const clock = common ?? wall;
  const zone = config.zone ?? 'Asia/Jakarta';
  const cluster = createCluster(store);
  const moment = (): Moment => ({ now: clock.now(), zone, cluster: cluster.current() });
  const book = createDefinitionBook(moment);
  const listeners: ((what: Committed) => void)[] = [];
  const running = new Set<Promise<unknown>>();
  const inFlight = new Set<string>();
  const hints = shared ? (opened.hints ?? noHints()) : noHints();
  const compartments = createCompartments({ store, clock, news: () => news, changed: () => late?.lookAgain() });
  const learn = async (): Promise<void> => {
    await loadDefinitions(store, book, instead?.compile);
    await compartments.learn();
    await cluster.learn();
  };
  const news = createNews({ store, shared, learn, tell: () => hints.tell({ t: 'news' }) });
  const committed = (what: Committed): void => listeners.forEach((listener) => listener(what));
  const unique = config.uniqueBusinessIds === true;
  const door = createDoor({
    ...{ store, book, zone, inFlight, shared, committed },
    cluster: cluster.current,
    caughtUp: news.caughtUp,
    ...(unique && { also: givenBack }),
  });
  let late: (Late & { readonly settling: Settling }) | undefined;
  const settling = (): Settling | undefined => late?.settling;
  const act = actWith(door, settling, (work) => room.background(work));
  const room: Room = {
    store,
    queue: opened.queue,
    clock,
    storeTime: common?.sync ?? (async () => clock.now()),
    zone,
    cluster,
    moment,
    book,
    door,
    log,
    shared,
    news,
    leads: () => late?.leads() ?? false,
    tell: hints.tell,
    ids: createIds(store),
    reader: sharedReadApart(),
    builtIn: new Set(handlers.keys()),
    act: unique ? withUniqueBusinessIds(store, act) : act,
    background: backgroundOf(running, (error) => {
      log('warn', String(error));
      late?.disturbed();
    }),
    onCommitted: (listener) => void listeners.push(listener),
  };
  const owner = shared ? `alur-${randomUUID().slice(0, 13)}` : 'alur';
  return { room, owner, hints, compartments, running, inFlight, learn, bind: (given) => void (late = given) };
}

function backgroundOf(running: Set<Promise<unknown>>, failed: (error: unknown) => void): Room['background'] {
  return (work) => {
    const mine = work()
      .catch(failed)
      .finally(() => running.delete(mine));
    running.add(mine);
  };
}

interface LeaderOf {
  readonly store: Store;
  readonly owner: string;
  readonly shared: boolean;
  readonly schedules: boolean;
  readonly lead: () => void;
  readonly log: Log;
}

/** A process alone leads always; one without the role never does. */
function leaderOf({ store, owner, shared, schedules, lead, log }: LeaderOf): Leader {
  if (!shared || !schedules) return { leads: () => schedules, look: async () => undefined, stop: async () => undefined };
  return createLeader({ store, owner, elected: lead, log });
}

interface Attending {
  readonly consumer: Consumer;
  readonly batches: Batches;
  readonly types: readonly string[];
}

/** What each process of many does from time to time, also when no hint reached it. */
async function attend(room: Room, { consumer, batches, types }: Attending): Promise<void> {
  await room.storeTime();
  await room.news.caughtUp();
  if (room.leads()) await batches.restore();
  if (types.length === 0) return;
  for (const type of types) consumer.consume(`job-${type}`, type);
  const agencies = room.book.all().flatMap(({ row }) => (row['agencies'] ?? []) as readonly string[]);
  for (const agency of new Set(agencies)) consumer.consume(agencyQueue(agency), 'agency-call');
  for (const [queue, type] of await queuesOfOpenJobs(room)) consumer.consume(queue, type);
}

/** Instances that start instances that start instances: beyond this depth the rest goes on in the background. */
const DEEPEST = 50;

/** Through the door, then what follows elsewhere. */
function actWith(door: Room['door'], settling: () => Settling | undefined, background: Room['background']): Room['act'] {
  const depth = new AsyncLocalStorage<number>();
  return async (instanceKey, command, extras) => {
    const outcome = await door.run(instanceKey, command, extras);
    if (!outcome.ok) return outcome;
    const commits = [outcome.committed, ...(outcome.slices ?? [])].filter(({ effects }) => effects.length > 0);
    if (commits.length === 0) return outcome;
    const deep = (depth.getStore() ?? 0) + 1;
    const follow = async (): Promise<void> => {
      for (const commit of commits) await settling()?.settle(commit);
    };
    if (deep > DEEPEST) background(() => depth.run(0, follow));
    else await depth.run(deep, follow);
    return outcome;
  };
}
