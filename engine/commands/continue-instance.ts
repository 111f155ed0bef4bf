import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** Goes on with the steps that a commit in slices has left. Any other command does so too. */
export function continueInstance(run: Run, _command: CommandOf<'continue-instance'>): Rejection | void {
  if (run.state.paused === undefined)
    return reject('INVALID_STATE', `Expected instance ${run.state.key} to have steps left to do, but it is at rest.`);
}
