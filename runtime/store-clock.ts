/**
 * The store's time, as a process knows it that shares the store with others: asked from time to time, and counted on in between by a clock that
 * never jumps. So it does not matter what the machine believes the time to be, nor that two machines differ.
 */
import type { RuntimeClock, Store } from './ports.ts';

export interface StoreClock extends RuntimeClock {
  /** asks the store; rejects when it cannot be reached, and goes on counting */
  sync(): Promise<number>;
}

/** milliseconds; an answer that took longer says too little about now */
const SLOW = 1_000;
const TRIES = 5;

/** `wall`: until the store was asked for the first time. */
export function createStoreClock(store: Pick<Store, 'clock'>, wall: RuntimeClock): StoreClock {
  let known: { readonly time: number; readonly at: number; readonly sure: boolean } | undefined;
  return {
    now: () => (known === undefined ? wall.now() : Math.round(known.time + performance.now() - known.at)),
    onMoved: wall.onMoved,
    sync: async () => {
      for (let tries = 1; ; tries += 1) {
        const asked = performance.now();
        const time = await store.clock();
        const at = performance.now();
        const sure = at - asked < SLOW;
        if (sure || known?.sure !== true) known = { time: time + (at - asked) / 2, at, sure };
        if (known.sure || tries === TRIES) return time;
      }
    },
  };
}
