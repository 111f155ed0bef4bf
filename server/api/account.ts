/** One's own account: who one is, how one signs in, and a password that nobody else knows. */
import { z } from 'zod';
import { audit } from '../audit.ts';
import type { Row } from '../../runtime/collections.ts';
import { parseBody } from '../input.ts';
import { newPassword, setPassword } from '../passwords.ts';
import { citizens, signedIn } from '../policy.ts';
import { Problem } from '../problem.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';
import { openSession, userOf } from './session.ts';

async function own({ context, reader }: Asked): Promise<Row> {
  const row = await context.runtime.store.get('users', reader.username);
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected an account, but you have none here');
  return row;
}

async function show(asked: Asked) {
  const { context, reader } = asked;
  const row = await own(asked);
  const identities = (await context.identities.of(reader.username)).map(({ provider, linkedAt }) => ({
    provider,
    linkedAt: iso(linkedAt),
  }));
  const linked = new Set(identities.map(({ provider }) => provider));
  const providers = context.issuers.providers
    .filter(({ clientId, realm }) => clientId !== undefined && realm === reader.kind)
    .map(({ id, name, nameEn }) => ({ id, name, nameEn, linked: linked.has(id) }));
  const sessions = (await context.runtime.store.search('sessions', { filter: { username: reader.username }, limit: 1 })).totalItems;
  return ok({
    ...userOf(context, reader),
    email: row['email'] ?? null,
    phone: row['phone'] ?? null,
    hasPassword: typeof row['passwordHash'] === 'string',
    managedBy: row['managedBy'] ?? null,
    identities,
    providers,
    sessions,
  });
}

const passwordBody = z.strictObject({ current: z.string().min(1).max(256), next: newPassword });
/** Every other session ends: who knew the old password is out. */
async function changePassword(asked: Asked) {
  const { context, reader } = asked;
  const { current, next } = parseBody(asked, passwordBody);
  const row = await own(asked);
  if (typeof row['passwordHash'] !== 'string')
    throw new Problem('INVALID_STATE', 'Expected an account with a password, but this one signs in otherwise');
  await context.signIns.check(reader.username, current, asked.address);
  await setPassword(asked, reader.username, { next, current });
  await context.sessions.closeAll(reader.username);
  await audit(context, reader, { action: 'call', subject: 'own password changed', outcome: 'done' });
  const { cookie } = await openSession(asked, reader.username);
  return noContent({ 'set-cookie': cookie });
}

const nameBody = z.strictObject({ name: z.string().trim().min(2).max(200) });
/** Who came with a code alone has no name yet; a provider's people are called as it says. */
async function changeName(asked: Asked) {
  const { name } = parseBody(asked, nameBody);
  const row = await own(asked);
  if (row['managedBy'] !== undefined) throw new Problem('INVALID_STATE', 'Expected a name that is kept here, but your provider keeps it');
  await asked.context.runtime.store.write([{ op: 'patch', collection: 'users', key: asked.reader.username, fields: { name } }]);
  return ok({ user: userOf(asked.context, { ...asked.reader, name }) });
}

export const accountRoutes: readonly Route[] = [
  { method: 'get', path: '/api/v1/account', allow: signedIn, handler: show },
  { method: 'post', path: '/api/v1/account/password', allow: signedIn, body: passwordBody, handler: changePassword },
  { method: 'put', path: '/api/v1/account/name', allow: citizens, body: nameBody, handler: changeName },
];
