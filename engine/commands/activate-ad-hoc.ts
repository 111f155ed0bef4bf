import { begin } from '../elements/ad-hoc-sub-process.ts';
import { adHocProblem } from '../machine/placing.ts';
import type { Run } from '../machine/run.ts';
import { terminate } from '../machine/termination.ts';
import type { ElementInstance } from '../state.ts';
import type { Step } from '../step.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** Begins activities of an ad-hoc sub-process; `cancelRemaining` ends first what runs in it. */
export function activateAdHoc(run: Run, { n, elements, cancelRemaining }: CommandOf<'activate-ad-hoc'>): Rejection | void {
  const instance = run.state.elements.get(n);
  const element = instance && run.elementOf(instance);
  if (element?.kind !== 'ad-hoc-sub-process' || instance === undefined || !isActive(run, instance))
    return reject('NOT_FOUND', `Expected to activate activities of ad-hoc sub-process ${n}, but it is not active.`);
  for (const { elementId } of elements) {
    const problem = adHocProblem(run.world.process, element, elementId);
    if (problem) return reject('INVALID_ARGUMENT', `Expected to activate '${elementId}' in '${element.id}', but ${problem}.`);
  }
  const running = cancelRemaining ? [...(instance.children ?? [])] : [];
  if (cancelRemaining && instance.queued) run.emit({ t: 'internal', what: 'queued', n, queued: [] });
  // first the new ones, so that the sub-process is never empty in between
  for (const activation of elements) begin(run, n, activation);
  for (const child of running) terminate(run, child);
}

/** It has been entered and does not end. */
function isActive(run: Run, { body, draining, completing, owned = [] }: ElementInstance): boolean {
  if (body || draining || completing) return false;
  return owned.every((n) => run.state.jobs.get(n)?.listener === undefined && !isEntering(run.state.incidents.get(n)?.step));
}

function isEntering(step: Step | undefined): boolean {
  return step?.do === 'activate' || step?.do === 'listen' || step?.do === 'open' || step?.do === 'enter';
}
