/** Accounts over the interface that we follow: nobody gets more than they have, and every change is written down. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { putAccount } from '../../server/accounts.ts';
import { refusals } from '../../server/v2/not-served.ts';
import { callerOf, openHouse, password } from './house.ts';
import type { Caller, House } from './house.ts';

const NEW = 'horse staple battery';
let house: House;
let admin: Caller;
let chief: Caller;
beforeAll(async () => {
  house = await openHouse();
  await putAccount(
    house.runtime.store,
    { username: 'chief.alpha', name: 'Hadi', realm: 'staff', agency: 'alpha', roles: ['admin'] },
    password,
  );
  admin = await house.as('admin');
  chief = await house.as('chief.alpha');
});
afterAll(() => house.close());

const account = (username: string) => house.runtime.store.get('users', username);
const basic = (username: string, secret: string): Caller =>
  callerOf(house.url, { authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` });
const usernames = (items: unknown) => (items as readonly { readonly username: string }[]).map(({ username }) => username);

describe('accounts', () => {
  test('[V2-75] a new account signs in and sees nothing until it has an agency and a role', async () => {
    // given
    expect((await admin('POST', '/v2/users', { username: 'baru', password: NEW })).status).toBe(201);
    const own = basic('baru', NEW);

    // when
    const before = (await own('GET', '/v2/authentication/me')).body;
    const early = await own('POST', '/v2/jobs/search', {});
    expect((await admin('PUT', '/v2/groups/alpha/users/baru')).status).toBe(204);
    expect((await admin('PUT', '/v2/roles/operator/users/baru')).status).toBe(204);

    // then
    expect([before['groups'], before['roles'], early.status]).toEqual([[], [], 403]);
    expect((await own('GET', '/v2/authentication/me')).body).toMatchObject({ groups: ['alpha'], roles: ['operator'] });
    expect((await own('POST', '/v2/jobs/search', {})).status).toBe(200);
  });

  test('[V2-76] a taken name, a name that somebody had, and a short password are refused', async () => {
    await admin('POST', '/v2/users', { username: 'sekali', password: NEW });
    expect((await admin('DELETE', '/v2/users/sekali')).status).toBe(204);
    for (const username of ['clerk.beta', 'warga', 'sekali', 'alur', 'Local'])
      expect({ username, status: (await admin('POST', '/v2/users', { username, password: NEW })).status }).toEqual({
        username,
        status: 409,
      });
    expect((await admin('POST', '/v2/users', { username: 'pendek', password: 'x' })).status).toBe(400);
    expect((await admin('POST', '/v2/users', { username: 'a/b', password: NEW })).status).toBe(400);
    expect((await basic('sekali', NEW)('GET', '/v2/authentication/me')).status).toBe(401);
  });

  test('[V2-77] a body gives no roles, no agency and no realm', async () => {
    const odd = { roles: ['admin'], agency: 'kota', realm: 'citizen', disabled: true, passwordHash: 'x' };
    await admin('POST', '/v2/users', { username: 'polos', password: NEW, ...odd });
    await admin('PUT', '/v2/users/polos', { name: 'Polos', ...odd });
    expect(await account('polos')).toMatchObject({ realm: 'staff', roles: [], disabled: false, name: 'Polos' });
    expect((await account('polos'))?.['agency']).toBeUndefined();
    expect((await basic('polos', NEW)('GET', '/v2/authentication/me')).status).toBe(200);
  });

  test('[V2-78] a new password ends every session and the old one fits no more', async () => {
    await admin('POST', '/v2/users', { username: 'ganti', password: NEW });
    await house.nobody('POST', '/api/v1/session', { username: 'ganti', password: NEW });
    expect((await basic('ganti', NEW)('GET', '/v2/authentication/me')).status).toBe(200);
    expect((await admin('PUT', '/v2/users/ganti', { password: `${NEW}!` })).status).toBe(200);
    expect((await house.runtime.store.search('sessions', { filter: { username: 'ganti' } })).totalItems).toBe(0);
    expect((await basic('ganti', NEW)('GET', '/v2/authentication/me')).status).toBe(401);
    expect((await basic('ganti', `${NEW}!`)('GET', '/v2/authentication/me')).status).toBe(200);
  });

  test("[AC70] an agency's administrator keeps the own people and nobody else's", async () => {
    // given
    await chief('POST', '/v2/users', { username: 'anak', password: NEW });
    expect((await account('anak'))?.['agency']).toBe('alpha');

    // then
    const seen = usernames((await chief('POST', '/v2/users/search', {})).body['items']);
    expect(seen).toContain('anak');
    expect(seen.filter((one) => ['clerk.beta', 'admin', 'operator', 'warga'].includes(one))).toEqual([]);
    const tried = [
      await chief('GET', '/v2/users/clerk.beta'),
      await chief('PUT', '/v2/users/admin', { password: NEW }),
      await chief('DELETE', '/v2/users/clerk.beta'),
      await chief('PUT', '/v2/roles/clerk/users/operator'),
      await chief('DELETE', '/v2/roles/admin/users/admin'),
      await chief('PUT', '/v2/groups/kota/users/anak'),
      await chief('PUT', '/v2/groups/beta/users/anak'),
      await chief('PUT', '/v2/groups/alpha/users/clerk.beta'),
      await chief('POST', '/v2/groups/beta/users/search', {}),
      await admin('GET', '/v2/users/warga'),
    ];
    expect(tried.map(({ status }) => status)).toEqual(tried.map(() => 404));
    expect((await chief('PUT', '/v2/roles/clerk/users/anak')).status).toBe(204);
  });

  test('[AC71] nobody but administrators, and nobody in their place, changes an account', async () => {
    const calls = [
      ['POST', '/v2/users', { username: 'x', password: NEW }],
      ['PUT', '/v2/users/clerk.alpha', { password: NEW }],
      ['PUT', '/v2/roles/admin/users/lead.alpha', undefined],
      ['PUT', '/v2/groups/kota/users/lead.alpha', undefined],
      ['DELETE', '/v2/users/clerk.alpha', undefined],
    ] as const;
    const now = Date.now();
    const row = {
      substitutionId: 's',
      absent: 'admin',
      substitute: 'lead.alpha',
      agency: 'kota',
      roles: ['admin'],
      from: now - 1,
      until: now + 1e6,
    };
    await house.runtime.store.write([{ op: 'put', collection: 'substitutions', key: 's', row }]);
    const lead = await house.as('lead.alpha');
    for (const [method, path, body] of calls) {
      expect((await lead(method, path, body)).status).toBe(403);
      expect((await lead(method, path, body, { 'x-alur-on-behalf-of': 'admin' })).status).toBe(403);
      expect((await (await house.as('operator'))(method, path, body)).status).toBe(403);
    }
    expect((await account('lead.alpha'))?.['roles']).toEqual(['supervisor']);
  });

  test('[AC72] nobody takes from themselves what they need to undo it', async () => {
    expect((await admin('DELETE', '/v2/users/admin')).status).toBe(409);
    expect((await admin('DELETE', '/v2/roles/admin/users/admin')).status).toBe(409);
    expect((await admin('DELETE', '/v2/groups/kota/users/admin')).status).toBe(409);
  });

  test('[AC73] of two administrators who remove each other at once one stays', async () => {
    for (const username of ['kembar1', 'kembar2'])
      await putAccount(house.runtime.store, { username, name: username, realm: 'staff', agency: 'kota', roles: ['admin'] }, password);
    const [first, second] = [await house.as('kembar1'), await house.as('kembar2')];
    const done = await Promise.all([first('DELETE', '/v2/users/kembar2'), second('DELETE', '/v2/users/kembar1')]);
    expect(done.filter(({ status }) => status === 204).length).toBe(1);
  });

  test('[AC74] every change of an account is in the audit: who, whom and what, never a password', async () => {
    await admin('POST', '/v2/users', { username: 'tercatat', password: NEW });
    await admin('PUT', '/v2/roles/clerk/users/tercatat');
    await admin('DELETE', '/v2/users/tercatat');
    const { items } = await house.runtime.store.search('audit', { filter: { by: 'admin' }, limit: 1000 });
    const subjects = items.map((row) => row['subject']);
    expect(subjects).toEqual(
      expect.arrayContaining(['POST /v2/users tercatat', 'PUT /v2/roles/clerk/users/tercatat', 'DELETE /v2/users/tercatat']),
    );
    expect(JSON.stringify(items)).not.toContain(NEW);
    await admin('POST', '/v2/users', { username: 'dicatat', password: NEW });
    await admin('PUT', '/v2/users/dicatat', { name: 'Dicatat' });
    await admin('PUT', '/v2/roles/clerk/users/dicatat');
    await admin('DELETE', '/v2/roles/clerk/users/dicatat');
    const { body } = await admin('POST', '/v2/audit-logs/search', { filter: { actorId: 'admin' }, page: { limit: 1000 } });
    const told = (body['items'] as readonly Readonly<Record<string, unknown>>[]).map((one) => [
      one['entityKey'],
      one['entityType'],
      one['operationType'],
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['POST /v2/users tercatat', 'USER', 'CREATE'],
        ['PUT /v2/roles/clerk/users/tercatat', 'ROLE', 'ASSIGN'],
        ['DELETE /v2/roles/clerk/users/dicatat', 'ROLE', 'UNASSIGN'],
        ['PUT /v2/users/dicatat', 'USER', 'UPDATE'],
        ['DELETE /v2/users/tercatat', 'USER', 'DELETE'],
      ]),
    );
  });

  test('[V2-103] an agency is registered as a group, and taken away when nothing rests on it', async () => {
    expect((await admin('POST', '/v2/groups', { groupId: 'baru-sekali', name: 'Dinas Baru' })).status).toBe(201);
    expect((await admin('POST', '/v2/groups', { groupId: 'baru-sekali', name: 'Dinas Baru' })).status).toBe(409);
    for (const groupId of ['kota', 'citizen', 'Big', '../x', 'alpha'])
      expect([groupId, (await admin('POST', '/v2/groups', { groupId, name: 'x' })).status]).toEqual([
        groupId,
        groupId === 'alpha' ? 409 : 400,
      ]);
    await admin('POST', '/v2/users', { username: 'penghuni', password: NEW });
    expect((await admin('PUT', '/v2/groups/baru-sekali/users/penghuni')).status).toBe(204);
    const resting = await admin('DELETE', '/v2/groups/baru-sekali');
    expect([resting.status, resting.body['detail']]).toEqual([409, 'Expected an agency that nothing rests on, but it has people']);
    await admin('DELETE', '/v2/groups/baru-sekali/users/penghuni');
    expect((await admin('DELETE', '/v2/groups/baru-sekali')).status).toBe(204);
    expect((await admin('GET', '/v2/groups/baru-sekali')).status).toBe(404);
    expect((await admin('DELETE', '/v2/groups/alpha')).status).toBe(409);
    expect((await admin('DELETE', '/v2/groups/kota')).status).toBe(409);
    const tried = [
      await chief('POST', '/v2/groups', { groupId: 'lain', name: 'x' }),
      await chief('PUT', '/v2/groups/alpha', { name: 'x' }),
    ];
    expect(tried.map(({ status }) => status)).toEqual([403, 403]);
    expect((await admin('PUT', '/v2/groups/alpha', { name: 'Dinas Alpha' })).body).toEqual({
      groupId: 'alpha',
      name: 'Dinas Alpha',
      description: null,
    });
  });

  test('[V2-79] a person belongs to one agency at a time, and roles are told apart', async () => {
    await admin('POST', '/v2/users', { username: 'pindah', password: NEW });
    expect((await admin('PUT', '/v2/groups/alpha/users/pindah')).status).toBe(204);
    expect((await admin('PUT', '/v2/groups/alpha/users/pindah')).status).toBe(409);
    expect((await admin('PUT', '/v2/groups/beta/users/pindah')).status).toBe(409);
    expect((await admin('DELETE', '/v2/groups/beta/users/pindah')).status).toBe(404);
    expect((await admin('PUT', '/v2/roles/king/users/pindah')).status).toBe(404);
    expect((await admin('DELETE', '/v2/roles/clerk/users/pindah')).status).toBe(404);
  });

  test('[V2-80] what has no honest counterpart here answers 501 with its reason', async () => {
    for (const [methods, path, why] of refusals) {
      const address = path.replace(/[:*][A-Za-z]+/g, '1');
      for (const method of methods.split(' ')) {
        const { status, body } = await admin(method.toUpperCase(), address);
        expect({ address, status, says: String(body['detail']).includes(why) }).toEqual({ address, status: 501, says: true });
      }
    }
  });

  test('[V2-81] authorizations are read off the policy: an evaluator starts no case, an operator does', async () => {
    const permitted = async (ownerId: string) => {
      const { body } = await admin('POST', '/v2/authorizations/search', {
        filter: { ownerId, resourceType: 'PROCESS_DEFINITION', resourceIds: ['*'] },
      });
      return (body['items'] as readonly { readonly permissionTypes: readonly string[] }[])[0]?.permissionTypes ?? [];
    };
    expect(await permitted('operator')).toContain('CREATE_PROCESS_INSTANCE');
    expect(await permitted('evaluator')).not.toContain('CREATE_PROCESS_INSTANCE');
    expect((await admin('POST', '/v2/authorizations/search', { filter: { resourceIds: ['order'] } })).body['items']).toEqual([]);
  });
});
