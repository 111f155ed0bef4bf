/** Ways in, ways of failing and ways of answering that agencies really have, over real sockets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Connection, Credential } from '../../workers/connections.ts';
import type { Contract } from '../../workers/directory.ts';
import { BpmnError, JobFailure } from '../../workers/job.ts';
import { createNetworkGuard } from '../../workers/network-guard.ts';
import { isSignature, sign } from '../../workers/sign.ts';
import { readWsdl } from '../../workers/wsdl.ts';
import { callerOf, jobFor, json, standIn, type Caller, type StandIn } from './agency-support.ts';

const signal = new AbortController().signal;
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});
const kept = <T extends { close(): Promise<void> }>(one: T): T => (closing.push(one), one);

const operation = (extra: object = {}): object => ({
  operationId: 'check',
  requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { nik: { type: 'string' } } } } } },
  responses: {
    200: { content: { 'application/json': { schema: { type: 'object', required: ['rc'], properties: { rc: { type: 'string' } } } } } },
  },
  ...extra,
});
const contract = (extra: object = {}): Contract => ({
  kind: 'openapi',
  hash: JSON.stringify(extra),
  document: { openapi: '3.1.0', info: {}, paths: { '/check': { post: operation(extra) } } },
});
const fine = (): Promise<StandIn> => standIn((_, response) => json(response, { rc: '00' })).then(kept);
const calling = (agency: StandIn, connection: Partial<Connection> = {}, extra: object = {}): Caller =>
  kept(callerOf(contract(extra), { url: agency.url, trusted: true, ...connection }));
const failing = async (work: Promise<unknown>): Promise<JobFailure> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JobFailure);
  return error as JobFailure;
};

describe('a way in', () => {
  test.each<[string, Credential, Record<string, string>]>([
    ['basic', { kind: 'basic', username: 'kota', password: 'p:w' }, { authorization: `Basic ${btoa('kota:p:w')}` }],
    ['bearer', { kind: 'bearer', token: 't' }, { authorization: 'Bearer t' }],
    ['an API key in a header', { kind: 'api-key', place: 'header', name: 'X-SPLP-Key', value: 'k' }, { 'x-splp-key': 'k' }],
  ])('[WK25] %s', async (_, credential, expected) => {
    const agency = await fine();
    await calling(agency, { credential }).handler(jobFor('check'), signal);
    expect(agency.hits[0]!.headers).toMatchObject(expected);
  });

  test('[WK25] an API key in the query does not show in the record', async () => {
    const agency = await fine();
    const caller = calling(agency, { credential: { kind: 'api-key', place: 'query', name: 'key', value: 'geheim' } });
    await caller.handler(jobFor('check'), signal);
    expect(agency.hits[0]!.url).toBe('/check?key=geheim');
    expect(JSON.stringify(caller.exchanges)).not.toContain('geheim');
  });

  test('[WK25] static headers go along; the agency names ours as it likes, or wants none', async () => {
    const agency = await fine();
    const names = { idempotency: 'X-Request-Ref', caseReference: null };
    await calling(agency, { headers: { 'X-Tenant': 'malang' }, names }).handler(jobFor('check'), signal);
    expect(agency.hits[0]!.headers).toMatchObject({ 'x-tenant': 'malang', 'x-request-ref': '4711' });
    expect(agency.hits[0]!.headers).not.toHaveProperty('idempotency-key');
    expect(agency.hits[0]!.headers).not.toHaveProperty('x-case-reference');
  });

  test('[WK26] OAuth: one token for many calls at once, a new one after the agency refused it', async () => {
    let issued = 0;
    const agency = kept(
      await standIn((hit, response) => {
        if (hit.url === '/token') return json(response, { access_token: `t${(issued += 1)}`, expires_in: 3600 });
        json(response, { rc: '00' }, hit.headers.authorization === 'Bearer t1' && issued === 1 && refuse ? 401 : 200);
      }),
    );
    let refuse = false;
    const credential = { kind: 'oauth2', tokenUrl: `${agency.url}/token`, clientId: 'alur', clientSecret: 's', scope: 'read' } as const;
    const caller = calling(agency, { credential });
    await Promise.all([1, 2, 3].map(() => caller.handler(jobFor('check'), signal)));
    expect(issued).toBe(1);
    expect(agency.hits[0]).toMatchObject({
      body: 'grant_type=client_credentials&scope=read',
      headers: { authorization: `Basic ${btoa('alur:s')}` },
    });
    refuse = true;
    await caller.handler(jobFor('check'), signal);
    expect(issued).toBe(2);
  });

  test('[WK26] OAuth: a wrong secret is not tried again', async () => {
    const agency = kept(await standIn((_, response) => json(response, { error: 'invalid_client' }, 401)));
    const credential = { kind: 'oauth2', tokenUrl: `${agency.url}/token`, clientId: 'alur', clientSecret: 'wrong' } as const;
    const error = await failing(calling(agency, { credential }).handler(jobFor('check'), signal));
    expect(error).toMatchObject({ retryable: false });
    expect(agency.hits.map(({ url }) => url)).toEqual(['/token']);
  });

  test('[WK27] a signed request can be checked by the agency, a changed one cannot', async () => {
    const agency = await fine();
    const credential = { kind: 'signed', keyId: 'alur', secret: 'shared' } as const;
    await calling(agency, { credential, url: `${agency.url}/api` }).handler(jobFor('check', { variables: { body: { nik: '1' } } }), signal);
    const { method, url, headers, body } = agency.hits[0]!;
    const signed = { keyId: 'alur', timestamp: Number(headers['x-timestamp']), method, target: url, body };
    expect(isSignature(String(headers['x-signature']), sign('shared', signed))).toBe(true);
    expect(isSignature(String(headers['x-signature']), sign('shared', { ...signed, body: '{"nik":"2"}' }))).toBe(false);
    expect(isSignature(String(headers['x-signature']), sign('other', signed))).toBe(false);
  });

  test("[WK28] X-Road: its headers go out, and its own fault is not the agency's", async () => {
    let fault = false;
    const agency = kept(
      await standIn((_, response) => {
        if (fault) response.setHeader('X-Road-Error', 'Server.ServerProxy.ServiceFailed');
        json(response, { rc: '00' }, fault ? 500 : 200);
      }),
    );
    const caller = calling(agency, { url: `${agency.url}/r1/ID/GOV/kependudukan/warga`, xRoadClient: 'ID/GOV/kota malang/alur' });
    await caller.handler(jobFor('check'), signal);
    expect(agency.hits[0]).toMatchObject({
      url: '/r1/ID/GOV/kependudukan/warga/check',
      headers: { 'x-road-client': 'ID/GOV/kota%20malang/alur', 'x-road-id': '4711', 'x-road-issue': 'PBG-2026-000001' },
    });
    fault = true;
    expect(await failing(caller.handler(jobFor('check'), signal))).toMatchObject({ retryable: true });
    expect(caller.exchanges.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['answered', null],
      ['exchange-fault', 'Server.ServerProxy.ServiceFailed'],
    ]);
  });
});

describe('an agency that answers 200 with an error inside', () => {
  const rules = { 'x-alur-success': 'response.body.rc = "00"', 'x-alur-error-code': 'response.body.rc' };
  const answering = async (rc: string): Promise<StandIn> => kept(await standIn((_, response) => json(response, { rc })));

  test('[WK29] its success condition decides', async () => {
    expect(await calling(await answering('00'), {}, rules).handler(jobFor('check'), signal)).toEqual({
      response: { status: 200, body: { rc: '00' } },
    });
  });

  test('[WK29] a code that the model maps is a BPMN error, another one is a failure that is not tried again', async () => {
    const job = jobFor('check', { headers: { errors: '200:14=NIK_UNKNOWN' } });
    const error: unknown = await calling(await answering('14'), {}, rules)
      .handler(job, signal)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BpmnError);
    expect(error).toMatchObject({ code: 'NIK_UNKNOWN' });
    const other = await failing(calling(await answering('99'), {}, rules).handler(job, signal));
    expect(other.retryable).toBe(false);
    expect(other.message).toContain('status 200 99');
  });

  test("[WK29] the step's own condition goes before the contract's; one that is no FEEL is named", async () => {
    const agency = await answering('14');
    await calling(agency, {}, rules).handler(jobFor('check', { headers: { success: '=response.body.rc = "14"' } }), signal);
    const error = await failing(calling(agency, {}, rules).handler(jobFor('check', { headers: { success: 'response. =' } }), signal));
    expect(error.message).toContain('to be FEEL');
  });
});

describe('a contract that no longer holds', () => {
  test('[WK30] the failure names the field; the record keeps the shape of the answer, never a value', async () => {
    const agency = kept(await standIn((_, response) => json(response, { rc: 0, name: 'Siti', children: [{ nik: '3573014203850002' }] })));
    const caller = calling(agency);
    const error = await failing(caller.handler(jobFor('check', { headers: { purpose: 'permit' } }), signal));
    expect(error.message).toContain('/rc must be string');
    expect(caller.exchanges[0]).toMatchObject({
      outcome: 'contract-drift',
      purpose: 'permit',
      processInstanceKey: '12',
      elementId: 'check',
      receivedFields: ['/rc', '/name', '/children/*/nik'],
      drift: { place: '/rc', expected: 'must be string', shape: { rc: 'number', name: 'string', children: [{ nik: 'string' }] } },
    });
    expect(JSON.stringify(caller.exchanges)).not.toMatch(/Siti|3573014203850002/);
  });

  test('[WK31] every call leaves its record: fields, fingerprints, outcome; one that never went out says so', async () => {
    const caller = calling(await fine());
    await caller.handler(jobFor('check', { variables: { body: { nik: '1' } } }), signal);
    await failing(caller.handler(jobFor('check', { variables: { body: { nik: 1 } } }), signal));
    expect(caller.exchanges[0]).toMatchObject({ outcome: 'answered', status: 200, receivedFields: ['/rc'] });
    expect(caller.exchanges[0]!.sentFields).toContain('/body/nik');
    expect(caller.exchanges[0]!.requestHash).toMatch(/^[0-9a-f]{64}$/);
    expect(caller.exchanges[1]).toMatchObject({ outcome: 'not-sent', status: null, sentFields: [], requestHash: null });
  });
});

