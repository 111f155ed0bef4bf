/** What every call of the product's interface has in common, tried at every address that should have it: the table of routes says which. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Route } from '../../server/route.ts';
import { routes } from '../../server/routes.ts';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { diagram, job, path, start } from '../support/bpmn.ts';
import { callerOf, openHouse } from './house.ts';
import type { Answer, Caller } from './house.ts';

const folder = mkdtempSync(join(tmpdir(), 'alur-conventions-'));
let alur: Alur;
let admin: Caller;
let citizen: Caller;
let nobody: Caller;
let caseKey = '';
beforeAll(async () => {
  const env = {
    PORT: '0',
    DATABASE_URL: 'memory:',
    ALUR_DATA: folder,
    ALUR_QUEUE: 'in-process',
    ALUR_SANDBOX: 'true',
    ALUR_RATE_LIMIT: '1000000',
  };
  alur = await startAlur(env, { log: () => undefined });
  nobody = callerOf(alur.url, {});
  [admin, citizen] = [await signedIn('admin'), await signedIn('warga')];
  const files = new FormData();
  files.append('resources', new Blob([diagram(start('s'), job('j'), path('s j')).replaceAll('id="p"', 'id="plain"')]), 'plain.bpmn');
  await admin('POST', '/v2/deployments', files);
  caseKey = String((await admin('POST', '/v2/process-instances', { processDefinitionId: 'plain' })).body['processInstanceKey']);
}, 60_000);
afterAll(async () => {
  await alur.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(username: string): Promise<Caller> {
  const { headers } = await nobody('POST', '/api/v1/session', { username, password: alur.accounts[0]?.password });
  return callerOf(alur.url, { cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
}
const label = ({ method, path: address }: Route): string => `${method.toUpperCase()} ${address}`;
const addressOf = ({ path: address }: Route): string =>
  address.replace(/[:*]([A-Za-z]+)/g, (_all, name: string) => (name.endsWith('Key') ? '4503599627370497' : 'unknown'));
const product = routes.filter(({ path: address }) => /^\/(api|oauth)\//.test(address));
const streams = ({ path: address }: Route): boolean => address.endsWith('/events');
let serial = 0;
const fresh = (): string => `n${(serial += 1)}`;

describe('traces', () => {
  test('[API20] every address answers with the trace that it was called in', async () => {
    const trace = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    const silent: string[] = [];
    for (const route of routes) {
      const { headers } = await nobody(route.method.toUpperCase(), addressOf(route), undefined, {
        traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      });
      if (!new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`).test(headers.get('traceresponse') ?? ''))
        silent.push(label(route));
    }
    expect(silent).toEqual([]);
  });

  test.each([
    '',
    'x',
    '00-0-0-01',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `ff-${'a'.repeat(32)}-00f067aa0ba902b7-01`,
    '<script>',
    'a'.repeat(5000),
  ])('[API20] what is no trace (%#) begins one of our own and is not repeated', async (traceparent) => {
    const seen = new Set<string>();
    for (let count = 0; count < 2; count += 1) {
      const answer =
        (await nobody('GET', '/livez', undefined, traceparent === '' ? {} : { traceparent })).headers.get('traceresponse') ?? '';
      expect(answer).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      seen.add(answer.split('-')[1] ?? '');
    }
    expect([seen.size, seen.has('a'.repeat(32))]).toEqual([2, false]);
  });

  test('[API20] a fault of ours names the trace, here and in the log', async () => {
    const logged: string[] = [];
    const broken: Route = {
      method: 'get',
      path: '/api/v1/broken',
      allow: { says: 'x', holds: () => true },
      handler: () => Promise.reject(new Error('inside')),
    };
    const house = await openHouse({ routes: [broken], log: (_level, line) => void logged.push(line) });
    const trace = 'c'.repeat(32);
    const { status, body } = await house.nobody('GET', '/api/v1/broken', undefined, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    await house.close();
    expect([status, body['traceId'], JSON.stringify(body).includes('inside')]).toEqual([500, trace, false]);
    expect(logged.some((line) => line.includes(trace) && line.includes('inside'))).toBe(true);
  });
});

describe('limits of the rate', () => {
  test('[API21] every address of the product tells how many calls are left, also when it refuses', async () => {
    const silent: string[] = [];
    for (const route of product) {
      const { headers } = await nobody(route.method.toUpperCase(), addressOf(route));
      const told = [headers.get('ratelimit-policy'), /^"address";r=\d+;t=\d+$/.test(headers.get('ratelimit') ?? '')];
      if (told[0] !== '"address";q=500000;w=60' || told[1] !== true) silent.push(`${label(route)}: ${String(headers.get('ratelimit'))}`);
    }
    expect(silent).toEqual([]);
    expect((await admin('GET', '/api/v1/session')).headers.get('ratelimit-policy')).toBe('"person";q=1000000;w=60');
    expect((await admin('POST', '/v2/jobs/search', {})).headers.get('ratelimit')).toBe(null);
  });

  test('[API21] who has none left is refused and nothing is done; others are not; a made-up cookie is a stranger', async () => {
    const config = { auth: 'session', clock: 'controllable', publicUrl: 'http://localhost:8080', rateLimit: 12 } as const;
    const house = await openHouse({ config });
    const clerk = await house.as('clerk.alpha');
    const codes: number[] = [];
    for (let count = 0; count < 13; count += 1) codes.push((await clerk('PUT', `/api/v1/drafts/service-n${count}`, { values: {} })).status);
    expect(codes).toEqual([...Array.from({ length: 12 }, () => 200), 429]);
    const refused = await clerk('GET', '/api/v1/tasks');
    expect([refused.body['title'], Number(refused.headers.get('retry-after')) > 0]).toEqual(['TOO_MANY_REQUESTS', true]);
    expect((await house.runtime.store.search('drafts', {})).totalItems).toBe(12);
    expect((await clerk('POST', '/v2/user-tasks/search', {})).status).toBe(200);
    const strangers: number[] = [];
    for (let count = 0; count < 8; count += 1)
      strangers.push(
        (await house.nobody('GET', '/api/v1/agencies', undefined, { cookie: `alur_session=${String(count).repeat(43)}` })).status,
      );
    // one stranger signed in above
    expect(strangers).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    await house.close();
  });

  test('[API21] behind a proxy that is named, callers are told apart by what it says; nobody else is believed', async () => {
    const limited = async (proxies: readonly string[]): Promise<readonly number[]> => {
      const config = { auth: 'session', clock: 'controllable', publicUrl: 'http://localhost:8080', rateLimit: 2, proxies } as const;
      const house = await openHouse({ config });
      const codes: number[] = [];
      for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.1'])
        codes.push((await house.nobody('GET', '/api/v1/agencies', undefined, { 'x-forwarded-for': address })).status);
      await house.close();
      return codes;
    };
    expect(await limited(['127.0.0.0/8'])).toEqual([200, 200, 429]);
    expect(await limited([])).toEqual([200, 429, 429]);
  });
});

/** a valid call of each creating address: its path, body and what names the thing that was made */
const creations: Readonly<
  Record<
    string,
    () =>
      | Promise<{ readonly address?: string; readonly body?: unknown; readonly other: unknown; readonly as?: Caller }>
      | { readonly address?: string; readonly body?: unknown; readonly other: unknown; readonly as?: Caller }
  >
