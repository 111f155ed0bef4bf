/**
 * Links to one document for a while, for somebody who has no account (a browser that shows a picture, a printer, another agency's program).
 * Signed with a key of their own made of the installation's secret; bound to the bytes that were there when the link was made.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Row } from '../runtime/collections.ts';
import type { Context } from './context.ts';

/** milliseconds */
export const LONGEST_LINK = 7 * 24 * 3_600_000;

/** Address of the link. `expires`: milliseconds since 1970 UTC. */
export function linkTo({ config, secret }: Context, row: Row, expires: number): string {
  const query = new URLSearchParams({ expires: String(expires), signature: signed(secret, row, expires) });
  return `${config.publicUrl}/api/v1/document-links/${encodeURIComponent(String(row['documentId']))}?${query.toString()}`;
}

/** Was it made here, for these bytes, and is it not over? */
export function isGood({ secret, now }: Context, row: Row, given: Readonly<Record<string, string | undefined>>): boolean {
  const expires = /^\d{1,16}$/.test(given['expires'] ?? '') ? Number(given['expires']) : 0;
  const mine = Buffer.from(signed(secret, row, expires));
  const theirs = Buffer.from(given['signature'] ?? '');
  return mine.length === theirs.length && timingSafeEqual(mine, theirs) && expires > now();
}

function signed(secret: string, row: Row, expires: number): string {
  const key = createHmac('sha256', secret).update('links to documents').digest();
  const said = JSON.stringify([row['documentId'], row['sha256'] ?? null, row['createdAt'] ?? null, expires]);
  return createHmac('sha256', key).update(said).digest('base64url');
}
