/** What dispatch and workers ask of the compartments: may this job go out, and what does the end of its call mean for those that follow? */
import { BpmnError, JobFailure } from '../../workers/job.ts';
import type { Row } from '../collections.ts';
import type { RuntimeClock, Store } from '../ports.ts';
import { createBreakers } from './breakers.ts';
import type { Went } from './breakers.ts';
import type { Compartments } from './compartments.ts';
import { park } from './parked.ts';
import { opened, ramping, untried } from './phases.ts';
import type { Compartment } from './terms.ts';

export interface Passage {
  /** undefined: it calls no agency, or has done so and only waits for the answer */
  agencyOf(job: Row): string | undefined;
  /** `leave`: the one that leads has counted it and let it out */
  lets(job: Row, leave: boolean): boolean;
  /** these wait for their agencies in the store; safe to say twice */
  wait(jobs: readonly Row[]): Promise<void>;
  /** the call of this job has ended. `waits`: it waits for its agency and has lost no try */
  called(job: Row, error: unknown): Promise<'waits' | undefined>;
}

export interface PassageParts {
  readonly store: Store;
  readonly clock: RuntimeClock;
  readonly compartments: Compartments;
  /** milliseconds between the opening of a breaker and the first try; default FIRST_TRY */
  readonly firstTry?: number | undefined;
  /** for the one that leads: a job of this agency waits, or is done */
  readonly stirred: (agency: string, what: { readonly waits: boolean; readonly back?: string }) => void;
}

export function createPassage({ store, clock, compartments, firstTry, stirred }: PassageParts): Passage {
  const breakers = createBreakers();

  async function called(job: Row, error: unknown): Promise<'waits' | undefined> {
    const agency = agencyOf(job);
    if (agency === undefined) return undefined;
    const jobKey = String(job['jobKey']);
    const went = wentOf(error);
    const after = await judged(agency, jobKey, { went, error });
    const waits = went === 'down' && isDown(after) && error instanceof JobFailure && error.retryable;
    if (waits) await park(store, [{ jobKey, agency, since: clock.now() }], { message: error.message });
    if (waits || compartments.gate(agency) !== 'open') stirred(agency, { waits, back: jobKey });
    return waits ? 'waits' : undefined;
  }

  async function judged(agency: string, jobKey: string, end: { readonly went: Went | undefined; readonly error: unknown }) {
    const { went, error } = end;
    const before = compartments.compartment(agency);
    const now = clock.now();
    if (before.probe === jobKey)
      return await compartments.change(agency, (probed) => {
        if (probed.probe !== jobKey) return undefined;
        if (went === 'well') return ramping(probed, now);
        return went === undefined ? untried(probed, now) : opened(probed, failingOf(error, now));
      });
    // what was under way when it opened says nothing new
    if (went === undefined || isDown(before) || !breakers.went(agency, went, before.since)) return before;
    return await compartments.change(agency, (one) => (isDown(one) ? undefined : opened(one, failingOf(error, now))));
  }

  const failingOf = (error: unknown, now: number) => ({
    now,
    firstTry,
    failure: error instanceof Error ? error.message.slice(0, 1_000) : String(error).slice(0, 1_000),
    retryAfter: error instanceof JobFailure ? error.retryAfter : undefined,
  });

  return {
    agencyOf,
    lets: (job, leave) => {
      const agency = agencyOf(job);
      const gate = agency === undefined ? 'open' : compartments.gate(agency);
      if (gate === 'open' || agency === undefined) return true;
      if (gate === 'probing') return leave && compartments.compartment(agency).probe === job['jobKey'];
      return leave && (gate === 'metered' || gate === 'ramping');
    },
    wait: async (jobs) => {
      const since = clock.now();
      const calls = jobs.flatMap((job) => {
        const agency = agencyOf(job);
        return agency === undefined ? [] : [{ jobKey: String(job['jobKey']), agency, since }];
      });
      if (calls.length === 0) return;
      await park(store, calls);
      for (const { agency, jobKey } of calls) stirred(agency, { waits: true, back: jobKey });
    },
    called,
  };
}

function agencyOf({ type, customHeaders, called }: Row): string | undefined {
  const agency = (customHeaders as { readonly agency?: unknown } | undefined)?.agency;
  if (called === true) return undefined;
  return type === 'agency-call' && typeof agency === 'string' && agency !== '' ? agency : undefined;
}

const isDown = ({ phase }: Compartment): boolean => phase === 'open' || phase === 'half-open';

/** Undefined: it says nothing about the agency's system, e.g. a request that never went out. */
function wentOf(error: unknown): Went | undefined {
  if (error === undefined || error instanceof BpmnError) return 'well';
  return error instanceof JobFailure ? error.fault : undefined;
}
