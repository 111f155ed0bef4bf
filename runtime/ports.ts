/**
 * The ports of the runtime: store, queue, clock. Each has one contract suite (test/contract/) that every adapter passes.
 *
 * Laws that live here: the store is the truth, the queue is disposable; one commit per command holds state, events, outbox and
 * projections together; every list shows a command's effect as soon as it was acknowledged.
 */
import type { Event, Key } from '../engine/terms.ts';
import type { CollectionName, Row } from './collections.ts';

export type { Row };

// ---------------------------------------------------------------- clock

export interface RuntimeClock {
  /** milliseconds since 1970 UTC */
  now(): number;
  /** tells when somebody moved the clock (ALUR_CLOCK=controllable); real clocks never call it */
  onMoved(listener: () => void): () => void;
}

// ---------------------------------------------------------------- store

/** One command's result for one instance. Either all of it becomes durable or none. */
export interface Commit {
  readonly instanceKey: Key;
  /** version that was loaded; 0 = the instance must not exist yet */
  readonly expected: number;
  readonly events: readonly Event[];
  /** `events` as JSON text, when the caller has made it already: adapters then do not make it again */
  readonly eventsJson?: string;
  /** who and what: for the audit; JSON without personal data in it */
  readonly audit: {
    readonly command: string;
    readonly by: string;
    readonly agency?: string;
    readonly onBehalfOf?: string;
    readonly reason?: string;
    readonly at: number;
    /** of this commit and the hash before it (runtime/audit-chain.ts); absent in what was written before there was a chain */
    readonly hash?: string;
  };
  /** serialised state after the events. Absent: the store folds the events on the last snapshot when it loads (large states). */
  readonly snapshot?: string;
  /** the instance ended: it needs no state any more, only its history */
  readonly ended?: boolean;
  readonly rows: readonly RowChange[];
  /** cross-instance and queue work that must happen after this commit, at least once, in this order */
  readonly effects: readonly Effect[];
  /** row that must not exist yet: two commits that claim the same row cannot both succeed (message correlated once per process, business id) */
  readonly claims?: readonly { readonly collection: CollectionName; readonly key: string }[];
  /** the attempt that reports: only while its lease holds, whatever else fits */
  readonly lease?: { readonly jobKey: Key; readonly token: string };
}

/** `stale`: the lease is over or somebody else's */
export type CommitResult = 'committed' | 'conflict' | 'stale' | { readonly claimed: string };

export type RowChange =
  | { readonly op: 'put'; readonly collection: CollectionName; readonly key: string; readonly row: Row }
  | { readonly op: 'patch'; readonly collection: CollectionName; readonly key: string; readonly fields: Row }
  | { readonly op: 'delete'; readonly collection: CollectionName; readonly key: string };

/** JSON, ids only (law 10). Deterministic `id`, so that doing it twice is harmless. */
export interface Effect {
  readonly id: string;
  readonly kind: string;
  readonly payload: Row;
}

export interface StoredEffect extends Effect {
  readonly instanceKey: Key;
  readonly seq: number;
}

export interface LoadedInstance {
  /** empty: there is none yet, the tail begins with the instance's first event */
  readonly snapshot: string;
  /** events after the snapshot, oldest first */
  readonly tail: readonly Event[];
  readonly version: number;
}

