/** Whom a case waits for right now, since when, and what is the matter there: one line for each call that is under way. */
import type { Row } from '../runtime/collections.ts';
import { calledAgency, elementOf, english } from './case-rows.ts';
import type { CaseRows } from './case-rows.ts';
import type { Asked } from './route.ts';
import { iso } from './v2/show.ts';

/**
 * `called`: asked, or about to be. `answer`: it took the order and answers later. `retrying`: it went wrong, the next try comes by itself.
 * `stuck`: somebody has to look. The others say why its agency gets no calls at all.
 */
export type How = 'called' | 'answer' | 'retrying' | 'stuck' | 'not-answering' | 'held' | 'maintenance' | 'queued';

export interface WaitLine {
  readonly agency: string;
  readonly agencyName: string | null;
  readonly agencyNameEn: string | null;
  readonly step: string | null;
  readonly stepEn: string | null;
  /** since when this case waits */
  readonly since: string | null;
  readonly how: How;
  /** since when the agency's system is as `how` says; null where that is only this call's own */
  readonly troubleSince: string | null;
  /** end of the maintenance */
  readonly until: string | null;
}

export function waitsOf(asked: Asked, { openJobs }: Pick<CaseRows, 'openJobs'>): readonly WaitLine[] {
  return openJobs
    .flatMap((job) => {
      const agency = calledAgency(job);
      return agency === undefined ? [] : [lineOf(asked, job, agency)];
    })
    .toSorted((left, right) => String(left.since).localeCompare(String(right.since)));
}

function lineOf({ context }: Asked, job: Row, agency: string): WaitLine {
  const { runtime, agencies } = context;
  const gate = runtime.agencyGate(agency);
  const how = howOf(job, gate.state);
  const element = elementOf(runtime.definitions, job);
  const ofAgency = how === 'not-answering' || how === 'held' || how === 'maintenance';
  return {
    agency,
    agencyName: agencies.nameOf(agency),
    agencyNameEn: agencies.nameEnOf(agency),
    step: element?.name || null,
    stepEn: english(element),
    since: iso(job['creationTime']),
    how,
    troubleSince: ofAgency ? iso(gate.since) : null,
    until: how === 'maintenance' ? iso(gate.until) : null,
  };
}

function howOf(job: Row, gate: string): How {
  if (Number(job['retries'] ?? 1) <= 0) return 'stuck';
  // what the agency took is out of our hands: its gate says nothing about the answer
  if (job['called'] === true) return 'answer';
  if (gate === 'broken' || gate === 'probing') return 'not-answering';
  if (gate === 'held' || gate === 'maintenance') return gate;
  if (job['heldFor'] !== undefined) return 'queued';
  return job['hasFailedWithRetriesLeft'] === true ? 'retrying' : 'called';
}

const TROUBLE: ReadonlySet<How> = new Set(['retrying', 'stuck', 'not-answering', 'held', 'maintenance']);

/** Is it longer than usual, and not because of anybody in front of a screen? */
export const isTrouble = ({ how }: WaitLine): boolean => TROUBLE.has(how);
