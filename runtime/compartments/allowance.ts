/** What the one that leads counts per agency: calls that are out, calls of the last minute, calls of the ramp, calls of the day. */
import type { Key } from '../../engine/index.ts';
import { rampTotal } from './phases.ts';
import type { Compartment, Gate, Limits } from './terms.ts';

const SECOND = 1_000;
const MINUTE = 60;

export interface Counted {
  readonly out: Set<Key>;
  /** second since 1970 → calls that went out in it; the last minute */
  readonly seconds: Map<number, number>;
  /** calls since the ramp that began then */
  ramp?: { readonly began: number; sent: number };
  /** of the day's quota; undefined: not read yet */
  day?: { readonly name: string; used: number };
}

export const counted = (): Counted => ({ out: new Set(), seconds: new Map() });

export interface Asking {
  readonly gate: Gate;
  readonly compartment: Compartment;
  readonly limits: Limits;
  readonly now: number;
  /** since when this process leads: what another one let out before is not known, so a ramp counts from here */
  readonly ledSince: number;
}

/** How many more may go out now. */
export function allowance(counts: Counted, asking: Asking): number {
  const { gate, limits } = asking;
  if (gate === 'held' || gate === 'maintenance' || gate === 'broken' || gate === 'probing') return 0;
  const bounds = [
    gate === 'ramping' ? inRamp(counts, asking) : Infinity,
    limits.concurrency === undefined ? Infinity : limits.concurrency - counts.out.size,
    limits.callsPerMinute === undefined ? Infinity : inMinute(counts, limits.callsPerMinute, asking.now),
    limits.callsPerDay === undefined ? Infinity : limits.callsPerDay - (counts.day?.used ?? 0),
  ];
  return Math.max(0, Math.min(...bounds));
}

function inRamp(counts: Counted, { compartment, now, ledSince }: Asking): number {
  const from = Math.max(compartment.since, ledSince);
  if (counts.ramp?.began !== compartment.since) counts.ramp = { began: compartment.since, sent: 0 };
  const before = from > compartment.since ? rampTotal(compartment, from) - 1 : 0;
  return rampTotal(compartment, now) - before - counts.ramp.sent;
}

/** Never more than `most` in any sixty seconds, and no more than a tenth of it at once. */
function inMinute({ seconds }: Counted, most: number, now: number): number {
  const current = Math.floor(now / SECOND);
  let inMinute = 0;
  for (const [second, count] of seconds)
    if (second < current - MINUTE || second > current) seconds.delete(second);
    else inMinute += count;
  return Math.min(most - inMinute, Math.max(1, Math.ceil(most / 10)) - (seconds.get(current) ?? 0));
}

export function sent(counts: Counted, jobKey: Key, { gate, now }: Pick<Asking, 'gate' | 'now'>): void {
  const second = Math.floor(now / SECOND);
  counts.out.add(jobKey);
  counts.seconds.set(second, (counts.seconds.get(second) ?? 0) + 1);
  if (gate === 'ramping' && counts.ramp !== undefined) counts.ramp.sent += 1;
  if (counts.day !== undefined) counts.day.used += 1;
}
