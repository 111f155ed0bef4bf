import type { Run } from '../machine/run.ts';
import { askListeners } from '../machine/task-listeners.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';
import { findTask } from './user-tasks.ts';

/** Gives the task to somebody. `allowOverride: false` = only when nobody else has it (claiming). */
export function assignUserTask(run: Run, { n, assignee, allowOverride, action }: CommandOf<'assign-user-task'>): Rejection | void {
  if (assignee === '') return reject('INVALID_ARGUMENT', `Expected to assign user task ${n} to somebody, but the assignee is empty.`);
  const found = findTask(run, n, 'assign');
  if (!found.ok) return found;
  const present = found.task.fields.assignee ?? null;
  if (allowOverride === false && present !== null && present !== assignee)
    return reject('INVALID_STATE', `Expected to claim user task ${n}, but '${present}' has it already.`);
  askListeners(run, n, { event: 'ASSIGNING', fields: { assignee }, ...(action !== undefined && { action }) });
}
