/**
 * Accounts of the staff as the administration screen keeps them. The password of a new or forgotten account is made here, told once, and good for one
 * sign-in: nobody else knows the one that follows.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { audit } from '../audit.ts';
import { parseBody } from '../input.ts';
import { accountScope, keepsAccounts, readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY, isCityWide, roles } from '../reader.ts';
import { created, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { hashPassword } from '../sign-ins.ts';
import { changeAccount, readableAccount, refuseManaged, refuseOwn, rolesOf } from '../v2/account-changes.ts';
import { iso } from '../v2/show.ts';
import { called, email, endSessions, makeAccount, username } from '../v2/users.ts';

const MOST = 1_000;
const rolesField = z
  .array(z.enum(roles))
  .max(roles.length)
  .transform((given) => [...new Set(given)]);
const creation = z.strictObject({
  username,
  name: called,
  email: email.optional(),
  agency: z.string().max(100).optional(),
  roles: rolesField,
});
const update = z.strictObject({
  name: called.optional(),
  email: email.optional(),
  agency: z.string().max(100).optional(),
  roles: rolesField.optional(),
  disabled: z.boolean().optional(),
});

/** easily read out: four groups of five */
function temporaryPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const text = [...randomBytes(20)].map((byte) => letters[byte % letters.length]).join('');
  return text.replace(/(.{5})(?=.)/g, '$1-');
}

/** The agency that a new or changed account may be of. */
function agencyFor({ context, reader }: Asked, agency: string): string {
  if (agency !== '' && agency !== CITY && !context.agencies.has(agency))
    throw new Problem('INVALID_ARGUMENT', 'Expected the id of an agency in the register, but there is none like this');
  if (!isCityWide(reader) && agency !== reader.agency)
    throw new Problem('FORBIDDEN', 'Expected an account of your own agency, but it is for another');
  return agency;
}

async function list({ context, reader, query }: Asked) {
  const found = await context.runtime.store.search('users', { scope: accountScope(reader), sort: [{ field: 'name' }], limit: MOST });
  const wanted = (query['q'] ?? '').toLowerCase();
  const fits = (row: Row): boolean =>
    [row['username'], row['name'], row['email']].some((text) =>
      String(text ?? '')
        .toLowerCase()
        .includes(wanted),
    );
  const items = found.items.filter((row) => fits(row) && (query['agency'] === undefined || row['agency'] === query['agency']));
  return ok({ items: items.map((row) => show(context, row)), totalItems: found.totalItems });
}

async function create(asked: Asked) {
  const { agency = asked.reader.agency ?? '', ...given } = parseBody(asked, creation);
  const password = temporaryPassword();
  const row: Row = {
    ...given,
    agency: agencyFor(asked, agency),
    realm: 'staff',
    passwordHash: await hashPassword(password),
    passwordTemporary: true,
    disabled: false,
  };
  await makeAccount(asked, row);
  return created({ ...show(asked.context, row), password });
}

async function change(asked: Asked) {
  const given = parseBody(asked, update);
  if (given.agency !== undefined) agencyFor(asked, given.agency);
  const row = await changeAccount(asked, (found) => {
    if (given.roles !== undefined || given.agency !== undefined) refuseManaged(found);
    const dropsAdmin = given.roles !== undefined && rolesOf(found).includes('admin') && !given.roles.includes('admin');
    const leaves = given.agency !== undefined && given.agency !== found['agency'];
    if (dropsAdmin || leaves || given.disabled === true) refuseOwn(asked, found);
    return given;
  });
  if (given.disabled === true) await endSessions(asked, String(row['username']));
  const what = Object.entries(given).map(([name, value]) => (name === 'name' || name === 'email' ? name : `${name}=${String(value)}`));
  await audit(asked.context, asked.reader, {
    action: 'call',
    subject: `PATCH account ${String(row['username'])}: ${what.join(' ')}`,
    outcome: 'done',
  });
  return ok(show(asked.context, row));
}

async function reset(asked: Asked) {
  const password = temporaryPassword();
  const passwordHash = await hashPassword(password);
  const row = await changeAccount(asked, (found) => {
    refuseManaged(found);
    refuseOwn(asked, found);
    return { passwordHash, passwordTemporary: true };
  });
  await endSessions(asked, String(row['username']));
  return ok({ ...show(asked.context, row), password });
}

function show({ agencies }: Asked['context'], row: Row) {
  return {
    username: row['username'],
    name: row['name'],
    email: row['email'] || null,
    agency: row['agency'] || null,
    agencyName: row['agency'] ? agencies.nameOf(String(row['agency'])) : null,
    agencyNameEn: row['agency'] ? agencies.nameEnOf(String(row['agency'])) : null,
    roles: rolesOf(row),
    disabled: row['disabled'] === true,
    managedBy: row['managedBy'] ?? null,
    passwordTemporary: row['passwordTemporary'] === true,
    lastSignIn: iso(row['lastSignIn']),
  };
}

const one = '/api/v1/accounts/:username';
export const accountsRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/accounts', allow: readsAccounts, query: ['q', 'agency'], handler: list },
  { method: 'post', path: '/api/v1/accounts', creates: true, allow: keepsAccounts, body: creation, handler: create },
  { method: 'get', path: one, allow: readsAccounts, handler: async (asked) => ok(show(asked.context, await readableAccount(asked))) },
  { method: 'patch', path: one, allow: keepsAccounts, body: update, handler: change },
  { method: 'post', path: `${one}/password`, creates: true, allow: keepsAccounts, records: 'house', reads: 'nothing', handler: reset },
];
