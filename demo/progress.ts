/**
 * Which applications the demo is at, kept in the data folder: the key is written before the application is sent,
 * so a demo that was killed at any moment finds the very same application again.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type StoryName = 'permit' | 'wifi';

export interface Entry {
  /** Idempotency-Key of the submission */
  readonly key: string;
}

type Entries = Partial<Record<StoryName, Entry>>;

export class Progress {
  readonly #file: string;
  #entries: Entries = {};

  constructor(data: string) {
    mkdirSync(data, { recursive: true });
    this.#file = join(data, 'demo.json');
    try {
      this.#entries = JSON.parse(readFileSync(this.#file, 'utf8')) as Entries;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }

  /** The unfinished one, else a new one. `resumed`: somebody was here before us. */
  begin(story: StoryName): { readonly key: string; readonly resumed: boolean } {
    const entry = this.#entries[story];
    if (entry !== undefined) return { key: entry.key, resumed: true };
    const key = randomUUID();
    this.#keep({ ...this.#entries, [story]: { key } });
    return { key, resumed: false };
  }

  /** All stories have been told to their end: the next demo begins new ones. */
  finish(): void {
    this.#keep({});
  }

  #keep(entries: Entries): void {
    this.#entries = entries;
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#entries, null, 2));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
