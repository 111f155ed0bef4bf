import { begin } from '../elements/ad-hoc-sub-process.ts';
import type { Run } from '../machine/run.ts';
import { terminate } from '../machine/termination.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** Begins activities of an ad-hoc sub-process; `cancelRemaining` ends first what runs in it. */
export function activateAdHoc(run: Run, { n, elements, cancelRemaining }: CommandOf<'activate-ad-hoc'>): Rejection | void {
  const instance = run.state.elements.get(n);
  const element = instance && run.elementOf(instance);
  if (instance === undefined || element?.kind !== 'ad-hoc-sub-process' || instance.body || instance.draining)
    return reject('NOT_FOUND', `Expected to activate activities of ad-hoc sub-process ${n}, but it is not active.`);
  const wrong = elements.find(({ elementId }) => !element.children.includes(elementId));
  if (wrong)
    return reject(
      'INVALID_ARGUMENT',
      `Expected to activate '${wrong.elementId}', but ad-hoc sub-process '${element.id}' has no such activity.`,
    );
  const running = cancelRemaining ? [...(instance.children ?? [])] : [];
  if (cancelRemaining && instance.queued) run.emit({ t: 'internal', what: 'queued', n, queued: [] });
  // first the new ones, so that the sub-process is never empty in between
  for (const activation of elements) begin(run, n, activation);
  for (const child of running) terminate(run, child);
}
