import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** Somebody has repaired what was wrong: the failed step is done again. May end in the next incident. */
export function resolveIncident(run: Run, { n }: CommandOf<'resolve-incident'>): Rejection | void {
  const incident = run.state.incidents.get(n);
  if (incident === undefined) return reject('NOT_FOUND', `Expected to resolve incident ${n}, but there is no such open incident.`);
  const job = incident.job === undefined ? undefined : run.state.jobs.get(incident.job);
  if (job && job.retries <= 0)
    return reject('INVALID_STATE', `Expected to resolve incident ${n}, but its job ${job.n} has no retries: update them first.`);
  run.emit({ t: 'incident-resolved', n, at: run.at });
  if (incident.step) run.push(incident.step);
}
