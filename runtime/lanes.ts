/** One at a time per key, in order of arrival; different keys side by side. */
export interface Lanes {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** how many pieces of work are running or waiting */
  busy(): number;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<unknown>>();
  let running = 0;
  return {
    run: (key, work) => {
      running += 1;
      const before = tails.get(key);
      const mine = (before === undefined ? work() : before.then(work, work)).finally(() => {
        running -= 1;
        if (tails.get(key) === mine) tails.delete(key);
      });
      tails.set(key, mine);
      // whoever asked hears of the failure; the next in line must not
      mine.catch(() => undefined);
      return mine;
    },
    busy: () => running,
  };
}
