import type { Run } from '../machine/run.ts';
import { trigger } from '../machine/triggering.ts';
import { waitingOf } from '../machine/waits.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** A message reached its subscription. */
export function correlateMessage(run: Run, command: CommandOf<'correlate-message'>): Rejection | void {
  return comeTrue(run, command, 'message');
}

/** A signal was broadcast and this subscription waits for it. */
export function triggerSignal(run: Run, command: CommandOf<'trigger-signal'>): Rejection | void {
  return comeTrue(run, command, 'signal');
}

/** A subscription of a non-interrupting event stays open for the next message. */
function comeTrue(run: Run, command: CommandOf<'correlate-message' | 'trigger-signal'>, kind: 'message' | 'signal'): Rejection | void {
  const { n, variables } = command;
  const wait = run.state.subscriptions.get(n);
  if (wait?.kind !== kind)
    return reject('NOT_FOUND', `Expected to correlate a ${kind} to subscription ${n}, but there is no such open subscription.`);
  const owner = run.instance(wait.el);
  if (owner.draining)
    return reject('INVALID_STATE', `Expected to correlate a ${kind} to subscription ${n}, but its element instance is being ended.`);
  const messageKey = command.type === 'correlate-message' ? { messageKey: command.messageKey } : {};
  run.emit({ t: 'subscription-correlated', n, ...messageKey, at: run.at });
  if (waitingOf(run, wait.element).interrupting) run.emit({ t: 'subscription-closed', n });
  trigger(run, owner, { element: wait.element, variables });
}
