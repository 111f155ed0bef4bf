import type { Run } from '../machine/run.ts';
import { trigger } from '../machine/triggering.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** A timer is due. Before its time it does not fire, so a queue may deliver early or twice. */
export function fireTimer(run: Run, { n }: CommandOf<'fire-timer'>): Rejection | void {
  const timer = run.state.timers.get(n);
  if (timer === undefined)
    return reject('NOT_FOUND', `Expected to fire timer ${n}, but there is no such timer: it has fired or was canceled.`);
  if (timer.dueAt > run.at)
    return reject('INVALID_STATE', `Expected to fire timer ${n}, but it is due only in ${timer.dueAt - run.at} ms.`);
  const owner = run.instance(timer.el);
  run.emit({ t: 'timer-fired', n, at: run.at });
  if (owner.draining) return;
  if (timer.repeat !== undefined) run.push({ do: 'repeat', n: owner.n, element: timer.element, repeat: timer.repeat, from: timer.dueAt });
  trigger(run, owner, { element: timer.element, variables: {} });
}