export type Comparison = {
  readonly $eq?: unknown;
  readonly $neq?: unknown;
  readonly $exists?: boolean;
  readonly $gt?: unknown;
  readonly $gte?: unknown;
  readonly $lt?: unknown;
  readonly $lte?: unknown;
  readonly $in?: readonly unknown[];
  readonly $notIn?: readonly unknown[];
  readonly $like?: string;
  /** the field is a list and holds at least one of these */
  readonly $hasAny?: readonly unknown[];
  /** … and holds each of these */
  readonly $hasAll?: readonly unknown[];
};
/** All fields must hold (and); `$or`: at least one of these filters. */
export interface Filter {
  readonly [field: string]: unknown | Comparison;
  readonly $or?: readonly Filter[];
}
export interface Query {
  readonly filter?: Filter;
  /** what the reader may see; and-ed with filter. Never leave it out where a person asks (law 8) */
  readonly scope?: Filter;
  readonly sort?: readonly { readonly field: string; readonly order?: 'ASC' | 'DESC' }[];
  /** 1..10000, default 100 */
  readonly limit?: number;
  readonly from?: number;
  readonly after?: string;
  readonly before?: string;
  /** totals are exact up to here: 1..10000, default 10000. Lists that show no large totals need not pay for them. */
  readonly countUpTo?: number;
}
export interface Page {
  readonly items: readonly Row[];
  /** exact up to `countUpTo`; more is told as that many and `hasMoreTotalItems` */
  readonly totalItems: number;
  readonly hasMoreTotalItems?: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface Store {
  /** next block of numbers, unique across all processes of the cluster */
  reserveNumbers(count: number): Promise<number>;
  /** undefined: no such instance, or it has ended */
  load(instanceKey: Key): Promise<LoadedInstance | undefined>;
  /** durable when resolved. Many concurrent calls share one disk flush. */
  commit(commit: Commit): Promise<CommitResult>;
  /** effects of committed commands that nobody has marked done, oldest first */
  pendingEffects(limit: number): Promise<readonly StoredEffect[]>;
  effectsDone(effects: readonly StoredEffect[]): Promise<void>;
  /** history of one instance, oldest first */
  events(
    instanceKey: Key,
    fromVersion?: number,
  ): Promise<
    readonly { readonly version: number; readonly at: number; readonly audit: Commit['audit']; readonly events: readonly Event[] }[]
  >;
  /** forgets an ended instance's state, history and effects for ever; its rows are the caller's business */
  forget(instanceKey: Key): Promise<void>;
  /** one row by key; undefined when absent */
  get(collection: CollectionName, key: string): Promise<Row | undefined>;
  /** rejects with InvalidQuery (stores/invalid-query.ts) when the query itself is wrong: the caller's error */
  search(collection: CollectionName, query: Query): Promise<Page>;
  /** all or nothing; for everything that is not an instance: definitions, messages, users, documents, sessions. `ifAbsent` keys must not exist. */
  write(
    changes: readonly RowChange[],
    ifAbsent?: readonly { readonly collection: CollectionName; readonly key: string }[],
  ): Promise<boolean>;
  /**
   * Leases up to `max` activatable jobs of one type to a worker until `deadline`; oldest and most urgent first; atomically. Rows as they are now:
   * `unreported` tells that the lease before this one ended without a word.
   */
  leaseJobs(request: LeaseRequest): Promise<readonly Row[]>;
  /** bytes kept beside rows: documents. Name = id. */
  putBlob(id: string, bytes: Uint8Array): Promise<void>;
  getBlob(id: string): Promise<Uint8Array | undefined>;
  /** harmless when there is none */
  deleteBlob(id: string): Promise<void>;
  /** the store's own time, milliseconds since 1970: the same for all processes that use it. A round trip */
  clock(): Promise<number>;
  /** after a failed write of the disk nothing is written any more: only a start of the process helps. Absent: never so */
  beyondRepair?(): boolean;
  /** a real round trip; throws when the store cannot be used */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface LeaseRequest {
  readonly type: string;
  /** only this one: for a queue entry that names its job */
  readonly jobKey?: Key;
  readonly worker: string;
  readonly max: number;
  readonly now: number;
  readonly deadline: number;
  readonly leaseToken?: string;
  /** the worker is part of this process: a power failure ends both, so that the lease need not be on the disk before it is told */
  readonly ownWorker?: boolean;
  readonly scope?: Filter;
}

// ---------------------------------------------------------------- queue

/**
 * Ids only in payloads (law 10). The same `id` twice while the first still waits = one entry. On BullMQ that holds for entries that were added alone:
 * several of one turn travel together, and one of them that is added again comes twice. Handlers bear that: the store's lease lets only one work.
 */
export interface QueueEntry {
  readonly queue: string;
  readonly id: string;
  readonly payload: { readonly [name: string]: string | number };
  readonly delayMs?: number;
  /** 1 = most urgent */
  readonly priority?: number;
}

/** Resolves = done. Rejects = deliver again later (back-off is the handler's business through `JobFailure`, not the queue's). */
export type QueueHandler = (payload: QueueEntry['payload'], signal: AbortSignal) => Promise<void>;

export interface Queue {
  readonly kind: 'in-process' | 'bullmq';
  add(entries: readonly QueueEntry[]): Promise<void>;
  consume(queue: string, handler: QueueHandler, options: { readonly concurrency: number }): Promise<void>;
  /** finish what runs (bounded), take nothing new */
  close(): Promise<void>;
  ping(): Promise<void>;
}
