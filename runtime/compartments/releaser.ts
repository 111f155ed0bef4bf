/**
 * Lets out what waits for its agency, the oldest first: the one process that leads counts for all. What it has counted is only in its memory;
 * what it lets out is in the store before it is in a queue, so a crash in between loses nothing.
 */
import type { Key } from '../../engine/index.ts';
import type { Row } from '../collections.ts';
import { allowance } from './allowance.ts';
import { createLedger } from './ledger.ts';
import type { Ledger, LedgerParts } from './ledger.ts';
import { agenciesWaitedFor, oldestParked, unparked } from './parked.ts';
import { healthy, ramping } from './phases.ts';
import { createProbes } from './probes.ts';
import type { Probes } from './probes.ts';
import type { Gate } from './terms.ts';

export interface Releaser {
  /** answers when it wants to look again; milliseconds since 1970 */
  look(): Promise<number | undefined>;
  /** this job has gone out by a decision of this process and is not done yet */
  isOut(agency: string, jobKey: Key): boolean;
  /** it is done, or it waits again */
  back(agency: string, jobKey: Key): void;
  /** the next look also finds agencies that nobody told of */
  everything(): void;
  /** something waits for this agency since now */
  waits(agency: string): void;
}

export interface ReleaserParts extends LedgerParts {
  readonly leads: () => boolean;
  /** into the queue, with leave to go */
  readonly letOut: (jobs: readonly Row[]) => Promise<void>;
}

interface Releasing extends ReleaserParts {
  readonly ledger: Ledger;
  readonly probes: Probes;
  /** agencies that something waits for */
  readonly waiting: Set<string>;
  /** since when this process leads */
  ledSince: number | undefined;
  all: boolean;
}

/** at most so many at once: a backlog of an agency that needs no measure goes out in steps */
const MOST = 1_000;
/** milliseconds until the next look where nothing says when */
const [AGAIN, RAMP_AGAIN] = [2_000, 200];
const MINUTE = 60_000;

export function createReleaser(parts: ReleaserParts): Releaser {
  const { store, clock, compartments } = parts;
  const probes = createProbes({ store, clock, compartments });
  const releasing: Releasing = { ...parts, ledger: createLedger(parts), probes, waiting: new Set(), ledSince: undefined, all: true };
  const { ledger } = releasing;
  return {
    look: async () => await look(releasing),
    isOut: (agency, jobKey) => ledger.known(agency)?.out.has(jobKey) === true,
    back: (agency, jobKey) => void ledger.known(agency)?.out.delete(jobKey),
    everything: () => void (releasing.all = true),
    waits: (agency) => void releasing.waiting.add(agency),
  };
}

async function look(releasing: Releasing): Promise<number | undefined> {
  const { leads, clock, store, compartments, waiting } = releasing;
  if (!leads()) {
    releasing.ledSince = undefined;
    return undefined;
  }
  if (releasing.ledSince === undefined) {
    await releasing.ledger.begin();
    releasing.all = true;
  }
  // a clock may have been put back
  releasing.ledSince = Math.min(releasing.ledSince ?? Infinity, clock.now());
  if (releasing.all) {
    releasing.all = false;
    for (const agency of await agenciesWaitedFor(store)) waiting.add(agency);
  }
  const agencies = [...new Set([...waiting, ...compartments.agencies()])];
  const times = await Promise.all(agencies.map(async (agency) => await lookAt(releasing, agency)));
  const next = Math.min(...times.map((time) => time ?? Infinity));
  return Number.isFinite(next) ? next : undefined;
}

async function lookAt(releasing: Releasing, agency: string): Promise<number | undefined> {
  const { compartments } = releasing;
  const gate = compartments.gate(agency);
  if (gate === 'held') return undefined;
  if (gate === 'maintenance') return compartments.maintenanceUntil(agency);
  if (gate === 'broken') return await tryOne(releasing, agency);
  if (gate === 'probing') return await watchProbe(releasing, agency);
  releasing.probes.forget(agency);
  if (releasing.waiting.has(agency)) return await release(releasing, agency, gate);
  return compartments.compartment(agency).phase === 'ramping' ? await endRamp(releasing, agency) : undefined;
}

async function tryOne(releasing: Releasing, agency: string): Promise<number | undefined> {
  const { probe, next, nobody } = await releasing.probes.choose(agency);
  // the next one that comes tries
  if (nobody) releasing.waiting.delete(agency);
  if (probe !== undefined) await goOut(releasing, agency, { jobs: [probe], gate: 'probing' });
  return next;
}

async function watchProbe({ probes, ledger }: Releasing, agency: string): Promise<number> {
  const { next, gone } = await probes.watch(agency);
  if (gone !== undefined) ledger.of(agency).out.delete(gone);
  return next;
}

async function release(releasing: Releasing, agency: string, gate: Gate): Promise<number | undefined> {
  const { store, clock, compartments, ledger, waiting, ledSince } = releasing;
  const now = clock.now();
  const [compartment, limits] = [compartments.compartment(agency), compartments.limits(agency)];
  if (limits.callsPerDay !== undefined) await ledger.readDay(agency);
  await ledger.whoIsBack(agency, limits.concurrency);
  const most = Math.min(MOST, allowance(ledger.of(agency), { gate, compartment, limits, now, ledSince: ledSince ?? now }));
  // one more than may go tells whether anything is left
  const parked = await oldestParked(store, agency, Math.max(1, Math.min(MOST, most + 1)));
  if (parked.length > 0 && gate === 'open' && compartment.phase === 'closed') {
    // what waited for something that is over by now does not fall upon the agency all at once
    await compartments.change(agency, (before) => (before.phase === 'closed' ? ramping(before, now) : undefined));
    return now;
  }
  const jobs = parked.slice(0, most);
  await goOut(releasing, agency, { jobs, gate });
  if (parked.length > jobs.length) return nextLook(gate, limits.callsPerMinute, now);
  waiting.delete(agency);
  return compartment.phase === 'ramping' ? await endRamp(releasing, agency) : undefined;
}

/** It is over when nothing waits any more: another process may know of something that does. */
async function endRamp({ store, clock, compartments, waiting }: Releasing, agency: string): Promise<number | undefined> {
  const now = clock.now();
  if ((await oldestParked(store, agency, 1)).length > 0) {
    waiting.add(agency);
    return now;
  }
  await compartments.change(agency, (before) => (before.phase === 'ramping' ? (healthy(before, now) ?? 'forgotten') : undefined));
  return undefined;
}

interface Going {
  readonly jobs: readonly Row[];
  readonly gate: Gate;
}

/** DURABLE BEFORE IT IS IN A QUEUE: what is lost in between is found by the sweeper, which asks again whether it may go. */
async function goOut({ store, clock, ledger, letOut }: Releasing, agency: string, { jobs, gate }: Going): Promise<void> {
  if (jobs.length === 0) return;
  const counted = ledger.goingOut(agency, jobs, gate);
  const now = clock.now();
  await store.write([...jobs.map((row) => unparked(String(row['jobKey']), now)), ...counted]);
  await letOut(jobs);
}

function nextLook(gate: Gate, callsPerMinute: number | undefined, now: number): number {
  if (gate === 'ramping') return now + RAMP_AGAIN;
  return callsPerMinute === undefined ? now + AGAIN : now + Math.min(AGAIN, Math.max(50, MINUTE / callsPerMinute));
}
