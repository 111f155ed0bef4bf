import type { Run } from '../machine/run.ts';
import { askListeners } from '../machine/task-listeners.ts';
import { parseDate } from '../time/date.ts';
import type { CommandOf, Rejection, TaskFields } from '../terms.ts';
import { reject } from './rejection.ts';
import { findTask } from './user-tasks.ts';

/** Changes candidates, dates or priority of an open task. */
export function updateUserTask(run: Run, { n, changes, action }: CommandOf<'update-user-task'>): Rejection | void {
  const wrong = problemOf(changes, run.world.zone);
  if (wrong !== undefined) return reject('INVALID_ARGUMENT', `Expected to update user task ${n}, but ${wrong}.`);
  const found = findTask(run, n, 'update');
  if (!found.ok) return found;
  askListeners(run, n, { event: 'UPDATING', fields: changes, ...(action !== undefined && { action }) });
}

function problemOf({ dueDate, followUpDate, priority }: TaskFields, zone: string): string | undefined {
  for (const date of [dueDate, followUpDate])
    if (date && parseDate(date, zone) === undefined) return `'${date}' is no ISO 8601 date and time`;
  if (priority !== undefined && (!Number.isInteger(priority) || priority < 0 || priority > 100))
    return `${priority} is no priority from 0 to 100`;
  return undefined;
}
