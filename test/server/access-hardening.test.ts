/** Attacks over HTTP, each tried. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SECRET, openSeeds } from './access-seed.ts';
import type { Seeds } from './access-seed.ts';
import { openHouse, password } from './house.ts';
import { routes } from '../../server/routes.ts';

let seeds: Seeds;
beforeAll(async () => {
  seeds = await openSeeds();
}, 120_000);
afterAll(() => seeds.house.close());

const operators = [{ $ne: null }, { $gt: '' }, { $regex: '.*' }, ['a'], { $where: 'sleep(1000)' }, { $exists: true }];

describe('operators of a database in place of text', () => {
  test('[AC40] are refused in every field of every command, and find nothing in any search', async () => {
    const wrong: string[] = [];
    const fields = [
      'assignee',
      'username',
      'password',
      'processDefinitionId',
      'name',
      'businessId',
      'errorCode',
      'type',
      'signalName',
      'substitute',
      'correlationKey',
    ];
    for (const route of routes.filter(
      ({ method, reads, path }) => method !== 'get' && method !== 'delete' && reads !== 'files' && !/search$/.test(path),
    )) {
      for (const value of operators) {
        const path = route.path.replace(/[:*](\w+)/g, '4503599627370497');
        const body = Object.fromEntries(fields.map((field) => [field, value]));
        const answer = await seeds.as('admin')(route.method.toUpperCase(), path, body);
        if (answer.status === 500 || answer.text.includes(SECRET))
          wrong.push(`${route.method} ${path} ${JSON.stringify(value)}: ${answer.status}`);
      }
    }
    for (const value of [{ $ne: null }, { $regex: '.*' }, { $where: '1' }, { $gt: { $ne: 1 } }, { $like: { $ne: 1 } }]) {
      const answer = await seeds.as('clerk.gamma')('POST', '/v2/variables/search', { filter: { name: value } });
      expect([JSON.stringify(value), answer.status]).toEqual([JSON.stringify(value), 400]);
    }
    for (const query of ['q[$ne]=x', 'view[$ne]=unit', 'after[$gt]=', 'q=a&q=b', 'limit[$gt]=1'])
      expect((await seeds.as('clerk.gamma')('GET', `/api/v1/tasks?${query}`)).status).toBeLessThan(500);
    expect(wrong).toEqual([]);
  }, 120_000);
});

describe('fields that nobody may set', () => {
  test('[AC41] more fields than a call knows change nothing', async () => {
    const { store } = seeds.house.runtime;
    const task = seeds.ids.get('userTaskKey')?.own ?? '';
    const extra = {
      agency: 'gamma',
      state: 'COMPLETED',
      _id: 'x',
      version: 99,
      candidateGroups: ['gamma'],
      userTaskKey: '1',
      roles: ['admin'],
    };
    await seeds.as('clerk.alpha')('POST', `/v2/user-tasks/${task}/assignment`, { assignee: 'clerk.alpha', ...extra });
    expect(await store.get('userTasks', task)).toMatchObject({ agency: 'alpha', state: 'CREATED', userTaskKey: task });
    const more = { roles: ['admin'], realm: 'staff', agency: 'kota' };
    await seeds.house.nobody('POST', '/api/v1/session', { username: 'clerk.alpha', password, ...more });
    expect(await store.get('users', 'clerk.alpha')).toMatchObject({ agency: 'alpha', roles: ['clerk'] });
    const made = await seeds.as('warga')('POST', '/api/v1/applications', {
      processDefinitionId: 'own',
      variables: { applicant: { username: 'warga2' }, startedBy: 'warga2' },
      startedBy: 'warga2',
    });
    expect(await store.get('processInstances', String(made.body['processInstanceKey']))).toMatchObject({ startedBy: 'warga' });
  });

  test('[AC41] a name that reaches into objects is refused', async () => {
    const answer = await seeds.as('clerk.alpha')('PUT', '/api/v1/drafts/service-own', '{"values":{"__proto__":{"admin":true}}}', {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(400);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

describe('more than a request may hold', () => {
  const post = (body: string) => seeds.as('clerk.alpha')('POST', '/v2/user-tasks/search', body, { 'content-type': 'application/json' });

  test('[AC42] deep, huge and broken JSON is refused by name', async () => {
    expect((await post(`{"filter":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).status).toBe(400);
    expect((await post(`{"filter":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`)).status).toBe(400);
    expect((await post(`{"x":"${'a'.repeat(5 * 1024 * 1024)}"}`)).status).toBe(413);
    expect((await post('{"filter":')).status).toBe(400);
    expect((await seeds.as('clerk.alpha')('POST', '/v2/user-tasks/search', 'a=b', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  test('[AC42] pages larger than the limit are refused', async () => {
    for (const page of [{ limit: 1_000_000 }, { limit: -1 }, { limit: 1e308 }, { from: 1e15 }, { limit: '10' }, { limit: 0.5 }])
      expect((await seeds.as('clerk.alpha')('POST', '/v2/user-tasks/search', { page })).status).toBe(400);
    for (const limit of ['1000000', '-1', 'NaN', '1e3'])
      expect((await seeds.as('clerk.alpha')('GET', `/api/v1/tasks?limit=${limit}`)).status).toBe(400);
  });
});

describe('the session', () => {
  test('[AC43] a secret that somebody planted is never used, and every sign-in makes another', async () => {
    const planted = 'A'.repeat(43);
    const { nobody } = seeds.house;
    const sign = (cookie: string) => nobody('POST', '/api/v1/session', { username: 'clerk.beta', password }, { cookie });
    const first = (await sign(`alur_session=${planted}`)).headers.get('set-cookie') ?? '';
    expect(first).not.toContain(planted);
    expect((await nobody('GET', '/api/v1/tasks', undefined, { cookie: `alur_session=${planted}` })).status).toBe(401);
    const old = first.split(';')[0] ?? '';
    const second = ((await sign(old)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(second).not.toBe(old);
    expect((await nobody('GET', '/api/v1/tasks', undefined, { cookie: old })).status).toBe(401);
    expect((await nobody('GET', '/api/v1/tasks', undefined, { cookie: second })).status).toBe(200);
  });

  test('[AC44] no page of another site commands with our cookie, whatever kind of request it sends', async () => {
    const before = (await seeds.house.runtime.store.events(seeds.cases.own)).length;
    const path = `/v2/process-instances/${seeds.cases.own}/cancellation`;
    const call = (headers: object, method = 'POST') =>
      seeds.as('operator.alpha')(method, path, method === 'POST' ? '{}' : undefined, headers as Record<string, string>);
    for (const headers of [
      { origin: 'https://evil.example', 'content-type': 'text/plain' },
      { origin: 'null', 'content-type': 'application/json' },
      { origin: `${seeds.house.url}.evil.example`, 'content-type': 'application/json' },
      { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' },
      { 'sec-fetch-site': 'same-site', 'content-type': 'application/json' },
    ])
      expect((await call(headers)).status).toBe(403);
    expect((await call({}, 'GET')).status).toBeGreaterThanOrEqual(400);
    expect((await seeds.house.runtime.store.events(seeds.cases.own)).length).toBe(before);
  });
});

describe('guessing passwords', () => {
  test('[AC45] many at the same moment count as many, and who signed in from here before is not kept out by others', async () => {
    // given a clock that stands still: however slow the machine is, no waiting time passes
    const at = Date.now();
    const house = await openHouse({ now: () => at });
    const sign = (username: string, given: string) => house.nobody('POST', '/api/v1/session', { username, password: given });
    expect((await sign('clerk.beta', password)).status).toBe(200);
    const burst = await Promise.all(Array.from({ length: 12 }, () => sign('clerk.alpha', 'guess')));
    expect(burst.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(8);
    expect((await sign('clerk.alpha', password)).status).toBe(429);
    for (let attempt = 0; attempt < 70; attempt += 1) await sign(`unknown${attempt}`, 'guess');
    // the address has tried too many names: a new name waits, the known person does not
    expect((await sign('lead.alpha', password)).status).toBe(429);
    expect((await sign('clerk.beta', password)).status).toBe(200);
    await house.close();
  }, 60_000);
});

describe('what the house tells', () => {
  test('[AC46] no password, hash, cookie or value of a case is ever logged', async () => {
    const lines: string[] = [];
    const house = await openHouse({ log: (_level, message) => void lines.push(message) });
    const { store } = house.runtime;
    const broken = { ...house.runtime, store };
    await house.nobody('POST', '/api/v1/session', { username: 'clerk.alpha', password: `${SECRET}-password` });
    await (
      await house.as('clerk.alpha')
    )('GET', `/v2/variables/4503599627370497?secret=${SECRET}`);
    await house.nobody('GET', '/v2/authentication/me', undefined, {
      authorization: `Basic ${Buffer.from(`x:${SECRET}`).toString('base64')}`,
    });
    const audited = JSON.stringify((await broken.store.search('audit', { limit: 1000 })).items);
    for (const text of [...lines, audited]) expect(text).not.toMatch(new RegExp(`${SECRET}|argon2|alur_session|${password}`));
    await house.close();
  });

  test('[AC47] scripts in names stay text in every answer, and no page may run inline or evaluated script', async () => {
    const { headers } = await seeds.house.nobody('GET', '/livez');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe|unsafe-eval/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of [
      '/api/v1/services',
      '/v2/topology',
      '/api/v1/%3Cscript%3E',
      '/v2/process-definitions/%3Cimg%20src=x%20onerror=alert(1)%3E',
    ]) {
      const answer = await seeds.as('analyst.alpha')('GET', path);
      expect(answer.headers.get('content-type')).toMatch(/json/);
    }
    const document = await seeds.as('clerk.alpha')('GET', '/api/v1/documents/DOC-own');
    expect([document.status, document.headers.get('content-disposition')?.startsWith('attachment;')]).toEqual([200, true]);
  });
});

describe('files', () => {
  test('[AC48] tricks with names, fields, sizes and parts are refused', async () => {
    const call = seeds.as('analyst.alpha');
    const send = async (parts: readonly (readonly [string, string, string])[]) => {
      const form = new FormData();
      for (const [field, name, text] of parts) form.append(field, new Blob([text]), name);
      return (await call('POST', '/v2/deployments', form)).status;
    };
    for (const name of ['x.bpmn\u0000.html', 'x.bpmn', '.form', 'x.dmn'])
      expect([name, await send([['resources', name, '<svg onload="alert(1)"/>']])]).toEqual([name, 400]);
    expect(await send([['', 'x.bpmn', 'x']])).toBe(400);
    expect(await send([['__proto__', 'x.bpmn', 'x']])).toBe(400);
    expect(await send([['resources', 'big.bpmn', 'x'.repeat(2 * 1024 * 1024 + 1)]])).toBe(413);
    expect(await send(Array.from({ length: 51 }, (_, index) => ['resources', `${index}.form`, '{}'] as const))).toBe(413);
    for (const body of ['--x\r\n', '--x\r\nContent-Disposition: form-data\r\n\r\n', 'x'.repeat(1000)])
      expect((await call('POST', '/v2/deployments', body, { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(400);
    expect((await seeds.house.nobody('GET', '/livez')).status).toBe(200);
  });

  test('[AC48] a file of any other kind is kept as it is and never runs in our pages', async () => {
    const call = seeds.as('analyst.alpha');
    for (const name of ['../../etc/passwd', 'x.svg', 'x.html', 'x.bpmn.exe', 'CON']) {
      const made = await seeds.house.deploy(call, { [name]: '<svg onload="alert(1)"/>' });
      const [{ resource } = { resource: null }] = made.body['deployments'] as {
        readonly resource: { readonly resourceKey: string } | null;
      }[];
      for (const end of ['content', 'content/binary']) {
        const { status, headers } = await call('GET', `/v2/resources/${resource?.resourceKey ?? ''}/${end}`);
        expect([name, status, headers.get('x-content-type-options')]).toEqual([name, 200, 'nosniff']);
        expect(headers.get('content-type')).toMatch(/^(text\/plain|application\/octet-stream)/);
        expect(headers.get('content-security-policy')).toContain('sandbox');
        expect(headers.get('content-disposition') ?? '').not.toMatch(/\.\.|[/\\]etc/);
      }
    }
  });

  test('[AC49] an analyst does not replace what another agency answers for', async () => {
    const xml = String(seeds.house.runtime.definitions.latest('own')?.xml);
    const replaced = await seeds.house.deploy(seeds.as('analyst.gamma'), { 'own.bpmn': xml.replace('Periksa', 'Dicuri') });
    expect([replaced.status, replaced.body['title']]).toEqual([403, 'FORBIDDEN']);
    const form = await seeds.house.deploy(seeds.as('analyst.gamma'), { 'own.form': '{"id":"form-own","components":[]}' });
    expect(form.status).toBe(403);
    expect((await seeds.house.deploy(seeds.as('analyst.alpha'), { 'own.bpmn': xml.replace('Periksa', 'Diperiksa') })).status).toBe(200);
  });

  test('[AC49] messages and signals of an agency do not reach the cases of others', async () => {
    const before = (await seeds.house.runtime.store.events(seeds.cases.own)).length;
    const message = { name: 'news-own', correlationKey: SECRET, variables: { place: 'x' } };
    for (const path of ['/v2/messages/publication', '/v2/messages/correlation'])
      expect((await seeds.as('integrator.gamma')('POST', path, message)).status).toBe(403);
    expect((await seeds.house.runtime.store.events(seeds.cases.own)).length).toBe(before);
    expect((await seeds.as('integrator.alpha')('POST', '/v2/messages/correlation', message)).status).toBe(200);
  });
});
