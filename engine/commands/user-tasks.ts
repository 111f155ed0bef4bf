/** What all commands about a user task need first. */
import type { Run } from '../machine/run.ts';
import type { TaskState } from '../state.ts';
import type { Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

export function findTask(run: Run, n: number, doing: string): { readonly ok: true; readonly task: TaskState } | Rejection {
  const task = run.state.tasks.get(n);
  if (task === undefined)
    return reject(
      'NOT_FOUND',
      `Expected to ${doing} user task ${n}, but there is no such open task: it was completed, canceled or never existed.`,
    );
  if (task.pending)
    return reject(
      'INVALID_STATE',
      `Expected to ${doing} user task ${n}, but listeners are still working on its ${task.pending.event.toLowerCase()}.`,
    );
  return { ok: true, task };
}
