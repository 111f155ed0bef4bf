/** Runs an instance to rest: does steps until nothing is left but waiting. Bounded, so that an endless loop becomes an incident. */
import { MAX_LOCAL } from '../keys.ts';
import type { ElementInstance } from '../state.ts';
import type { Step } from '../step.ts';
import { Fault } from './fault.ts';
import { raiseIncident } from './incidents.ts';
import { steps } from './lifecycle.ts';
import type { Run } from './run.ts';
import { settle } from './settle.ts';

/** Steps that one command may do. */
export const MAX_STEPS = 100_000;
/** Numbers that a command leaves free, so that an incident can always be raised. */
export const SPARE_NUMBERS = 50_000;

export function runToRest(run: Run): void {
  let done = 0;
  do {
    for (let step = run.take(); step; step = run.take()) done = work(run, step, done);
  } while (done <= MAX_STEPS && settle(run));
}

/** Does one step and those that follow from it at once. Answers the number of steps done so far. */
function work(run: Run, first: Step, done: number): number {
  for (let step: Step | undefined = first; step;) {
    const instance = run.state.elements.get(step.n);
    if (instance === undefined || (isOver(instance) && !isFarewell(step))) return done;
    if (++done > MAX_STEPS || run.number > MAX_LOCAL - SPARE_NUMBERS) {
      raiseIncident(run, step, exhausted(done > MAX_STEPS));
      return done;
    }
    step = attempt(run, step, instance) ?? undefined;
  }
  return done;
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
