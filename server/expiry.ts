import type { Row } from '../runtime/collections.ts';
import { iso } from './v2/show.ts';

/** milliseconds: from then on screens and alerts warn */
export const SOON = 30 * 86_400_000;

export interface Expiry {
  readonly expiresAt: string | null;
  readonly expiry: 'fine' | 'soon' | 'expired';
}

/** Of a credential's row. `now`: milliseconds */
export function expiryOf(row: Row, now: number): Expiry {
  const ends = typeof row['expiresAt'] === 'number' ? row['expiresAt'] : undefined;
  const left = ends === undefined ? Infinity : ends - now;
  return { expiresAt: ends === undefined ? null : iso(ends), expiry: left <= 0 ? 'expired' : left <= SOON ? 'soon' : 'fine' };
}
