import { closeJobIncidents } from '../machine/incidents.ts';
import type { Run } from '../machine/run.ts';
import type { JobState } from '../state.ts';
import type { StepOf } from '../step.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { findOpenJob } from './jobs.ts';
import { reject } from './rejection.ts';

/** The business said no: the error goes to whoever catches its code. Task listeners cannot throw. */
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
  const again = listensAgain(run, job);
  const thrown = { kind: 'error' as const, code: command.errorCode, ...said, variables: command.variables ?? {} };
  run.push({ do: 'throw', n: job.el, ...thrown, job: true, ...(again && { again }) });
}

/** Nobody caught what a listener threw: the same listener is asked again. */
function listensAgain(run: Run, { el, kind, listener, index = 0 }: JobState): StepOf<'listen'> | undefined {
  if (kind !== 'EXECUTION_LISTENER') return undefined;
  return { do: 'listen', n: el, event: listener as StepOf<'listen'>['event'], index, ...run.instance(el).begin };
}
