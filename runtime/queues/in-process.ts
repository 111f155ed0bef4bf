/**
 * The queue inside this process: nothing to install, nothing survives. That is allowed, because the store is the truth
 * and the sweeper dispatches everything again after a start.
 */
import type { Queue, QueueEntry, QueueHandler } from '../ports.ts';

export interface InProcessQueue extends Queue {
  /** entries that wait or run right now; delayed ones are not counted */
  busy(): number;
  /** resolves when nothing waits and nothing runs */
  idle(): Promise<void>;
}

interface Lane {
  readonly waiting: QueueEntry[];
  readonly ids: Set<string>;
  readonly timers: Set<NodeJS.Timeout>;
  running: number;
  handler?: QueueHandler;
  concurrency: number;
}
interface State {
  readonly lanes: Map<string, Lane>;
  readonly stop: AbortController;
  closing: boolean;
  idleWaiters: (() => void)[];
}

/** Where an entry's handler failed: again after this long, doubling. Milliseconds. */
const [FIRST_RETRY, LAST_RETRY] = [200, 10_000];
const NORMAL_PRIORITY = 1_000;

export function createInProcessQueue(): InProcessQueue {
  const state: State = { lanes: new Map(), stop: new AbortController(), closing: false, idleWaiters: [] };
  return {
    kind: 'in-process',
    add: async (entries) => entries.forEach((entry) => add(state, entry)),
    consume: async (name, handler, { concurrency }) => {
      const lane = laneOf(state, name);
      Object.assign(lane, { handler, concurrency });
      pump(state, lane);
    },
    ping: async () => undefined,
    busy: () => busy(state),
    idle: () => (busy(state) === 0 ? Promise.resolve() : new Promise((resolve) => state.idleWaiters.push(resolve))),
    close: async () => await close(state),
  };
}

function laneOf({ lanes }: State, name: string): Lane {
  const known = lanes.get(name);
  if (known) return known;
  const made: Lane = { waiting: [], ids: new Set(), timers: new Set(), running: 0, concurrency: 0 };
  lanes.set(name, made);
  return made;
}

function busy({ lanes }: State): number {
  return [...lanes.values()].reduce((sum, { waiting, running, handler }) => sum + running + (handler ? waiting.length : 0), 0);
}

function add(state: State, entry: QueueEntry): void {
  const lane = laneOf(state, entry.queue);
  if (state.closing || lane.ids.has(entry.id)) return;
  lane.ids.add(entry.id);
  if ((entry.delayMs ?? 0) > 0) return delayed(state, lane, entry);
  enqueue(state, lane, entry);
}

function delayed(state: State, lane: Lane, entry: QueueEntry): void {
  // setTimeout cannot wait longer than 2^31 ms: longer ones wake early, which a hint may
  const timer = setTimeout(
    () => {
      lane.timers.delete(timer);
      enqueue(state, lane, entry);
    },
    Math.min(entry.delayMs ?? 0, 2 ** 31 - 1),
  );
  timer.unref();
  lane.timers.add(timer);
}

/** Kept in order of priority; equal ones in order of arrival. */
function enqueue(state: State, lane: Lane, entry: QueueEntry): void {
  const priority = entry.priority ?? NORMAL_PRIORITY;
  let at = lane.waiting.length;
  while (at > 0 && (lane.waiting[at - 1]?.priority ?? NORMAL_PRIORITY) > priority) at -= 1;
  lane.waiting.splice(at, 0, entry);
  pump(state, lane);
}

function pump(state: State, lane: Lane): void {
  const { handler } = lane;
  while (handler && !state.closing && lane.running < lane.concurrency) {
    const entry = lane.waiting.shift();
    if (entry === undefined) break;
    lane.running += 1;
    void run(state, lane, { entry, handler });
  }
  if (busy(state) === 0) state.idleWaiters.splice(0).forEach((resolve) => resolve());
}

async function run(
  state: State,
  lane: Lane,
  { entry, handler }: { readonly entry: QueueEntry; readonly handler: QueueHandler },
): Promise<void> {
  // the same id may be added again from here on: what it was added for may have happened after this run has read the store
  lane.ids.delete(entry.id);
  try {
    await Promise.resolve();
    await handler(entry.payload, state.stop.signal);
  } catch {
    const delayMs = Math.min(LAST_RETRY, (entry.delayMs ?? FIRST_RETRY / 2) * 2);
    add(state, { ...entry, delayMs });
  } finally {
    lane.running -= 1;
    pump(state, lane);
  }
}

/** What runs may end by itself for ten seconds, then it is told to stop. */
async function close(state: State): Promise<void> {
  state.closing = true;
  const lanes = [...state.lanes.values()];
  for (const lane of lanes) {
    lane.timers.forEach(clearTimeout);
    lane.waiting.splice(0);
  }
  if (!(await ended(lanes, 10_000))) state.stop.abort();
  await ended(lanes, 2_000);
}

async function ended(lanes: readonly Lane[], patience: number): Promise<boolean> {
  const until = performance.now() + patience;
  while (lanes.some(({ running }) => running > 0) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
  return lanes.every(({ running }) => running === 0);
}
