import type { Run } from '../machine/run.ts';
import { terminate } from '../machine/termination.ts';
import type { CommandOf, Rejection } from '../terms.ts';

/** Ends the instance and everything in it. */
export function cancelInstance(run: Run, _command: CommandOf<'cancel-instance'>): Rejection | void {
  // its cancel listeners are at work already: they end it
  if (run.instance(0).draining?.end === 'terminate' && !run.instance(0).children?.size) return;
  terminate(run, 0);
}
