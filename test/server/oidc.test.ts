/** Signing in with an identity provider, against a certified one on loopback: for staff with a secret, for citizens with a key (ES512), as INApas asks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readProviders } from '../../server/identity/providers.ts';
import { createJar } from '../support/browser-jar.ts';
import type { Jar } from '../support/browser-jar.ts';
import { openIdentityProvider, settingsOf } from '../support/identity-provider.ts';
import type { IdentityProvider } from '../support/identity-provider.ts';
import { callerOf, openHouse, password } from './house.ts';
import type { Caller, House } from './house.ts';

const folder = mkdtempSync(join(tmpdir(), 'alur-oidc-'));
let idp: IdentityProvider;
let house: House;
let admin: Caller;
beforeAll(async () => {
  idp = await openIdentityProvider();
  const keyFile = join(folder, 'key.pem');
  writeFileSync(keyFile, idp.key);
  house = await openHouse(async (url) => {
    await idp.serve(url);
    return { providers: await readProviders(settingsOf(idp, keyFile)) };
  });
  admin = await house.as('admin');
  for (const [mappingRuleId, claimValue, agency, role] of [
    ['clerks', 'alpha-clerks', 'alpha', 'clerk'],
    ['ops', 'operators', '', 'operator'],
  ] as const) {
    await admin('POST', '/v2/mapping-rules', { mappingRuleId, name: mappingRuleId, claimName: 'groups', claimValue });
    if (agency) await admin('PUT', `/v2/groups/${agency}/mapping-rules/${mappingRuleId}`);
    await admin('PUT', `/v2/roles/${role}/mapping-rules/${mappingRuleId}`);
  }
  await idp.tell('andi', { name: 'Andi', preferred_username: 'andi', email: 'andi@kota.example', groups: ['alpha-clerks', 'x'] });
  await idp.tell('siti', { name: 'Siti Rahmawati', preferred_username: 'siti', email: 'siti@warga.example', groups: ['alpha-clerks'] });
  await idp.tell('lain', { name: 'Lain', preferred_username: 'lain', groups: ['alpha-clerk'] });
}, 60_000);
afterAll(async () => {
  await Promise.all([house.close(), idp.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const signIn = async (provider: string, login: string, jar: Jar = createJar(), returnTo = '/inbox/?a=b') => {
  const visit = await jar.go(`${house.url}/api/v1/sign-in/${provider}?returnTo=${encodeURIComponent(returnTo)}`);
  const end = await idp.signIn(jar, visit, login);
  return { jar, end, caller: callerOf(house.url, { cookie: jar.cookies(house.url) }) };
};
const userOf = async (caller: Caller) => (await caller('GET', '/api/v1/session')).body['user'] as Record<string, unknown> | null;
const problemIn = (url: string) => new URL(url).searchParams.get('sign-in-problem');

describe('signing in with a provider', () => {
  test('[AC90] staff come back signed in where they wanted to go, with the agency and roles of the rules that fit', async () => {
    const { end, caller } = await signIn('sso', 'andi');
    expect(end.url).toBe(`${house.url}/inbox/?a=b`);
    expect(await userOf(caller)).toMatchObject({ username: 'sso.andi', name: 'Andi', realm: 'staff', agency: 'alpha', roles: ['clerk'] });
    const { way } = await createJar().go(`${house.url}/api/v1/sign-in/sso`);
    const asked = new URL(way.find((url) => url.startsWith(`${idp.url}/auth`)) ?? idp.url).searchParams;
    expect([
      asked.get('response_type'),
      asked.get('code_challenge_method'),
      (asked.get('state') ?? '').length > 20,
      asked.has('nonce'),
    ]).toEqual(['code', 'S256', true, true]);
  });

  test('[AC90] a citizen signs in where we prove ourselves with a key (private_key_jwt, ES512), and no rule makes staff of them', async () => {
    const { end, caller } = await signIn('inapas', 'siti', createJar(), '/applications');
    expect(end.url).toBe(`${house.url}/applications`);
    const user = await userOf(caller);
    expect(user).toMatchObject({ name: 'Siti Rahmawati', realm: 'citizen', roles: [], needsName: false });
    expect(String(user?.['username'])).toMatch(/^warga\.[0-9a-f]{16}$/);
    expect((await userOf((await signIn('inapas', 'siti')).caller))?.['username']).toBe(user?.['username']);
  });

  test('[AC91] nobody gets in without a rule; rights taken away there are gone here at the next sign-in', async () => {
    const none = await signIn('sso', 'lain');
    expect([problemIn(none.end.url), await userOf(none.caller)]).toEqual(['FORBIDDEN', null]);
    await idp.tell('rini', { name: 'Rini', preferred_username: 'rini', groups: ['alpha-clerks', 'operators'] });
    const first = await signIn('sso', 'rini');
    expect((await userOf(first.caller))?.['roles']).toEqual(['clerk', 'operator']);
    await idp.tell('rini', { name: 'Rini', preferred_username: 'rini', groups: [] });
    const later = await signIn('sso', 'rini');
    expect(problemIn(later.end.url)).toBe('FORBIDDEN');
    // also in the session that is still open
    expect(await userOf(first.caller)).toMatchObject({ roles: [], agency: '' });
  });

  test('[AC91] what rules give is not changed by hand, and a disabled account stays out', async () => {
    for (const [method, path, body] of [
      ['PUT', '/v2/roles/admin/users/sso.andi', undefined],
      ['DELETE', '/v2/groups/alpha/users/sso.andi', undefined],
      ['PUT', '/v2/users/sso.andi', { password: 'horse staple battery' }],
      ['PATCH', '/api/v1/accounts/sso.andi', { roles: ['admin'] }],
      ['POST', '/api/v1/accounts/sso.andi/password', undefined],
    ] as const)
      expect([path, (await admin(method, path, body)).status]).toEqual([path, 409]);
    expect((await admin('PATCH', '/api/v1/accounts/sso.andi', { disabled: true })).status).toBe(200);
    expect(problemIn((await signIn('sso', 'andi')).end.url)).toBe('FORBIDDEN');
    await admin('PATCH', '/api/v1/accounts/sso.andi', { disabled: false });
    expect(problemIn((await signIn('sso', 'andi')).end.url)).toBe(null);
  });

  test('[AC92] an equal name or e-mail address takes over nothing; an account is linked by its owner who is signed in', async () => {
    await idp.tell('clerk.alpha', {
      name: 'Imposter',
      preferred_username: 'clerk.alpha',
      email: 'andi@kota.example',
      groups: ['alpha-clerks'],
    });
    expect((await userOf((await signIn('sso', 'clerk.alpha')).caller))?.['username']).toBe('sso.clerk.alpha');
    await idp.tell('budi', { name: 'Budi', groups: [] });
    const jar = createJar();
    const opened = await house.nobody('POST', '/api/v1/session', { username: 'clerk.beta', password });
    jar.set(house.url, opened.headers.get('set-cookie') ?? '');
    const own = () => callerOf(house.url, { cookie: jar.cookies(house.url) });
    const begun = await own()('POST', '/api/v1/account/identities/sso', { returnTo: '/inbox/' });
    for (const line of begun.headers.getSetCookie()) jar.set(house.url, line);
    await idp.signIn(jar, await jar.go(String(begun.body['location'])), 'budi');
    expect((await own()('GET', '/api/v1/account')).body['identities']).toMatchObject([{ provider: 'sso' }]);
    // the account is as it was: no rule makes it another
    expect(await userOf((await signIn('sso', 'budi')).caller)).toMatchObject({ username: 'clerk.beta', agency: 'beta', roles: ['clerk'] });
    expect((await own()('DELETE', '/api/v1/account/identities/sso')).status).toBe(204);
    expect(problemIn((await signIn('sso', 'budi')).end.url)).toBe('FORBIDDEN');
    const andi = (await signIn('sso', 'andi')).caller;
    expect((await andi('DELETE', '/api/v1/account/identities/sso')).status).toBe(409);
    expect((await andi('POST', '/api/v1/account/identities/inapas', {})).status).toBe(200);
  });

  test('[AC93] a sign-in that another browser began, or that was changed on its way, signs nobody in', async () => {
    const victim = createJar();
    const visit = await victim.go(`${house.url}/api/v1/sign-in/sso`);
    const other = createJar();
    // somebody else's browser is given the address that the victim's comes back with
    const callback = await lastHop(victim, visit.url);
    const elsewhere = await other.go(callback);
    expect([problemIn(elsewhere.url), other.cookies(house.url).includes('alur_session')]).toEqual(['SIGN_IN_FAILED', false]);
    for (const change of [
      (url: URL) => url.searchParams.set('state', 'x'.repeat(43)),
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) => url.searchParams.set('code', 'x'.repeat(43)),
      (url: URL) => url.searchParams.set('iss', 'https://evil.example'),
      (url: URL) => url.searchParams.set('error', 'access_denied'),
      (url: URL) => (url.pathname = url.pathname.replace('/sso/', '/inapas/')),
    ]) {
      const jar = createJar();
      const address = new URL(await lastHop(jar, (await jar.go(`${house.url}/api/v1/sign-in/sso`)).url));
      change(address);
      const end = await jar.go(address.href);
      expect([problemIn(end.url), jar.cookies(house.url).includes('alur_session')]).toEqual(['SIGN_IN_FAILED', false]);
    }
    // and the same answer does not sign in twice
    const jar = createJar();
    const address = await lastHop(jar, (await jar.go(`${house.url}/api/v1/sign-in/sso`)).url);
    const kept = jar.cookies(house.url);
    expect(problemIn((await jar.go(address)).url)).toBe(null);
    jar.set(house.url, kept);
    expect(problemIn((await jar.go(address)).url)).toBe('SIGN_IN_FAILED');
  });

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/x\r\nSet-Cookie: a=b', ''])(
    '[AC94] nobody is sent to %j after signing in',
    async (returnTo) => {
      const { end } = await signIn('sso', 'andi', createJar(), returnTo);
      expect(end.url).toBe(`${house.url}/`);
    },
  );

  test('[AC95] signing out signs out at the provider too, with a hint that is kept sealed; a provider that is away keeps nobody in', async () => {
    const { jar, caller } = await signIn('sso', 'andi');
    const { store } = house.runtime;
    const [row] = (await store.search('sessions', { filter: { username: 'sso.andi' }, sort: [{ field: 'createdAt', order: 'DESC' }] }))
      .items;
    expect(String(row?.['idToken']).split('.').length).toBe(5);
    const out = await caller('DELETE', '/api/v1/session');
    const location = new URL(String(out.body['location']));
    expect([location.origin, location.searchParams.get('post_logout_redirect_uri'), location.searchParams.has('id_token_hint')]).toEqual([
      idp.url,
      `${house.url}/`,
      true,
    ]);
    expect(await userOf(caller)).toBe(null);
    const page = await jar.go(location.href);
    expect(page.status).toBe(200);
    const local = await house.as('clerk.alpha');
    expect((await local('DELETE', '/api/v1/session')).status).toBe(204);
  });

  test('[AC96] the page learns which providers there are, and nothing secret of them; unknown ones are not there', async () => {
    const { body } = await house.nobody('GET', '/api/v1/sign-in');
    expect(body['providers']).toEqual([
      { id: 'sso', name: 'SSO Kota', nameEn: 'City sign-in', realm: 'staff' },
      { id: 'inapas', name: 'INApas', nameEn: 'INApas', realm: 'citizen' },
    ]);
    const keys = (await house.nobody('GET', '/oauth/jwks')).body['keys'] as readonly Record<string, unknown>[];
    expect(keys).toMatchObject([{ kty: 'EC', crv: 'P-521', alg: 'ES512', use: 'sig' }]);
    expect(keys.some((key) => 'd' in key)).toBe(false);
    expect((await house.nobody('GET', '/api/v1/sign-in/google')).status).toBe(404);
    expect((await house.nobody('GET', '/api/v1/sign-in/google/callback')).status).toBe(404);
  });
});

/** Goes through the provider's pages up to the address that it sends the browser back to, without going there. */
async function lastHop(jar: Jar, interaction: string): Promise<string> {
  let at = await jar.go(interaction);
  const submit = async (login: string): Promise<string | undefined> => {
    const prompt = /name="prompt" value="(\w+)"/.exec(at.text)?.[1] ?? '';
    const action = new URL(/action="([^"]+)"/.exec(at.text)?.[1] ?? '', at.url).href;
    let [url, body]: [string, URLSearchParams | undefined] = [action, new URLSearchParams({ prompt, login, password: 'x' })];
    for (let hop = 0; hop < 10; hop += 1) {
      const answer: Response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: jar.cookies(idp.url) },
        ...(body ? { method: 'POST', body } : {}),
      });
      for (const line of answer.headers.getSetCookie()) jar.set(idp.url, line);
      const next: string | null = answer.headers.get('location');
      if (next === null) {
        at = { url, status: answer.status, text: await answer.text(), way: [] };
        return undefined;
      }
      [url, body] = [new URL(next, url).href, undefined];
      if (url.startsWith(house.url)) return url;
    }
    return undefined;
  };
  return (await submit('andi')) ?? (await submit('andi')) ?? '';
}
