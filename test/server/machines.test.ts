/** Programs: client credentials of ours, tokens of ours and of other issuers, and every trick with them. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT, exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { putAccount } from '../../server/accounts.ts';
import { readProviders } from '../../server/identity/providers.ts';
import { forged, openIssuer } from '../support/issuer.ts';
import type { Issuer } from '../support/issuer.ts';
import { openHouse, password } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

const AUDIENCE = 'alur-test';
const PUBLIC = 'http://localhost:8080';
let skew = 0;
let house: House;
let issuer: Issuer;
let admin: Caller;
let chief: Caller;
beforeAll(async () => {
  issuer = await openIssuer(AUDIENCE);
  const providers = await readProviders({ ALUR_OIDC_SSO_ISSUER: issuer.url, ALUR_OIDC_SSO_AUDIENCE: AUDIENCE });
  house = await openHouse({ providers, now: () => Date.now() + skew });
  const person = { username: 'chief.alpha', name: 'Hadi', realm: 'staff', agency: 'alpha', roles: ['admin'] } as const;
  await putAccount(house.runtime.store, person, password);
  [admin, chief] = [await house.as('admin'), await house.as('chief.alpha')];
});
afterAll(() => Promise.all([house.close(), issuer.close()]));

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}
const made = async (body: object, by: Caller = admin): Promise<Credentials> =>
  (await by('POST', '/api/v1/clients', { name: 'Pekerja', agency: 'alpha', roles: ['integrator'], ...body }))
    .body as unknown as Credentials;
const tokenFor = (fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  house.nobody('POST', '/oauth/token', new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  });
const grant = ({ clientId, clientSecret }: Credentials) =>
  tokenFor({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, audience: 'whatever', scope: 'x' });
const tokenOf = async (credentials: Credentials): Promise<string> => String((await grant(credentials)).body['access_token']);
const bearing = (token: string, path = '/v2/authentication/me') =>
  house.nobody('GET', path, undefined, { authorization: `Bearer ${token}` });
const payloadOf = (token: string) =>
  JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()) as Record<string, unknown>;

describe('client credentials', () => {
  test('[AC80] a client gets a token for its secret, in the form or the header, and is what its agency and roles say', async () => {
    const client = await made({});
    const answer = await grant(client);
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const basic = Buffer.from(`${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`).toString('base64');
    const other = await tokenFor({ grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` });
    for (const token of [answer, other].map(({ body }) => String(body['access_token']))) {
      expect((await bearing(token)).body).toMatchObject({ username: client.clientId, groups: ['alpha'], roles: ['integrator'] });
      expect((await bearing(token, '/api/v1/tasks')).status).toBe(401);
    }
  });

  test('[AC80] a wrong secret, an unknown client, another grant and doubled fields are refused in the words of RFC 6749', async () => {
    const client = await made({});
    const said = async (answer: Promise<Answer>) => [(await answer).status, (await answer).body['error']];
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const raw = (body: string) => house.nobody('POST', '/oauth/token', body, form);
    expect(await said(grant({ ...client, clientSecret: 'guess' }))).toEqual([401, 'invalid_client']);
    expect(await said(grant({ clientId: 'client.none', clientSecret: '' }))).toEqual([401, 'invalid_client']);
    expect(await said(tokenFor({ grant_type: 'password' }))).toEqual([400, 'unsupported_grant_type']);
    expect(await said(raw('client_id=a'))).toEqual([400, 'invalid_request']);
    expect(await said(raw(`grant_type=client_credentials&client_id=a&client_id=${client.clientId}`))).toEqual([400, 'invalid_request']);
    expect(await said(raw(`grant_type=client_credentials&client_id[$ne]=a&client_secret[$ne]=b`))).toEqual([401, 'invalid_client']);
    expect((await raw('x'.repeat(20_000))).status).toBe(400);
    expect((await house.nobody('POST', '/oauth/token', { grant_type: 'client_credentials' })).status).toBe(415);
  });

  test('[AC81] a new secret ends the old one and its tokens at once; a removed client is gone', async () => {
    const client = await made({});
    const old = await tokenOf(client);
    const renewed = (await admin('POST', `/api/v1/clients/${client.clientId}/secret`)).body as unknown as Credentials;
    expect((await grant(client)).status).toBe(401);
    expect((await bearing(old)).status).toBe(401);
    const token = await tokenOf(renewed);
    expect((await bearing(token)).status).toBe(200);
    expect((await admin('DELETE', `/api/v1/clients/${client.clientId}`)).status).toBe(204);
    const gone = await bearing(token);
    expect([gone.status, gone.body['title'], gone.headers.get('www-authenticate')]).toEqual([
      401,
      'TOKEN_INVALID',
      'Bearer error="invalid_token"',
    ]);
    expect((await grant(renewed)).status).toBe(401);
    expect((await admin('POST', `/api/v1/clients/${client.clientId}/secret`)).status).toBe(404);
  });

  test('[AC82] a program never administers, and an administrator of an agency keeps the programs of the own agency only', async () => {
    const foreign = await made({ agency: 'beta' });
    expect((await admin('POST', '/api/v1/clients', { name: 'x', agency: 'alpha', roles: ['admin'] })).status).toBe(400);
    expect((await admin('POST', '/api/v1/clients', { name: 'x', agency: 'nowhere', roles: ['clerk'] })).status).toBe(400);
    expect((await admin('PUT', `/v2/roles/admin/clients/${foreign.clientId}`)).status).toBe(409);
    expect((await chief('POST', '/api/v1/clients', { name: 'x', agency: 'beta', roles: ['clerk'] })).status).toBe(403);
    for (const [method, path] of [
      ['POST', `/api/v1/clients/${foreign.clientId}/secret`],
      ['DELETE', `/api/v1/clients/${foreign.clientId}`],
      ['PUT', `/v2/roles/operator/clients/${foreign.clientId}`],
      ['PUT', `/v2/groups/alpha/clients/${foreign.clientId}`],
    ] as const)
      expect((await chief(method, path)).status).toBe(404);
    const own = await made({ name: 'Milik alpha', agency: undefined }, chief);
    const seen = (await chief('GET', '/api/v1/clients')).body['items'] as readonly Readonly<Record<string, unknown>>[];
    expect([...new Set(seen.map(({ agency }) => agency))]).toEqual(['alpha']);
    expect(seen.map(({ clientId }) => clientId)).toContain(own.clientId);
    const token = await tokenOf(own);
    const tried = await house.nobody('POST', '/v2/users', { username: 'x', password }, { authorization: `Bearer ${token}` });
    expect(tried.status).toBe(403);
  });

  test('[AC83] the store keeps no secret of a client, and the audit tells who made it and who signed in', async () => {
    const client = await made({});
    const token = await tokenOf(client);
    await grant({ ...client, clientSecret: 'guess' });
    const { store } = house.runtime;
    const kept = JSON.stringify([
      (await store.search('machineClients', { limit: 1000 })).items,
      (await store.search('audit', { limit: 1000 })).items,
    ]);
    expect(kept).not.toContain(client.clientSecret);
    expect(kept).not.toContain(token);
    const { items } = await store.search('audit', { filter: { chain: 'house' }, limit: 1000 });
    const about = items.filter(({ subject, by }) => String(subject).includes(client.clientId) || by === client.clientId);
    expect(about.map(({ by, action, outcome, reason }) => [by, action, outcome, reason])).toEqual([
      ['admin', 'call', 'done', undefined],
      [client.clientId, 'sign-in', 'done', undefined],
      ['', 'sign-in', 'denied', 'wrong secret'],
    ]);
  });

  test('[AC84] no trick with a token of ours opens anything', async () => {
    const client = await made({});
    const token = await tokenOf(client);
    const [head = '', body = '', signature = ''] = token.split('.');
    const claims = payloadOf(token);
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const resigned = (header: object, payload: object, key: string) => {
      const unsigned = forged(header, payload).slice(0, -1);
      return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
    };
    const tricks = {
      'alg none': forged({ alg: 'none', typ: 'at+jwt' }, claims),
      'alg NoNe': forged({ alg: 'NoNe', typ: 'at+jwt' }, claims, signature),
      'no signature': `${head}.${body}.`,
      'another subject': `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'client.demo' })).toString('base64url')}.${signature}`,
      'an empty key': resigned({ alg: 'HS256', typ: 'at+jwt' }, claims, ''),
      'the id as key': resigned({ alg: 'HS256', typ: 'at+jwt' }, claims, client.clientId),
      'another type': resigned({ alg: 'HS256', typ: 'JWT' }, claims, client.clientSecret),
      'its own key in the header': await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', jwk }).sign(privateKey),
      'a kid that is a path': resigned({ alg: 'HS256', typ: 'at+jwt', kid: '../../dev/null' }, claims, ''),
      'a critical header': resigned({ alg: 'HS256', typ: 'at+jwt', crit: ['x'], x: 1 }, claims, ''),
      'deep claims': forged({ alg: 'HS256' }, {}, 'x').replace(/\..*\./, `.${Buffer.from('['.repeat(4000)).toString('base64url')}.`),
      'no token': 'x',
      'two dots': '..',
      nothing: '',
    };
    for (const [trick, tried] of Object.entries(tricks)) expect([trick, (await bearing(tried)).status]).toEqual([trick, 401]);
    expect((await bearing(token)).status).toBe(200);
    expect(claims).toMatchObject({ iss: PUBLIC, aud: 'alur', sub: client.clientId });
    skew = 3_601_000;
    const late = await bearing(token);
    skew = 0;
    expect([late.status, late.body['detail']]).toEqual([401, 'Expected a token that is still valid, but it has run out']);
  });
});

describe('tokens of another issuer', () => {
  const rule = async (
    mappingRuleId: string,
    given: { claim: readonly [string, string]; agency?: string; role?: string },
  ): Promise<void> => {
    const [claimName, claimValue] = given.claim;
    expect((await admin('POST', '/v2/mapping-rules', { mappingRuleId, name: mappingRuleId, claimName, claimValue })).status).toBe(201);
    if (given.agency) expect((await admin('PUT', `/v2/groups/${given.agency}/mapping-rules/${mappingRuleId}`)).status).toBe(204);
    if (given.role) expect((await admin('PUT', `/v2/roles/${given.role}/mapping-rules/${mappingRuleId}`)).status).toBe(204);
  };
  beforeAll(async () => {
    await rule('workers', { claim: ['realm_access.roles', 'alur-worker'], agency: 'alpha', role: 'integrator' });
    await rule('operators', { claim: ['department', 'operations'], role: 'operator' });
    await rule('beta', { claim: ['office', 'beta'], agency: 'beta', role: 'clerk' });
  });
  const worker = { client_id: 'svc', realm_access: { roles: ['x', 'alur-worker'] } };

  test('[AC85] claims become an agency and roles by the mapping rules that fit, all of them together', async () => {
    const one = await bearing(await issuer.token(worker));
    expect(one.body).toMatchObject({ username: 'sso:svc', groups: ['alpha'], roles: ['integrator'] });
    const both = await bearing(await issuer.token({ ...worker, department: 'operations' }));
    expect([...(both.body['roles'] as string[])].sort()).toEqual(['integrator', 'operator']);
  });

  test('[AC85] without a rule, or with rules of two agencies, a token opens nothing', async () => {
    for (const claims of [{}, { department: 'operation' }, { realm_access: 'alur-worker' }, { ...worker, office: 'beta' }]) {
      const answer = await bearing(await issuer.token(claims));
      expect([claims, answer.status, answer.body['title']]).toEqual([claims, 403, 'FORBIDDEN']);
    }
  });

  test('[AC85] a rule that is taken away counts no more, at the next request', async () => {
    await rule('short', { claim: ['team', 'short'], agency: 'alpha', role: 'clerk' });
    const token = await issuer.token({ team: 'short' });
    expect((await bearing(token)).body['roles']).toEqual(['clerk']);
    await admin('DELETE', '/v2/roles/clerk/mapping-rules/short');
    expect((await bearing(token)).body['roles']).toEqual([]);
    await admin('DELETE', '/v2/mapping-rules/short');
    expect((await bearing(token)).status).toBe(403);
  });

  test('[AC86] only administrators of the whole city keep mapping rules; an agency reads its own', async () => {
    const body = { mappingRuleId: 'mine', name: 'x', claimName: 'sub', claimValue: 'x' };
    const tried = [
      await chief('POST', '/v2/mapping-rules', body),
      await chief('PUT', '/v2/mapping-rules/workers', { name: 'x', claimName: 'sub', claimValue: 'x' }),
      await chief('DELETE', '/v2/mapping-rules/workers'),
      await chief('PUT', '/v2/roles/admin/mapping-rules/workers'),
      await (await house.as('operator'))('POST', '/v2/mapping-rules', body),
    ];
    expect(tried.map(({ status }) => status)).toEqual(tried.map(() => 403));
    const whole = { name: 'x', claimName: 'sub', claimValue: 'x', agency: 'alpha', roles: ['clerk'] };
    expect((await chief('PUT', '/api/v1/mapping-rules/mine', whole)).status).toBe(403);
    expect((await admin('PUT', '/api/v1/mapping-rules/mine', { ...whole, agency: 'nowhere' })).status).toBe(400);
    expect((await admin('PUT', '/api/v1/mapping-rules/mine', whole)).body).toMatchObject({
      mappingRuleId: 'mine',
      agencyName: 'Dinas Alpha',
    });
    expect((await admin('PUT', '/api/v1/mapping-rules/mine', { ...whole, agency: 'beta' })).status).toBe(200);
    const listed = (await chief('GET', '/api/v1/mapping-rules')).body['items'] as readonly { readonly mappingRuleId: string }[];
    expect(listed.map(({ mappingRuleId }) => mappingRuleId)).toEqual(['workers']);
    await admin('DELETE', '/v2/mapping-rules/mine');
    const own = (await chief('POST', '/v2/mapping-rules/search', {})).body['items'] as readonly { readonly mappingRuleId: string }[];
    expect(own.map(({ mappingRuleId }) => mappingRuleId)).toEqual(['workers']);
    expect((await chief('GET', '/v2/mapping-rules/beta')).status).toBe(404);
    expect((await admin('POST', '/v2/mapping-rules', { ...body, mappingRuleId: 'workers' })).status).toBe(409);
  });

  test("[AC87] no trick with another issuer's token opens anything", async () => {
    const now = Math.floor(Date.now() / 1000);
    const { publicJwk, kid } = issuer.key();
    const pem = await exportSPKI((await importJWK(publicJwk, 'RS256')) as CryptoKey);
    const own = await generateKeyPair('RS256', { extractable: true });
    const ownJwk = await exportJWK(own.publicKey);
    const right = { iss: issuer.url, aud: AUDIENCE, sub: 'svc', iat: now, exp: now + 300, ...worker };
    const stranger = (header: object) => new SignJWT(right).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(own.privateKey);
    const hmac = (key: string) => {
      const unsigned = forged({ alg: 'HS256', kid }, right).slice(0, -1);
      return `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
    };
    const tricks = {
      'alg none': forged({ alg: 'none' }, right),
      'signed with the public key as a secret': hmac(pem),
      'signed with the public key in one line': hmac(pem.replaceAll('\n', '')),
      "a stranger's key": await stranger({}),
      'a key in the header': await stranger({ jwk: ownJwk }),
      'an address of keys in the header': await stranger({ jku: `${issuer.url}/keys` }),
      'a certificate address in the header': await stranger({ x5u: `${issuer.url}/keys` }),
      'a key nobody has': await issuer.token(worker, { kid: 'nobody' }),
      'a kid that is a query': await issuer.token(worker, { kid: "' OR 1=1 --" }),
      'over for long': await issuer.token({ ...worker, exp: now - 60 }),
      'not yet': await issuer.token({ ...worker, nbf: now + 600 }),
      'without an end': await issuer.token({ ...worker, exp: undefined as never }),
      'for somebody else': await issuer.token({ ...worker, aud: 'other' }),
      'for nobody': await issuer.token({ ...worker, aud: undefined as never }),
      'of a longer issuer': await issuer.token({ ...worker, iss: `${issuer.url}/` }),
      'of an unknown issuer': await issuer.token({ ...worker, iss: 'https://evil.example' }),
      'as if it were ours': await issuer.token({ ...worker, iss: PUBLIC, aud: 'alur', sub: 'client.demo' }),
      'a critical header': forged({ alg: 'RS256', kid, crit: ['b64'], b64: false }, right, 'x'),
    };
    for (const [trick, token] of Object.entries(tricks)) expect([trick, (await bearing(token)).status]).toEqual([trick, 401]);
    expect((await bearing(await issuer.token(worker))).status).toBe(200);
  });

  test('[AC88] keys are found through the issuer and kept; an issuer that does not answer is no wrong token', async () => {
    const asked = issuer.asked();
    for (let index = 0; index < 3; index += 1) await bearing(await issuer.token(worker));
    expect(issuer.asked()).toBe(asked);
    const dead = await openIssuer(AUDIENCE);
    const providers = await readProviders({ ALUR_OIDC_DEAD_ISSUER: dead.url, ALUR_OIDC_DEAD_AUDIENCE: AUDIENCE });
    const token = await dead.token(worker);
    await dead.close();
    const other = await openHouse({ providers });
    const answer = await other.nobody('GET', '/v2/authentication/me', undefined, { authorization: `Bearer ${token}` });
    await other.close();
    expect([answer.status, answer.body['title']]).toEqual([503, 'ISSUER_UNREACHABLE']);
  });
});

describe('settings of identity providers', () => {
  test.each([
    ['no issuer', { AUDIENCE: 'a' }, /ALUR_OIDC_X_ISSUER to be an https address/],
    ['plain http elsewhere', { ISSUER: 'http://sso.example', AUDIENCE: 'a' }, /ALUR_OIDC_X_ISSUER/],
    ['no use', { ISSUER: 'https://sso.example' }, /there is neither/],
    ['no way to prove oneself', { ISSUER: 'https://sso.example', CLIENT_ID: 'c' }, /both or none/],
    ['the same audience and client', { ISSUER: 'https://sso.example', CLIENT_ID: 'c', CLIENT_SECRET: 's', AUDIENCE: 'c' }, /differ/],
    ['another realm', { ISSUER: 'https://sso.example', AUDIENCE: 'a', REALM: 'king' }, /staff or citizen/],
    ['programs of citizens', { ISSUER: 'https://sso.example', AUDIENCE: 'a', REALM: 'citizen' }, /citizens have no programs/],
    ['a misspelt setting', { ISSUER: 'https://sso.example', AUDIENCE: 'a', AUDIENCES: 'b' }, /known setting/],
    ['no key file', { ISSUER: 'https://sso.example', CLIENT_ID: 'c', CLIENT_KEY_FILE: '/nowhere' }, /private key/],
  ])('[AC89] %s is told by name and nothing starts', async (_what, settings, fault) => {
    const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`ALUR_OIDC_X_${name}`, value]));
    await expect(readProviders(env)).rejects.toThrow(fault);
  });
});