> = {
  'POST /api/v1/applications': () => {
    const body = (place: string) => ({
      processDefinitionId: 'wifi-publik',
      variables: { place, kelurahan: 'Bareng', latitude: -7.9, longitude: 112.6, expectedUsers: 80, reason: 'Belajar bersama' },
    });
    return { as: citizen, body: body('Taman A'), other: body('Taman B') };
  },
  'POST /api/v1/accounts': () => ({
    body: { username: fresh(), name: 'x', roles: [] },
    other: { username: fresh(), name: 'y', roles: [] },
  }),
  'POST /api/v1/accounts/:username/password': async () => ({ address: `/api/v1/accounts/${await person()}/password`, other: undefined }),
  'POST /api/v1/clients': () => ({ body: { name: 'x', roles: ['clerk'] }, other: { name: 'y', roles: ['clerk'] } }),
  'POST /api/v1/clients/:clientId/secret': async () => ({ address: `/api/v1/clients/${await program()}/secret`, other: undefined }),
  'POST /api/v1/substitutions': () => {
    const body = (reason: string) => ({
      absent: 'petugas.diskominfo',
      substitute: 'analis',
      roles: ['clerk'],
      from: '2026-01-01T00:00:00Z',
      until: new Date(Date.now() + 1e9).toISOString().slice(0, 13) + ':00:00Z',
      reason,
    });
    return { body: body('x'), other: body('y') };
  },
  'POST /api/v1/cases/:processInstanceKey/legal-hold': () => ({
    address: `/api/v1/cases/${caseKey}/legal-hold`,
    body: { reason: 'x' },
    other: { reason: 'y' },
  }),
  'POST /api/v1/agencies/:agencyId/credentials': () => {
    const body = (token: string) => ({ credential: { kind: 'bearer', token } });
    return { address: '/api/v1/agencies/dlh/credentials', body: body('x'), other: body('y') };
  },
  'POST /api/v1/agencies/:agencyId/hooks': () => ({ address: '/api/v1/agencies/dlh/hooks', body: hook('x'), other: hook('y') }),
  'POST /v2/process-instances': () => ({ body: { processDefinitionId: 'plain' }, other: { processDefinitionId: 'plain', variables: {} } }),
  'POST /v2/deployments': () => ({ body: upload('resources', 'a.md', fresh()), other: upload('resources', 'a.md', fresh()) }),
  'POST /v2/documents': () => ({ body: upload('file', 'a.txt', 'x'), other: upload('file', 'a.txt', 'y') }),
  'POST /v2/documents/batch': () => ({ body: upload('files', 'a.txt', 'x'), other: upload('files', 'b.txt', 'x') }),
  'POST /v2/users': () => ({
    body: { username: fresh(), password: 'horse staple' },
    other: { username: fresh(), password: 'horse staple' },
  }),
  'POST /v2/groups': () => ({ body: { groupId: `g${fresh()}`, name: 'x' }, other: { groupId: `g${fresh()}`, name: 'x' } }),
  'POST /v2/mapping-rules': () => {
    const body = (mappingRuleId: string) => ({ mappingRuleId, name: 'x', claimName: 'x', claimValue: 'x' });
    return { body: body(fresh()), other: body(fresh()) };
  },
  'POST /v2/conditionals/evaluation': () => ({ body: { variables: { a: 1 } }, other: { variables: { a: 2 } } }),
  'POST /v2/cluster-variables/global': () => ({ body: { name: fresh(), value: 1 }, other: { name: fresh(), value: 1 } }),
  'POST /v2/cluster-variables/tenants/:tenantId': () => ({
    address: '/v2/cluster-variables/tenants/<default>',
    body: { name: fresh(), value: 1 },
    other: { name: fresh(), value: 1 },
  }),
  'POST /v2/global-task-listeners': () => {
    const body = (id: string) => ({ id, type: 'watch', eventTypes: ['creating'] });
    return { body: body(fresh()), other: body(fresh()) };
  },
  'POST /govstack/processes': () => {
    const body = (id: string) => ({
      name: id,
      processBody: [{ code: 'bpmn', value: diagram(start('s'), job('j'), path('s j')).replaceAll('id="p"', `id="${id}"`) }],
    });
    return { body: body(fresh()), other: body(fresh()) };
  },
  'POST /govstack/processes/:processId/start': () => {
    const key = String(alur.runtime.definitions.latest('plain')?.row['processDefinitionKey']);
    return { address: `/govstack/processes/${key}/start`, body: { processStartedBy: 'x' }, other: { processStartedBy: 'y' } };
  },
};
const hook = (name: string) => ({
  name,
  scheme: { style: 'body' },
  messageName: 'news',
  mapping: { correlationKey: '=body.id', variables: '={}' },
});
const upload = (field: string, name: string, text: string): FormData => {
  const form = new FormData();
  form.append(field, new Blob([text]), name);
  return form;
};
async function person(): Promise<string> {
  const username = fresh();
  await admin('POST', '/api/v1/accounts', { username, name: 'x', roles: [] });
  return username;
}
async function program(): Promise<string> {
  return String((await admin('POST', '/api/v1/clients', { name: fresh(), roles: ['clerk'] })).body['clientId']);
}

