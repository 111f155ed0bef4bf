import { closeJobIncidents } from '../machine/incidents.ts';
import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { findOpenJob } from './jobs.ts';
import { reject } from './rejection.ts';

/** The business said no: the error goes to whoever catches its code. Listeners cannot throw. */
export function throwJobError(run: Run, command: CommandOf<'throw-job-error'>): Rejection | void {
  const found = findOpenJob(run, command.n, 'throw an error for');
  if (!found.ok) return found;
  const { job } = found;
  if (job.kind === 'TASK_LISTENER')
    return reject(
      'INVALID_STATE',
      `Expected to throw an error for job ${job.n}, but it belongs to a task listener: deny the change or fail the job instead.`,
    );
  const said = command.errorMessage === undefined ? {} : { message: command.errorMessage };
  if (job.listener === 'CANCEL')
    return reject(
      'INVALID_STATE',
      `Expected to throw an error for job ${job.n}, but nothing is left that could catch it: the instance is being cancelled. Fail the job instead.`,
    );
  closeJobIncidents(run, job);
  run.emit({ t: 'job-error-thrown', n: job.n, code: command.errorCode, ...said, at: run.at });
  run.push({ do: 'throw', n: job.el, kind: 'error', code: command.errorCode, ...said, variables: command.variables ?? {}, job: true });
}
