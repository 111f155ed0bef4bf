/**
 * A change to a user task — creation, assignment, update, completion, cancellation — takes effect when every listener of its kind has
 * agreed; one may correct it or (except for creation and cancellation) deny it. Without listeners it takes effect at once.
 * Listeners are those of the model and those that the whole cluster has.
 */
import { globalListeners } from '../cluster.ts';
import type { TaskEvent } from '../cluster.ts';
import type { AskedListener, PendingChange } from '../internal.ts';
import type { ElementOf, JobSpec, ListenerSpec } from '../process.ts';
import type { ElementInstance, TaskState } from '../state.ts';
import type { StepOf } from '../step.ts';
import type { TaskFields } from '../terms.ts';
import type { JobDone } from './behavior.ts';
import { createJob } from './jobs.ts';
import type { Run } from './run.ts';
import { endTerminated } from './termination.ts';

/** `n`: number of the user task. */
export function askListeners(run: Run, n: number, change: PendingChange): void {
  const task = run.state.tasks.get(n);
  if (task === undefined) return;
  const asked = askedFor(run, task, change.event);
  if (asked.length === 0) return apply(run, task, change);
  // ONLY WHAT THE MODEL DOES NOT SAY ITSELF: a listener of the cluster that changes meanwhile is asked from the next change on
  const others = asked.some((one) => typeof one !== 'number');
  run.emit({ t: 'internal', what: 'task-pending', n, change: { ...change, ...(others && { asked }) } });
  run.push({ do: 'task', n: task.el, index: 0 });
}

/** Is anybody asked before this happens to the task? */
export function hasListeners(run: Run, task: TaskState, event: TaskEvent): boolean {
  return askedFor(run, task, event).length > 0;
}

/** Those of the cluster come before those of the model, or, where they say so, after them. */
function askedFor(run: Run, task: TaskState, event: TaskEvent): readonly AskedListener[] {
  const global = globalListeners(run.world.cluster, event);
  const those = (after: boolean): readonly AskedListener[] =>
    global.filter(({ afterNonGlobal }) => afterNonGlobal === after).map(({ type, retries }) => ({ type, retries }));
  return [...those(false), ...ownListeners(userTaskOf(run, task), event).keys(), ...those(true)];
}

function userTaskOf(run: Run, task: TaskState): ElementOf<'user-task'> {
  return run.elementOf(run.instance(task.el)) as ElementOf<'user-task'>;
}

function ownListeners(element: ElementOf<'user-task'>, event: TaskEvent): readonly ListenerSpec[] {
  return element.taskListeners.filter((listener) => listener.event === event);
}

/** Creates the job of the next listener; after the last one the change takes effect. */
export function taskStep(run: Run, step: StepOf<'task'>, instance: ElementInstance): void {
  const task = pendingTask(run, instance);
  const change = task?.pending;
  if (task === undefined || change === undefined) return;
  const next = nextListener(userTaskOf(run, task), change, step.index);
  if (next) return createJob(run, instance.n, { ...next, kind: 'TASK_LISTENER', listener: change.event });
  run.emit({ t: 'internal', what: 'task-pending', n: task.n, change: null });
  apply(run, task, change);
}

/** The first one from place `from` on. A migration may have taken listeners of the model away. */
function nextListener(
  element: ElementOf<'user-task'>,
  { event, asked }: PendingChange,
  from: number,
): { readonly spec: JobSpec; readonly index: number } | undefined {
  const own = ownListeners(element, event);
  const all = asked ?? [...own.keys()];
  for (let index = from; index < all.length; index += 1) {
    const one = all[index];
    const spec = typeof one === 'number' ? own[one] : one && { type: { fixed: one.type }, retries: { fixed: one.retries }, headers: {} };
    // its headers are those of the task
    if (spec) return { index, spec: { ...spec, headers: element.headers } };
  }
  return undefined;
}

function pendingTask(run: Run, instance: ElementInstance): TaskState | undefined {
  return (instance.owned ?? []).map((n) => run.state.tasks.get(n)).find((task) => task?.pending !== undefined);
}

/** A listener has answered. */
export function listenerAnswered(run: Run, instance: ElementInstance, { job, result }: JobDone): void {
  const task = pendingTask(run, instance);
  const change = task?.pending;
  if (task === undefined || change === undefined) return;
  const answer = result?.type === 'userTask' ? result : undefined;
  if (answer?.denied && change.event !== 'CREATING' && change.event !== 'CANCELING')
    return run.emit({ t: 'internal', what: 'task-pending', n: task.n, change: null });
  if (answer?.corrections)
    run.emit({
      t: 'internal',
      what: 'task-pending',
      n: task.n,
      change: { ...change, corrections: { ...change.corrections, ...answer.corrections } },
    });
  run.push({ do: 'task', n: instance.n, index: (job.index ?? 0) + 1 });
}

function apply(run: Run, task: TaskState, change: PendingChange): void {
  const { n } = task;
  const how = { ...(change.action !== undefined && { action: change.action }), at: run.at };
  const corrections: TaskFields = change.corrections ?? {};
  if (change.event === 'ASSIGNING') {
    const { assignee = change.fields?.assignee ?? null, ...rest } = corrections;
    run.emit({ t: 'user-task-assigned', n, assignee, ...how });
    return correct(run, n, rest);
  }
  if (change.event === 'UPDATING') return run.emit({ t: 'user-task-updated', n, changes: { ...change.fields, ...corrections }, ...how });
  correct(run, n, corrections);
  if (change.event === 'CREATING') return assignAsModelled(run, task);
  if (change.event === 'CANCELING') return endTerminated(run, task.el, run.instance(task.el).draining?.start);
  run.emit({ t: 'user-task-completed', n, by: change.by ?? '', ...how });
  run.push({ do: 'complete', n: task.el, payload: change.variables ?? {} });
}

function correct(run: Run, n: number, changes: TaskFields): void {
  if (Object.keys(changes).length > 0) run.emit({ t: 'user-task-updated', n, changes, at: run.at });
}

/** An assignee that the model names is an assignment too, for those who listen to assignments. */
function assignAsModelled(run: Run, task: TaskState): void {
  const { assignee } = task.fields;
  if (typeof assignee !== 'string') return;
  const change: PendingChange = { event: 'ASSIGNING', fields: { assignee } };
  if (hasListeners(run, task, 'ASSIGNING')) askListeners(run, task.n, change);
}
