/**
 * A world of its own: time, chance and the order of everything that happens outside the program come from one seed.
 * While it is entered, the program's timers and its monotonic clock are the world's; nothing waits for real time.
 *
 * Every call to the outside (store, queue, agency) is an operation that happens when the world picks it, in random order.
 * Between two picks the program runs until it waits for the outside again. So two runs of one seed are the same run.
 * Several processes live side by side: whatever one of them starts, is known by whose it is.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

interface Operation {
  readonly life: Life;
  readonly run: () => void;
}
interface Timer {
  readonly life: Life;
  readonly at: number;
  readonly call: () => void;
  readonly every?: number;
}

/** One process of the program, from its start to its crash. What belongs to a dead one never goes on. */
export interface Life {
  dead: boolean;
  /** stopped (SIGSTOP) until this moment of the world's time: it sees and does nothing, and does not know it */
  stoppedUntil: number;
}

export interface World {
  /** 0 <= x < 1 */
  random(): number;
  chance(probability: number): boolean;
  /** milliseconds since the world began; never jumps */
  now(): number;
  /**
   * Something outside that takes its time; answers when it happened, never when the life has ended meanwhile.
   * A dead process's request that was on its way may still happen; one of a stopped process happens, and is answered when it goes on.
   */
  outside<T>(life: Life, happen: () => Promise<T> | T, takes?: number): Promise<T>;
  /** calls back after this much of the world's time, whatever dies meanwhile */
  later(milliseconds: number, call: () => void): void;
  /** all that `work` starts belongs to this process */
  within<T>(life: Life, work: () => T): T;
  /** the process is gone: its timers and everything that it waited for */
  kill(life: Life): void;
  /** one operation or, when there is none (or now and then), the next timer */
  step(): Promise<void>;
  enter(): void;
  leave(): void;
}

const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, now: performance.now, random: Math.random };
const AROUND: Life = { dead: false, stoppedUntil: 0 };

export function born(): Life {
  return { dead: false, stoppedUntil: 0 };
}

/** mulberry32: small, good enough, the same everywhere */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function createWorld(seed: number): World {
  const random = dice(seed);
  const whose = new AsyncLocalStorage<Life>();
  const timers = new Map<object, Timer>();
  let time = 0;
  let operations: Operation[] = [];

  function handle(timer: Timer): object {
    const made: { ref(): object; unref(): object; hasRef(): boolean } = { ref: () => made, unref: () => made, hasRef: () => true };
    timers.set(made, timer);
    return made;
  }
  const later = (milliseconds: number, call: () => void): void => void handle({ life: AROUND, at: time + milliseconds, call });
  /** the process hears of it when it is awake; a dead one never does */
  function tell(life: Life, call: () => void): void {
    if (life.dead) return;
    if (life.stoppedUntil <= time) whose.run(life, call);
    else later(life.stoppedUntil - time, () => tell(life, call));
  }

  function fireNext(): void {
    let [next, at]: [readonly [object, Timer] | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const entry of timers) {
      const due = Math.max(entry[1].at, entry[1].life.stoppedUntil);
      if (due < at) [next, at] = [entry, due];
    }
    if (next === undefined) return;
    const [id, timer] = next;
    time = Math.max(time, at);
    if (timer.every === undefined) timers.delete(id);
    else timers.set(id, { ...timer, at: time + timer.every });
    whose.run(timer.life, timer.call);
  }

  function outside<T>(life: Life, happen: () => Promise<T> | T, takes?: number): Promise<T> {
    return new Promise((resolve, reject) => {
      if (life.dead) return;
      const run = (): void =>
        void Promise.resolve()
          .then(happen)
          .then(
            (value) => tell(life, () => resolve(value)),
            (error: unknown) => tell(life, () => reject(error as Error)),
          );
      if (takes === undefined) operations.push({ life, run });
      else later(takes, () => operations.push({ life: AROUND, run }));
    });
  }

  return {
    random,
    chance: (probability) => random() < probability,
    now: () => time,
    outside,
    later,
    within: (life, work) => whose.run(life, work),
    kill: (life) => {
      life.dead = true;
      operations = operations.filter((operation) => operation.life !== life || random() < 0.5);
      for (const [id, timer] of timers) if (timer.life === life) timers.delete(id);
    },
    step: async () => {
      const pick = operations.length > 0 && random() < 0.98;
      if (pick) operations.splice(Math.floor(random() * operations.length), 1)[0]?.run();
      else fireNext();
      await new Promise((resolve) => real.setImmediate(resolve));
    },
    enter: () => {
      const mine = (): Life => whose.getStore() ?? AROUND;
      const after = (call: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]): object =>
        handle({ life: mine(), at: time + Math.max(0, milliseconds), call: () => call(...given) });
      const every = (call: () => void, milliseconds: number): object =>
        handle({ life: mine(), at: time + milliseconds, call, every: Math.max(1, milliseconds) });
      const cancel = (id: object): void => void timers.delete(id);
      Object.assign(globalThis, { setTimeout: after, setInterval: every, clearTimeout: cancel, clearInterval: cancel });
      Object.assign(globalThis, { setImmediate: (call: () => void) => after(call, 0) });
      Object.defineProperty(performance, 'now', { value: () => time, configurable: true, writable: true });
      Math.random = random;
    },
    leave: () => {
      const { now, random: chance, ...those } = real;
      Object.assign(globalThis, those);
      Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true });
      Math.random = chance;
    },
  };
}
