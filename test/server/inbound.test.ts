/** What agencies tell us by themselves: answers that come later, answers that are asked for again, and news; over real sockets, without code. */
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { putAccount } from '../../server/accounts.ts';
import { tidy } from '../../server/tidy.ts';
import { startAlur } from '../../server/start.ts';
import type { Alur } from '../../server/start.ts';
import { sign } from '../../workers/sign.ts';
import { callerOf, password } from './house.ts';
import type { Answer, Caller } from './house.ts';

// deadlines of a second, on a machine that may be busy
jest.setTimeout(60_000);
const SECRET = 'kunci-bersama-yang-panjang';
const data = mkdtempSync(join(tmpdir(), 'alur-inbound-'));
const processes = mkdtempSync(join(tmpdir(), 'alur-inbound-processes-'));
mkdirSync(join(processes, 'agencies'));

interface Hit {
  readonly key: string;
  readonly body: Record<string, string>;
}
let hits: Hit[] = [];
let behave: (hit: Hit, response: ServerResponse) => void;
const json = (response: ServerResponse, body: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const agency = createServer((request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString();
    const hit = { key: String(request.headers['idempotency-key']), body: (text ? JSON.parse(text) : {}) as Record<string, string> };
    hits.push(hit);
    behave(hit, response);
  });
});

const answered = (schema: object) => ({ description: 'ok', content: { 'application/json': { schema } } });
const state = { type: 'object', required: ['state'], properties: { state: { type: 'string' } } };
const contract = JSON.stringify({
  openapi: '3.0.3',
  info: { title: 'Laboratorium', version: '1' },
  paths: {
    '/tests': {
      post: {
        operationId: 'order',
        summary: 'Pesan uji',
        requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['sample', 'callbackUrl'], properties: { sample: { type: 'string' }, callbackUrl: { type: 'string' } } } } } },
        responses: { 202: answered({ type: 'object', properties: { number: { type: 'string' } } }) },
        callbacks: { done: { '{$request.body#/callbackUrl}': { post: { requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['verdict'], properties: { verdict: { type: 'string', enum: ['clean', 'dirty'] } } } } } }, responses: { 202: { description: 'ok' } } } } } },
      },
    },
    '/tests/{number}': {
      get: {
        operationId: 'look',
        summary: 'Lihat uji',
        parameters: [{ name: 'number', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: answered(state) },
      },
    },
  },
}); // prettier-ignore

const header = (key: string, value: string) => `<zeebe:header key="${key}" value="${value.replaceAll('"', '&quot;')}" />`;
const input = (target: string, source: string) => `<zeebe:input source="${source}" target="${target}" />`;
/** start → the call → a task; a BPMN error of the call leads to another task */
const calling = (id: string, operation: string, inputs: string, headers: Readonly<Record<string, string>>) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d-${id}" targetNamespace="http://alur.example">
<bpmn:error id="late" errorCode="TOO_LATE" /><bpmn:process id="${id}" name="${id}" isExecutable="true"><bpmn:startEvent id="s" />
<bpmn:serviceTask id="ask"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call" />
<zeebe:taskHeaders>${header('agency', 'lab')}${header('operation', operation)}${Object.entries(headers).map(([key, value]) => header(key, value)).join('')}</zeebe:taskHeaders>
<zeebe:ioMapping>${inputs}<zeebe:output source="=response.body" target="found" /></zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:boundaryEvent id="passed" attachedToRef="ask"><bpmn:errorEventDefinition id="passed-e" errorRef="late" /></bpmn:boundaryEvent>
<bpmn:userTask id="done" /><bpmn:userTask id="remind" />
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="ask" /><bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="done" /><bpmn:sequenceFlow id="f3" sourceRef="passed" targetRef="remind" /></bpmn:process></bpmn:definitions>`; // prettier-ignore
const waiting = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d-w" targetNamespace="http://alur.example">
<bpmn:message id="m" name="hasil-uji"><bpmn:extensionElements><zeebe:subscription correlationKey="=number" /></bpmn:extensionElements></bpmn:message>
<bpmn:process id="waits" name="waits" isExecutable="true"><bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:owner" value="lab" /></zeebe:properties></bpmn:extensionElements><bpmn:startEvent id="s" /><bpmn:intermediateCatchEvent id="w"><bpmn:messageEventDefinition id="w-m" messageRef="m" /></bpmn:intermediateCatchEvent><bpmn:userTask id="done" />
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="w" /><bpmn:sequenceFlow id="f2" sourceRef="w" targetRef="done" /></bpmn:process></bpmn:definitions>`;

