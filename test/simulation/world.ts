/**
 * A world of its own: time, chance and the order of everything that happens outside the program come from one seed.
 * While it is entered, the program's timers and its monotonic clock are the world's; nothing waits for real time.
 *
 * Every call to the outside (store, queue, agency) is an operation that happens when the world picks it, in random order.
 * Between two picks the program runs until it waits for the outside again. So two runs of one seed are the same run.
 */
interface Operation {
  readonly life: Life;
  readonly run: () => void;
}
interface Timer {
  readonly at: number;
  readonly call: () => void;
  readonly every?: number;
}

/** One process of the program, from its start to its crash. What belongs to a dead one never goes on. */
export interface Life {
  dead: boolean;
}

export interface World {
  /** 0 <= x < 1 */
  random(): number;
  chance(probability: number): boolean;
  /** milliseconds since the world began; never jumps */
  now(): number;
  /** something outside that takes its time; answers when it happened, never when the life has ended meanwhile */
  outside<T>(life: Life, happen: () => Promise<T> | T): Promise<T>;
  /** calls back after this much of the world's time, whatever dies meanwhile */
  later(milliseconds: number, call: () => void): void;
  /** the process is gone: its timers and everything that it waited for */
  kill(life: Life): void;
  /** one operation or, when there is none (or now and then), the next timer */
  step(): Promise<void>;
  enter(): void;
  leave(): void;
}

const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, now: performance.now, random: Math.random };

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
  let time = 0;
  let operations: Operation[] = [];
  /** timers of the program, dropped when it dies, and those of the world around it */
  const [inside, around] = [new Map<object, Timer>(), new Map<object, Timer>()];

  function handle(timers: Map<object, Timer>, timer: Timer): object {
    const made: { ref(): object; unref(): object; hasRef(): boolean } = { ref: () => made, unref: () => made, hasRef: () => true };
    timers.set(made, timer);
    return made;
  }

  function fireNext(): void {
    let next: readonly [Map<object, Timer>, object, Timer] | undefined;
    for (const timers of [inside, around])
      for (const [id, timer] of timers) if (next === undefined || timer.at < next[2].at) next = [timers, id, timer];
    if (next === undefined) return;
    const [timers, id, timer] = next;
    time = Math.max(time, timer.at);
    if (timer.every === undefined) timers.delete(id);
    else timers.set(id, { ...timer, at: time + timer.every });
    timer.call();
  }

  return {
    random,
    chance: (probability) => random() < probability,
    now: () => time,
    outside: (life, happen) =>
      new Promise((resolve, reject) => {
        if (life.dead) return;
        const run = (): void =>
          void Promise.resolve()
            .then(happen)
            .then(
              (value) => life.dead || resolve(value),
              (error: unknown) => life.dead || reject(error as Error),
            );
        operations.push({ life, run });
      }),
    later: (milliseconds, call) => void handle(around, { at: time + milliseconds, call }),
    kill: (life) => {
      life.dead = true;
      operations = operations.filter((operation) => operation.life !== life);
      inside.clear();
    },
    step: async () => {
      const pick = operations.length > 0 && random() < 0.98;
      if (pick) operations.splice(Math.floor(random() * operations.length), 1)[0]?.run();
      else fireNext();
      await new Promise((resolve) => real.setImmediate(resolve));
    },
    enter: () => {
      const after = (call: (...given: unknown[]) => void, milliseconds = 0, ...given: unknown[]): object =>
        handle(inside, { at: time + Math.max(0, milliseconds), call: () => call(...given) });
      const every = (call: () => void, milliseconds: number): object =>
        handle(inside, { at: time + milliseconds, call, every: Math.max(1, milliseconds) });
      const cancel = (id: object): void => void inside.delete(id);
      Object.assign(globalThis, { setTimeout: after, setInterval: every, clearTimeout: cancel, clearInterval: cancel });
      Object.assign(globalThis, { setImmediate: (call: () => void) => after(call, 0) });
      Object.defineProperty(performance, 'now', { value: () => time, configurable: true, writable: true });
      Math.random = random;
    },
    leave: () => {
      const { now, random: chance, ...timers } = real;
      Object.assign(globalThis, timers);
      Object.defineProperty(performance, 'now', { value: now, configurable: true, writable: true });
      Math.random = chance;
    },
  };
}
