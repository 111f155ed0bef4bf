/** The real store and a queue, as a process sees them on a bad day: every call takes its time, fails before or after it was done, or is lost. */
import type { OpenedQueue } from '../../runtime/open-queue.ts';
import type { QueueEntry, QueueHandler, Store } from '../../runtime/ports.ts';
import type { Life, World } from './world.ts';

export interface Faults {
  /** probability that a call to the store fails before it was done, and after */
  readonly before: number;
  readonly after: number;
  readonly lose: number;
  readonly duplicate: number;
  readonly refuse: number;
}
export const NO_FAULTS: Faults = { before: 0, after: 0, lose: 0, duplicate: 0, refuse: 0 };

export interface Weather {
  readonly faults: Faults;
  /** the store's own time, which may jump */
  now(): number;
}

/** `inner` holds what is durable; it survives every life. */
export function faultyStore(world: World, weather: Weather, { inner, life }: { readonly inner: Store; readonly life: Life }): Store {
  const through = async <T>(call: () => Promise<T>, reads: boolean): Promise<T> =>
    await world.outside(life, async () => {
      if (world.chance(weather.faults.before)) throw new Error('the store failed before it did it');
      const answer = await call();
      if (!reads && world.chance(weather.faults.after)) throw new Error('the store did it, but the answer was lost');
      return answer;
    });
  return {
    reserveNumbers: async (count) => await through(() => inner.reserveNumbers(count), false),
    load: async (key) => await through(() => inner.load(key), true),
    commit: async (wanted) => await through(() => inner.commit(wanted), false),
    pendingEffects: async (limit) => await through(() => inner.pendingEffects(limit), true),
    effectsDone: async (effects) => await through(() => inner.effectsDone(effects), false),
    events: async (key, from) => await through(() => inner.events(key, from), true),
    forget: async (key) => await through(() => inner.forget(key), false),
    get: async (collection, key) => await through(() => inner.get(collection, key), true),
    search: async (collection, query) => await through(() => inner.search(collection, query), true),
    write: async (changes, absent) => await through(() => inner.write(changes, absent), false),
    leaseJobs: async (request) => await through(() => inner.leaseJobs(request), false),
    putBlob: async (id, bytes) => await through(() => inner.putBlob(id, bytes), false),
    getBlob: async (id) => await through(() => inner.getBlob(id), true),
    deleteBlob: async (id) => await through(() => inner.deleteBlob(id), false),
    clock: async () => await through(async () => weather.now(), true),
    ping: async () => undefined,
    close: async () => undefined,
  };
}

interface Listener {
  readonly life: Life;
  readonly handler: QueueHandler;
}

/** What survives a crash of the program, because the queue is a server of its own; may be wiped at any moment. */
export interface Broker {
  /** somebody listens to this queue from now on; what waits in it comes at once */
  listen(queue: string, listener: Listener): void;
  arrive(entry: QueueEntry): void;
  wipe(): void;
}

/** An entry that a dead or stopped process has in its hands is delivered again after this long; milliseconds. */
const STALLED = 15_000;

/** At least once, in any order, to any process that listens, now and then never. */
export function createBroker(world: World, weather: Weather): Broker {
  const waiting = new Map<string, QueueEntry>();
  const listeners = new Map<string, Set<Listener>>();
  const stop = new AbortController();

  function deliver(entry: QueueEntry): void {
    if (waiting.get(entry.id) !== entry) return;
    const awake = [...(listeners.get(entry.queue) ?? [])].filter(({ life }) => !life.dead && life.stoppedUntil <= world.now());
    const taker = awake[Math.floor(world.random() * awake.length)];
    if (taker === undefined) return world.later(STALLED, () => deliver(entry));
    let heard = false;
    world.later(STALLED, () => heard || deliver(entry));
    const done = world.within(taker.life, async () => await taker.handler(entry.payload, stop.signal));
    done.then(
      () => {
        heard = true;
        if (waiting.get(entry.id) === entry) waiting.delete(entry.id);
      },
      () => {
        heard = true;
        world.later(500, () => deliver(entry));
      },
    );
  }

  return {
    listen: (queue, listener) => {
      const known = listeners.get(queue) ?? new Set();
      listeners.set(queue, known.add(listener));
      for (const entry of waiting.values()) if (entry.queue === queue) world.later(world.random() * 1_000, () => deliver(entry));
    },
    arrive: (entry) => {
      if (world.chance(weather.faults.lose) || waiting.has(entry.id)) return;
      waiting.set(entry.id, entry);
      const copies = world.chance(weather.faults.duplicate) ? 3 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const delayed = world.chance(weather.faults.duplicate) ? world.random() * 20_000 : world.random() * 20;
        world.later(delayed + (entry.delayMs ?? 0), () => deliver(entry));
      }
    },
    wipe: () => waiting.clear(),
  };
}

export function faultyQueue(
  world: World,
  weather: Weather,
  { broker, life }: { readonly broker: Broker; readonly life: Life },
): OpenedQueue {
  return {
    queue: {
      kind: 'bullmq',
      add: async (entries) =>
        await world.outside(life, () => {
          if (world.chance(weather.faults.refuse)) throw new Error('the queue is away');
          entries.forEach(broker.arrive);
        }),
      consume: async (queue, handler) => broker.listen(queue, { life, handler }),
      close: async () => undefined,
      ping: async () => undefined,
    },
    busy: () => 0,
    idle: async () => undefined,
    stop: async () => undefined,
  };
}
