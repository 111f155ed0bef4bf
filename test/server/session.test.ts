import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openHouse, password } from './house.ts';
import type { House } from './house.ts';

let house: House;
let skew = 0;
beforeAll(async () => {
  house = await openHouse({ now: () => Date.now() + skew });
});
afterAll(() => house.close());

const MINUTE = 60_000;

describe('signing in', () => {
  test('[AC10] the right password opens a session in a cookie that scripts cannot read', async () => {
    const answer = await house.nobody('POST', '/api/v1/session', { username: 'clerk.alpha', password });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      user: { username: 'clerk.alpha', realm: 'staff', agency: 'alpha', agencyName: 'Dinas Alpha', groups: ['alpha'], home: '/inbox/' },
    });
    expect(answer.headers.get('set-cookie')).toMatch(/^alur_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    expect(answer.text).not.toContain('argon2');
  });

  test.each([
    ['a wrong password', 'clerk.alpha', 'nope'],
    ['an unknown name', 'nobody.at.all', password],
  ])('[AC11] %s is refused in the same words', async (_what, username, given) => {
    const answer = await house.nobody('POST', '/api/v1/session', { username, password: given });
    expect([answer.status, answer.body['title'], answer.body['detail']]).toEqual([
      401,
      'SIGN_IN_FAILED',
      'Expected user name and password to fit, but they do not',
    ]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  test('[AC11] a name that is no text is refused before it reaches the store', async () => {
    expect((await house.nobody('POST', '/api/v1/session', { username: { $ne: '' }, password })).status).toBe(400);
  });

  test('[AC12] guessing is slowed down for that account, and signing in to another still works', async () => {
    // the first wait is one of a second: on a busy machine it may be over before the next guess, and grows
    const guess = async () => (await house.nobody('POST', '/api/v1/session', { username: 'clerk2.alpha', password: 'guess' })).status;
    let guesses = 0;
    while ((await guess()) !== 429) guesses += 1;
    expect(guesses).toBeGreaterThanOrEqual(5);
    const slowed = await house.nobody('POST', '/api/v1/session', { username: 'clerk2.alpha', password });
    expect([slowed.status, slowed.body['title']]).toEqual([429, 'TOO_MANY_ATTEMPTS']);
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await house.nobody('POST', '/api/v1/session', { username: 'clerk.beta', password })).status).toBe(200);
    skew += 20 * MINUTE;
    expect((await house.nobody('POST', '/api/v1/session', { username: 'clerk2.alpha', password })).status).toBe(200);
  });

  test('[AC13] a session ends when nobody uses it, and says so', async () => {
    const clerk = await house.as('lead.alpha');
    expect((await clerk('GET', '/api/v1/tasks')).status).toBe(200);
    skew += 61 * MINUTE;
    const late = await clerk('GET', '/api/v1/tasks');
    expect([late.status, late.body['title']]).toEqual([401, 'SESSION_EXPIRED']);
  });

  test('[AC13] a page that asks by itself while nobody is there keeps no session alive', async () => {
    const clerk = await house.as('clerk.beta');
    const away = { 'x-alur-away': '1' };
    const idleAt = async () =>
      ((await clerk('GET', '/api/v1/session', undefined, away)).body['session'] as { readonly idleAt: string } | null)?.idleAt;
    const told = await idleAt();
    skew += 2 * MINUTE;
    expect(await idleAt()).toBe(told);
    for (let minutes = 0; minutes < 60; minutes += 20) {
      skew += 20 * MINUTE;
      const answer = await clerk('GET', '/api/v1/tasks', undefined, away);
      expect([minutes, answer.status]).toEqual([minutes, minutes < 40 ? 200 : 401]);
    }
  });

  test('[AC13] a signed-out session is over', async () => {
    const clerk = await house.as('evaluator');
    expect((await clerk('DELETE', '/api/v1/session')).status).toBe(204);
    expect((await clerk('GET', '/api/v1/tasks')).status).toBe(401);
  });

  test('[AC14] another site cannot act with our cookie', async () => {
    const clerk = await house.as('operator');
    const foreign = await clerk('POST', '/v2/signals/broadcast', { signalName: 'x' }, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.body['title']]).toEqual([403, 'FOREIGN_ORIGIN']);
    const own = await clerk('POST', '/v2/user-tasks/search', {}, { origin: house.url });
    expect(own.status).toBe(200);
  });

  test('[AC15] programs sign in to /v2 with user name and password in the request, and nowhere else', async () => {
    const authorization = `Basic ${Buffer.from(`integrator:${password}`).toString('base64')}`;
    expect((await house.nobody('GET', '/v2/authentication/me', undefined, { authorization })).body['username']).toBe('integrator');
    expect((await house.nobody('GET', '/api/v1/tasks', undefined, { authorization })).status).toBe(401);
    const wrong = `Basic ${Buffer.from('integrator:nope').toString('base64')}`;
    expect((await house.nobody('GET', '/v2/authentication/me', undefined, { authorization: wrong })).status).toBe(401);
  });
});

describe('every answer protects the browser', () => {
  test('[AC16] headers forbid foreign scripts and frames, and name no software', async () => {
    const { headers } = await house.nobody('GET', '/livez');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe-eval');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
