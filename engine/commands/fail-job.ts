import { raiseJobIncident } from '../machine/incidents.ts';
import type { Run } from '../machine/run.ts';
import { setAllLocal } from '../machine/variables.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { findOpenJob } from './jobs.ts';
import { reject } from './rejection.ts';

/** A worker could not do its job. With retries left it is offered again, after a while if the worker says so; without, it is an incident. */
export function failJob(run: Run, command: CommandOf<'fail-job'>): Rejection | void {
  if (!Number.isInteger(command.retries))
    return reject('INVALID_ARGUMENT', `Expected to fail job ${command.n} with a whole number of retries, but got ${command.retries}.`);
  const found = findOpenJob(run, command.n, 'fail');
  if (!found.ok) return found;
  const { job } = found;
  const retries = Math.max(0, command.retries);
  const waits = retries > 0 && command.retryBackOff !== undefined && command.retryBackOff > 0;
  const said = command.errorMessage === undefined ? {} : { message: command.errorMessage };
  run.emit({ t: 'job-failed', n: job.n, retries, ...said, ...(waits && { retryAt: run.at + (command.retryBackOff ?? 0) }), at: run.at });
  setAllLocal(run, job.el, command.variables ?? {});
  if (retries === 0)
    raiseJobIncident(run, job.n, {
      el: job.el,
      kind: job.kind,
      message: command.errorMessage ?? 'Expected the job to succeed, but it failed and has no retries left.',
    });
}
