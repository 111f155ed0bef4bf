import type { Run } from '../machine/run.ts';
import type { CommandOf, Rejection } from '../terms.ts';
import { reject } from './rejection.ts';

const LENGTH = 256;

/** Gives an instance its business id once, when it was started without. */
export function assignBusinessId(run: Run, { businessId }: CommandOf<'assign-business-id'>): Rejection | void {
  if (businessId === '' || businessId.length > LENGTH)
    return reject('INVALID_ARGUMENT', `Expected to assign a business id of 1 to ${LENGTH} characters, but it has ${businessId.length}.`);
  if (run.state.businessId !== undefined)
    return reject(
      'INVALID_STATE',
      `Expected to assign the business id '${businessId}', but the instance has '${run.state.businessId}' already.`,
    );
  run.emit({ t: 'business-id-assigned', businessId });
}