describe("the house's own network", () => {
  test.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://10.1.2.3',
    'http://172.16.0.1',
    'http://192.168.1.1',
    'http://169.254.169.254',
    'http://[fe80::1]',
    'http://[fd00::1]',
    'http://100.64.0.1',
    'http://0.0.0.0',
    'http://[64:ff9b::7f00:1]',
    'ftp://example.org',
    'http://user:pw@example.org',
  ])('[WK32] %s is refused', (url) => expect(createNetworkGuard().judge(url)).toBeDefined());

  test('[WK32] public addresses and allowed networks pass', () => {
    expect(createNetworkGuard().judge('https://8.8.8.8/api')).toBeUndefined();
    expect(createNetworkGuard().judge('https://bapenda.example.go.id')).toBeUndefined();
    expect(createNetworkGuard(['10.1.0.0/16']).judge('http://10.1.2.3')).toBeUndefined();
    expect(createNetworkGuard(['10.1.0.0/16']).judge('http://10.2.2.3')).toBeDefined();
    expect(() => createNetworkGuard(['10.1'])).toThrow('Expected a network like');
  });

  test('[WK32] the forbidden server counts no hit: by address, by a name that leads there, by a redirect', async () => {
    const secret = await fine();
    const port = new URL(secret.url).port;
    const outside = kept(await standIn((_, response) => void response.writeHead(307, { location: secret.url }).end()));
    for (const url of [secret.url, `http://localhost:${port}`, `http://0x7f000001:${port}`]) {
      const caller = kept(callerOf(contract(), { url }));
      expect(await failing(caller.handler(jobFor('check'), signal))).toMatchObject({ retryable: false });
      expect(caller.exchanges[0]).toMatchObject({ outcome: 'failed', code: 'EFORBIDDENADDRESS' });
    }
    await failing(calling(outside).handler(jobFor('check'), signal));
    expect(secret.hits).toEqual([]);
    // and the same address does answer where the operator allows it
    await kept(callerOf(contract(), { url: secret.url }, ['127.0.0.0/8'])).handler(jobFor('check'), signal);
    expect(secret.hits).toHaveLength(1);
  });

  test('[WK32] a name that changes its mind is judged by the address that the connection goes to', (done) => {
    const answers = [
      [{ address: '8.8.8.8', family: 4 }],
      [{ address: '127.0.0.1', family: 4 }],
      [
        { address: '8.8.8.8', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    ];
    const guard = createNetworkGuard([], (_, found) => found(null, answers.shift()!));
    const seen: unknown[] = [];
    for (let turn = 0; turn < 3; turn += 1)
      guard.lookup('rebinding.example', {}, (error, address) => seen.push(error === null ? address : error.code));
    expect(seen).toEqual(['8.8.8.8', 'EFORBIDDENADDRESS', 'EFORBIDDENADDRESS']);
    done();
  });
});

