/** What all commands about a job need first. */
import type { Run } from '../machine/run.ts';
import type { ElementInstance, JobState } from '../state.ts';
import type { Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

export type FoundJob = { readonly ok: true; readonly job: JobState; readonly instance: ElementInstance };

/** The job that waits for a result. A job that is done, cancelled or out of retries takes none. */
export function findJob(run: Run, n: number, doing: string): FoundJob | Rejection {
  const job = run.state.jobs.get(n);
  if (job === undefined)
    return reject(
      'NOT_FOUND',
      `Expected to ${doing} job ${n}, but there is no such job waiting: it was completed, canceled or never existed.`,
    );
  return { ok: true, job, instance: run.instance(job.el) };
}

/** As `findJob`, and somebody may work on it. */
export function findOpenJob(run: Run, n: number, doing: string): FoundJob | Rejection {
  const found = findJob(run, n, doing);
  if (found.ok && found.job.retries <= 0)
    return reject('INVALID_STATE', `Expected to ${doing} job ${n}, but it has failed and has no retries left: resolve its incident first.`);
  return found;
}