/** POSTs of the product that create nothing: they look, sign in, or move what is there (twice is refused or the same) */
const others =
  /\/(session|codes|code|:provider|account\/password|completion|escalation|error|legal-hold-lifting|archives\/search|hold|release|:token|hooks\/:hookId|trial|test|inspection|check|rehearsals|token|acknowledgement|mute)$/;

describe('creating calls', () => {
  test('[API22] the list of them is complete: every other POST of the product is known to create nothing', () => {
    const posts = product.filter(({ method }) => method === 'post');
    expect(posts.filter((route) => !route.creates && !others.test(route.path)).map(label)).toEqual([]);
    expect(posts.filter((route) => route.creates && others.test(route.path)).map(label)).toEqual([]);
    expect(
      routes
        .filter(({ creates }) => creates)
        .map(label)
        .sort(),
    ).toEqual(Object.keys(creations).sort());
  });

  test.each(Object.entries(creations))('[API22] %s: one key makes one thing; with another body it is refused', async (name, plan) => {
    const { address = name.split(' ')[1] ?? '', body, other, as = admin } = await plan();
    const key = { 'idempotency-key': `k-${fresh()}` };
    const [first, second] = [await as('POST', address, body, key), await as('POST', address, body, key)];
    expect([first.status < 300, first.status === 200 ? first.body : first.text]).toEqual([
      true,
      first.status === 200 ? first.body : first.text,
    ]);
    expect([second.status, second.body, second.headers.get('idempotency-replayed')]).toEqual([first.status, first.body, 'true']);
    expect(first.headers.get('idempotency-replayed')).toBe(null);
    if (other !== undefined) {
      const refused = await as('POST', address, other, key);
      expect([refused.status, refused.body['title']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    }
    // somebody else's key of the same name is another
    expect((await as('POST', address, body, { 'idempotency-key': 'ä' })).status).toBe(400);
  });

  test('[API23] a secret that is answered once is answered again to the same key alone, and rests sealed', async () => {
    const key = { 'idempotency-key': 'secret-key-1' };
    const first = await admin('POST', '/api/v1/clients', { name: 'Tersegel', roles: ['clerk'] }, key);
    const again = await admin('POST', '/api/v1/clients', { name: 'Tersegel', roles: ['clerk'] }, key);
    expect(again.body['clientSecret']).toBe(first.body['clientSecret']);
    const rows = JSON.stringify((await alur.runtime.store.search('idempotency', { limit: 1000 })).items);
    expect(rows).not.toContain(String(first.body['clientSecret']));
    expect(rows).not.toContain('secret-key-1');
    const integrator = await signedIn('integrator');
    expect((await integrator('POST', '/api/v1/clients', { name: 'Tersegel', roles: ['clerk'] }, key)).status).toBe(403);
  });
});

describe('entity tags', () => {
  test('[API24] whatever a GET of the product answers has a tag, and is not sent again to who has it', async () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const route of product.filter((one) => one.method === 'get' && !one.path.includes(':') && !streams(one))) {
      const as = route.allow.holds({ kind: 'citizen', username: 'x', name: '', roles: [] }) ? citizen : admin;
      const answer = await as('GET', route.path);
      if (answer.status !== 200 || !/json/.test(answer.headers.get('content-type') ?? '')) continue;
      const etag = answer.headers.get('etag');
      const momentary = /session|sign-in|summary|openapi/.test(route.path) || route.path.startsWith('/oauth/');
      if ((etag === null) !== momentary) wrong.push(label(route));
      if (etag === null) continue;
      seen += 1;
      const again = await as('GET', route.path, undefined, { 'if-none-match': `"x", W/${etag}` });
      if (again.status !== 304 || again.text !== '' || again.headers.get('etag') !== etag) wrong.push(`${label(route)}: ${again.status}`);
      if ((await as('GET', route.path, undefined, { 'if-none-match': '"x"' })).status !== 200) wrong.push(`${label(route)} again`);
    }
    expect(wrong).toEqual([]);
    expect(seen).toBeGreaterThan(10);
  });
});

