/**
 * Sessions: a random 256-bit secret in a cookie, only its hash in the store. A session ends when it idles, when it gets old,
 * when its person signs out or is disabled. Every sign-in makes a new secret and ends the one that came with it.
 */
import { hash as digest, randomBytes } from 'node:crypto';
import type { Store } from '../runtime/ports.ts';
import { allRows } from './all-rows.ts';
import { cookie, cookieIn } from './cookies.ts';
import { nobody } from './reader.ts';
import type { Reader, Role } from './reader.ts';

export const COOKIE = 'alur_session';
const MINUTE = 60_000;
/** milliseconds without a request */
export const IDLE_LIMIT = 60 * MINUTE;
/** milliseconds since sign-in */
export const AGE_LIMIT = 12 * 60 * MINUTE;
/** milliseconds before either end in which the screens warn */
export const WARN_BEFORE = 5 * MINUTE;
/** last use is written down at most this often */
const SEEN_STEP = MINUTE;

export class Sessions {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #secure: boolean;
  constructor(store: Store, options: { readonly now: () => number; readonly secure: boolean }) {
    this.#store = store;
    this.#now = options.now;
    this.#secure = options.secure;
  }

  /** the cookie to set. `from`: the provider that vouched for the person, and what signing out there needs (sealed) */
  async open(username: string, from: { readonly provider: string; readonly idToken: string } | undefined = undefined): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    const now = this.#now();
    const row = { sessionHash: hashOf(secret), username, createdAt: now, seenAt: now, expiresAt: now + AGE_LIMIT, ...from };
    await this.#store.write([{ op: 'put', collection: 'sessions', key: row.sessionHash, row }]);
    return this.#cookie(secret, AGE_LIMIT / 1000);
  }

  /** who belongs to the request's cookie; `nobody` (perhaps `expired`) without a living session. `touch: false`: only looks, is no use of it */
  async reader(cookieHeader: string | undefined, { touch = true } = {}): Promise<Reader> {
    const secret = secretIn(cookieHeader);
    if (secret === undefined) return nobody;
    const hash = hashOf(secret);
    const row = await this.#store.get('sessions', hash);
    if (row === undefined) return { ...nobody, expired: true };
    const now = this.#now();
    if (now >= Number(row['expiresAt']) || now - Number(row['seenAt']) >= IDLE_LIMIT) {
      await this.close(hash);
      return { ...nobody, expired: true };
    }
    if (touch && now - Number(row['seenAt']) >= SEEN_STEP)
      await this.#store.write([{ op: 'patch', collection: 'sessions', key: hash, fields: { seenAt: now } }]);
    return this.#readerOf(String(row['username']), hash);
  }

  async #readerOf(username: string, session: string): Promise<Reader> {
    const user = await this.#store.get('users', username);
    if (user === undefined || user['disabled'] === true) return { ...nobody, expired: true };
    return { ...readerOfUser(user), session };
  }

  /** where the session's person came from, when a provider vouched for them */
  async origin(hash: string): Promise<{ readonly provider: string; readonly idToken: string } | undefined> {
    const row = await this.#store.get('sessions', hash);
    return row?.['provider'] === undefined ? undefined : { provider: String(row['provider']), idToken: String(row['idToken']) };
  }

  /** when the session will end, told so that the screens can warn in time; milliseconds since 1970 UTC */
  async deadlines(
    hash: string,
    { used }: { readonly used: boolean },
  ): Promise<{ readonly idleAt: number; readonly endsAt: number; readonly warnAt: number } | undefined> {
    const row = await this.#store.get('sessions', hash);
    if (row === undefined) return undefined;
    const endsAt = Number(row['expiresAt']);
    // a request that is a use may not be written down yet
    const idleAt = Math.min((used ? this.#now() : Number(row['seenAt'])) + IDLE_LIMIT, endsAt);
    return { idleAt, endsAt, warnAt: idleAt - WARN_BEFORE };
  }

  /** Sign-out everywhere. */
  async closeAll(username: string): Promise<number> {
    const rows = await allRows(this.#store, 'sessions', { username });
    await this.#store.write(rows.map((row) => ({ op: 'delete', collection: 'sessions', key: String(row['sessionHash']) })));
    return rows.length;
  }

  async close(hash: string): Promise<void> {
    await this.#store.write([{ op: 'delete', collection: 'sessions', key: hash }]);
  }

  clearingCookie(): string {
    return this.#cookie('', 0);
  }

  #cookie(value: string, maxAge: number): string {
    return cookie(COOKIE, value, { path: '/', maxAge, secure: this.#secure });
  }
}

/** a row of `users` as a reader */
export function readerOfUser(user: Readonly<Record<string, unknown>>): Reader {
  const own = { username: String(user['username']), name: String(user['name']) };
  if (user['realm'] !== 'staff') return { kind: 'citizen', ...own, roles: [] };
  return { kind: 'staff', ...own, agency: String(user['agency'] ?? ''), roles: (user['roles'] ?? []) as readonly Role[] };
}

function hashOf(secret: string): string {
  return digest('sha256', secret, 'hex');
}

function secretIn(header: string | undefined): string | undefined {
  const value = cookieIn(header, COOKIE);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}
