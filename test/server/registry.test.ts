/** A new agency, from nothing to a step of a running process, through the interface alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { resealCredentials } from '../../server/reseal-credentials.ts';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { putAccount } from '../../server/accounts.ts';
import { directoryOf } from '../../workers/directory.ts';
import { ownerOf } from '../../workers/registered.ts';
import { createRegistry } from '../../workers/registry.ts';
import { createSeal } from '../../workers/seal.ts';
import type { Seal } from '../../workers/seal.ts';
import { callerOf, password } from './house.ts';
import type { Caller } from './house.ts';

jest.setTimeout(60_000);
const SECRET = 'sangat-rahasia-4711';
const data = mkdtempSync(join(tmpdir(), 'alur-registry-'));
const empty = mkdtempSync(join(tmpdir(), 'alur-processes-'));
const hits: { url: string; authorization: string | undefined }[] = [];
const library = createServer((request, response) => {
  hits.push({ url: request.url ?? '', authorization: request.headers.authorization });
  if (request.url === '/contract.json') return void response.writeHead(200, { 'content-type': 'application/json' }).end(contract());
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ bookId: 'B1', title: 'Hukum Tata Ruang' }));
});

const contract = (change: object = {}) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Perpustakaan', version: '1' },
    paths: {
      '/books/{bookId}': {
        get: {
          operationId: 'getBook',
          summary: 'Cari buku',
          parameters: [{ name: 'bookId', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { 200: { description: 'ok', content: { 'application/json': { schema: { $ref: '#/components/schemas/Book' } } } } },
        },
      },
    },
    components: { schemas: { Book: { type: 'object', required: ['title'], properties: { bookId: { type: 'string' }, title: { type: 'string', example: 'Contoh' }, ...change } } } },
  }); // prettier-ignore

const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://alur.example">
<bpmn:process id="lend" name="Pinjam buku" isExecutable="true"><bpmn:startEvent id="s" />
<bpmn:serviceTask id="ask" zeebe:modelerTemplate="agency.library.getBook" zeebe:modelerTemplateVersion="1"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call" />
<zeebe:taskHeaders><zeebe:header key="agency" value="library" /><zeebe:header key="operation" value="getBook" /></zeebe:taskHeaders>
<zeebe:ioMapping><zeebe:input source="=book" target="path.bookId" /><zeebe:output source="=response.body" target="found" /></zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:userTask id="look" /><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="ask" /><bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="look" /></bpmn:process></bpmn:definitions>`;

let alur: Alur;
let city: Caller;
let address: string;
const signIn = async (username: string): Promise<Caller> => {
  const made = await callerOf(alur.url, {})('POST', '/api/v1/session', { username, password });
  return callerOf(alur.url, { cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
};
/** title of the book that a new case got to know; undefined: it came to nothing yet */
async function lend(book: string): Promise<() => Promise<string | undefined>> {
  const made = await city('POST', '/v2/process-instances', { processDefinitionId: 'lend', variables: { book } });
  const processInstanceKey = String(made.body['processInstanceKey']);
  return async () => {
    const found = await alur.runtime.store.search('variables', { filter: { processInstanceKey, name: 'found' } });
    const value = found.items[0]?.['value'];
    return typeof value === 'string' ? (JSON.parse(value) as { title: string }).title : undefined;
  };
}
async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    await new Promise((done) => setTimeout(done, 20));
  }
}