let alur: Alur;
let city: Caller;
let nobody: Caller;
const begin = async (processDefinitionId: string, variables: object): Promise<string> => {
  const made = await city('POST', '/v2/process-instances', { processDefinitionId, variables });
  expect(made.status).toBe(200);
  return String(made.body['processInstanceKey']);
};
async function until<T>(read: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    await new Promise((done) => setTimeout(done, 20));
  }
}
const variable = async (processInstanceKey: string, name: string): Promise<unknown> => {
  const { items } = await alur.runtime.store.search('variables', { filter: { processInstanceKey, name } });
  return typeof items[0]?.['value'] === 'string' ? JSON.parse(items[0]['value']) : undefined;
};
const task = (processInstanceKey: string, elementId: string) => async (): Promise<true | undefined> =>
  (await alur.runtime.store.search('userTasks', { filter: { processInstanceKey, elementId } })).totalItems === 1 || undefined;
const incident = (processInstanceKey: string) => async (): Promise<string | undefined> =>
  (await alur.runtime.store.search('incidents', { filter: { processInstanceKey, state: 'ACTIVE' } })).items[0]?.['errorMessage'] as string;
/** a POST to an address that we told somebody */
const bring = async (address: string, body: unknown): Promise<Answer> => await nobody('POST', new URL(address).pathname, body);

