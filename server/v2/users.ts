/**
 * Accounts of the staff, as the interface that we follow words them. A new account sees nothing until it belongs to an agency and has a role;
 * one that an agency's administrator makes belongs to that agency. A name is never given twice: the audit means one person by it.
 */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { audit } from '../audit.ts';
import { CLIENT_PREFIX } from '../identity/machines.ts';
import { parseBody } from '../input.ts';
import { accountScope, keepsAccounts, readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { isCityWide } from '../reader.ts';
import { created, noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { hashPassword } from '../sign-ins.ts';
import { changeAccount, inTurn, readableAccount, refuseManaged, refuseOwn } from './account-changes.ts';
import { membershipRoutes } from './memberships.ts';
import { showUser } from './show.ts';
import { members, users } from './tables.ts';

/** as whom the house itself acts */
const taken = ['alur', 'local', 'sandbox'];
const password = z.string().min(8).max(256);
export const called = z.string().trim().min(1).max(256);
export const email = z.union([z.literal(''), z.email().max(256)]);
export const username = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[A-Za-z0-9_@.+-]+$/)
  .refine((name) => !name.startsWith(CLIENT_PREFIX), "Expected a name that is no program's");
const creation = z.object({
  username,
  password,
  name: called.nullish(),
  email: email.nullish(),
});
const update = z.object({ password: z.union([z.literal(''), password]).nullish(), name: called.nullish(), email: email.nullish() });

async function create(asked: Asked) {
  const given = parseBody(asked, creation);
  const passwordHash = await hashPassword(given.password);
  const row = {
    username: given.username,
    name: given.name ?? given.username,
    realm: 'staff',
    roles: [],
    passwordHash,
    disabled: false,
    ...(given.email ? { email: given.email } : {}),
    ...(isCityWide(asked.reader) ? {} : { agency: asked.reader.agency }),
  };
  await makeAccount(asked, row);
  return created(showUser(row));
}

export async function makeAccount(asked: Asked, row: Row): Promise<void> {
  const key = String(row['username']);
  const { store } = asked.context.runtime;
  const made =
    !taken.includes(key.toLowerCase()) &&
    (await inTurn(asked, () => store.write([{ op: 'put', collection: 'users', key, row }], [{ collection: 'users', key }])));
  if (!made) throw new Problem('ALREADY_EXISTS', 'Expected a user name that nobody has or had, but this one is taken');
  // the address names nobody: the record does
  await audit(asked.context, asked.reader, { action: 'call', subject: `POST /v2/users ${key}`, outcome: 'done' });
}

async function change(asked: Asked) {
  const given = parseBody(asked, update);
  const passwordHash = given.password ? await hashPassword(given.password) : undefined;
  const row = await changeAccount(asked, (found) => {
    if (passwordHash !== undefined) refuseManaged(found);
    return {
      ...(given.name ? { name: given.name } : {}),
      ...(typeof given.email === 'string' ? { email: given.email } : {}),
      ...(passwordHash === undefined ? {} : { passwordHash, passwordTemporary: false }),
    };
  });
  if (passwordHash !== undefined) await endSessions(asked, String(row['username']));
  return ok(showUser(row));
}

/** The row stays without rights, so that the name stays taken. */
async function remove(asked: Asked) {
  const row = await changeAccount(asked, (found) => {
    refuseOwn(asked, found);
    return { realm: 'gone', disabled: true, roles: [], agency: '', passwordHash: null, email: '' };
  });
  await endSessions(asked, String(row['username']));
  return noContent();
}

export async function endSessions({ context }: Asked, username: string): Promise<void> {
  await context.sessions.closeAll(username);
  context.signIns.forget(username);
}

const one = '/v2/users/:username';
export const userRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/users', creates: true, allow: keepsAccounts, body: creation, handler: create },
  {
    method: 'post',
    path: '/v2/users/search',
    allow: readsAccounts,
    searches: users,
    handler: (asked) => search(asked, users, { scope: accountScope(asked.reader) }),
  },
  { method: 'get', path: one, allow: readsAccounts, handler: async (asked) => ok(showUser(await readableAccount(asked))) },
  { method: 'put', path: one, allow: keepsAccounts, records: 'house', body: update, handler: change },
  { method: 'delete', path: one, allow: keepsAccounts, records: 'house', handler: remove },
  ...membershipRoutes({
    word: 'users',
    param: ':username',
    noun: 'somebody',
    table: members,
    scope: accountScope,
    keeps: keepsAccounts,
    change: (asked, change) => changeAccount(asked, (row) => (refuseManaged(row), change(row))),
    refuseTaking(asked, row, what) {
      if (what === 'agency' || what === 'admin') refuseOwn(asked, row);
    },
  }),
];
