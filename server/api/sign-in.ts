/** Signing in without a password of ours: with an identity provider, or a code that is sent. Navigations answer with a redirect, also when something went wrong. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { audit } from '../audit.ts';
import { cookie, cookieIn } from '../cookies.ts';
import { CITIZEN_PREFIX } from '../identity/citizens.ts';
import { FLOW_COOKIE } from '../identity/code-flow.ts';
import { contactOf, hashOfContact, maskedContact } from '../identity/contacts.ts';
import type { Contact } from '../identity/contacts.ts';
import { CODE_COOKIE, CODE_LIFE, DEVICE_COOKIE } from '../identity/one-time-codes.ts';
import type { OneTimeCodes } from '../identity/one-time-codes.ts';
import type { Claims } from '../identity/claims.ts';
import type { Provider } from '../identity/providers.ts';
import { parseBody, textParam } from '../input.ts';
import { anyone, signedIn } from '../policy.ts';
import { Problem } from '../problem.ts';
import { noContent, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { AGE_LIMIT } from '../sessions.ts';
import { iso } from '../v2/show.ts';
import { openSession, userOf } from './session.ts';

/** What a sign-in page may offer. */
function ways({ context }: Asked) {
  const providers = context.issuers.providers
    .filter(({ clientId }) => clientId !== undefined)
    .map(({ id, name, nameEn, realm }) => ({ id, name, nameEn, realm }));
  return ok({ password: true, providers, codes: context.codes?.channels ?? [] });
}

function providerParam(asked: Asked): Provider {
  const id = textParam(asked, 'provider');
  const found = asked.context.issuers.providers.find((one) => one.id === id && one.clientId !== undefined);
  if (found === undefined)
    throw new Problem('NOT_FOUND', 'Expected an identity provider that people sign in with, but there is none like this');
  return found;
}

/** A path of ours, so that nobody is sent elsewhere after signing in. */
function ownPath(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}$/.test(text) ? text : '/';
}

function moved(location: string, cookies: readonly string[]): Reply {
  return { status: 302, headers: { location, 'set-cookie': cookies } };
}

