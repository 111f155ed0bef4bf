import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

/** Characters of a business id at most. */
export const BUSINESS_ID_LENGTH = 256;

/** Gives an instance its business id once, when it was started without. */
export function assignBusinessId(run: Run, { businessId }: CommandOf<'assign-business-id'>): Rejection | void {
  const problem = businessIdProblem(run, businessId);
  if (problem) return problem;
  run.emit({ t: 'business-id-assigned', businessId });
}

/** Why the instance may not have this one now. */
export function businessIdProblem(run: Run, businessId: string): Rejection | undefined {
  if (businessId === '' || businessId.length > BUSINESS_ID_LENGTH)
    return reject(
      'INVALID_ARGUMENT',
      `Expected to assign a business id of 1 to ${BUSINESS_ID_LENGTH} characters, but it has ${businessId.length}.`,
    );
  if (run.state.parent)
    return reject(
      'INVALID_STATE',
      `Expected to assign a business id to a case that nobody called, but this one got its own from its caller.`,
    );
  if (run.state.businessId !== undefined)
    return reject(
      'INVALID_STATE',
      `Expected to assign the business id '${businessId}', but the instance has '${run.state.businessId}' already.`,
    );
  return undefined;
}
