import type { Run } from '../machine/run.ts';
import { propagate, setAllLocal } from '../machine/variables.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** `local`: exactly in this scope; else each variable where it exists, from here outwards. */
export function setVariables(run: Run, { n, variables, local }: CommandOf<'set-variables'>): Rejection | void {
  if (!run.state.elements.has(n)) return reject('NOT_FOUND', `Expected to set variables of element instance ${n}, but it is not active.`);
  if (local) setAllLocal(run, n, variables);
  else propagate(run, n, variables);
}
