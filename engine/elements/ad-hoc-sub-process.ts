import { toJson } from '../feel/index.ts';
import { activate, isIdle } from '../machine/activation.ts';
import type { Behavior, JobDone } from '../machine/behavior.ts';
import { evaluate, evaluateBoolean, evaluateJson, wrongType } from '../machine/evaluate.ts';
import { Fault } from '../machine/fault.ts';
import { closeJobIncidents } from '../machine/incidents.ts';
import { createJob } from '../machine/jobs.ts';
import { adHocProblem } from '../machine/placing.ts';
import type { Run } from '../machine/run.ts';
import { drain } from '../machine/termination.ts';
import { propagate, setAllLocal } from '../machine/variables.ts';
import { elementOf } from '../process.ts';
import type { ElementOf } from '../process.ts';
import type { ElementInstance, Queued } from '../state.ts';

type AdHoc = ElementOf<'ad-hoc-sub-process'>;

/**
 * Its activities begin when somebody says so: an expression when it is entered, a worker (with a job type), or the API.
 * It ends when its condition says so, or without condition when nothing moves inside any more.
 */
export const adHocSubProcess: Behavior<AdHoc> = {
  enter: (run, instance, element) => {
    if (element.job) return createJob(run, instance.n, { spec: element.job, kind: 'AD_HOC_SUB_PROCESS' });
    if (element.active === undefined) return;
    const purpose = { n: instance.n, what: 'the active elements', kind: 'EXTRACT_VALUE_ERROR' as const };
    const ids = evaluateJson(run, element.active, purpose);
    if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) throw wrongType(purpose, 'a list of element ids', ids);
    for (const elementId of ids as readonly string[]) {
      const problem = adHocProblem(run.world.process, element, elementId);
      if (problem) throw new Fault('EXTRACT_VALUE_ERROR', `Expected to activate '${elementId}' in '${element.id}', but ${problem}.`);
    }
    for (const elementId of ids as readonly string[]) begin(run, instance.n, { elementId });
    if (ids.length === 0) run.push({ do: 'resume', n: instance.n });
  },
  childLeaving: (run, instance, { child, flows }) => {
    const element = run.elementOf(instance) as AdHoc;
    if (flows.length > 0 || element.outputCollection === undefined || element.outputElement === undefined) return;
    const value = toJson(evaluate(run, element.outputElement, { n: child.n, what: 'the output element', kind: 'EXTRACT_VALUE_ERROR' }));
    run.emit({ t: 'internal', what: 'collected', n: instance.n, value });
  },
  childEnded: (run, { n }) => run.push({ do: 'resume', n }),
  resume: assess,
  completing: (run, instance, { outputCollection }) => {
    if (outputCollection !== undefined) propagate(run, instance.scope, { [outputCollection]: instance.collected ?? [] });
  },
  jobDone: workerDecided,
};

/** Activates one of its elements, with variables of its own; where one runs after the other, as soon as it is its turn. */
export function begin(run: Run, n: number, activation: Queued): void {
  const scope = run.instance(n);
  const { sequential } = run.elementOf(scope) as AdHoc;
  if (sequential && !isIdle(scope)) return run.emit({ t: 'internal', what: 'queued', n, queued: [...(scope.queued ?? []), activation] });
  activateNow(run, n, activation);
}

function beginNext(run: Run, { n, queued: [next, ...queued] = [] }: ElementInstance): void {
  run.emit({ t: 'internal', what: 'queued', n, queued });
  if (next !== undefined) activateNow(run, n, next);
}

function activateNow(run: Run, n: number, { elementId, variables = {} }: Queued): void {
  const child = activate(run, elementOf(run.world.process, elementId), n);
  setAllLocal(run, child, variables);
}

function assess(run: Run, instance: ElementInstance, element: AdHoc): void {
  const { completionCondition, job } = element;
  const isDone =
    completionCondition &&
    evaluateBoolean(run, completionCondition, { n: instance.n, what: 'the completion condition', kind: 'EXTRACT_VALUE_ERROR' });
  if (isDone || instance.enough) return finish(run, instance, element.cancelRemaining && isDone === true);
  if (instance.queued !== undefined) return isIdle(instance) ? beginNext(run, instance) : undefined;
  if (job) return askWorker(run, instance, element);
  if (completionCondition === undefined && isIdle(instance)) run.push({ do: 'complete', n: instance.n });
}

function finish(run: Run, instance: ElementInstance, cancelRemaining: boolean): void {
  if (cancelRemaining) drain(run, instance.n, { end: 'complete' });
  else if (isIdle(instance)) run.push({ do: 'complete', n: instance.n });
  else if (!instance.enough) run.emit({ t: 'internal', what: 'enough', n: instance.n });
}

/** One job at a time: the worker sees the newest variables. */
function askWorker(run: Run, instance: ElementInstance, { job }: AdHoc): void {
  if (job === undefined) return;
  const jobs = (instance.owned ?? []).flatMap((n) => run.state.jobs.get(n) ?? []);
  for (const old of jobs.filter(({ kind }) => kind === 'AD_HOC_SUB_PROCESS')) {
    closeJobIncidents(run, old);
    run.emit({ t: 'job-canceled', n: old.n, at: run.at });
  }
  createJob(run, instance.n, { spec: job, kind: 'AD_HOC_SUB_PROCESS' });
}

function workerDecided(run: Run, instance: ElementInstance, { variables, result }: JobDone): void {
  propagate(run, instance.n, variables);
  const answer = result?.type === 'adHocSubProcess' ? result : undefined;
  for (const activation of answer?.activateElements ?? []) begin(run, instance.n, activation);
  if (answer?.isCompletionConditionFulfilled) finish(run, instance, answer.isCancelRemainingInstances === true);
}
