import { z } from 'zod';
import { audit } from '../audit.ts';
import type { Context } from '../context.ts';
import { parseBody } from '../input.ts';
import { anyone, signedIn } from '../policy.ts';
import { Problem } from '../problem.ts';
import { groupsOf } from '../reader.ts';
import type { Reader } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { iso } from '../v2/show.ts';

const credentials = z.object({ username: z.string().min(1).max(200), password: z.string().min(1).max(200) });

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
  };
}

function homeOf(reader: Reader): string {
  if (reader.roles.some((role) => role === 'operator' || role === 'evaluator' || role === 'admin')) return '/console/';
  return reader.roles.includes('analyst') ? '/modeler/' : '/inbox/';
}

async function signIn(asked: Asked) {
  const { username, password } = parseBody(asked, credentials);
  const { context } = asked;
  const reader = await context.signIns.check(username, password, asked.address);
  // a new secret at every sign-in; the one that came along dies with it
  if (asked.reader.session !== undefined) await context.sessions.close(asked.reader.session);
  await audit(context, reader, { action: 'sign-in', subject: reader.kind, outcome: 'done' });
  const cookie = await context.sessions.open(username);
  return { ...ok({ user: userOf(context, reader) }), headers: { 'set-cookie': cookie } };
}

/** All sessions of this person, on every machine. */
async function signOutEverywhere({ context, reader }: Asked) {
  const ended = await context.sessions.closeAll(reader.username);
  context.signIns.forget(reader.username);
  await audit(context, reader, { action: 'sign-out', subject: `everywhere: ${ended} sessions`, outcome: 'done' });
  return noContent({ 'set-cookie': context.sessions.clearingCookie() });
}

async function current({ context, reader }: Asked) {
  const deadlines = reader.session === undefined ? undefined : await context.sessions.deadlines(reader.session);
  const session = deadlines && {
    now: iso(context.now()),
    idleAt: iso(deadlines.idleAt),
    endsAt: iso(deadlines.endsAt),
    warnAt: iso(deadlines.warnAt),
  };
  return ok({ user: userOf(context, reader), session: session ?? null, sandbox: context.sandbox !== undefined });
}

async function signOut({ context, reader }: Asked) {
  if (reader.session !== undefined) await context.sessions.close(reader.session);
  return noContent({ 'set-cookie': context.sessions.clearingCookie() });
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