describe('SOAP', () => {
  const wsdl = readFileSync(join(import.meta.dirname, 'fixtures/nop.wsdl'), 'utf8');
  const envelope = (body: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:bapenda:pajak"><s:Body>${body}</s:Body></s:Envelope>`;
  const speaking = async (body: string, status = 200): Promise<{ agency: StandIn; caller: Caller }> => {
    const agency = kept(await standIn((_, response) => void response.writeHead(status, { 'content-type': 'text/xml' }).end(body)));
    return { agency, caller: kept(callerOf({ kind: 'wsdl', hash: '1', texts: [wsdl] }, { url: `${agency.url}/soap`, trusted: true })) };
  };
  const arrears = (headers: Record<string, string> = {}, body: object = { nop: '3573' }) =>
    jobFor('GetArrears', { headers, variables: { body } as never });

  test('[WK33] a call goes out as an envelope and comes back as JSON with types', async () => {
    const answer =
      '<t:GetArrearsResponse><t:nop>3573</t:nop><t:amount>125000.5</t:amount><t:bills><t:year>2025</t:year><t:due>1</t:due></t:bills></t:GetArrearsResponse>';
    const { agency, caller } = await speaking(envelope(answer));
    expect(await caller.handler(arrears(), signal)).toEqual({
      response: { status: 200, body: { nop: '3573', amount: 125000.5, bills: [{ year: 2025, due: 1 }] } },
    });
    expect(agency.hits[0]).toMatchObject({
      url: '/soap',
      method: 'POST',
      headers: { soapaction: '"urn:bapenda:pajak#GetArrears"', 'idempotency-key': '4711' },
    });
    expect(agency.hits[0]!.body).toContain('<GetArrears xmlns="urn:bapenda:pajak"><nop>3573</nop></GetArrears>');
  });

  test('[WK33] text cannot break out of its element', async () => {
    const { agency, caller } = await speaking(
      envelope('<t:GetArrearsResponse><t:nop>1</t:nop><t:amount>1</t:amount></t:GetArrearsResponse>'),
    );
    await caller.handler(arrears({}, { nop: '1</nop><year>1</year>&' }), signal);
    expect(agency.hits[0]!.body).toContain('1&lt;/nop&gt;&lt;year&gt;1&lt;/year&gt;&amp;');
  });

  test("[WK33] a fault's own code can be mapped; one that is not is tried again only when it is the server's", async () => {
    const fault = (who: string) =>
      envelope(
        `<s:Fault><faultcode>s:${who}</faultcode><faultstring>Siti unknown</faultstring><detail><t:e><t:errorCode>NOP_UNKNOWN</t:errorCode></t:e></detail></s:Fault>`,
      );
    const ours = await speaking(fault('Client'), 500);
    const error: unknown = await ours.caller
      .handler(arrears({ errors: '400:NOP_UNKNOWN=NOP_UNKNOWN' }), signal)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'BpmnError', code: 'NOP_UNKNOWN' });
    expect(await failing(ours.caller.handler(arrears(), signal))).toMatchObject({ retryable: false });
    const theirs = await failing((await speaking(fault('Server'), 500)).caller.handler(arrears(), signal));
    expect(theirs).toMatchObject({ retryable: true });
    expect(theirs.message).not.toContain('Siti');
  });

  test.each([
    ['a field is missing', '<t:GetArrearsResponse><t:nop>1</t:nop></t:GetArrearsResponse>'],
    ['the answer is another one', '<t:Other/>'],
    ['it is no XML', '<'],
  ])('[WK30] contract drift: %s', async (_, body) => {
    const { caller } = await speaking(envelope(body));
    expect(await failing(caller.handler(arrears(), signal))).toMatchObject({ retryable: true });
    expect(caller.exchanges[0]).toMatchObject({ outcome: 'contract-drift' });
  });

  test('[WK33] a body that the WSDL does not know is not sent', async () => {
    const { agency, caller } = await speaking(envelope(''));
    for (const body of [{ nop: 1 }, {}, { nop: '1', stranger: 'x' }])
      expect(await failing(caller.handler(arrears({}, body), signal))).toMatchObject({ retryable: false });
    expect(agency.hits).toEqual([]);
  });

  test('[WK33] a WSDL that imports from elsewhere is refused, and nothing is fetched', async () => {
    const agency = await fine();
    const importing = wsdl.replace('<wsdl:types>', `<wsdl:import namespace="urn:x" location="${agency.url}/x.wsdl"/><wsdl:types>`);
    await expect(readWsdl('agency', [importing])).rejects.toThrow('imports from elsewhere');
    await expect(readWsdl('agency', ['<html/>'])).rejects.toThrow('Expected a WSDL');
    expect(agency.hits).toEqual([]);
  });
});
