/** How a compartment goes from one phase to the next. Pure: time comes in. */
import { RAMP_FULL, RAMP_START, RAMP_STEP } from './terms.ts';
import type { Compartment, Gate, GateView, Limits, Maintenance } from './terms.ts';

/** milliseconds until the first try after it opened, and at most; docs/operations.md */
export const [FIRST_TRY, LAST_TRY] = [2_000, 60_000];

export interface Failing {
  readonly now: number;
  /** what the failed call said */
  readonly failure: string;
  /** milliseconds that the agency itself asked for */
  readonly retryAfter?: number | undefined;
  /** milliseconds until the first try; default FIRST_TRY */
  readonly firstTry?: number | undefined;
}

export function opened(before: Compartment, { now, failure, retryAfter = 0, firstTry = FIRST_TRY }: Failing): Compartment {
  const openings = before.openings + 1;
  const wait = Math.max(Math.min(LAST_TRY, firstTry * 2 ** Math.min(20, openings - 1)), retryAfter);
  const { agency, hold, downSince = now } = before;
  return { agency, ...(hold && { hold }), phase: 'open', since: now, downSince, openings, nextTryAt: now + wait, failure };
}

/** Nobody knows yet whether it answers: the next job tries at once. */
export function untried(before: Compartment, now: number): Compartment {
  const { probe: _probe, ...rest } = before;
  return { ...rest, phase: 'open', since: now, nextTryAt: now };
}

export function probing(before: Compartment, probe: string, now: number): Compartment {
  return { ...before, phase: 'half-open', since: now, probe };
}

export function ramping(before: Compartment, now: number, perSecond: number = RAMP_START): Compartment {
  // a system that falls over again at once is asked later and later: only the end of the ramp forgets
  const { agency, hold, openings } = before;
  return { agency, ...(hold && { hold }), openings, phase: 'ramping', since: now, perSecond };
}

/** What it is without whatever was wrong; a hold stays. Undefined: nothing at all is left to say. */
export function healthy({ agency, hold }: Compartment, now: number): Compartment | undefined {
  return hold && { agency, hold, phase: 'closed', since: now, openings: 0 };
}

export function rampRate({ perSecond = RAMP_START, since }: Pick<Compartment, 'perSecond' | 'since'>, now: number): number {
  return perSecond * 2 ** Math.floor(Math.max(0, now - since) / RAMP_STEP);
}

/** Jobs that the ramp lets out from its beginning until `now`: the sum of its steps. */
export function rampTotal({ perSecond = RAMP_START, since }: Pick<Compartment, 'perSecond' | 'since'>, now: number): number {
  const passed = Math.max(0, now - since);
  const whole = Math.floor(passed / RAMP_STEP);
  const before = perSecond * (2 ** whole - 1) * (RAMP_STEP / 1_000);
  const inStep = perSecond * 2 ** whole * ((passed - whole * RAMP_STEP) / 1_000);
  // one at once, so that somebody sees that it goes on
  return Math.floor(before + inStep) + 1;
}

export const isFull = (compartment: Compartment, now: number): boolean => rampRate(compartment, now) >= RAMP_FULL;

export interface Known {
  readonly compartment?: Compartment | undefined;
  readonly limits?: Limits | undefined;
  readonly maintenance?: readonly Maintenance[] | undefined;
}

export function gateOf({ compartment, limits, maintenance = [] }: Known, now: number): Gate {
  if (compartment?.hold) return 'held';
  if (currentOf(maintenance, now) !== undefined) return 'maintenance';
  const phase = compartment?.phase ?? 'closed';
  if (phase === 'open') return 'broken';
  if (phase === 'half-open') return 'probing';
  if (phase === 'ramping' && compartment !== undefined && !isFull(compartment, now)) return 'ramping';
  return limits !== undefined && Object.keys(limits).length > 0 ? 'metered' : 'open';
}

export function currentOf(windows: readonly Maintenance[], now: number): Maintenance | undefined {
  return windows.find(({ from, until }) => from <= now && now < until);
}

export function viewOf(agency: string, known: Known, now: number): GateView {
  const gate = gateOf(known, now);
  const { compartment, limits = {} } = known;
  const window = gate === 'maintenance' ? currentOf(known.maintenance ?? [], now) : undefined;
  const down = gate === 'broken' || gate === 'probing';
  const since = gate === 'held' ? compartment?.hold?.since : (window?.from ?? (down ? compartment?.downSince : compartment?.since));
  return {
    agency,
    state: gate === 'metered' ? 'open' : gate,
    since: gate === 'metered' || gate === 'open' ? null : (since ?? null),
    by: gate === 'held' ? (compartment?.hold?.by ?? null) : null,
    reason: (gate === 'held' ? compartment?.hold?.reason : window?.reason) || null,
    until: window?.until ?? null,
    nextTryAt: gate === 'broken' ? (compartment?.nextTryAt ?? null) : null,
    failure: down ? (compartment?.failure ?? null) : null,
    limits,
  };
}
