/**
 * Ending what has not ended by itself: interrupted activities, cancelled instances, what a terminate end event sweeps away.
 * Recursion here goes down the nesting of the model, which `compile` limits to 64; never along flows or loops.
 */
import { elementOf } from '../process.ts';
import type { Start, Then } from '../internal.ts';
import { activate, isIdle } from './activation.ts';
import { compensate, handlerEnded, takeCompensable } from './compensation.ts';
import { closeOwned } from './owned.ts';
import type { ElementInstance } from '../state.ts';
import type { Run } from './run.ts';

/** Terminates the element instance with everything inside it; then activates `start` beside it. */
export function terminate(run: Run, n: number, start?: Start): void {
  const instance = run.state.elements.get(n);
  if (instance === undefined) return;
  const element = run.elementOf(instance);
  if (instance.draining === undefined) {
    const asked = run.behaviorOf(instance).terminating?.(run, instance, element);
    if (asked === 'later') return run.emit({ t: 'internal', what: 'draining', n, then: thenTerminate(start) });
  }
  if ((instance.children?.size ?? 0) > 0) drain(run, n, thenTerminate(start));
  else endTerminated(run, n, start);
}

function thenTerminate(start: Start | undefined): Then {
  return { end: 'terminate', ...(start && { start }) };
}

/** Terminates everything inside the scope, then does `then`. A scope that is being terminated already is left to that. */
export function drain(run: Run, n: number, then: Then): void {
  const scope = run.instance(n);
  if (scope.draining?.end === 'terminate' && then.end !== 'terminate') return;
  run.emit({ t: 'internal', what: 'draining', n, then });
  if (isIdle(scope)) return drained(run, n);
  // ends with the last child: each tells its scope (childEnded)
  for (const child of [...(scope.children ?? [])]) terminate(run, child);
}

/** A child has ended for whatever reason. The scope goes on, completes, or finishes what it was draining for. */
export function childEnded(run: Run, n: number): void {
  const scope = run.state.elements.get(n);
  if (scope === undefined) return;
  run.touched.add(n);
  if (scope.draining !== undefined) {
    if ((scope.children?.size ?? 0) === 0) drained(run, n);
    return;
  }
  const behavior = run.behaviorOf(scope);
  if (behavior.childEnded) behavior.childEnded(run, scope, run.elementOf(scope));
  else if (isIdle(scope)) run.push({ do: 'complete', n });
}

/** The last child of a draining scope is gone. */
function drained(run: Run, n: number): void {
  const { draining: then } = run.instance(n);
  if (then === undefined) return;
  if (then.end === 'terminate') return endTerminated(run, n, then.start);
  run.emit({ t: 'internal', what: 'drained', n });
  if (then.end === 'cancel') return compensate(run, n, { scope: n, records: takeCompensable(run, n) });
  if (then.end === 'complete') return run.push({ do: 'complete', n });
  if (then.start) activate(run, elementOf(run.world.process, then.start.element), n, { payload: then.start.payload ?? {} });
}

/** The end of one element instance that holds nothing any more. */
export function endTerminated(run: Run, n: number, start?: Start): void {
  const instance = run.instance(n);
  const { scope, handles } = instance;
  closeOwned(run, n);
  if (n === 0) return askCancelListeners(run);
  run.emit({ t: 'element-terminated', n, at: run.at });
  if (isLast(run, instance)) return terminate(run, 0);
  if (start) activate(run, elementOf(run.world.process, start.element), scope, { payload: start.payload ?? {} });
  // in a scope that ends nothing more is undone: who waits for it ends as well
  if (handles && !run.state.elements.get(scope)?.draining) handlerEnded(run, handles, scope);
  childEnded(run, scope);
}

/** Everything inside is gone; the process's cancel listeners work before the instance is. Nothing can stop it any more. */
function askCancelListeners(run: Run): void {
  const root = run.instance(0);
  if (!run.elementOf(root).listeners.some(({ event }) => event === 'CANCEL')) return endOfInstance(run);
  if (root.draining?.end !== 'terminate') run.emit({ t: 'internal', what: 'draining', n: 0, then: { end: 'terminate' } });
  run.push({ do: 'listen', n: 0, event: 'CANCEL', index: 0 });
}

export function endOfInstance(run: Run): void {
  closeOwned(run, 0);
  run.emit({ t: 'instance-terminated', at: run.at });
}

/** Does the instance end with this element instance, because whoever started it said so? A repeated activity counts as a whole. */
export function isLast(run: Run, { n, element, loop }: ElementInstance): boolean {
  const wanted = n > 0 && loop === undefined && run.state.terminateAfter?.includes(element) === true;
  return wanted && run.instance(0).draining?.end !== 'terminate';
}
