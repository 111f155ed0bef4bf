/**
 * Rows that every request asks for, kept in memory by a store that alone writes to its file: whose session it is, and who that person is.
 * EXACT, NOT TIMED: a row is forgotten when a change to it is asked for and again when it is done, and nothing is kept in between.
 */
import type { CollectionName, Row } from '../collections.ts';

const KEPT: ReadonlySet<CollectionName> = new Set(['sessions', 'users']);
const MOST = 10_000;

type Changes = readonly { readonly collection: CollectionName; readonly key: string }[];

export class KnownRows {
  readonly #rows = new Map<string, Row>();
  /** changes that are on their way */
  #pending = 0;

  get(collection: CollectionName, key: string, read: () => Row | undefined): Row | undefined {
    if (!KEPT.has(collection)) return read();
    const name = `${collection} ${key}`;
    const known = this.#rows.get(name);
    if (known !== undefined) return known;
    const row = read();
    if (row === undefined || this.#pending > 0) return row;
    if (this.#rows.size >= MOST) this.#rows.clear();
    this.#rows.set(name, row);
    return row;
  }

  /** `done`: when it is decided, well or not */
  async while<T>(changes: Changes, done: () => Promise<T>): Promise<T> {
    if (!changes.some(({ collection }) => KEPT.has(collection))) return await done();
    const kept = changes.filter(({ collection }) => KEPT.has(collection));
    this.#pending += 1;
    this.#forget(kept);
    try {
      return await done();
    } finally {
      this.#pending -= 1;
      this.#forget(kept);
    }
  }

  #forget(changes: Changes): void {
    for (const { collection, key } of changes) this.#rows.delete(`${collection} ${key}`);
  }
}
