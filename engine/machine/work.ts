/** Runs an instance to rest: does steps until nothing is left but waiting. Bounded, so that an endless loop becomes an incident. */
import { MAX_LOCAL } from '../keys.ts';
import type { ElementInstance } from '../state.ts';
import type { Step } from '../step.ts';
import { Fault } from './fault.ts';
import { nameDeadlocks } from './deadlock.ts';
import { raiseIncident, raiseIncidentAt } from './incidents.ts';
import { steps } from './lifecycle.ts';
import type { Run } from './run.ts';
import { settle } from './settle.ts';

/** Steps that one command may do. */
export const MAX_STEPS = 100_000;
/** Numbers that are left free for what one step may make at once (a gateway of 100,000 flows), so that they never run out in between. */
export const SPARE_NUMBERS = 2 ** 18;

/** What one command has done so far, and what it leaves undone. */
interface Work {
  done: number;
  readonly left: Step[];
}

/**
 * Behind the limit nothing is lost: what is still to do is kept in one incident. Even then the joins and conditions are judged, because
 * nobody would look at those of a scope in which nothing moves any more.
 */
export function runToRest(run: Run): void {
  const work: Work = { done: 0, left: [] };
  do {
    for (let step = run.take(); step; step = run.take()) follow(run, step, work);
  } while (settle(run));
  if (work.left.length > 0) raiseLimit(run, work);
  if (run.state.status === 'active') nameDeadlocks(run);
}

/** Does one step and those that follow from it at once. */
function follow(run: Run, first: Step, work: Work): void {
  for (let step: Step | undefined = first; step;) {
    const instance = run.state.elements.get(step.n);
    if (instance === undefined || (isOver(instance) && !isFarewell(step))) return;
    if (isExhausted(run, work)) return void work.left.push(step);
    work.done++;
    step = attempt(run, step, instance) ?? undefined;
  }
}

/** Steps that wait count as well: a command that could not do them all stops before they fill the memory. */
function isExhausted(run: Run, { done, left }: Work): boolean {
  return left.length > 0 || done + run.pending >= MAX_STEPS || run.number > MAX_LOCAL - SPARE_NUMBERS;
}

/** At the element whose step is left; of several, at the process, because each of them may end before the others. */
function raiseLimit(run: Run, { left }: Work): void {
  const alive = left.filter((step) => run.state.elements.has(step.n));
  const [first, ...more] = alive;
  if (first === undefined) return;
  const fault = exhausted(run.number <= MAX_LOCAL - SPARE_NUMBERS);
  if (more.length === 0) return raiseIncident(run, first, fault);
  raiseIncidentAt(run, run.instance(first.n).element, { step: { do: 'rest', n: 0, steps: alive }, fault });
}

/** What is being terminated does nothing any more, except for asking the listeners of a cancelled user task or process. */
function isOver(instance: ElementInstance): boolean {
  return instance.draining?.end === 'terminate';
}

function isFarewell(step: Step): boolean {
  return step.do === 'task' || (step.do === 'listen' && step.event === 'CANCEL');
}

function attempt(run: Run, step: Step, instance: ElementInstance): Step | void {
  try {
    return (steps[step.do] as (run: Run, step: Step, instance: ElementInstance) => Step | void)(run, step, instance);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    raiseIncident(run, step, fault);
    return undefined;
  }
}

function exhausted(bySteps: boolean): Fault {
  const message = bySteps
    ? `Expected the instance to come to rest within ${MAX_STEPS} steps, but it did not: probably a loop without a wait. Resolving goes on from here.`
    : `Expected the instance to need fewer than ${MAX_LOCAL - SPARE_NUMBERS} numbers for everything that ever happens in it, but it has used them up. Cancel it.`;
  return new Fault('UNKNOWN', message);
}
