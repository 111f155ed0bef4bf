import type { Run } from '../machine/run.ts';
import { askListeners } from '../machine/task-listeners.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { findTask } from './user-tasks.ts';

/** Gives the task back to its candidates. */
export function unassignUserTask(run: Run, { n, action }: CommandOf<'unassign-user-task'>): Rejection | void {
  const found = findTask(run, n, 'unassign');
  if (!found.ok) return found;
  askListeners(run, n, { event: 'ASSIGNING', fields: { assignee: null }, ...(action !== undefined && { action }) });
}
