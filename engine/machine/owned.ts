/** What an element instance owns — jobs, user tasks, timers, subscriptions, incidents — ends with it, each with its own event. */
import type { InstanceState } from '../state.ts';
import type { Event } from '../terms.ts';
import type { Run } from './run.ts';

export function closeOwned(run: Run, n: number): void {
  for (const owned of [...(run.instance(n).owned ?? [])]) run.emit(closing(run.state, owned, run.at));
}

/** Closes only what the element instance waits for through these event elements. */
export function closeWaits(run: Run, n: number, concerned: (element: string) => boolean): void {
  for (const owned of [...(run.instance(n).owned ?? [])]) {
    const wait = run.state.timers.get(owned) ?? run.state.subscriptions.get(owned);
    if (wait && concerned(wait.element)) run.emit(closing(run.state, owned, run.at));
  }
}

function closing(state: InstanceState, n: number, at: number): Event {
  if (state.jobs.has(n)) return { t: 'job-canceled', n, at };
  if (state.tasks.has(n)) return { t: 'user-task-canceled', n, at };
  if (state.timers.has(n)) return { t: 'timer-canceled', n };
  if (state.subscriptions.has(n)) return { t: 'subscription-closed', n };
  return { t: 'incident-resolved', n, at };
}
