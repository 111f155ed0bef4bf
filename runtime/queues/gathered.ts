import type { QueueEntry } from '../ports.ts';

type Add = (entries: readonly QueueEntry[]) => Promise<void>;

interface Waiting {
  readonly entries: readonly QueueEntry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What many commits want to add in one turn of the event loop travels to Redis together. Nobody waits longer for it: no timer.
 * When it fails, all of them hear so: adding again is harmless, because ids are deterministic.
 */
export function gathered(add: Add): Add {
  let waiting: Waiting[] = [];
  async function flush(): Promise<void> {
    const taken = waiting;
    waiting = [];
    try {
      await add(taken.flatMap(({ entries }) => entries));
      taken.forEach(({ resolve }) => resolve());
    } catch (error) {
      taken.forEach(({ reject }) => reject(error));
    }
  }
  return async (entries) =>
    await new Promise<void>((resolve, reject) => {
      waiting.push({ entries, resolve, reject });
      if (waiting.length === 1) setImmediate(() => void flush());
    });
}
