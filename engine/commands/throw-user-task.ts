import { catcherOf } from '../machine/catching.ts';
import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';
import { findTask } from './user-tasks.ts';

/**
 * A person cannot or may not finish the task as drawn: the error or escalation goes to whoever catches its code.
 * A code that nobody catches is refused: a mistyped one must neither be forgotten nor stop the case.
 */
export function throwUserTask(run: Run, command: CommandOf<'throw-user-task'>): Rejection | void {
  const { n, kind, code, message, variables = {} } = command;
  const found = findTask(run, n, `raise an ${kind} in`);
  if (!found.ok) return found;
  const thrown = { kind, code };
  const { el } = found.task;
  if (catcherOf(run, run.instance(el), thrown) === undefined && run.state.parent === undefined)
    return reject('INVALID_STATE', `Expected an event around user task ${n} that catches the ${kind} '${code}', but there is none.`);
  const said = message === undefined ? {} : { message };
  run.emit({ t: 'user-task-thrown', n, ...thrown, ...said, at: run.at });
  run.push({ do: 'throw', n: el, ...thrown, ...said, variables });
}