beforeAll(async () => {
  await new Promise<void>((done) => library.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(library.address() as AddressInfo).port}`;
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: data, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'false', ALUR_AGENCY_NETWORKS: '127.0.0.1/32' };
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(empty, 'agencies'));
  alur = await startAlur(env, { log: () => undefined, processes: empty });
  for (const [username, agency] of [['city', 'kota'], ['own', 'library'], ['other', 'archive']] as const)
    await putAccount(alur.runtime.store, { username, name: username, realm: 'staff', agency, roles: ['integrator', 'analyst', 'admin'] }, password);
  city = await signIn('city');
}, 60_000); // prettier-ignore
afterAll(async () => {
  await alur.close();
  library.closeAllConnections();
  library.close();
  for (const folder of [data, empty]) rmSync(folder, { recursive: true, force: true });
});

describe('an agency that somebody registers', () => {
  test('[AP61] from nothing to a step of a running process, without a restart', async () => {
    // given
    expect((await city('PUT', '/api/v1/agencies/library', { name: 'Dinas Perpustakaan', nameEn: 'Library Office' })).status).toBe(201);
    const key = await city('POST', '/api/v1/agencies/library/credentials', { credential: { kind: 'bearer', token: SECRET }, expiresAt: '2999-01-01T00:00:00Z' }); // prettier-ignore
    expect(key).toMatchObject({ status: 201, body: { kind: 'bearer', expiry: 'fine' } });
    const connection = { url: `${address}/`, credentialId: key.body['credentialId'] };
    expect((await city('PUT', '/api/v1/agencies/library/connections/live', connection)).status).toBe(200);
    const tried = await city('POST', '/api/v1/agencies/library/connections/live/test');
    expect(tried.body).toMatchObject({ reached: true, status: 200, outcome: 'let-in' });
    const seen = await city('POST', '/api/v1/agencies/library/contract/inspection', { url: `${address}/contract.json` });
    expect(seen.body).toMatchObject({
      format: 'openapi-3.0',
      title: 'Perpustakaan',
      operations: [{ operationId: 'getBook', picked: false }],
    });
    const imported = await city('PUT', '/api/v1/agencies/library/contract', { text: contract(), operations: ['getBook'] });
    expect(imported).toMatchObject({ status: 200, body: { version: 1 } });

    // then it is a building block
    const templates = await city('GET', '/api/v1/element-templates?language=en');
    expect(templates.body['items']).toMatchObject([{ id: 'agency.library.getBook', version: 1, name: 'Library Office: Cari buku' }]);
    expect((await city('GET', '/api/v1/agencies/library/operations')).body['items']).toMatchObject([{ operationId: 'getBook' }]);
    expect((await city('GET', '/api/v1/agencies')).text).toContain('Dinas Perpustakaan');

    // when a case needs it
    const form = new FormData();
    form.append('resources', new Blob([diagram]), 'lend.bpmn');
    expect((await city('POST', '/v2/deployments', form)).status).toBe(200);
    expect(await until(await lend('B 1'))).toBe('Hukum Tata Ruang');
    expect(hits.at(-1)).toEqual({ url: '/books/B%201', authorization: `Bearer ${SECRET}` });

    // and when the address changes, the next call goes there
    await city('PUT', '/api/v1/agencies/library/connections/live', { ...connection, url: `${address}/v2` });
    await until(await lend('B2'));
    expect(hits.at(-1)?.url).toBe('/v2/books/B2');
  });

  test('[AP62] the secret is nowhere to be read', async () => {
    const shown = await city('GET', '/api/v1/agencies/library/registration');
    expect(shown.body).toMatchObject({
      credentials: [{ kind: 'bearer', expiresAt: '2999-01-01T00:00:00.000Z' }],
      contract: { version: 1 },
    });
    const { store } = alur.runtime;
    const rows = await Promise.all((['agencyCredentials', 'agencyConnections', 'auditLog', 'exchanges'] as never[]).map((name) => store.search(name, {}).catch(() => null))); // prettier-ignore
    expect(JSON.stringify([shown.text, rows])).not.toContain(SECRET);
    const [kept] = (await store.search('agencyCredentials', {})).items;
    expect(shown.text).not.toContain(String(kept?.['sealed']));
    const credentialId = String(kept?.['credentialId']);
    expect((await city('DELETE', `/api/v1/agencies/library/credentials/${credentialId}`)).status).toBe(409);
    const wrong = await city('POST', '/api/v1/agencies/library/credentials', {
      credential: { kind: 'bearer', token: SECRET, more: SECRET },
    });
    expect(wrong.status).toBe(400);
    expect(wrong.text).not.toContain(SECRET);
  });

  test('[AP62] a replaced key takes over what the old one sealed; what cannot be opened stays closed', async () => {
    const { store } = alur.runtime;
    const [old, fresh] = ['11', '22'].map((pair) => createSeal(pair.repeat(32))) as [Seal, Seal];
    const both = createSeal(`${'22'.repeat(32)},${'11'.repeat(32)}`);
    const row = { credentialId: 'CRED-old', agencyId: 'library', kind: 'bearer' };
    const owner = ownerOf('library', 'CRED-old');
    await store.write([{ op: 'put', collection: 'agencyCredentials', key: 'CRED-old', row: { ...row, ...old.seal('rahasia', owner) } }]);
    const { tools, close } = createRegistry({ read: async () => undefined, seal: both, fallback: directoryOf(new Map(), ''), allowedNetworks: [], secret: 'x', now: Date.now }); // prettier-ignore
    await resealCredentials(store, tools);
    const kept = (await store.get('agencyCredentials', 'CRED-old')) as unknown as { keyId: string; sealed: string };
    expect(kept.keyId).toBe(fresh.keyId);
    expect(fresh.open(kept, owner)).toBe('rahasia');
    const others = (await store.search('agencyCredentials', { filter: { keyId: { $neq: fresh.keyId } } })).items;
    expect(others).toHaveLength(1);
    await store.write([{ op: 'delete', collection: 'agencyCredentials', key: 'CRED-old' }]);
    await close();
  });

  test('[AP63] an agency keeps itself; others are refused; new ones are the city’s to register', async () => {
    const [own, other] = [await signIn('own'), await signIn('other')];
    const profile = { name: 'Perpustakaan Kota', nameEn: 'City Library' };
    expect((await own('PUT', '/api/v1/agencies/library', profile)).status).toBe(200);
    for (const [method, path, body] of [
      ['PUT', '', profile],
      ['GET', '/registration', undefined],
      ['PUT', '/connections/live', { url: address }],
      ['DELETE', '/connections/live', undefined],
      ['POST', '/connections/live/test', undefined],
      ['POST', '/credentials', { credential: { kind: 'bearer', token: 'x' } }],
      ['PUT', '/contract', { text: contract(), operations: ['getBook'] }],
    ] as const)
      expect([path, (await other(method, `/api/v1/agencies/library${path}`, body)).status]).toEqual([path, 403]);
    expect((await other('PUT', '/api/v1/agencies/brand-new', profile)).status).toBe(403);
    expect((await city('PUT', '/api/v1/agencies/citizen', profile)).status).toBe(400);
  });

  test('[AP64] forbidden networks are reached by none of the three ways', async () => {
    const before = hits.length;
    const place = address.replace('127.0.0.1', '127.0.0.2');
    await city('PUT', '/api/v1/agencies/inside', { name: 'Dalam', nameEn: 'Inside' });
    await city('PUT', '/api/v1/agencies/inside/connections/live', { url: place });
    const tried = await city('POST', '/api/v1/agencies/inside/connections/live/test');
    expect(tried.body).toMatchObject({ reached: false, detail: expect.stringContaining('refused') });
    const fetched = await city('POST', '/api/v1/agencies/inside/contract/inspection', { url: `${place}/contract.json` });
    expect(fetched).toMatchObject({ status: 400, body: { title: 'INVALID_RESOURCE' } });
    expect(fetched.text).toContain('did not allow');
    for (const url of ['ftp://x.example', 'http://user:pass@x.example', 'http://x.example/?a=1', 'no address'])
      expect((await city('PUT', '/api/v1/agencies/inside/connections/live', { url })).status).toBe(400);
    expect(hits.length).toBe(before);
  });

  test('[AP65] what would break a running process is shown and refused until it is accepted; templates keep their version', async () => {
    const changed = contract({ title: { type: 'integer' } });
    const seen = await city('POST', '/api/v1/agencies/library/contract/inspection', { text: changed });
    expect(seen.body).toMatchObject({
      breaking: true,
      changes: [{ operationId: 'getBook', fields: [{ place: 'response.body.title', change: 'type', before: 'string', after: 'integer' }] }],
      touched: [{ processDefinitionId: 'lend', name: 'Pinjam buku', operations: ['getBook'] }],
    });
    const put = (text: string, more: object = {}) =>
      city('PUT', '/api/v1/agencies/library/contract', { text, operations: ['getBook'], ...more });
    expect((await put(changed)).status).toBe(409);
    const same = await put(contract());
    expect(same.body).toMatchObject({ version: 2, operations: [{ templateVersion: 1 }] });
    const harmless = await put(contract({ year: { type: 'integer' } }));
    expect(harmless.body).toMatchObject({ version: 3, breaking: false, operations: [{ templateVersion: 3 }] });
    expect((await put(contract(), { acceptBreaking: true })).body).toMatchObject({ version: 4 });
    expect((await city('GET', '/api/v1/agencies/library/contract/versions')).body['items']).toMatchObject([{ version: 4 }, { version: 3 }, { version: 2 }, { version: 1 }]); // prettier-ignore
    // a diagram that was drawn with an earlier version still finds it
    const templates = (await city('GET', '/api/v1/element-templates')).body['items'] as { id: string; version: number }[];
    expect(templates.map(({ id, version }) => `${id} ${version}`)).toEqual([4, 3, 1].map((version) => `agency.library.getBook ${version}`));
    const broken = await put('openapi: 3.2.0');
    expect(broken).toMatchObject({ status: 400, body: { problems: [{ place: '/openapi' }] } });
  });

  test('[AP66] the environment sandbox is served from the contract; maintenance is waited for', async () => {
    const before = hits.length;
    await city('PUT', '/api/v1/agencies/library', { name: 'Dinas Perpustakaan', nameEn: 'Library Office', environment: 'sandbox' });
    expect(await until(await lend('B3'))).toBe('Contoh');
    expect(hits.length).toBe(before);
    await city('PUT', '/api/v1/agencies/library', { name: 'Dinas Perpustakaan', nameEn: 'Library Office' });
    const [from, until_] = [Date.now() - 1000, Date.now() + 3_600_000].map((at) => new Date(at).toISOString());
    const window = { from, until: until_, reason: 'pembaruan' };
    await city('PUT', '/api/v1/agencies/library/connections/live', { url: address, maintenance: [window] });
    const title = await lend('B4');
    const waits = async () => (await alur.runtime.store.search('jobs', { filter: { open: true, heldFor: 'library' } })).items[0];
    expect(await until(waits)).toMatchObject({ retries: 3, attempt: 0 });
    const health = await city('GET', '/api/v1/agencies/library/health');
    expect(health.body).toMatchObject({
      gate: { state: 'maintenance', since: from, until: until_, reason: 'pembaruan' },
      backlog: { waiting: 1, held: 1 },
    });
    expect(await title()).toBeUndefined();
    expect(hits.length).toBe(before);
  });

  test('[AP67] an operator holds an agency and releases it, each with a reason that the audit keeps', async () => {
    await city('PUT', '/api/v1/agencies/library/connections/live', { url: address });
    expect((await city('POST', '/api/v1/agencies/library/hold', {})).status).toBe(400);
    expect((await (await signIn('other'))('POST', '/api/v1/agencies/library/hold', { reason: 'jahil' })).status).toBe(403);
    const held = await city('POST', '/api/v1/agencies/library/hold', { reason: 'server dipindah' });
    expect(held).toMatchObject({ status: 200, body: { gate: { state: 'held', by: 'city', reason: 'server dipindah' } } });
    const title = await lend('B5');
    await until(async () => (await alur.runtime.store.search('jobs', { filter: { open: true, heldFor: 'library' } })).items[0]);
    expect(await title()).toBeUndefined();
    expect((await city('POST', '/api/v1/agencies/library/release', { reason: 'selesai' })).status).toBe(200);
    expect(await until(title)).toBe('Hukum Tata Ruang');
    expect((await city('POST', '/api/v1/agencies/library/release', { reason: 'lagi' })).status).toBe(409);
    const audit = (await alur.runtime.store.search('audit', { filter: { subject: { $like: 'agency library *' } } })).items;
    expect(audit.map(({ subject, reason, by }) => [subject, reason, by])).toEqual([
      ['agency library held', 'server dipindah', 'city'],
      ['agency library released', 'selesai', 'city'],
    ]);
  });

  test('[AP68] health tells what the connection allows, how much of it is used, and when the credential ends', async () => {
    const ends = new Date(Date.now() + 86_400_000).toISOString();
    const key = await city('POST', '/api/v1/agencies/library/credentials', {
      credential: { kind: 'bearer', token: SECRET },
      expiresAt: ends,
    });
    const limits = { callsPerMinute: 600, concurrency: 2, callsPerDay: 1000 };
    await city('PUT', '/api/v1/agencies/library/connections/live', { url: address, limits, credentialId: key.body['credentialId'] });
    await until(await lend('B6'));
    const { body } = await city('GET', '/api/v1/agencies/library/health');
    expect(body).toMatchObject({
      environment: 'live',
      gate: { state: 'open', since: null },
      limits,
      quota: { callsPerDay: 1000, used: 1, left: 999 },
      credential: { kind: 'bearer', expiresAt: ends, expiry: 'soon' },
    });
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });
});
