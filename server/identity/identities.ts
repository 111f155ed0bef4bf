/**
 * Who signs in with a provider, here: one account per identity (issuer and subject), made at the first sign-in or linked by its owner who is signed in.
 * NEVER by an equal e-mail address or name: whoever can choose those elsewhere would take over an account here. An account that was made so belongs to
 * its provider: its agency and roles are what the mapping rules say at each sign-in, and nobody changes them by hand.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Row } from '../../runtime/collections.ts';
import type { RowChange, Store } from '../../runtime/ports.ts';
import { allRows } from '../all-rows.ts';
import { Problem } from '../problem.ts';
import { CITIZEN_PREFIX } from './citizens.ts';
import { rightsOf } from './claims.ts';
import type { Claims, Rights } from './claims.ts';
import type { Provider } from './providers.ts';

const MAX = 200;

export class Identities {
  readonly #store: Store;
  readonly #now: () => number;
  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** The user name of who signed in. Throws FORBIDDEN (no rule fits, or the account is disabled). */
  async signIn(provider: Provider, claims: Claims): Promise<string> {
    const known = await this.#store.get('identities', idOf(provider, claims));
    const user = known && (await this.#store.get('users', String(known['username'])));
    if (user === undefined) return this.#provision(provider, claims);
    if (user['disabled'] === true) throw new Problem('FORBIDDEN', 'Expected an account that may be used, but it was disabled');
    await this.#refresh(user, provider, claims);
    return String(user['username']);
  }

  /** Adds an identity to an account whose owner asked for it. Throws ALREADY_EXISTS when it is another account's, or the account has one of this provider. */
  async link(provider: Provider, claims: Claims, username: string): Promise<void> {
    const user = await this.#store.get('users', username);
    if (user?.['realm'] !== provider.realm || user['disabled'] === true)
      throw new Problem('FORBIDDEN', 'Expected an account of the people that this provider is for, but it is none');
    const own = await this.of(username);
    const id = idOf(provider, claims);
    if (own.some((row) => row['provider'] === provider.id && row['identityId'] !== id))
      throw new Problem('ALREADY_EXISTS', 'Expected an account without an identity of this provider, but it has another one');
    const row = this.#identity(provider, claims, username);
    const made = await this.#store.write([row], [{ collection: 'identities', key: id }]);
    if (!made && (await this.#store.get('identities', id))?.['username'] !== username)
      throw new Problem('ALREADY_EXISTS', 'Expected an identity that no other account has, but one has it');
  }

  /** the identities of an account */
  of(username: string): Promise<readonly Row[]> {
    return allRows(this.#store, 'identities', { username });
  }

  /** Throws INVALID_STATE for the only way into an account, NOT_FOUND where there is none. */
  async unlink(username: string, providerId: string): Promise<void> {
    const [own, user] = [await this.of(username), await this.#store.get('users', username)];
    const row = own.find((one) => one['provider'] === providerId);
    if (row === undefined) throw new Problem('NOT_FOUND', 'Expected an identity of this provider, but the account has none');
    if (own.length === 1 && typeof user?.['passwordHash'] !== 'string' && user?.['contact'] === undefined)
      throw new Problem('INVALID_STATE', 'Expected another way into the account, but this is the only one');
    await this.#store.write([{ op: 'delete', collection: 'identities', key: String(row['identityId']) }]);
  }

  async #provision(provider: Provider, claims: Claims): Promise<string> {
    const rights = provider.realm === 'staff' ? await rightsOf(this.#store, claims) : undefined;
    for (const username of namesFor(provider, claims)) {
      const row: Row = {
        username,
        ...described(claims),
        ...rightsFields(rights),
        realm: provider.realm,
        managedBy: provider.id,
        disabled: false,
      };
      const changes: readonly RowChange[] = [
        { op: 'put', collection: 'users', key: username, row },
        this.#identity(provider, claims, username),
      ];
      const free = [
        { collection: 'users', key: username },
        { collection: 'identities', key: idOf(provider, claims) },
      ] as const;
      if (await this.#store.write(changes, free)) return username;
      // two first sign-ins at the same moment: the other one made the account
      const known = await this.#store.get('identities', idOf(provider, claims));
      if (known !== undefined) return String(known['username']);
    }
    throw new Problem('RESOURCE_EXHAUSTED', 'Expected a user name that is free, but none is');
  }

  /** Rights that were taken away there are taken away here, also when none are left and the sign-in fails. */
  async #refresh(user: Row, provider: Provider, claims: Claims): Promise<void> {
    const key = String(user['username']);
    if (user['managedBy'] !== provider.id) return;
    const fields = (rights: Rights | undefined): RowChange => ({
      op: 'patch',
      collection: 'users',
      key,
      fields: { ...described(claims), ...rightsFields(rights) },
    });
    const rights =
      provider.realm === 'citizen'
        ? undefined
        : await rightsOf(this.#store, claims).catch(async (error: unknown) => {
            await this.#store.write([fields({ agency: '', roles: [] })]);
            throw error;
          });
    await this.#store.write([fields(rights)]);
  }

  #identity(provider: Provider, claims: Claims, username: string): RowChange {
    const identityId = idOf(provider, claims);
    const row = {
      identityId,
      provider: provider.id,
      issuer: provider.issuer,
      subject: String(claims['sub']),
      username,
      linkedAt: this.#now(),
    };
    return { op: 'put', collection: 'identities', key: identityId, row };
  }
}

function idOf({ issuer }: Provider, claims: Claims): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, claims['sub']]))
    .digest('hex');
}

/** of a citizen's account nothing is said but that it is one: its name stands in cases */
function* namesFor(provider: Provider, claims: Claims): Generator<string> {
  for (let tries = 0; tries < 20; tries += 1) {
    const chosen = String(claims['preferred_username'] ?? claims['email'] ?? claims['sub']).replace(/[^A-Za-z0-9_@.+-]/g, '_');
    const again = tries === 0 ? '' : `.${randomBytes(3).toString('hex')}`;
    yield provider.realm === 'citizen'
      ? `${CITIZEN_PREFIX}${randomBytes(8).toString('hex')}`
      : `${provider.id}.${chosen}`.slice(0, MAX) + again;
  }
}

function described(claims: Claims): Row {
  const name = claims['name'] ?? claims['preferred_username'] ?? claims['email'] ?? 'Warga';
  const email = claims['email_verified'] === false ? undefined : claims['email'];
  return { name: String(name).slice(0, MAX), ...(typeof email === 'string' ? { email: email.slice(0, MAX) } : {}) };
}

function rightsFields(rights: Rights | undefined): Row {
  return rights === undefined ? { roles: [] } : { agency: rights.agency, roles: [...rights.roles] };
}