/** One that something went wrong with ends on a page of ours that says what. */
function back(returnTo: string, error: unknown, clearing: string): Reply {
  if (!(error instanceof Problem)) throw error;
  const [path = '/', rest = ''] = returnTo.split(/(?=[?#])/, 2);
  const query = new URLSearchParams(rest.startsWith('?') ? rest.slice(1) : '');
  query.set('sign-in-problem', error.code);
  return moved(`${path}?${query.toString()}`, [clearing]);
}

async function begin(asked: Asked): Promise<Reply> {
  const { flow } = asked.context;
  const returnTo = ownPath(asked.query['returnTo']);
  const provider = providerParam(asked);
  try {
    const begun = await flow.begin(provider, { returnTo });
    return moved(begun.location, [begun.cookie]);
  } catch (error) {
    return back(returnTo, error, flow.clearingCookie);
  }
}

async function callback(asked: Asked): Promise<Reply> {
  const { context } = asked;
  const { flow } = context;
  const provider = providerParam(asked);
  const begun = await flow.begun(provider, cookieIn(asked.header('cookie'), FLOW_COOKIE));
  const returnTo = ownPath(begun?.returnTo);
  try {
    if (begun === undefined)
      throw new Problem('SIGN_IN_FAILED', 'Expected a sign-in that this browser began, but it is of another or too old');
    const { claims, idToken } = await flow.finish(provider, begun, asked.query);
    if (begun.linkTo !== undefined) {
      await linkTo(asked, provider, { claims, username: begun.linkTo });
      return moved(returnTo, [flow.clearingCookie]);
    }
    const from = { provider: provider.id, idToken: await context.kept.seal({ idToken }, AGE_LIMIT / 1000) };
    const opened = await openSession(asked, await context.identities.signIn(provider, claims), from);
    return moved(returnTo, [opened.cookie, flow.clearingCookie]);
  } catch (error) {
    return back(returnTo, error, flow.clearingCookie);
  }
}

async function linkTo(
  asked: Asked,
  provider: Provider,
  { claims, username }: { readonly claims: Claims; readonly username: string },
): Promise<void> {
  const { context, reader } = asked;
  if (reader.kind === 'nobody' || reader.username !== username)
    throw new Problem('SIGN_IN_FAILED', 'Expected the person who asked for it, but nobody or somebody else is signed in');
  await context.identities.link(provider, claims, username);
  await audit(context, reader, { action: 'call', subject: `identity of ${provider.id} linked`, outcome: 'done' });
}

const linkBody = z.strictObject({ returnTo: z.string().max(500).optional() });
async function link(asked: Asked): Promise<Reply> {
  const { returnTo } = parseBody(asked, linkBody, {});
  const { username } = asked.reader;
  const begun = await asked.context.flow.begin(providerParam(asked), { returnTo: ownPath(returnTo), linkTo: username });
  return { ...ok({ location: begun.location }), headers: { 'set-cookie': begun.cookie } };
}

async function unlink(asked: Asked): Promise<Reply> {
  await asked.context.identities.unlink(asked.reader.username, textParam(asked, 'provider'));
  return noContent();
}

// ---------------------------------------------------------------- codes

const codeBody = z.strictObject({ to: z.string().min(1).max(320), language: z.enum(['id', 'en']).default('id') });
const guessBody = z.strictObject({ code: z.string().max(40) });

function codesOf({ context }: Asked): { readonly codes: OneTimeCodes; readonly channels: readonly Contact['channel'][] } {
  if (context.codes !== undefined) return context.codes;
  throw new Problem('NOT_FOUND', 'Expected a way to send codes, but this installation has none');
}

const PATH = '/api/v1/sign-in';
const own = ({ context }: Asked, path = PATH) => ({ path, secure: context.config.publicUrl.startsWith('https:') });

/** The same answer for addresses that have an account and for those that have none. */
async function sendCode(asked: Asked): Promise<Reply> {
  const { codes, channels } = codesOf(asked);
  const { to, language } = parseBody(asked, codeBody);
  const contact = contactOf(to);
  if (contact === undefined || !channels.includes(contact.channel))
    throw new Problem('INVALID_ARGUMENT', `Expected an address to send a code to (${channels.join(' or ')}), but it is none`);
  const device = cookieIn(asked.header('cookie'), DEVICE_COOKIE);
  const { browser, expiresAt, resendAt } = await codes.begin({ contact, language, device, address: asked.address });
  const bound = cookie(CODE_COOKIE, browser, { ...own(asked), maxAge: CODE_LIFE / 1000 });
  const body = {
    to: maskedContact(contact),
    expiresAt: iso(expiresAt),
    resendAt: iso(resendAt),
    caught: asked.context.caughtCode !== undefined,
  };
  return { status: 202, body, headers: { 'set-cookie': bound } };
}

async function useCode(asked: Asked): Promise<Reply> {
  const { codes } = codesOf(asked);
  // typed in groups, or pasted with what stood around it
  const code = parseBody(asked, guessBody).code.replace(/\D/g, '').slice(0, 12);
  const contact = await codes.check(cookieIn(asked.header('cookie'), CODE_COOKIE), code);
  const { reader, cookie: session } = await openSession(asked, await accountOf(asked, contact));
  const cookies = [
    session,
    cookie(CODE_COOKIE, '', { ...own(asked), maxAge: 0 }),
    cookie(DEVICE_COOKIE, await codes.deviceCookie(contact), { ...own(asked), maxAge: codes.deviceLife }),
  ];
  return { ...ok({ user: userOf(asked.context, reader) }), headers: { 'set-cookie': cookies } };
}

/** The citizen's account of this address, made when it signs in for the first time: the code proved whose it is. */
async function accountOf({ context }: Asked, contact: Contact): Promise<string> {
  const { store } = context.runtime;
  const contactHash = hashOfContact(contact);
  const known = await store.get('citizenContacts', contactHash);
  const user = known && (await store.get('users', String(known['username'])));
  if (user?.['disabled'] === true) throw new Problem('FORBIDDEN', 'Expected an account that may be used, but it was disabled');
  if (user !== undefined) return String(user['username']);
  const username = `${CITIZEN_PREFIX}${randomBytes(8).toString('hex')}`;
  const row = {
    username,
    name: '',
    realm: 'citizen',
    roles: [],
    disabled: false,
    contact: contact.channel,
    [contact.channel]: contact.address,
  };
  const made = await store.write(
    [
      { op: 'put', collection: 'users', key: username, row },
      { op: 'put', collection: 'citizenContacts', key: contactHash, row: { contactHash, username, linkedAt: context.now() } },
    ],
    known === undefined ? [{ collection: 'citizenContacts', key: contactHash }] : [],
  );
  return made ? username : String((await store.get('citizenContacts', contactHash))?.['username']);
}

/** Where no message leaves the house, whoever tries it out reads here what would have been sent to this browser. */
function caught(asked: Asked): Reply {
  const message = asked.context.caughtCode?.(cookieIn(asked.header('cookie'), CODE_COOKIE) ?? '');
  if (message === undefined) throw new Problem('NOT_FOUND', 'Expected a message that was caught for this browser, but there is none');
  return ok(message);
}

export const signInRoutes: readonly Route[] = [
  { method: 'get', path: PATH, allow: anyone, summary: 'Ways to sign in', handler: ways },
  { method: 'post', path: `${PATH}/codes`, allow: anyone, body: codeBody, summary: 'Sends a one-time code', handler: sendCode },
  {
    method: 'get',
    path: `${PATH}/codes/caught`,
    allow: anyone,
    summary: 'The code of this browser, where nothing is sent',
    handler: caught,
  },
  { method: 'post', path: `${PATH}/code`, allow: anyone, body: guessBody, summary: 'Signs in with a code', handler: useCode },
  { method: 'get', path: `${PATH}/:provider`, allow: anyone, query: ['returnTo'], summary: 'Goes to an identity provider', handler: begin },
  { method: 'get', path: `${PATH}/:provider/callback`, allow: anyone, summary: 'Comes back from an identity provider', handler: callback },
  {
    method: 'post',
    path: '/api/v1/account/identities/:provider',
    allow: signedIn,
    body: linkBody,
    summary: 'Begins to link an identity',
    handler: link,
  },
  { method: 'delete', path: '/api/v1/account/identities/:provider', allow: signedIn, records: 'house', handler: unlink },
];
