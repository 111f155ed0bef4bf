import { z } from 'zod';
import { audit } from '../audit.ts';
import type { Context } from '../context.ts';
import { parseBody } from '../input.ts';
import { newPassword, setPassword } from '../passwords.ts';
import { anyone, signedIn } from '../policy.ts';
import { Problem } from '../problem.ts';
import { groupsOf, nobody } from '../reader.ts';
import type { Reader } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { readerOfUser } from '../sessions.ts';
import { iso } from '../v2/show.ts';

const credentials = z.object({
  username: z.string().min(1).max(256),
  password: z.string().min(1).max(256),
  /** with a password that somebody else gave */
  newPassword: newPassword.optional(),
});

/** `user` of docs/api.md */
export function userOf({ agencies }: Context, reader: Reader) {
  if (reader.kind === 'nobody') return null;
  const citizen = reader.kind === 'citizen';
  return {
    username: reader.username,
    name: reader.name,
    realm: reader.kind,
    agency: reader.agency ?? null,
    agencyName: agencies.nameOf(reader.agency),
    roles: reader.roles,
    groups: groupsOf(reader),
    home: citizen ? '/' : homeOf(reader),
    needsName: citizen && reader.name === '',
  };
}

function homeOf(reader: Reader): string {
  if (reader.roles.some((role) => role === 'operator' || role === 'evaluator' || role === 'admin')) return '/console/';
  return reader.roles.includes('analyst') ? '/modeler/' : '/inbox/';
}

async function signIn(asked: Asked) {
  const { username, password, newPassword: next } = parseBody(asked, credentials);
  const { context } = asked;
  await context.signIns.check(username, password, asked.address).catch(async (error: unknown) => {
    // names that nobody has are not written down: strangers must not fill the audit
    if (error instanceof Problem && error.code === 'SIGN_IN_FAILED' && (await context.runtime.store.get('users', username)) !== undefined)
      await audit(context, nobody, { action: 'sign-in', subject: username, outcome: 'denied', reason: 'wrong password or disabled' });
    throw error;
  });
  if ((await context.runtime.store.get('users', username))?.['passwordTemporary'] === true) {
    if (next === undefined)
      throw new Problem('PASSWORD_TEMPORARY', 'Expected a new password with one that somebody else gave, but there is none');
    await setPassword(asked, username, { next, current: password });
  }
  const { reader, cookie } = await openSession(asked, username);
  return { ...ok({ user: userOf(context, reader) }), headers: { 'set-cookie': cookie } };
}

/** A new secret at every sign-in; the one that came along dies with it. `from`: the provider that vouched for the person. */
export async function openSession(
  asked: Asked,
  username: string,
  from?: { readonly provider: string; readonly idToken: string },
): Promise<{ readonly reader: Reader; readonly cookie: string }> {
  const { context } = asked;
  if (asked.reader.session !== undefined) await context.sessions.close(asked.reader.session);
  const reader = readerOfUser((await context.runtime.store.get('users', username)) ?? {});
  await context.runtime.store.write([{ op: 'patch', collection: 'users', key: username, fields: { lastSignIn: context.now() } }]);
  const way = from === undefined ? '' : ` with ${from.provider}`;
  await audit(context, reader, { action: 'sign-in', subject: `${reader.kind}${way}`, outcome: 'done' });
  return { reader, cookie: await context.sessions.open(username, from) };
}

/** All sessions of this person, on every machine. */
async function signOutEverywhere({ context, reader }: Asked) {
  const ended = await context.sessions.closeAll(reader.username);
  context.signIns.forget(reader.username);
  await audit(context, reader, { action: 'sign-out', subject: `everywhere: ${ended} sessions`, outcome: 'done' });
  return noContent({ 'set-cookie': context.sessions.clearingCookie() });
}

async function current({ context, reader, header }: Asked) {
  const used = header('x-alur-away') === undefined;
  const deadlines = reader.session === undefined ? undefined : await context.sessions.deadlines(reader.session, { used });
  const session = deadlines && {
    now: iso(context.now()),
    idleAt: iso(deadlines.idleAt),
    endsAt: iso(deadlines.endsAt),
    warnAt: iso(deadlines.warnAt),
  };
  const imitations = context.agencies.imitated.map(({ name, nameEn }) => ({ name, nameEn }));
  return ok({ user: userOf(context, reader), session: session ?? null, sandbox: context.sandbox !== undefined, imitations });
}

async function signOut({ context, reader }: Asked) {
  const from = reader.session === undefined ? undefined : await context.sessions.origin(reader.session);
  if (reader.session !== undefined) await context.sessions.close(reader.session);
  const headers = { 'set-cookie': context.sessions.clearingCookie() };
  const location = from && (await elsewhere(context, from));
  return location === undefined ? noContent(headers) : { ...ok({ location }), headers };
}

/** Where the browser signs out at the provider too. One that does not answer keeps nobody signed in here. */
async function elsewhere(context: Context, from: { readonly provider: string; readonly idToken: string }): Promise<string | undefined> {
  const provider = context.issuers.providers.find(({ id }) => id === from.provider);
  const kept = await context.kept.open(from.idToken);
  if (provider === undefined || kept === undefined) return undefined;
  return context.flow.endSession(provider, String(kept['idToken'])).catch(() => undefined);
}

function openEvents({ context, reader, header }: Asked) {
  if (!context.events.hasRoom(reader))
    throw new Problem('RESOURCE_EXHAUSTED', 'Expected a few open pages, but there are too many', { retryAfterSeconds: 20 });
  const cookie = header('cookie');
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
    stream: (response: Parameters<typeof context.events.add>[0]['response']) =>
      context.events.add({
        reader,
        response,
        stillSignedIn: async () => (await context.sessions.reader(cookie, { touch: false })).kind !== 'nobody',
      }),
  };
}

export const sessionRoutes: readonly Route[] = [
  { method: 'post', path: '/api/v1/session', allow: anyone, body: credentials, handler: signIn },
  { method: 'get', path: '/api/v1/session', allow: anyone, handler: current },
  { method: 'delete', path: '/api/v1/session', allow: signedIn, handler: signOut },
  { method: 'delete', path: '/api/v1/sessions', allow: signedIn, handler: signOutEverywhere },
  { method: 'get', path: '/api/v1/events', allow: signedIn, handler: openEvents },
];
