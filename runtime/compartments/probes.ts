/** Finding out whether an agency answers again: one call at a time, each time another job's. */
import type { Key } from '../../engine/index.ts';
import type { Row } from '../collections.ts';
import type { RuntimeClock, Store } from '../ports.ts';
import type { Compartments } from './compartments.ts';
import { oldestParked } from './parked.ts';
import { probing, untried } from './phases.ts';

export interface Probes {
  /** the job that is to try now; `undefined`: not yet, or nobody is there to try. `next`: when to look again */
  choose(agency: string): Promise<{ readonly probe?: Row; readonly next?: number; readonly nobody?: true }>;
  /** answers when to look again, and whether the job that tried is gone without a word (canceled with its case) */
  watch(agency: string): Promise<{ readonly next: number; readonly gone?: Key }>;
  /** it answers: who tried before does not matter any more */
  forget(agency: string): void;
}

export interface ProbesParts {
  readonly store: Store;
  readonly clock: RuntimeClock;
  readonly compartments: Compartments;
}

/** milliseconds until the next look at a probe that is out */
const AGAIN = 2_000;
const MOST = 1_000;

export function createProbes({ store, clock, compartments }: ProbesParts): Probes {
  /** jobs that have tried since the agency went down */
  const tried = new Map<string, Set<Key>>();

  async function next(agency: string): Promise<Row | undefined> {
    const known = tried.get(agency) ?? new Set();
    const parked = await oldestParked(store, agency, Math.min(MOST, known.size + 1));
    const fresh = parked.find((row) => !known.has(String(row['jobKey'])));
    if (fresh === undefined) known.clear();
    const chosen = fresh ?? parked[0];
    if (chosen !== undefined) tried.set(agency, known.add(String(chosen['jobKey'])));
    return chosen;
  }

  return {
    choose: async (agency) => {
      const now = clock.now();
      const { nextTryAt = now } = compartments.compartment(agency);
      if (now < nextTryAt) return { next: nextTryAt };
      const chosen = await next(agency);
      if (chosen === undefined) return { nobody: true };
      const probe = String(chosen['jobKey']);
      const after = await compartments.change(agency, (before) => (before.phase === 'open' ? probing(before, probe, now) : undefined));
      return after.probe === probe ? { probe: chosen, next: now + AGAIN } : { next: now };
    },
    watch: async (agency) => {
      const { probe = '' } = compartments.compartment(agency);
      const row = await store.get('jobs', probe);
      const waits = row?.['open'] === true && row['suspended'] !== true && row['heldFor'] === undefined && Number(row['retries']) > 0;
      if (waits) return { next: clock.now() + AGAIN };
      const now = clock.now();
      await compartments.change(agency, (before) => (before.probe === probe ? untried(before, now) : undefined));
      return { next: now, gone: probe };
    },
    forget: (agency) => void tried.delete(agency),
  };
}
