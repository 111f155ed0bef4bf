/** Citizens sign in with a code that is sent: no puzzle, paste works, and guessing, mailing and replaying get nobody anywhere. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { contactOf } from '../../server/identity/contacts.ts';
import type { CodeMessage } from '../../server/identity/one-time-codes.ts';
import { createJar } from '../support/browser-jar.ts';
import type { Jar } from '../support/browser-jar.ts';
import { callerOf, openHouse } from './house.ts';
import type { Answer, House } from './house.ts';

const MINUTE = 60_000;
let skew = 0;
let house: House;
const sent: CodeMessage[] = [];
const logged: string[] = [];
const sender = { fails: false };
beforeAll(async () => {
  const send = async (message: CodeMessage): Promise<void> => {
    await Promise.resolve();
    if (sender.fails) throw new Error(`cannot send ${message.code} to ${message.address}`);
    sent.push(message);
  };
  house = await openHouse({
    codes: { send, channels: ['email', 'phone'] },
    now: () => Date.now() + skew,
    log: (_level, line) => void logged.push(line),
  });
});
afterAll(() => house.close());

const at = async (jar: Jar, method: string, path: string, body?: unknown): Promise<Answer> => {
  const answer = await callerOf(house.url, { cookie: jar.cookies(house.url) })(method, path, body);
  for (const line of answer.headers.getSetCookie()) jar.set(house.url, line);
  return answer;
};
const ask = (jar: Jar, to: string) => at(jar, 'POST', '/api/v1/sign-in/codes', { to, language: 'en' });
const use = (jar: Jar, code: string) => at(jar, 'POST', '/api/v1/sign-in/code', { code });
const lastCode = (): string => sent.at(-1)?.code ?? '';
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const problem = ({ status, body }: Answer) => [status, body['title']];
const me = async (jar: Jar) => (await at(jar, 'GET', '/api/v1/session')).body['user'] as Record<string, unknown> | null;

describe('a code that was sent', () => {
  test('[AC100] signs in, also pasted with spaces around and in it; the account is made once and asks for a name', async () => {
    const jar = createJar();
    const asked = await ask(jar, ' Siti@Warga.Example ');
    expect([asked.status, asked.body['to']]).toEqual([202, 's•••@warga.example']);
    expect(sent.at(-1)).toMatchObject({ channel: 'email', address: 'siti@warga.example', language: 'en' });
    expect(asked.text).not.toContain(lastCode());
    const code = lastCode();
    const signedIn = await use(jar, ` ${code.slice(0, 3)} ${code.slice(3)}\n`);
    expect(signedIn.body['user']).toMatchObject({ realm: 'citizen', name: '', needsName: true });
    const { username } = (await me(jar)) ?? {};
    expect(String(username)).toMatch(/^warga\.[0-9a-f]{16}$/);
    const early = await at(jar, 'POST', '/api/v1/applications', { processDefinitionId: 'permit', variables: {} });
    expect(problem(early)).toEqual([409, 'INVALID_STATE']);
    expect((await at(jar, 'PUT', '/api/v1/account/name', { name: 'Siti Rahmawati' })).status).toBe(200);
    skew += 2 * MINUTE;
    const again = createJar();
    await ask(again, 'siti@warga.example');
    await use(again, lastCode());
    expect(await me(again)).toMatchObject({ username, name: 'Siti Rahmawati', needsName: false });
  });

  test('[AC100] goes to a telephone too, however its number is written', async () => {
    for (const text of ['0812-3456-7890', '+62 812 3456 7890', '0062 (812) 3456 7890', '6281234567890'])
      expect([text, contactOf(text)]).toEqual([text, { channel: 'phone', address: '+6281234567890' }]);
    for (const text of [
      'siti@warga',
      '@',
      'a b@c.id',
      'a@b.id, c@d.id',
      'a@b.id\nBcc: x@y.id',
      '12345',
      '+62abc',
      'x'.repeat(70) + '@b.id',
      '"><script>@b.id',
    ])
      expect([text, contactOf(text)]).toEqual([text, undefined]);
    const jar = createJar();
    expect((await ask(jar, '0812-3456-7890')).body['to']).toBe('+62••••••••890');
    expect((await use(jar, lastCode())).status).toBe(200);
    for (const to of ['nobody', { $ne: '' }, '', 'x'.repeat(1000)]) expect((await ask(createJar(), to as string)).status).toBe(400);
  });

  test('[AC101] is bound to the browser that asked for it, and opens once', async () => {
    const [mine, theirs, none] = [createJar(), createJar(), createJar()];
    await ask(mine, 'bound@warga.example');
    const code = lastCode();
    await ask(theirs, 'other@warga.example');
    expect(problem(await use(none, code))).toEqual([401, 'CODE_OVER']);
    expect(problem(await use(theirs, code))).toEqual([401, 'CODE_WRONG']);
    const kept = mine.cookies(house.url);
    const both = await Promise.all([use(mine, code), use(mine, code)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    const replay = createJar();
    replay.set(house.url, kept);
    expect(problem(await use(replay, code))).toEqual([401, 'CODE_OVER']);
  });

  test('[AC101] is over after ten minutes', async () => {
    const jar = createJar();
    await ask(jar, 'late@warga.example');
    skew += 10 * MINUTE;
    expect(problem(await use(jar, lastCode()))).toEqual([401, 'CODE_OVER']);
  });

  test('[AC102] may be guessed five times, however many guesses come at the same moment; then the right one is worth nothing', async () => {
    const jar = createJar();
    await ask(jar, 'guess@warga.example');
    const code = lastCode();
    const first = await use(jar, other(code));
    expect([...problem(first), first.body['left']]).toEqual([401, 'CODE_WRONG', 4]);
    const many = await Promise.all(Array.from({ length: 30 }, () => use(jar, other(code))));
    expect(many.filter(({ body }) => body['title'] === 'CODE_WRONG').length).toBe(3);
    expect(problem(await use(jar, code))).toEqual([401, 'CODE_OVER']);
    expect(await me(jar)).toBe(null);
  });

  test('[AC102] a short, long or strange guess is only a wrong one', async () => {
    const jar = createJar();
    await ask(jar, 'strange@warga.example');
    for (const guess of ['', '1', '9'.repeat(40), 'абв']) expect(problem(await use(jar, guess))).toEqual([401, 'CODE_WRONG']);
    expect((await use(jar, 'x'.repeat(41))).status).toBe(400);
    expect((await at(jar, 'POST', '/api/v1/sign-in/code', { code: { $ne: '' } })).status).toBe(400);
    expect((await use(jar, lastCode())).status).toBe(200);
  });
});

describe('asking for codes', () => {
  test('[AC103] is bounded per address of a person and place, and says when the next one may be asked for', async () => {
    const jar = createJar();
    expect((await ask(jar, 'often@warga.example')).status).toBe(202);
    const soon = await ask(jar, 'often@warga.example');
    expect([...problem(soon), Number(soon.headers.get('retry-after')) > 50]).toEqual([429, 'TOO_MANY_ATTEMPTS', true]);
    const burst = await Promise.all(Array.from({ length: 10 }, () => ask(createJar(), 'burst@warga.example')));
    expect(burst.filter(({ status }) => status === 202).length).toBe(1);
    for (let count = 1; count < 5; count += 1) {
      skew += 2 * MINUTE;
      expect((await ask(jar, 'often@warga.example')).status).toBe(202);
    }
    skew += 2 * MINUTE;
    expect((await ask(createJar(), 'often@warga.example')).status).toBe(429);
    // the others are not held up
    expect((await ask(createJar(), 'seldom@warga.example')).status).toBe(202);
    skew += 60 * MINUTE;
    expect((await ask(createJar(), 'often@warga.example')).status).toBe(202);
  });

  test('[AC103] strangers who use up the codes of an address keep nobody out of a browser that is known', async () => {
    const mine = createJar();
    await ask(mine, 'victim@warga.example');
    await use(mine, lastCode());
    await at(mine, 'DELETE', '/api/v1/session');
    for (let count = 0; count < 6; count += 1) {
      skew += 2 * MINUTE;
      await ask(createJar(), 'victim@warga.example');
    }
    expect((await ask(createJar(), 'victim@warga.example')).status).toBe(429);
    expect((await ask(mine, 'victim@warga.example')).status).toBe(202);
    expect((await use(mine, lastCode())).status).toBe(200);
    // the cookie of one address is worth nothing for another
    expect((await ask(mine, 'often@warga.example')).status).toBe(202);
    expect((await ask(mine, 'often@warga.example')).status).toBe(429);
  });

  test('[AC104] tells nothing of who has an account, and leaves no code in the store, the audit or a log', async () => {
    const [known, unknown] = [createJar(), createJar()];
    skew += 24 * 60 * MINUTE;
    const shape = async (jar: Jar, to: string) => {
      const { status, body } = await ask(jar, to);
      return [status, Object.keys(body).sort()];
    };
    expect(await shape(known, 'siti@warga.example')).toEqual(await shape(unknown, 'nobody@warga.example'));
    sender.fails = true;
    expect(problem(await ask(createJar(), 'fails@warga.example'))).toEqual([503, 'MESSAGE_NOT_SENT']);
    sender.fails = false;
    expect((await ask(createJar(), 'fails@warga.example')).status).toBe(202);
    const { store } = house.runtime;
    const rows = await Promise.all((['signInCodes', 'audit', 'sessions'] as const).map((name) => store.search(name, { limit: 1000 })));
    const kept = JSON.stringify([rows.map(({ items }) => items), logged]);
    for (const { code } of sent) expect(kept).not.toMatch(new RegExp(`"${code}"|code ${code}`));
    expect(JSON.stringify(rows[1]?.items)).not.toContain('warga.example');
  });

  test('[AC105] works only where something is sent, or caught for whoever asked', async () => {
    const silent = await openHouse();
    expect((await silent.nobody('GET', '/api/v1/sign-in')).body['codes']).toEqual([]);
    expect((await silent.nobody('POST', '/api/v1/sign-in/codes', { to: 'a@b.id' })).status).toBe(404);
    expect((await silent.nobody('GET', '/api/v1/sign-in/codes/caught')).status).toBe(404);
    await silent.close();
    const demo = await openHouse({ codes: 'catch' });
    const asked = await demo.nobody('POST', '/api/v1/sign-in/codes', { to: 'a@b.id' });
    const cookie = (asked.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    expect(asked.headers.getSetCookie()[0]).toMatch(/^alur_code=[\w-]{43}; Path=\/api\/v1\/sign-in; HttpOnly; SameSite=Lax; Max-Age=600$/);
    expect((await demo.nobody('GET', '/api/v1/sign-in/codes/caught')).status).toBe(404);
    const caught = await demo.nobody('GET', '/api/v1/sign-in/codes/caught', undefined, { cookie });
    const signedIn = await demo.nobody('POST', '/api/v1/sign-in/code', { code: caught.body['code'] }, { cookie });
    expect([caught.body['address'], signedIn.status]).toEqual(['a@b.id', 200]);
    await demo.close();
    // here they are sent, so nothing is caught
    const jar = createJar();
    await ask(jar, 'sent@warga.example');
    expect((await at(jar, 'GET', '/api/v1/sign-in/codes/caught')).status).toBe(404);
  });
});
