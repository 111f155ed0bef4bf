/**
 * What one case may weigh. A case that grows without end would take everybody's memory and at last not fit its store:
 * better a clear no to whoever brings the data. docs/operations.md has the table of all limits; test/runtime/limits.test.ts reads it.
 */
import type { Command, InstanceState, Rejection } from '../engine/index.ts';

/** All variables of one process instance together, as JSON; bytes. */
export const MOST_VARIABLES = 4 * 2 ** 20;

export interface Weighed {
  readonly command: Command;
  /** of the case's log and snapshot with this step: more than its variables can have */
  readonly atMost: number;
  /** bytes of variables before the step; 0 when it was far from the limit */
  readonly before: number;
  readonly state: InstanceState;
}

/** The refusal of a command that brings more than fits. One that makes a heavy case lighter is welcome, and one that brings nothing is not to blame. */
export function tooHeavy({ command, atMost, before, state }: Weighed): Rejection | undefined {
  if (atMost <= MOST_VARIABLES || !('variables' in command)) return undefined;
  // a case that ends with this step keeps no variables, but its history keeps what the command brings
  const after = Math.max(weightOfVariables(state), Buffer.byteLength(JSON.stringify(command.variables ?? {})));
  if (after <= MOST_VARIABLES || after <= before) return undefined;
  return {
    ok: false,
    kind: 'INVALID_ARGUMENT',
    reason: `Expected the variables of a case to take at most ${MOST_VARIABLES} bytes as JSON, but with these they take ${after}`,
  };
}

export function weightOfVariables({ variables }: InstanceState): number {
  let bytes = 0;
  for (const scope of variables.values())
    for (const [name, { value }] of scope) bytes += Buffer.byteLength(name) + Buffer.byteLength(JSON.stringify(value));
  return bytes;
}
