/**
 * What one sandbox agency remembers: its records, the answers it gave by idempotency key, what it still has to do and to announce.
 * Kept in one JSON file when a folder is given, so that a bill made before a crash is still known after it. Written before the answer leaves.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export interface Given {
  readonly request: string;
  readonly status: number;
  readonly body: Json;
}

/** body of our `POST /v2/messages/publication` */
export interface Announcement {
  readonly name: string;
  readonly correlationKey: string;
  /** the same for a repeated announcement: the receiver takes it once */
  readonly messageId: string;
  /** milliseconds */
  readonly timeToLive: number;
  readonly variables: JsonObject;
}

export interface Scheduled {
  readonly id: number;
  readonly dueAt: number;
  readonly action: string;
  readonly input: JsonObject;
}

interface Kept {
  counter: number;
  records: [string, JsonObject][];
  answers: [string, Given][];
  effects: [string, number][];
  scheduled: Scheduled[];
  announcements: Announcement[];
}

export class AgencyState {
  counter = 0;
  readonly records = new Map<string, JsonObject>();
  readonly answers = new Map<string, Given>();
  /** how often something really happened, by idempotency key: 1 each, or somebody paid twice */
  readonly effects = new Map<string, number>();
  scheduled: Scheduled[] = [];
  announcements: Announcement[] = [];
  readonly #file: string | undefined;

  constructor(file: string | undefined) {
    this.#file = file;
    const kept = file === undefined ? undefined : read(file);
    if (kept === undefined) return;
    this.counter = kept.counter;
    for (const [key, value] of kept.records) this.records.set(key, value);
    for (const [key, value] of kept.answers) this.answers.set(key, value);
    for (const [key, value] of kept.effects) this.effects.set(key, value);
    this.scheduled = kept.scheduled;
    this.announcements = kept.announcements;
  }

  /** `TGH-000001`, `TGH-000002`, ... */
  nextNumber(prefix: string): string {
    this.counter += 1;
    return `${prefix}-${String(this.counter).padStart(6, '0')}`;
  }

  save(): void {
    if (this.#file === undefined) return;
    const { counter, records, answers, effects, scheduled, announcements } = this;
    const kept: Kept = { counter, records: [...records], answers: [...answers], effects: [...effects], scheduled, announcements };
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(kept));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
