import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';

/** Holds everything: until it is resumed the instance takes no result, timer, message or signal. Suspending twice is once. */
export function suspendInstance(run: Run, _command: CommandOf<'suspend-instance'>): Rejection | void {
  if (run.state.status !== 'suspended') run.emit({ t: 'instance-suspended', at: run.at });
}

export function resumeInstance(run: Run, _command: CommandOf<'resume-instance'>): Rejection | void {
  if (run.state.status === 'suspended') run.emit({ t: 'instance-resumed', at: run.at });
}
