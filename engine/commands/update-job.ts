import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { findJob } from './jobs.ts';
import { reject } from './rejection.ts';

/** New retries (before an incident is resolved) or another priority. */
export function updateJob(run: Run, { n, retries, priority }: CommandOf<'update-job'>): Rejection | void {
  if (retries !== undefined && (!Number.isInteger(retries) || retries < 1))
    return reject('INVALID_ARGUMENT', `Expected to update job ${n} to a whole number of retries above 0, but got ${retries}.`);
  const found = findJob(run, n, 'update');
  if (!found.ok) return found;
  run.emit({ t: 'job-updated', n, ...(retries !== undefined && { retries }), ...(priority !== undefined && { priority }) });
}
