/** The administration screen's calls, and what one does with the own account. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { putAccount } from '../../server/accounts.ts';
import { callerOf, openHouse, password } from './house.ts';
import type { Caller, House } from './house.ts';

const NEW = 'horse staple battery';
let house: House;
let admin: Caller;
let chief: Caller;
beforeAll(async () => {
  house = await openHouse();
  const person = { username: 'chief.alpha', name: 'Hadi', realm: 'staff', agency: 'alpha', roles: ['admin'] } as const;
  await putAccount(house.runtime.store, person, password);
  [admin, chief] = [await house.as('admin'), await house.as('chief.alpha')];
});
afterAll(() => house.close());

const signIn = (username: string, given: string, newPassword?: string) =>
  house.nobody('POST', '/api/v1/session', { username, password: given, ...(newPassword === undefined ? {} : { newPassword }) });
const callerFor = async (username: string, given: string): Promise<Caller> =>
  callerOf(house.url, { cookie: ((await signIn(username, given)).headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
const made = async (username: string, more: object = {}, by: Caller = admin): Promise<string> =>
  String((await by('POST', '/api/v1/accounts', { username, name: username, agency: 'alpha', roles: ['clerk'], ...more })).body['password']);

describe('an account that an administrator makes', () => {
  test('[AC110] comes with a password told once and good for one sign-in, at which its owner chooses another', async () => {
    const given = await made('baru', { email: 'baru@kota.example' });
    expect(given).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    const first = await signIn('baru', given);
    expect([first.status, first.body['title'], first.headers.get('set-cookie')]).toEqual([403, 'PASSWORD_TEMPORARY', null]);
    const basic = (secret: string) =>
      house.nobody('GET', '/v2/authentication/me', undefined, {
        authorization: `Basic ${Buffer.from(`baru:${secret}`).toString('base64')}`,
      });
    expect((await basic(given)).body['title']).toBe('PASSWORD_TEMPORARY');
    for (const bad of [given, 'baru', 'short', 'BARU']) expect([bad, (await signIn('baru', given, bad)).status]).toEqual([bad, 400]);
    expect((await signIn('baru', given, NEW)).status).toBe(200);
    expect((await signIn('baru', given)).status).toBe(401);
    expect((await basic(NEW)).body).toMatchObject({ username: 'baru', roles: ['clerk'], groups: ['alpha'] });
    const list = (await admin('GET', '/api/v1/accounts?q=baru')).body['items'];
    expect(list).toMatchObject([
      { username: 'baru', agencyName: 'Dinas Alpha', passwordTemporary: false, disabled: false, lastSignIn: expect.any(String) },
    ]);
    expect(JSON.stringify(list)).not.toMatch(/argon2|passwordHash/);
  });

  test('[AC111] is disabled and enabled; a forgotten password is replaced; both end every session', async () => {
    await signIn('lupa', await made('lupa'), NEW);
    const own = await callerFor('lupa', NEW);
    expect((await own('GET', '/api/v1/tasks')).status).toBe(200);
    expect((await admin('PATCH', '/api/v1/accounts/lupa', { disabled: true })).body['disabled']).toBe(true);
    expect([(await own('GET', '/api/v1/tasks')).status, (await signIn('lupa', NEW)).status]).toEqual([401, 401]);
    await admin('PATCH', '/api/v1/accounts/lupa', { disabled: false, roles: ['clerk', 'supervisor'], name: 'Lupa Ingatan' });
    const again = await callerFor('lupa', NEW);
    expect((await again('GET', '/api/v1/session')).body['user']).toMatchObject({ name: 'Lupa Ingatan', roles: ['clerk', 'supervisor'] });
    const reset = String((await admin('POST', '/api/v1/accounts/lupa/password')).body['password']);
    expect((await again('GET', '/api/v1/tasks')).status).toBe(401);
    expect([(await signIn('lupa', NEW)).status, (await signIn('lupa', reset)).body['title']]).toEqual([401, 'PASSWORD_TEMPORARY']);
  });

  test("[AC112] is one of the administrator's own agency, and nobody takes from themselves what they need", async () => {
    await made('milik', { agency: 'beta' });
    const tried = [
      await chief('POST', '/api/v1/accounts', { username: 'x1', name: 'x', agency: 'beta', roles: [] }),
      await chief('PATCH', '/api/v1/accounts/milik', { disabled: true }),
      await chief('POST', '/api/v1/accounts/milik/password'),
      await chief('PATCH', '/api/v1/accounts/chief.alpha', { agency: 'kota' }),
      await chief('PATCH', '/api/v1/accounts/chief.alpha', { disabled: true }),
      await chief('PATCH', '/api/v1/accounts/chief.alpha', { roles: ['clerk'] }),
      await chief('POST', '/api/v1/accounts/chief.alpha/password'),
      await admin('POST', '/api/v1/accounts', { username: 'x2', name: 'x', agency: 'nowhere', roles: [] }),
      await admin('POST', '/api/v1/accounts', { username: 'milik', name: 'x', agency: 'beta', roles: [] }),
      await admin('POST', '/api/v1/accounts', { username: 'client.x', name: 'x', agency: 'beta', roles: [] }),
      await admin('PATCH', '/api/v1/accounts/milik', { roles: ['king'] }),
      await admin('PATCH', '/api/v1/accounts/milik', { realm: 'citizen' }),
      await (await house.as('operator'))('GET', '/api/v1/accounts'),
    ];
    expect(tried.map(({ status }) => status)).toEqual([403, 404, 404, 403, 409, 409, 409, 400, 409, 400, 400, 400, 403]);
    const seen = (await chief('GET', '/api/v1/accounts')).body['items'] as readonly { readonly agency: string }[];
    expect([...new Set(seen.map(({ agency }) => agency))]).toEqual(['alpha']);
  });

  test('[AC113] each change of it is in the audit, and no password is', async () => {
    const given = await made('dicatat');
    await admin('PATCH', '/api/v1/accounts/dicatat', { roles: ['operator'], email: 'rahasia@kota.example' });
    const reset = String((await admin('POST', '/api/v1/accounts/dicatat/password')).body['password']);
    await signIn('dicatat', 'wrong');
    const { items } = await house.runtime.store.search('audit', { filter: { chain: 'house' }, limit: 1000 });
    const about = items
      .filter(({ subject }) => String(subject).includes('dicatat'))
      .map(({ by, subject, outcome }) => [by, subject, outcome]);
    expect(about).toEqual([
      ['admin', 'POST /v2/users dicatat', 'done'],
      ['admin', 'PATCH account dicatat: email roles=operator', 'done'],
      ['admin', 'POST /api/v1/accounts/dicatat/password', 'done'],
      ['', 'dicatat', 'denied'],
    ]);
    expect(JSON.stringify(items)).not.toMatch(new RegExp(`${given}|${reset}|rahasia@`));
  });
});

describe('the own account', () => {
  test('[AC114] a new password ends all other sessions and needs the old one', async () => {
    await signIn('sendiri', await made('sendiri'), NEW);
    const [here, there] = [await callerFor('sendiri', NEW), await callerFor('sendiri', NEW)];
    expect((await here('GET', '/api/v1/account')).body).toMatchObject({
      username: 'sendiri',
      hasPassword: true,
      sessions: 3,
      identities: [],
      providers: [],
    });
    expect((await here('POST', '/api/v1/account/password', { current: 'guess', next: `${NEW}!` })).status).toBe(401);
    expect((await here('POST', '/api/v1/account/password', { current: NEW, next: NEW })).status).toBe(400);
    const changed = await here('POST', '/api/v1/account/password', { current: NEW, next: `${NEW}!` });
    expect([changed.status, (await there('GET', '/api/v1/tasks')).status, (await here('GET', '/api/v1/tasks')).status]).toEqual([
      204, 401, 401,
    ]);
    const cookie = (changed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect((await house.nobody('GET', '/api/v1/tasks', undefined, { cookie })).status).toBe(200);
    expect((await signIn('sendiri', NEW)).status).toBe(401);
  });

  test('[AC114] guessing the old password there is slowed down as everywhere', async () => {
    await signIn('tebak', await made('tebak'), NEW);
    const own = await callerFor('tebak', NEW);
    const codes = [];
    for (let count = 0; count < 6; count += 1)
      codes.push((await own('POST', '/api/v1/account/password', { current: 'guess', next: `${NEW}!` })).status);
    expect(codes).toEqual([401, 401, 401, 401, 401, 429]);
  });
});
