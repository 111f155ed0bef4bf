import type { Run } from '../machine/run.ts';
import { askListeners } from '../machine/task-listeners.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { findTask } from './user-tasks.ts';

/** A person has done the task; its variables are the result. */
export function completeUserTask(run: Run, { n, variables, action, by }: CommandOf<'complete-user-task'>): Rejection | void {
  const found = findTask(run, n, 'complete');
  if (!found.ok) return found;
  askListeners(run, n, { event: 'COMPLETING', variables, by: by.id, ...(action !== undefined && { action }) });
}
