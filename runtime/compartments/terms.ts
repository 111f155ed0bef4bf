/**
 * An agency's compartment: what keeps its system's troubles its own. Queue and concurrency, rate, quota, circuit breaker, hold by hand and
 * announced maintenance decide together whether its jobs go out at once, are counted, or wait in the store.
 */
import type { Key } from '../../engine/index.ts';

export type Phase =
  /** calls go out */
  | 'closed'
  /** its system does not answer: nothing goes out until the next try */
  | 'open'
  /** one call is out to see whether it answers again */
  | 'half-open'
  /** it answers again: what has waited goes out slowly at first and faster from step to step, the oldest first */
  | 'ramping';

export interface Hold {
  readonly by: string;
  /** milliseconds since 1970 UTC */
  readonly since: number;
  readonly reason?: string;
}

/** As it stands in the store, the same for all processes. All times are milliseconds since 1970 UTC. */
export interface Compartment {
  readonly agency: string;
  readonly phase: Phase;
  /** when this phase began */
  readonly since: number;
  /** phases `open` and `half-open`: since when nothing is answered */
  readonly downSince?: number;
  /** how often in a row it opened: the wait before the next try doubles with it */
  readonly openings: number;
  readonly nextTryAt?: number;
  /** phase `half-open`: the job that is out */
  readonly probe?: Key;
  /** what the last failed call said; never data of a case */
  readonly failure?: string;
  /** phase `ramping`: jobs per second at first */
  readonly perSecond?: number;
  /** a person holds it, whatever the phase */
  readonly hold?: Hold;
}

/** What the agency's system bears, as it was registered. Absent: as much as the house sends to any. */
export interface Limits {
  readonly callsPerMinute?: number;
  /** calls at the same time, over all processes */
  readonly concurrency?: number;
  /** quota: from midnight to midnight in the house's time zone */
  readonly callsPerDay?: number;
}

export interface Maintenance {
  readonly from: number;
  readonly until: number;
  readonly reason?: string;
}

/** `open`: at once. `metered`: counted by the one that leads. All others: as their name says. */
export type Gate = 'open' | 'metered' | 'held' | 'maintenance' | 'broken' | 'probing' | 'ramping';

/** What people are told of it. */
export interface GateView {
  readonly agency: string;
  readonly state: Exclude<Gate, 'metered'>;
  /** null while it is open */
  readonly since: number | null;
  /** who holds it */
  readonly by: string | null;
  readonly reason: string | null;
  /** end of the maintenance */
  readonly until: number | null;
  readonly nextTryAt: number | null;
  /** what the last failed call said */
  readonly failure: string | null;
  readonly limits: Limits;
}

/** milliseconds between two steps of a ramp; each doubles its rate */
export const RAMP_STEP = 10_000;
/** jobs per second at the beginning of a ramp, unless somebody says otherwise */
export const RAMP_START = 5;
/** jobs per second that end a ramp */
export const RAMP_FULL = 1_000;

export const closed = (agency: string): Compartment => ({ agency, phase: 'closed', since: 0, openings: 0 });
