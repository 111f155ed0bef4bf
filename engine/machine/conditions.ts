/** Conditional events: looked at when they are opened and whenever a variable that they can see has changed. */
import type { SubscriptionState } from '../state.ts';
import { InstanceScope } from './evaluate.ts';
import type { Run, VariableChange } from './run.ts';
import { trigger } from './triggering.ts';
import { triggersOf, waitingOf } from './waits.ts';

/** Answers whether one came true. */
export function triggerConditions(run: Run): boolean {
  const changes = run.changes.splice(0);
  const opened = new Set(run.opened.splice(0));
  if (run.state.conditions.size === 0 || changes.length + opened.size === 0) return false;
  let any = false;
  for (const n of [...run.state.conditions]) {
    const wait = run.state.subscriptions.get(n);
    if (wait && (opened.has(n) || changes.some((change) => concerns(run, wait, change))) && holds(run, wait))
      any = comeTrue(run, wait) || any;
  }
  return any;
}

function concerns(run: Run, wait: SubscriptionState, change: VariableChange): boolean {
  const filter = triggersOf(waitingOf(run, wait.element).trigger).find((part) => part.type === 'condition');
  if (filter?.names && !filter.names.includes(change.name)) return false;
  if (filter?.events && filter.events.length > 0 && !filter.events.includes(change.created ? 'create' : 'update')) return false;
  let at = wait.el;
  while (at > 0 && at !== change.scope) at = run.state.elements.get(at)?.scope ?? -1;
  return at === change.scope;
}

/** What cannot be evaluated yet, because a variable is still missing, is not true yet. */
function holds(run: Run, wait: SubscriptionState): boolean {
  const condition = triggersOf(waitingOf(run, wait.element).trigger).find((part) => part.type === 'condition')?.condition;
  const result = condition?.evaluate(new InstanceScope(run, wait.el), run.clock);
  return result?.ok === true && result.value === true;
}

function comeTrue(run: Run, wait: SubscriptionState): boolean {
  const owner = run.state.elements.get(wait.el);
  if (owner === undefined || owner.draining) return false;
  const { interrupting } = waitingOf(run, wait.element);
  run.emit({ t: 'subscription-correlated', n: wait.n, at: run.at });
  if (interrupting) run.emit({ t: 'subscription-closed', n: wait.n });
  trigger(run, owner, { element: wait.element, variables: {} });
  return true;
}
