import type { Rejection, RejectionKind } from '../terms.ts';

/** The caller erred. `reason`: "Expected to …, but …". */
export function reject(kind: RejectionKind, reason: string): Rejection {
  return { ok: false, kind, reason };
}
