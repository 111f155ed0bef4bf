/**
 * Many writers, one flush. What is asked for in one turn of the event loop, or while a flush runs, becomes ONE transaction: no timer, no waiting.
 *
 * LAW: a caller hears of success only after the transaction is on the disk. A failed flush is told to everybody in it.
 * LAW: an error of the disk itself (I/O, corruption) breaks the store for good: after a failed fsync nobody knows what the disk holds,
 * so every later write is refused until the process starts again and reads what is really there.
 */
export interface Transactions {
  begin(): void;
  /** returns when durable */
  commit(): void;
  rollback(): void;
  isFatal(error: unknown): boolean;
}

export interface GroupCommit {
  /** `work` runs inside the transaction, synchronously; it may run again after a rollback. It checks before it writes: there are no savepoints. */
  run<T>(work: () => T): Promise<T>;
  /** flushes what waits */
  flush(): void;
  readonly broken: () => unknown;
}

interface Item {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** So that one flush does not hold up the event loop for too long. */
const MAX_ITEMS = 1_000;

export function createGroupCommit(transactions: Transactions): GroupCommit {
  let waiting: Item[] = [];
  let scheduled = false;
  let broken: unknown;

  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    const items = waiting.slice(0, MAX_ITEMS);
    waiting = waiting.slice(MAX_ITEMS);
    schedule();
    if (items.length > 0) flushItems(items);
  }

  function flushItems(items: readonly Item[]): void {
    try {
      const results = together(items);
      items.forEach((item, index) => item.resolve(results[index] as never));
    } catch (error) {
      if (transactions.isFatal(error)) broken = error;
      // one item may have spoilt it for the others: each gets a flush and an answer of its own
      if (items.length > 1 && broken === undefined) items.forEach((item) => flushItems([item]));
      else items.forEach((item) => item.reject(error));
    }
  }

  function together(items: readonly Item[]): readonly unknown[] {
    if (broken !== undefined)
      throw new Error('Expected a store that can be written, but an earlier write failed on the disk: start the process again', {
        cause: broken,
      });
    transactions.begin();
    try {
      const results = items.map(({ work }) => work());
      transactions.commit();
      return results;
    } catch (error) {
      transactions.rollback();
      throw error;
    }
  }

  return {
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve, reject });
        schedule();
      }),
    flush: () => {
      while (waiting.length > 0) flush();
    },
    broken: () => broken,
  };
}