interface Changing {
  readonly address: string;
  readonly body?: unknown;
  readonly as?: Caller;
}
/** a thing that is there, and a valid change of it */
const changes: Readonly<Record<string, () => Promise<Changing>>> = {
  'PATCH /api/v1/accounts/:username': async () => ({ address: `/api/v1/accounts/${await person()}`, body: { name: 'Lain' } }),
  'DELETE /api/v1/clients/:clientId': async () => ({ address: `/api/v1/clients/${await program()}` }),
  'PUT /api/v1/mapping-rules/:mappingRuleId': async () => {
    const address = `/api/v1/mapping-rules/${fresh()}`;
    const body = { name: 'x', claimName: 'x', claimValue: 'x', agency: '', roles: [] };
    await admin('PUT', address, body);
    return { address, body: { ...body, claimValue: 'y' } };
  },
  'PUT /api/v1/alert-settings/:owner': () =>
    Promise.resolve({ address: '/api/v1/alert-settings/dlh', body: { mails: [`${fresh()}@dlh.example`], escalateTo: [] } }),
  'PUT /api/v1/drafts/:draftKey': async () => ({ address: await draft(), body: { values: { a: 2 } } }),
  'DELETE /api/v1/drafts/:draftKey': async () => ({ address: await draft() }),
  'PUT /api/v1/agencies/:agencyId/hooks/:hookId': async () => ({ address: await madeHook(), body: hook('z') }),
  'DELETE /api/v1/agencies/:agencyId/hooks/:hookId': async () => ({ address: await madeHook() }),
  'PUT /api/v1/agencies/:agencyId': () =>
    Promise.resolve({ address: '/api/v1/agencies/dlh', body: { name: 'Dinas Lingkungan', nameEn: 'Environment' } }),
  'PUT /api/v1/agencies/:agencyId/connections/:environment': async () => ({
    address: await connected(),
    body: { url: 'https://dlh.example/b' },
  }),
  'DELETE /api/v1/agencies/:agencyId/connections/:environment': async () => ({ address: await connected() }),
  'DELETE /api/v1/agencies/:agencyId/credentials/:credentialId': async () => {
    const made = await admin('POST', '/api/v1/agencies/dlh/credentials', { credential: { kind: 'bearer', token: 'x' } });
    return { address: `/api/v1/agencies/dlh/credentials/${String(made.body['credentialId'])}` };
  },
  'PUT /api/v1/agencies/:agencyId/contract': async () => {
    const contract = (version: string) => ({
      text: JSON.stringify({
        openapi: '3.1.0',
        info: { title: 'x', version },
        paths: { '/a': { get: { operationId: 'a', responses: { 200: { description: 'x' } } } } },
      }),
      operations: ['a'],
      // it takes the place of the one that came with the house
      acceptBreaking: true,
    });
    const first = await admin('PUT', '/api/v1/agencies/dinsos/contract', contract('1'));
    expect([first.status, first.text.slice(0, 200)]).toEqual([200, first.text.slice(0, 200)]);
    return { address: '/api/v1/agencies/dinsos/contract', body: contract('2') };
  },
  'PUT /api/v1/sandbox/:agencyId': () => Promise.resolve({ address: '/api/v1/sandbox/dlh', body: { fault: 'slow' } }),
  'DELETE /api/v1/substitutions/:substitutionId': async () => {
    const body = {
      absent: 'petugas.diskominfo',
      substitute: 'analis',
      roles: ['clerk'],
      from: '2026-01-01T00:00:00Z',
      until: new Date(Date.now() + 1e9).toISOString(),
    };
    return { address: `/api/v1/substitutions/${String((await admin('POST', '/api/v1/substitutions', body)).body['substitutionId'])}` };
  },
};
async function draft(): Promise<string> {
  const address = `/api/v1/drafts/service-${fresh()}`;
  await admin('PUT', address, { values: { a: 1 } });
  return address;
}
async function madeHook(): Promise<string> {
  return `/api/v1/agencies/dlh/hooks/${String((await admin('POST', '/api/v1/agencies/dlh/hooks', hook(fresh()))).body['hookId'])}`;
}
async function connected(): Promise<string> {
  await admin('PUT', '/api/v1/agencies/dlh/connections/sandbox', { url: 'https://dlh.example/a' });
  return '/api/v1/agencies/dlh/connections/sandbox';
}
/** one's own session, identities and name are nobody else's to change meanwhile */
const own = /^\/api\/v1\/(session|sessions|account\/.*)$/;

