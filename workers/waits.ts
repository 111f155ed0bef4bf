/** What a step waits for after its call: an answer that the agency brings later, or another look. Kept by the house, one per job. */
import { JobFailure, type Job, type Json } from './job.ts';
import { millisecondsOf } from './duration.ts';

export interface Wait {
  readonly jobKey: string;
  readonly kind: 'callback' | 'poll';
  readonly agency: string;
  readonly operationId: string;
  readonly processInstanceKey: string;
  /** milliseconds since 1970 UTC, as all times here */
  readonly since: number;
  readonly deadline: number;
  /** the request has gone out, and the agency took it */
  readonly sentAt?: number;
  /** looks so far */
  readonly looks?: number;
  /** the deadline has passed and the step has failed for it */
  readonly overAt?: number;
  /** what the agency brought; a case's data */
  readonly answer?: Json;
  readonly answeredAt?: number;
}

/** The store of the house, as a worker sees it. */
export interface Waits {
  get(jobKey: string): Promise<Wait | undefined>;
  /** begins, or begins anew */
  put(wait: Wait): Promise<void>;
  /** changes these fields alone: an answer may arrive at the same moment */
  patch(jobKey: string, fields: Partial<Pick<Wait, 'sentAt' | 'looks' | 'overAt'>>): Promise<void>;
}

export interface Limits {
  readonly otherwise: string;
  /** milliseconds */
  readonly least: number;
  readonly most: number;
}

/** A duration in the step's headers. Throws a JobFailure that is not retried when it is none, or outside of its limits. */
export function durationIn(job: Job, name: string, { otherwise, least, most }: Limits): number {
  const text = job.headers[name] || otherwise;
  const milliseconds = millisecondsOf(text);
  if (milliseconds !== undefined && milliseconds >= least && milliseconds <= most) return milliseconds;
  throw new JobFailure(
    `Expected the header ${name} to be a duration from ${least / 1000} seconds to ${Math.round(most / 3_600_000)} hours such as ${otherwise}, but it is not`,
    { retryable: false },
  );
}
