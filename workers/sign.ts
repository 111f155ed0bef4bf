/**
 * A request that proves who sent it and that nobody changed it: HMAC-SHA256, in hexadecimal, over five lines:
 * key id, time (milliseconds since 1970), method, address with query, SHA-256 of the body. Webhooks to us are signed in the same way.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureNames } from './connections.ts';

export interface Signed {
  readonly keyId: string;
  /** milliseconds since 1970 UTC */
  readonly timestamp: number;
  readonly method: string;
  /** path with query */
  readonly target: string;
  readonly body: string | Uint8Array;
}

export function sign(secret: string, { keyId, timestamp, method, target, body }: Signed): string {
  const digest = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', secret).update([keyId, timestamp, method.toUpperCase(), target, digest].join('\n')).digest('hex');
}

/** In constant time, so that nobody can guess a signature piece by piece. */
export function isSignature(given: string, expected: string): boolean {
  const [left, right] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(left!, right!);
}

export const signatureNames = (names: SignatureNames = {}): Required<SignatureNames> => ({
  keyId: 'x-key-id',
  timestamp: 'x-timestamp',
  signature: 'x-signature',
  ...names,
});
