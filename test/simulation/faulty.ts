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
  faults: Faults;
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
    ping: async () => undefined,
    close: async () => undefined,
  };
}

/** What survives a crash of the program when the queue is a server of its own; may be wiped at any moment. */
export interface Broker {
  readonly waiting: Map<string, QueueEntry>;
  wipe(): void;
}

export function createBroker(): Broker {
  const waiting = new Map<string, QueueEntry>();
  return { waiting, wipe: () => waiting.clear() };
}

/** At least once, in any order, now and then never. An entry that a dead process had in its hands is delivered again. */
export function faultyQueue(
  world: World,
  weather: Weather,
  { broker, life }: { readonly broker: Broker; readonly life: Life },
): OpenedQueue {
  const handlers = new Map<string, QueueHandler>();
  const stop = new AbortController();
  async function deliver(entry: QueueEntry): Promise<void> {
    const handler = handlers.get(entry.queue);
    if (handler === undefined || life.dead) return;
    try {
      await handler(entry.payload, stop.signal);
      broker.waiting.delete(entry.id);
    } catch {
      void world.outside(life, () => void deliver(entry));
    }
  }
  function arrive(entry: QueueEntry): void {
    if (world.chance(weather.faults.lose)) return;
    const copies = world.chance(weather.faults.duplicate) ? 3 : 1;
    if (broker.waiting.has(entry.id)) return;
    broker.waiting.set(entry.id, entry);
    for (let copy = 0; copy < copies; copy += 1) void world.outside(life, () => void deliver(entry));
  }
  return {
    queue: {
      kind: 'bullmq',
      add: async (entries) =>
        await world.outside(life, () => {
          if (world.chance(weather.faults.refuse)) throw new Error('the queue is away');
          entries.forEach(arrive);
        }),
      consume: async (queue, handler) => {
        handlers.set(queue, handler);
        for (const entry of broker.waiting.values()) if (entry.queue === queue) void world.outside(life, () => void deliver(entry));
      },
      close: async () => undefined,
      ping: async () => undefined,
    },
    busy: () => 0,
    idle: async () => undefined,
    stop: async () => undefined,
  };
}
