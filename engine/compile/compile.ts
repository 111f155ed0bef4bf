import type { Process } from '../process.ts';
import type { Problem } from '../problem.ts';

/** `problems` of an accepted diagram are warnings. Library names who is executable: all processes of the file that are marked so. */
export type CompileResult =
  | { readonly ok: true; readonly processes: readonly Process[]; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export async function compile(_xml: string): Promise<CompileResult> {
  throw new Error('Expected the compiler to be there, but it is being written.');
}
