import { closeJobIncidents } from '../machine/incidents.ts';
import type { JobDone } from '../machine/behavior.ts';
import type { Run } from '../machine/run.ts';
import { listenerAnswered } from '../machine/task-listeners.ts';
import { propagate, setAllLocal } from '../machine/variables.ts';
import { adHocProblem } from '../machine/placing.ts';
import type { ElementInstance } from '../state.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { businessIdProblem } from './assign-business-id.ts';
import { findOpenJob } from './jobs.ts';
import { reject } from './rejection.ts';

/** A worker has done its job: the element, listener or ad-hoc sub-process that asked for it goes on. */
export function completeJob(run: Run, command: CommandOf<'complete-job'>): Rejection | void {
  const found = findOpenJob(run, command.n, 'complete');
  if (!found.ok) return found;
  const { job, instance } = found;
  const { businessId } = command;
  const problem = resultProblem(run, instance, command) ?? (businessId === undefined ? undefined : businessIdProblem(run, businessId));
  if (problem) return problem;
  if (businessId !== undefined) run.emit({ t: 'business-id-assigned', businessId });
  closeJobIncidents(run, job);
  run.emit({ t: 'job-completed', n: job.n, at: run.at });
  const done: JobDone = { job, variables: command.variables, ...(command.result && { result: command.result }) };
  if (job.kind === 'EXECUTION_LISTENER') return listenerDone(run, instance, done);
  if (job.kind === 'TASK_LISTENER') return listenerAnswered(run, instance, done);
  const { jobDone } = run.behaviorOf(instance);
  if (jobDone) jobDone(run, instance, done);
  else run.push({ do: 'complete', n: instance.n, payload: command.variables });
}

/** Variables of a start listener stay with the element; those of an end or cancel listener go outwards. */
function listenerDone(run: Run, instance: ElementInstance, { job, variables }: JobDone): void {
  const event = job.listener as 'START' | 'END' | 'BEFORE_ALL' | 'CANCEL';
  if (event === 'END' || event === 'CANCEL') propagate(run, instance.n, variables);
  else setAllLocal(run, instance.n, variables);
  run.push({ do: 'listen', n: instance.n, event, index: (job.index ?? 0) + 1, ...instance.begin });
}

function resultProblem(run: Run, instance: ElementInstance, { n, result }: CommandOf<'complete-job'>): Rejection | undefined {
  if (result?.type !== 'adHocSubProcess') return undefined;
  const element = run.elementOf(instance);
  const scope = element.kind === 'ad-hoc-sub-process' ? element : { children: [] };
  for (const { elementId } of result.activateElements ?? []) {
    const problem = adHocProblem(run.world.process, scope, elementId);
    if (problem)
      return reject('INVALID_ARGUMENT', `Expected to complete job ${n} and activate '${elementId}' in '${element.id}', but ${problem}.`);
  }
  return undefined;
}
