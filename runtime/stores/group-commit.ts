/**
 * Many writers, one flush. What is asked for in one turn of the event loop becomes ONE transaction, what was committed while a sync was on its way to the disk
 * shares the next one: no timer, no waiting.
 *
 * LAW: a caller hears of success only after the transaction is on the disk. A failed flush is told to everybody in it.
 * LAW: an error of the disk itself (I/O, corruption, a failed sync) breaks the store for good: after a failed fsync nobody knows what the disk holds,
 * so every later write is refused until the process starts again and reads what is really there.
 */
export interface Transactions {
  begin(): void;
  /** returns when durable, or (with `sync`) when it is visible and in order */
  commit(): void;
  /** makes everything that was committed before the call durable, off this thread; transactions go on meanwhile, and the next sync is theirs */
  sync?(): Promise<void>;
  rollback(): void;
  isFatal(error: unknown): boolean;
}

export interface GroupCommit {
  /** `work` runs inside the transaction, synchronously; it may run again after a rollback. It checks before it writes: there are no savepoints. */
  run<T>(work: () => T): Promise<T>;
  /** The same, but answers when it is visible and in order: a crash of this process does not undo it, a power failure may. For what promises nothing to anybody. */
  runVisible<T>(work: () => T): Promise<T>;
  /** answers when everything that was asked for before is decided */
  idle(): Promise<void>;
  readonly broken: () => unknown;
}

interface Item {
  readonly work: () => unknown;
  /** need not be on the disk to be told */
  readonly visible: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** What one caller hears, once it is known. */
interface Tell {
  readonly visible: boolean;
  readonly accept: () => void;
  readonly refuse: (error: unknown) => void;
}

/** So that one flush does not hold up the event loop for too long. */
const MAX_ITEMS = 1_000;

class Group implements GroupCommit {
  readonly #under: Transactions;
  #waiting: Item[] = [];
  #scheduled = false;
  /** committed since the sync that runs has begun: the next one is theirs */
  #unsynced: Tell[] = [];
  /** settles when the sync that runs has ended, well or not */
  #syncing: Promise<void> | undefined;
  #broken: unknown;

  constructor(under: Transactions) {
    this.#under = under;
  }

  run<T>(work: () => T): Promise<T> {
    return this.#asked(work, false);
  }

  runVisible<T>(work: () => T): Promise<T> {
    return this.#asked(work, true);
  }

  #asked<T>(work: () => T, visible: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, visible, resolve, reject });
      this.#schedule();
    });
  }

  readonly broken = (): unknown => this.#broken;

  async idle(): Promise<void> {
    while (this.#waiting.length > 0 || this.#syncing !== undefined) {
      if (this.#waiting.length > 0) this.#flush();
      await this.#syncing;
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const items = this.#waiting.slice(0, MAX_ITEMS);
    this.#waiting = this.#waiting.slice(MAX_ITEMS);
    const decided = items.length === 0 ? [] : this.#inTransactions(items);
    if (this.#under.sync === undefined) decided.forEach(({ accept }) => accept());
    else {
      for (const told of decided) if (!told.visible) this.#unsynced.push(told);
      this.#sync(this.#under.sync);
      // AFTER the sync has begun: whoever goes on from here must find it under way
      for (const told of decided) if (told.visible) told.accept();
    }
    this.#schedule();
  }

  /** One at a time: what is committed meanwhile is not covered by it, and waits for the next. */
  #sync(sync: () => Promise<void>): void {
    if (this.#syncing !== undefined || this.#unsynced.length === 0) return;
    const decided = this.#unsynced;
    this.#unsynced = [];
    // a sync after a failed one may succeed, and says nothing about what the failed one has lost
    if (this.#broken !== undefined) return decided.forEach(({ refuse }) => refuse(this.#refusal()));
    this.#syncing = this.#synced(sync(), decided).then(() => this.#sync(sync));
  }

  /** Nobody in it hears anything before the sync has ended. */
  async #synced(sync: Promise<void>, decided: readonly Tell[]): Promise<void> {
    let failed = false;
    try {
      await sync;
    } catch (error) {
      [failed, this.#broken] = [true, error];
    }
    this.#syncing = undefined;
    decided.forEach(({ accept, refuse }) => (failed ? refuse(this.#refusal()) : accept()));
  }

  /** Commits them; answers how to tell each of them. Those that failed know it already. */
  #inTransactions(items: readonly Item[]): readonly Tell[] {
    try {
      const results = this.#together(items);
      return items.map((item, index) => ({
        visible: item.visible,
        accept: () => item.resolve(results[index] as never),
        refuse: item.reject,
      }));
    } catch (error) {
      if (this.#under.isFatal(error)) this.#broken = error;
      // one item may have spoilt it for the others: each gets a transaction and an answer of its own
      if (items.length > 1 && this.#broken === undefined) return items.flatMap((item) => this.#inTransactions([item]));
      items.forEach((item) => item.reject(error));
      return [];
    }
  }

  #together(items: readonly Item[]): readonly unknown[] {
    if (this.#broken !== undefined) throw this.#refusal();
    this.#under.begin();
    try {
      const results = items.map(({ work }) => work());
      this.#under.commit();
      return results;
    } catch (error) {
      this.#under.rollback();
      throw error;
    }
  }

  #refusal(): Error {
    return new Error('Expected a store that can be written, but an earlier write failed on the disk: start the process again', {
      cause: this.#broken,
    });
  }
}

export function createGroupCommit(transactions: Transactions): GroupCommit {
  return new Group(transactions);
}
