/** The documents of the MongoDB store. Whatever a user or a model wrote is JSON text in here, never keys or operators. */
import mongoose from 'mongoose';
import type { mongo } from 'mongoose';
import type { Commit, CommitResult } from '../../ports.ts';
import type { ServerTime } from './server-time.ts';

export type Id = string | bigint;
export interface Doc {
  _id: Id;
  [field: string]: unknown;
}
export type Claims = NonNullable<Commit['claims']>;
export type Claimed = Exclude<CommitResult, string>;

/** Absent values of comparable fields: MaxKey is ordered after everything, so order, equality and cursors run on plain indexes. */
export const ABSENT = new mongoose.mongo.MaxKey();

/** One commit, from the moment it is decided until its rows and history are written. */
export interface StepDoc {
  readonly v: number;
  readonly attempt: string;
  readonly at: number;
  readonly audit: string;
  readonly events: string;
  /** RowChange[] */
  readonly rows: string;
  /** Claims */
  readonly claims: string;
}

export interface EffectDoc {
  readonly id: string;
  readonly kind: string;
  readonly payload: string;
  readonly seq: number;
  readonly at: number;
}

export interface InstanceDoc {
  readonly _id: bigint;
  /** 0: never committed; only a place for `voided` */
  readonly v: number;
  readonly ended?: boolean;
  readonly steps?: readonly StepDoc[];
  readonly outbox?: readonly EffectDoc[];
  /** attempts that must not succeed any more: somebody else took their claims */
  readonly voided?: readonly string[];
}

/** Claim in progress: holds the place of a row until its commit is decided. `owner` absent: a `write`. */
export interface Hold {
  readonly attempt: string;
  readonly owner?: bigint;
  readonly v?: number;
}

export interface MongoRoom {
  readonly db: mongo.Db;
  rows(collection: string): mongo.Collection<Doc>;
  readonly instances: mongo.Collection<InstanceDoc>;
  readonly history: mongo.Collection<Doc>;
  readonly snapshots: mongo.Collection<Doc>;
  readonly journal: mongo.Collection<Doc>;
  readonly blobs: mongo.Collection<Doc>;
  readonly chunks: mongo.Collection<Doc>;
  readonly meta: mongo.Collection<Doc>;
  readonly time: ServerTime;
}

export function newAttempt(): string {
  return new mongoose.mongo.ObjectId().toHexString();
}

let last = 0;
/** Microseconds since 1970 by the server's clock, never twice in this process. */
export function orderNumber({ time }: Pick<MongoRoom, 'time'>): number {
  last = Math.max(last + 1, Math.round(time.now() * 1_000));
  return last;
}

export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 11_000;
}
