/** Accounts that exist from the first start. In the demo everybody has the same password; elsewhere there is one administrator with a password told once. */
import { randomBytes } from 'node:crypto';
import type { Row, Store } from '../runtime/ports.ts';
import type { Agency } from './agencies.ts';
import { demoPeople } from './demo-accounts.ts';
import type { Person } from './demo-accounts.ts';
import { hashOf } from './identity/machines.ts';
import { CITY } from './reader.ts';
import { hashPassword } from './sign-ins.ts';

export interface Account extends Person {
  readonly password: string;
}

const administrator: Person = { username: 'admin', name: 'Administrator', realm: 'staff', agency: CITY, roles: ['admin'] };

/** Makes the demo's people. `reset`: give those who are there already this password too. */
export async function seedDemoAccounts(
  store: Store,
  agencies: readonly Agency[],
  { password, reset }: { readonly password: string; readonly reset: boolean },
): Promise<readonly Account[]> {
  const people = demoPeople(agencies);
  // one password, so one hash: it is slow on purpose
  let passwordHash: string | undefined;
  for (const person of people) {
    if (!reset && (await store.get('users', person.username)) !== undefined) continue;
    passwordHash ??= await hashPassword(password);
    await store.write([{ op: 'put', collection: 'users', key: person.username, row: accountRow(person, passwordHash) }]);
  }
  return people.map((person) => ({ ...person, password }));
}

/** The one administrator, when there is nobody yet. Answers the account once; later starts answer nothing. */
export async function seedAdministrator(store: Store): Promise<readonly Account[]> {
  if ((await store.search('users', { limit: 1 })).totalItems > 0) return [];
  const password = randomBytes(18).toString('base64url');
  // of several processes that start at once one tells the password
  const { username } = administrator;
  const row = accountRow(administrator, await hashPassword(password));
  const first = await store.write([{ op: 'put', collection: 'users', key: username, row }], [{ collection: 'users', key: username }]);
  return first ? [{ ...administrator, password }] : [];
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The demo's program: deploys, starts cases and works on jobs for the whole city. */
export async function seedDemoClient(store: Store, { clientId, clientSecret }: ClientCredentials): Promise<void> {
  const row = {
    clientId,
    name: 'Demo',
    agency: CITY,
    roles: ['analyst', 'clerk', 'integrator', 'operator'],
    secretHash: hashOf(clientSecret),
    generation: 1,
    disabled: false,
    createdBy: 'alur',
    createdAt: Date.now(),
  };
  const kept = await store.get('machineClients', clientId);
  if (kept?.['secretHash'] !== row.secretHash) await store.write([{ op: 'put', collection: 'machineClients', key: clientId, row }]);
}

export async function putAccount(store: Store, person: Person, password: string): Promise<void> {
  await store.write([{ op: 'put', collection: 'users', key: person.username, row: accountRow(person, await hashPassword(password)) }]);
}

export function accountRow({ username, name, realm, agency, roles }: Person, passwordHash: string): Row {
  return {
    username,
    name,
    realm,
    roles: [...roles],
    passwordHash,
    disabled: false,
    ...(agency === undefined ? {} : { agency }),
  };
}
