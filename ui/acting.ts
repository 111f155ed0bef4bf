/**
 * For whom somebody works in this tab: for oneself, or in place of a colleague who is away. Every request then says so (client.ts); whether it is
 * allowed, the server decides each time. Kept in the tab, so that another tab is one's own.
 */
import type { Role } from './session.tsx';

export interface Acting {
  readonly substitutionId: string;
  /** who really works: of nobody else is this meant */
  readonly by: string;
  /** user name and name of the absent person */
  readonly absent: string;
  readonly absentName: string;
  readonly roles: readonly Role[];
  /** ISO 8601 */
  readonly until: string;
}

const KEY = 'alur-acting';

export function acting(): Acting | undefined {
  try {
    return (JSON.parse(globalThis.sessionStorage?.getItem(KEY) ?? 'null') as Acting | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A full load follows: nothing that was read for the one may be shown to the other. */
export function actFor(wanted: Acting | undefined, address: string): void {
  if (wanted === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, JSON.stringify(wanted));
  window.location.assign(address);
}

/** Without a word: somebody else has signed in, or nobody is. */
export function stopActing(): void {
  globalThis.sessionStorage?.removeItem(KEY);
}

interface Person {
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** As whom this person works here: the absent one, with the roles that were handed on. */
export function actorOf<T extends Person>(user: T): T {
  const now = acting();
  return now?.by === user.username ? { ...user, username: now.absent, name: now.absentName, roles: now.roles } : user;
}
