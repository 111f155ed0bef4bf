/** What the one that leads knows of each agency's calls beyond what the store says of its compartment; begun anew with each lead. */
import type { Key } from '../../engine/index.ts';
import type { Row } from '../collections.ts';
import type { RowChange, RuntimeClock, Store } from '../ports.ts';
import { counted, sent } from './allowance.ts';
import type { Counted } from './allowance.ts';
import type { Compartments } from './compartments.ts';
import type { Gate } from './terms.ts';

export interface Ledger {
  of(agency: string): Counted;
  known(agency: string): Counted | undefined;
  /** What went out under another process's lead: the job that tries, jobs that are leased right now, the calls of the last minute. */
  begin(): Promise<void>;
  /** jobs that other processes have done since; only where it matters */
  whoIsBack(agency: string, concurrency: number | undefined): Promise<void>;
  /** calls of today, where a quota counts them */
  readDay(agency: string): Promise<void>;
  /** these go out now: counts them, and answers what the store must know of it */
  goingOut(agency: string, jobs: readonly Row[], gate: Gate): readonly RowChange[];
}

export interface LedgerParts {
  readonly store: Store;
  readonly clock: RuntimeClock;
  readonly compartments: Compartments;
  /** the day of this moment in the house's time zone, `2026-01-31` */
  readonly dayOf: (now: number) => string;
}

/** at most so many rows are looked at */
const MOST = 10_000;
/** without a limit of its own an agency's calls are looked after when there are many */
const MANY = 1_000;
const MINUTE = 60_000;

export function createLedger(parts: LedgerParts): Ledger {
  const { store, clock, compartments, dayOf } = parts;
  const counts = new Map<string, Counted>();
  const of = (agency: string): Counted => {
    const known = counts.get(agency) ?? counted();
    counts.set(agency, known);
    return known;
  };
  return {
    of,
    known: (agency) => counts.get(agency),
    begin: async () => {
      counts.clear();
      for (const agency of compartments.agencies()) await recall(parts, agency, of(agency));
    },
    whoIsBack: async (agency, concurrency = MANY) => {
      const { out } = of(agency);
      if (out.size >= concurrency) await forgetBack(parts, out);
    },
    readDay: async (agency) => {
      const name = dayOf(clock.now());
      if (of(agency).day?.name === name) return;
      const row = await store.get('agencyUsage', `${agency}/${name}`);
      of(agency).day = { name, used: Number(row?.['calls'] ?? 0) };
    },
    goingOut: (agency, jobs, gate) => {
      const now = clock.now();
      for (const row of jobs) sent(of(agency), String(row['jobKey']), { gate, now });
      const { day } = of(agency);
      if (day === undefined) return [];
      const row = { agencyId: agency, day: day.name, calls: day.used };
      return [{ op: 'put', collection: 'agencyUsage', key: `${agency}/${day.name}`, row }];
    },
  };
}

async function recall({ store, clock, compartments }: LedgerParts, agency: string, counts: Counted): Promise<void> {
  const { probe } = compartments.compartment(agency);
  const { concurrency, callsPerMinute } = compartments.limits(agency);
  const now = clock.now();
  if (probe !== undefined) counts.out.add(probe);
  if (callsPerMinute !== undefined) {
    const filter = { agency, at: { $gte: now - MINUTE } };
    const { items } = await store.search('exchanges', { filter, limit: Math.min(MOST, callsPerMinute + 1) });
    for (const { at } of items) countSecond(counts, Number(at));
  }
  if (concurrency === undefined) return;
  const leased = { open: true, type: 'agency-call', availableAt: { $gt: now }, leaseToken: { $exists: true } };
  const running = await store.search('jobs', { filter: leased, limit: MOST });
  for (const row of running.items) if (agencyOf(row) === agency) counts.out.add(String(row['jobKey']));
}

function countSecond({ seconds }: Counted, at: number): void {
  const second = Math.floor(at / 1_000);
  seconds.set(second, (seconds.get(second) ?? 0) + 1);
}

async function forgetBack({ store, clock }: LedgerParts, out: Set<Key>): Promise<void> {
  const keys = [...out].slice(0, MOST);
  const { items } = await store.search('jobs', { filter: { jobKey: { $in: keys } }, limit: keys.length });
  const now = clock.now();
  const rows = new Map(items.map((row) => [String(row['jobKey']), row]));
  for (const key of keys) if (isBack(rows.get(key), now)) out.delete(key);
}

/** Ended, parked again, or waiting for its next try: it is no call that runs. */
function isBack(row: Row | undefined, now: number): boolean {
  if (row?.['open'] !== true || row['heldFor'] !== undefined) return true;
  return row['leaseToken'] === undefined && Number(row['availableAt']) > now;
}

function agencyOf(row: Row): unknown {
  return (row['customHeaders'] as { readonly agency?: unknown } | undefined)?.agency;
}
