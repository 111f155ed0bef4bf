/** The only place that reads the machine's time. Everything else asks the clock that it was given. */
import type { RuntimeClock } from './ports.ts';

export interface ControllableClock extends RuntimeClock {
  /** stands still at this moment; `reset`: the machine's time again */
  moveTo(at: number | 'reset'): void;
}

export function realClock(): RuntimeClock {
  return { now: () => Date.now(), onMoved: () => () => undefined };
}

/** Runs with the machine's time until somebody moves it; from then on it stands where it was put. */
export function controllableClock(): ControllableClock {
  let fixed: number | undefined;
  const listeners = new Set<() => void>();
  return {
    now: () => fixed ?? Date.now(),
    onMoved: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    moveTo: (at) => {
      fixed = at === 'reset' ? undefined : at;
      listeners.forEach((listener) => listener());
    },
  };
}