describe('changing what one has read', () => {
  test('[API25] every address that changes one thing of the product shows it too, so that it has a tag', () => {
    const changing = product.filter(({ method, path: address }) => ['put', 'patch', 'delete'].includes(method) && !own.test(address));
    expect(changing.map(label).sort()).toEqual(Object.keys(changes).sort());
    const shown = new Set(product.filter(({ method }) => method === 'get').map(({ path: address }) => address));
    expect(changing.filter(({ path: address }) => !shown.has(address)).map(label)).toEqual([]);
  });

  test.each(Object.entries(changes))('[API25] %s: only as it was read; of two at the same moment one', async (name, plan) => {
    const { address, body } = await plan();
    const method = name.split(' ')[0] ?? '';
    const read = (): Promise<Answer> => admin('GET', address);
    const before = await read();
    const etag = before.headers.get('etag') ?? '';
    expect([before.status, etag]).toEqual([200, expect.stringMatching(/^"[\w-]{27}"$/)]);
    for (const wrong of ['"x"', '"', 'x'.repeat(1000)]) {
      const refused = await admin(method, address, body, { 'if-match': wrong });
      expect([refused.status, refused.body['title']]).toEqual([412, 'PRECONDITION_FAILED']);
    }
    expect((await read()).headers.get('etag')).toBe(etag);
    const both = await Promise.all([0, 1].map(() => admin(method, address, body, { 'if-match': etag })));
    const [won, lost] = both.map(({ status }) => status).sort((left, right) => left - right);
    expect([Number(won) < 300, lost]).toEqual([true, 412]);
    const after = await read();
    const told = both.find(({ status }) => status < 300)?.headers.get('etag');
    if (after.status === 200) expect([told, after.headers.get('etag') === etag]).toEqual([after.headers.get('etag'), false]);
    expect((await admin('PUT', '/api/v1/drafts/service-none', { values: {} }, { 'if-match': '*' })).status).toBe(412);
  });
});
