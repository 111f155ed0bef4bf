/** Runs an instance to rest: does steps until nothing is left but waiting. Bounded, so that an endless loop becomes an incident. */
import { MAX_LOCAL } from '../keys.ts';
import type { ElementInstance } from '../state.ts';
import type { Step } from '../step.ts';
import { MAX } from './effort.ts';
import type { Spent } from './effort.ts';
import { Fault } from './fault.ts';
import { nameDeadlocks } from './deadlock.ts';
import { raiseIncident, raiseIncidentAt } from './incidents.ts';
import { steps } from './lifecycle.ts';
import type { Run } from './run.ts';
import { settle } from './settle.ts';

/** Numbers that are left free for what one step may make at once (a gateway of 100,000 flows), so that they never run out in between. */
export const SPARE_NUMBERS = 2 ** 18;

/** What one command leaves undone, and why. */
interface Work {
  readonly left: Step[];
  why?: Fault | 'slice';
}

/**
 * Behind the limit nothing is lost: what is still to do is kept in one incident. Even then the joins and conditions are judged, because
 * nobody would look at those of a scope in which nothing moves any more.
 */
export function runToRest(run: Run): void {
  const work: Work = { left: [] };
  takeUp(run);
  do {
    for (let step = run.take(); step; step = run.take()) follow(run, step, work);
    run.effort.allow();
  } while (settle(run));
  if (work.why !== undefined) stop(run, work.left, work.why);
  // at the end of a slice too: in a scope in which nothing is left, no later one would look
  if (run.state.status === 'active') nameDeadlocks(run);
}

/** Does one step and those that follow from it at once. */
function follow(run: Run, first: Step, work: Work): void {
  for (let step: Step | undefined = first; step;) {
    const instance = run.state.elements.get(step.n);
    if (instance === undefined || isTooLate(step, instance)) return;
    work.why ??= reasonToStop(run);
    if (work.why !== undefined) return void work.left.push(step);
    run.effort.step();
    step = attempt(run, step, instance) ?? undefined;
  }
}

/** What an earlier commit has left is done after what this command is about. */
function takeUp(run: Run): void {
  const { paused, status } = run.state;
  if (paused === undefined || status !== 'active') return;
  run.emit({ t: 'internal', what: 'paused', n: 0 });
  run.effort.before = paused.spent;
  run.push({ do: 'rest', n: 0, steps: paused.steps });
}

function reasonToStop(run: Run): Fault | 'slice' | undefined {
  if (run.number > MAX_LOCAL - SPARE_NUMBERS) return new Fault('UNKNOWN', noNumbers);
  const exceeded = run.effort.exceeded(run.pending);
  if (exceeded) return new Fault('UNKNOWN', exhausted[exceeded]);
  return run.world.slice && run.effort.fills(run.world.slice) ? 'slice' : undefined;
}

/** At the element whose step is left; of several, at the process, because each of them may end before the others. */
function stop(run: Run, left: readonly Step[], why: Fault | 'slice'): void {
  const alive = left.filter((step) => run.state.elements.has(step.n));
  const [first, ...more] = alive;
  if (first === undefined) return;
  if (why === 'slice') return run.emit({ t: 'internal', what: 'paused', n: 0, paused: { steps: alive, spent: run.effort.total } });
  if (more.length === 0) return raiseIncident(run, first, why);
  raiseIncidentAt(run, run.instance(first.n).element, { step: { do: 'rest', n: 0, steps: alive }, fault: why });
}

/**
 * What is being terminated does nothing any more, except for asking the listeners of a cancelled user task or process; what is
 * completing does nothing any more but asking its end listeners.
 */
function isTooLate(step: Step, { draining, completing }: ElementInstance): boolean {
  if (draining?.end === 'terminate') return step.do !== 'task' && !(step.do === 'listen' && step.event === 'CANCEL');
  return completing === true && !FAREWELL.has(step.do);
}

const FAREWELL: ReadonlySet<Step['do']> = new Set(['listen', 'leave', 'throw', 'rest']);

function attempt(run: Run, step: Step, instance: ElementInstance): Step | void {
  try {
    return (steps[step.do] as (run: Run, step: Step, instance: ElementInstance) => Step | void)(run, step, instance);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    raiseIncident(run, step, fault);
    return undefined;
  }
}

const exhausted: { readonly [K in keyof Spent]: string } = {
  steps: `Expected the instance to come to rest within ${MAX.steps} steps, but it did not: probably a loop without a wait. Resolving goes on from here.`,
  feel: `Expected the instance to come to rest within ${MAX.feel} steps of evaluating its expressions, but it did not: probably a loop without a wait, or too large lists. Resolving goes on from here.`,
  bytes: `Expected the instance to come to rest before it has written ${MAX.bytes} bytes of variables, but it did not: probably a large variable that is copied in a loop. Resolving goes on from here.`,
};
const noNumbers = `Expected the instance to need fewer than ${MAX_LOCAL - SPARE_NUMBERS} numbers for everything that ever happens in it, but it has used them up. Cancel it.`;