beforeAll(async () => {
  await new Promise<void>((done) => agency.listen(0, '127.0.0.1', done));
  const env = { PORT: '0', HOST: '127.0.0.1', ALUR_DATA: data, ALUR_QUEUE: 'in-process', ALUR_SANDBOX: 'false', ALUR_AGENCY_NETWORKS: '127.0.0.1/32' };
  alur = await startAlur(env, { log: () => undefined, processes });
  nobody = callerOf(alur.url, {});
  for (const [username, own] of [['city', 'kota'], ['other', 'archive']] as const)
    await putAccount(alur.runtime.store, { username, name: username, realm: 'staff', agency: own, roles: ['admin'] }, password);
  const made = await nobody('POST', '/api/v1/session', { username: 'city', password });
  city = callerOf(alur.url, { cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
  await city('PUT', '/api/v1/agencies/lab', { name: 'Laboratorium', nameEn: 'Laboratory' });
  await city('PUT', '/api/v1/agencies/lab/connections/live', { url: `http://127.0.0.1:${(agency.address() as AddressInfo).port}` });
  expect((await city('PUT', '/api/v1/agencies/lab/contract', { text: contract, operations: ['order', 'look'] })).status).toBe(200);
  const form = new FormData();
  const order = input('body.sample', '=sample');
  const files = {
    later: calling('later', 'order', order, { answer: 'callback' }),
    hurried: calling('hurried', 'order', order, { answer: 'callback', deadline: 'PT1S' }),
    reminded: calling('reminded', 'order', order, { answer: 'callback', deadline: 'PT1S', deadlineError: 'TOO_LATE' }),
    strange: calling('strange', 'order', order, { answer: 'sometimes' }),
    picky: calling('picky', 'order', order, { answer: 'callback', callbackSuccess: 'response.body.verdict = "clean"', errors: '200:DIRTY=TOO_LATE', 'x-unused': '' }),
    polls: calling('polls', 'look', input('path.number', '=number'), { answer: 'poll', until: 'response.body.state = "done"', every: 'PT1S', deadline: 'PT10S' }),
    tires: calling('tires', 'look', input('path.number', '=number'), { answer: 'poll', until: 'response.body.state = "done"', every: 'PT1S', deadline: 'PT1S', deadlineError: 'TOO_LATE' }),
    waits: waiting,
  };
  for (const [name, xml] of Object.entries(files)) form.append('resources', new Blob([xml]), `${name}.bpmn`);
  expect((await city('POST', '/v2/deployments', form)).status).toBe(200);
}, 60_000); // prettier-ignore
afterAll(async () => {
  await alur.close();
  agency.closeAllConnections();
  agency.close();
  for (const folder of [data, processes]) rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  hits = [];
  behave = (_hit, response) => json(response, { number: 'U-1' }, 202);
});

describe('an answer that comes later', () => {
  test('[AP70] goes to an address of its own, told where the contract asks for it; the case goes on with what is brought', async () => {
    const key = await begin('later', { sample: 'air sumur' });
    const { body } = await until(() => hits[0]);
    expect(body['sample']).toBe('air sumur');
    expect(body['callbackUrl']).toMatch(new RegExp(`^${alur.url}/api/v1/callbacks/\\d+-[\\w-]{32}$`));
    const address = String(body['callbackUrl']);
    // the negatives: an address that was not made here, and one of another job
    expect((await bring(`${address}x`, { verdict: 'clean' })).status).toBe(404);
    expect(
      (
        await bring(
          address.replace(/callbacks\/\d/, (start) => `${start}9`),
          { verdict: 'clean' },
        )
      ).status,
    ).toBe(404);
    expect(await task(key, 'done')()).toBeUndefined();
    // when
    expect(await bring(address, { verdict: 'clean' })).toMatchObject({ status: 202, body: { accepted: true, repeated: false } });
    await until(task(key, 'done'));
    expect(await variable(key, 'found')).toEqual({ verdict: 'clean' });
    // then it is used up: the same again does nothing, another one is refused
    expect(await bring(address, { verdict: 'clean' })).toMatchObject({ status: 202, body: { repeated: true } });
    expect((await bring(address, { verdict: 'dirty' })).status).toBe(409);
    const records = await alur.runtime.store.search('exchanges', { filter: { processInstanceKey: key }, sort: [{ field: 'at' }] });
    expect(records.items.map(({ kind, outcome, receivedFields }) => [kind, outcome, receivedFields])).toEqual([
      [undefined, 'answered', ['/number']],
      ['callback', 'answered', ['/verdict']],
    ]);
    expect(hits).toHaveLength(1);
  });

  test('[AP70] what was brought does not stay beside the case: once the job is done the row goes, and only then', async () => {
    const [done, open] = [await begin('later', { sample: 'a' }), await begin('later', { sample: 'b' })];
    await until(() => hits.length === 2 || undefined);
    await bring(String(hits.find(({ body }) => body['sample'] === 'a')?.body['callbackUrl']), { verdict: 'clean' });
    await until(task(done, 'done'));
    await tidy(alur.runtime, Date.now());
    const kept = async (processInstanceKey: string) =>
      (await alur.runtime.store.search('agencyWaits', { filter: { processInstanceKey } })).totalItems;
    expect([await kept(done), await kept(open)]).toEqual([0, 1]);
  });

  test('[AP70] one that is faster than the answer to the request itself is not lost', async () => {
    behave = ({ body }, response) => void bring(String(body['callbackUrl']), { verdict: 'dirty' }).then(() => json(response, {}, 202));
    const key = await begin('later', { sample: 'x' });
    await until(task(key, 'done'));
    expect(await variable(key, 'found')).toEqual({ verdict: 'dirty' });
  });

  test('[AP70] one that breaks the contract, or the condition of its step, is an incident or the error that the step names', async () => {
    const [drifted, unhappy] = [await begin('later', { sample: 'a' }), await begin('picky', { sample: 'b' })];
    await until(() => hits.length === 2 || undefined);
    const of = (sample: string): string => String(hits.find(({ body }) => body['sample'] === sample)?.body['callbackUrl']);
    await bring(of('a'), { verdict: 'maybe' });
    await bring(of('b'), { verdict: 'dirty', code: 'DIRTY' });
    expect(await until(incident(drifted))).toContain('/verdict');
    await until(task(unhappy, 'remind'));
  });

  test('[AP71] after its deadline the case stops as an incident, or goes the way of the error; an answer after that is refused or picked up by a retry', async () => {
    const [stopped, reminded] = [await begin('hurried', { sample: 'a' }), await begin('reminded', { sample: 'b' })];
    await until(() => hits.length === 2 || undefined);
    await until(task(reminded, 'remind'));
    expect(await until(incident(stopped))).toContain('within its time');
    const of = (sample: string): string => String(hits.find(({ body }) => body['sample'] === sample)?.body['callbackUrl']);
    expect((await bring(of('b'), { verdict: 'clean' })).status).toBe(409);
    // the case that stopped still has its job: what comes late is kept for the retry
    expect((await bring(of('a'), { verdict: 'clean' })).status).toBe(202);
    const [found] = (await alur.runtime.store.search('incidents', { filter: { processInstanceKey: stopped, state: 'ACTIVE' } })).items;
    await city('PATCH', `/v2/jobs/${String(found?.['jobKey'])}`, { changeset: { retries: 1 } });
    expect((await city('POST', `/v2/incidents/${String(found?.['incidentKey'])}/resolution`, {})).status).toBe(204);
    await until(task(stopped, 'done'));
    expect(hits).toHaveLength(2);
  });

  test('[AP70] a step that says neither now, nor callback, nor poll is an incident', async () => {
    expect(await until(incident(await begin('strange', { sample: 'x' })))).toContain('now, callback or poll');
  });
});

describe('an answer that is asked for again and again', () => {
  test('[AP72] until the condition holds, each look a call of its own; a look that fails in passing is one that saw nothing', async () => {
    const states = [500, 'queued', 'done'];
    behave = (_hit, response) => {
      const next = states.shift();
      if (typeof next === 'number') response.writeHead(next).end();
      else json(response, { state: next });
    };
    const key = await begin('polls', { number: 'U-7' });
    await until(task(key, 'done'));
    expect(await variable(key, 'found')).toEqual({ state: 'done' });
    expect(new Set(hits.map((hit) => hit.key)).size).toBe(3);
    const [job] = (await alur.runtime.store.search('jobs', { filter: { processInstanceKey: key } })).items;
    expect(job?.['retries']).toBe(3);
  });

  test('[AP72] after the deadline the case goes the way of the error', async () => {
    behave = (_hit, response) => json(response, { state: 'queued' });
    const key = await begin('tires', { number: 'U-8' });
    await until(task(key, 'remind'));
    expect(hits.length).toBeGreaterThanOrEqual(1);
  });
});

describe('news', () => {
  const mapping = {
    correlationKey: '=body.number',
    variables: '={verdict: body.verdict}',
    condition: '=body.kind = "result"',
    eventId: '=body.id',
  };
  const event = (number: string, id: string, more: object = {}) =>
    JSON.stringify({ kind: 'result', id, number, verdict: 'clean', ...more });
  const timestamped = (body: string, at = Date.now(), secret = SECRET) => ({
    'x-time': String(at),
    'x-signature': createHmac('sha256', secret).update(`${at}.${body}`).digest('hex'),
  });
  let hookId: string;
  let path: string;
  const tell = async (body: string, headers: Readonly<Record<string, string>> = timestamped(body)): Promise<Answer> =>
    await nobody('POST', path, body, { 'content-type': 'application/json', ...headers });
  const hook = { name: 'Hasil uji', messageName: 'hasil-uji', mapping, scheme: { style: 'timestamped', timestampHeader: 'X-Time' }, secret: SECRET }; // prettier-ignore
  const change = async (given: object) => await city('PUT', `/api/v1/agencies/lab/hooks/${hookId}`, { ...hook, ...given });

  test('[AP73] a signed event becomes the message that a case waits for, by configuration alone', async () => {
    const made = await city('POST', '/api/v1/agencies/lab/hooks', hook);
    expect(made.status).toBe(201);
    hookId = String(made.body['hookId']);
    path = new URL(String(made.body['address'])).pathname;
    expect(made.text).not.toContain(SECRET);
    const tried = await city('POST', '/api/v1/agencies/lab/hooks/trial', { mapping, body: JSON.parse(event('U-1', 'e0')) as object });
    expect(tried.body).toEqual({ matters: true, correlationKey: 'U-1', variables: { verdict: 'clean' }, eventId: 'e0' });
    const key = await begin('waits', { number: 'U-1' });
    expect(await tell(event('U-1', 'e1'))).toMatchObject({ status: 202, body: { outcome: 'correlated', repeated: false } });
    await until(task(key, 'done'));
    expect(await variable(key, 'verdict')).toBe('clean');
    const record = (await alur.runtime.store.search('exchanges', { filter: { kind: 'webhook' } })).items[0];
    expect(record).toMatchObject({ agency: 'lab', operationId: 'Hasil uji', processInstanceKey: key, receivedFields: ['/kind', '/id', '/number', '/verdict'] });
    expect(JSON.stringify(record)).not.toContain('clean');
  }); // prettier-ignore

  test('[AP74] the same event again changes nothing; one for a case that comes later waits; one that does not matter is let go', async () => {
    expect(await tell(event('U-1', 'e1'))).toMatchObject({ status: 200, body: { repeated: true } });
    expect(await tell(event('U-2', 'e2'))).toMatchObject({ status: 202, body: { outcome: 'waiting' } });
    await until(task(await begin('waits', { number: 'U-2' }), 'done'));
    expect(await tell(event('U-3', 'e3', { kind: 'gossip' }))).toMatchObject({ status: 202, body: { outcome: 'ignored' } });
    const shown = await city('GET', `/api/v1/agencies/lab/hooks/${hookId}/deliveries`);
    expect((shown.body['items'] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual(['ignored', 'waiting', 'correlated']);
  });

  test('[AP75] without the right signature, or with an old one, nothing happens and little is written', async () => {
    const body = event('U-4', 'e4');
    const count = async () => (await alur.runtime.store.search('messages', {})).totalItems;
    const before = await count();
    const wrong = [
      {},
      { ...timestamped(body), 'x-signature': 'ff'.repeat(32) },
      timestamped(body, Date.now(), 'another-secret-of-somebody'),
      timestamped(body, Date.now() - 301_000),
      timestamped(body, Date.now() + 301_000),
      // the time of another call
      { ...timestamped(body), 'x-time': String(Date.now() - 1) },
      timestamped(event('U-4', 'e5')),
    ];
    for (const headers of wrong) expect([headers, await tell(body, headers)]).toMatchObject([headers, { status: 401, body: { title: 'SIGNATURE_REFUSED' } }]);
    expect(await count()).toBe(before);
    const refused = await alur.runtime.store.search('hookDeliveries', { filter: { outcome: 'refused' } });
    // one line for each reason, or two when the minute turned
    expect(refused.totalItems).toBeLessThanOrEqual(6);
    expect(refused.items.reduce((sum, row) => sum + Number(row['count']), 0)).toBe(wrong.length);
    expect((await nobody('POST', '/api/v1/hooks/unknown', body, timestamped(body))).status).toBe(404);
  }); // prettier-ignore

  test('[AP75] over the body alone, and in our own five lines, signatures are checked as well', async () => {
    await change({ scheme: { style: 'body', header: 'X-Hub-Signature-256', prefix: 'sha256=' } });
    const body = event('U-5', 'e6');
    const hub = (text: string) => ({ 'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}` });
    expect((await tell(body, { 'x-hub-signature-256': createHmac('sha256', SECRET).update(body).digest('hex') })).status).toBe(401);
    expect((await tell(body, hub(body))).status).toBe(202);
    await change({ scheme: { style: 'lines', encoding: 'base64' } });
    const other = event('U-5', 'e7');
    const signed = (timestamp: number, target: string) => ({
      'x-key-id': 'lab',
      'x-timestamp': String(timestamp),
      'x-signature': Buffer.from(sign(SECRET, { keyId: 'lab', timestamp, method: 'POST', target, body: other }), 'hex').toString('base64'),
    });
    expect((await tell(other, signed(Date.now(), '/elsewhere'))).status).toBe(401);
    expect((await tell(other, signed(Date.now(), path))).status).toBe(202);
    await change({});
  });

  test('[AP76] hostile bodies are refused with a sentence, and written down without a value', async () => {
    const hostile = ['', 'no json', '[1', '{"__proto__": {"x": 1}}', `${'['.repeat(100)}${']'.repeat(100)}`, '{"kind":"result","number":{"$gt":""},"id":"e8"}', '{"kind":"result","number":"","id":"e9"}'];
    for (const body of hostile) {
      const { status } = await tell(body);
      expect([body.slice(0, 30), status]).toEqual([body.slice(0, 30), 400]);
    }
    expect((await tell(`"${'x'.repeat(1_100_000)}"`)).status).toBe(413);
    // what cannot be read takes no event's place
    expect((await tell(event('U-6', 'e8'))).status).toBe(202);
    expect(({} as { x?: number }).x).toBeUndefined();
  }); // prettier-ignore

  test('[AP77] an address is kept by the agency’s own people and the city’s; a closed or removed one takes nothing', async () => {
    const signedIn = await nobody('POST', '/api/v1/session', { username: 'other', password });
    const other = callerOf(alur.url, { cookie: (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
    expect((await other('GET', '/api/v1/agencies/lab/hooks')).status).toBe(403);
    expect((await other('DELETE', `/api/v1/agencies/lab/hooks/${hookId}`)).status).toBe(403);
    const [kept] = (await alur.runtime.store.search('agencyCredentials', { filter: { kind: 'webhook' } })).items;
    expect((await city('DELETE', `/api/v1/agencies/lab/credentials/${String(kept?.['credentialId'])}`)).status).toBe(409);
    expect((await change({ mapping: { correlationKey: '' } })).status).toBe(400);
    await change({ active: false });
    expect((await tell(event('U-7', 'e10'))).status).toBe(404);
    const made = await city('POST', '/api/v1/agencies/lab/hooks', { ...hook, secret: undefined, name: 'Lain' });
    // a secret that was made here is told once
    expect(String(made.body['secret']).length).toBeGreaterThan(30);
    expect((await city('GET', '/api/v1/agencies/lab/hooks')).text).not.toContain(String(made.body['secret']));
    expect((await city('DELETE', `/api/v1/agencies/lab/hooks/${hookId}`)).status).toBe(204);
    expect((await tell(event('U-7', 'e10'))).status).toBe(404);
  });
});

describe('what a case waits for', () => {
  const waits = async (key: string) => (await city('GET', `/api/v1/cases/${key}`)).body['waits'] as Record<string, unknown>[];
  const waitThatIs = (key: string, how: string) => until(async () => (await waits(key)).find((wait) => wait['how'] === how));

  test('[AP86] each call under way says its agency, since when, and what is the matter: an answer to come, no usable answer, a hold, maintenance', async () => {
    // taken, answered later: the agency's gate does not matter any more
    const later = await begin('later', { sample: 'a' });
    await until(() => hits[0]);
    expect(await waitThatIs(later, 'answer')).toMatchObject({ agency: 'lab', agencyName: 'Laboratorium', agencyNameEn: 'Laboratory', since: expect.any(String), troubleSince: null, until: null }); // prettier-ignore
    // refused for good
    behave = (_hit, response) => json(response, {}, 400);
    const refused = await begin('later', { sample: 'b' });
    expect(await waitThatIs(refused, 'stuck')).toMatchObject({ agency: 'lab', troubleSince: null });
    // held by hand: what is told does not say by whom and why
    await city('POST', '/api/v1/agencies/lab/hold', { reason: 'sengketa tagihan' });
    const held = await begin('later', { sample: 'c' });
    const line = await waitThatIs(held, 'held');
    expect(line).toMatchObject({ agency: 'lab', troubleSince: expect.any(String), until: null });
    expect(JSON.stringify(line)).not.toMatch(/sengketa|city/);
    expect((await city('GET', `/api/v1/cases/${held}`)).body['waitingFor']).toMatchObject({ kind: 'agency', agency: 'lab', how: 'held' });
    expect(await waits(later)).toMatchObject([{ how: 'answer' }]);
    // announced
    await city('POST', '/api/v1/agencies/lab/release', { reason: 'selesai' });
    behave = (_hit, response) => json(response, {}, 202);
    const { body } = await city('GET', '/api/v1/agencies/lab/connections/live');
    const ends = new Date(Date.now() + 3_600_000).toISOString();
    await city('PUT', '/api/v1/agencies/lab/connections/live', { url: body['url'], maintenance: [{ from: new Date(Date.now() - 1000).toISOString(), until: ends }] }); // prettier-ignore
    const announced = await begin('later', { sample: 'd' });
    expect(await waitThatIs(announced, 'maintenance')).toMatchObject({ troubleSince: expect.any(String), until: ends });
    // a case that waits for nobody's system
    expect(await waits(await begin('waits', { number: '1' }))).toEqual([]);
  });
});
