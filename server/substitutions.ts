/**
 * Standing in for somebody who is away: from a day to a day, with some of the absent person's roles. Whoever stands in says so with each request
 * (header `X-Alur-On-Behalf-Of`: user name of the absent person), sees and does what the absent person could with these roles, and the audit names both.
 */
import type { Row } from '../runtime/collections.ts';
import type { Store } from '../runtime/ports.ts';
import { Problem } from './problem.ts';
import type { Reader, Role } from './reader.ts';
import { readerOfUser } from './sessions.ts';

export const ON_BEHALF_OF = 'x-alur-on-behalf-of';
/** who one is, and who stands in for whom, is nobody else's business */
const personal = /^\/api\/v1\/(session|sessions|substitutions|drafts|sign-in|account)(\/|$)/;

/** The reader as whom the request is to be answered. FORBIDDEN when nobody named the caller as the substitute, or not today. */
export async function standIn(
  { store, now }: { readonly store: Store; readonly now: number },
  caller: Reader,
  { path, absent }: { readonly path: string; readonly absent: string | undefined },
): Promise<Reader> {
  if (absent === undefined || personal.test(path)) return caller;
  const active = caller.kind === 'staff' ? await activeFor(store, { caller, absent, now }) : [];
  const user = active.length === 0 ? undefined : await store.get('users', absent);
  if (user === undefined || user['disabled'] === true)
    throw new Problem('FORBIDDEN', 'Expected to stand in for this person today, but nothing says so');
  const reader = readerOfUser(user);
  const granted = new Set(active.flatMap((row) => row['roles'] as readonly Role[]));
  const roles = reader.roles.filter((role) => granted.has(role));
  return { ...reader, roles, actingAs: caller.username, ...(caller.session === undefined ? {} : { session: caller.session }) };
}

async function activeFor(
  store: Store,
  { caller, absent, now }: { readonly caller: Reader; readonly absent: string; readonly now: number },
): Promise<readonly Row[]> {
  const found = await store.search('substitutions', {
    filter: { substitute: caller.username, absent, from: { $lte: now }, until: { $gt: now }, endedAt: { $exists: false } },
    limit: 100,
  });
  return found.items;
}
