import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readContract } from '../../sandbox/contract.ts';
import { startSandboxes, type Sandboxes } from '../../sandbox/index.ts';

const folder = join(import.meta.dirname, '../../processes/agencies');
const stateFolder = mkdtempSync(join(tmpdir(), 'alur-sandbox-'));
let sandboxes: Sandboxes;

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: { readonly [name: string]: unknown };
}

async function call(agency: string, path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(sandboxes.of(agency)!.url + path, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text.startsWith('{') && text.endsWith('}') ? (JSON.parse(text) as Reply['body']) : {},
  };
}

const post = (agency: string, path: string, body: unknown, key = 'k1'): Promise<Reply> =>
  call(agency, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const BILL = { payerName: 'Siti', payerNik: '3573014203850002', amount: 1000, description: 'Retribusi' };

beforeAll(async () => {
  sandboxes = await startSandboxes({ folder, laterMs: null, stateFolder });
});
afterEach(() => sandboxes.agencies.forEach((agency) => agency.setFault('none')));
afterAll(async () => {
  await sandboxes.close();
  rmSync(stateFolder, { recursive: true });
});

describe('the shipped agencies', () => {
  test('[SB1] every agency with a contract has a server, the others none', () => {
    expect(sandboxes.agencies.map(({ agencyId }) => agencyId)).toEqual([
      'bapenda',
      'bpjs',
      'damkar',
      'dinsos',
      'diskominfo',
      'dispendukcapil',
      'dlh',
      'jaringan',
      'kantah',
      'kpu',
      'taspen',
    ]);
    expect(readdirSync(folder)).toContain('kelurahan');
    expect(sandboxes.of('kelurahan')).toBeUndefined();
  });

  test.each([
    ['kantah', '/parcels/35730100000001', 'GET', 200, undefined],
    ['kantah', '/parcels/12', 'GET', 400, 'REQUEST_INVALID'],
    ['kantah', '/parcels', 'GET', 404, 'PATH_UNKNOWN'],
    ['kantah', '/parcels/35730100000001', 'DELETE', 405, 'METHOD_NOT_ALLOWED'],
    ['dispendukcapil', '/residents/3573014203850002', 'GET', 404, 'PATH_UNKNOWN'],
    ['dispendukcapil', '/residents/lookup', 'GET', 405, 'METHOD_NOT_ALLOWED'],
    ['kantah', '/parcels/35730100000013', 'GET', 409, 'PARCEL_DISPUTED'],
    ['kantah', '/parcels/35730100000099', 'GET', 404, 'PARCEL_UNKNOWN'],
    ['kantah', '/disputes?kelurahan=Bareng', 'GET', 200, undefined],
    ['diskominfo', '/coverage?latitude=-7.9666&longitude=112.6326', 'GET', 200, undefined],
    ['diskominfo', '/coverage?latitude=abc&longitude=112.6326', 'GET', 400, 'REQUEST_INVALID'],
    ['diskominfo', '/coverage?latitude=-7.9666', 'GET', 400, 'REQUEST_INVALID'],
    ['diskominfo', '/coverage?latitude=-6.2&longitude=106.8', 'GET', 422, 'OUTSIDE_CITY'],
    ['bapenda', '/bills/TGH-999999', 'GET', 404, 'BILL_UNKNOWN'],
    ['jaringan', '/provisionings/HS-999999', 'GET', 404, 'PROVISIONING_UNKNOWN'],
  ])('[SB2] %s %s (%s) answers %i, as its own document says', async (...row) => {
    const [agency, path, method, status, code] = row;
    const reply = await call(agency, path, { method });
    expect({ status: reply.status, code: reply.body['code'] }).toEqual({ status, code });
    expect(reply.headers.get('x-alur-sandbox')).toBe(agency);
    const operation = readContract(join(folder, agency, 'openapi.yaml')).find(
      (one) => one.pattern.test(new URL(path, 'http://x').pathname) && one.method === method,
    );
    if (operation !== undefined) expect({ errors: operation.answers.get(status)?.(reply.body) }).toEqual({ errors: true });
  });

  test.each([
    ['a resident', { nik: '3573014203850002' }, 200, undefined],
    ['a stranger', { nik: '3573010000009999' }, 404, 'NIK_UNKNOWN'],
    ['fifteen digits', { nik: '357301420385000' }, 400, 'REQUEST_INVALID'],
    ['a number', { nik: 3573014203850002 }, 400, 'REQUEST_INVALID'],
    ['nothing', {}, 400, 'REQUEST_INVALID'],
  ])('[SB2] the register looks up %s', async (_, body, status, code) => {
    const reply = await post('dispendukcapil', '/residents/lookup', body);
    expect({ status: reply.status, code: reply.body['code'] }).toEqual({ status, code });
    const operation = readContract(join(folder, 'dispendukcapil/openapi.yaml')).find(({ method }) => method === 'POST');
    expect(operation!.answers.get(status)!(reply.body)).toBe(true);
    expect(sandboxes.of('dispendukcapil')!.effects().size).toBe(0);
  });

  test('[SB7] no agency asks for personal data in an address', () => {
    const personal = /nik|name|nama|phone|telepon|email|address|alamat|birth|lahir|resident|payer|applicant/i;
    const documented = sandboxes.agencies.filter(({ agencyId }) => existsSync(join(folder, agencyId, 'openapi.yaml')));
    const places = documented.flatMap(({ agencyId }) =>
      readContract(join(folder, agencyId, 'openapi.yaml')).flatMap(({ operationId, parameters }) =>
        parameters.filter(({ place }) => place !== 'header').map(({ name }) => `${agencyId} ${operationId} ${name}`),
      ),
    );
    expect(places.length).toBeGreaterThan(5);
    expect(places.filter((place) => personal.test(place.split(' ')[2]!))).toEqual([]);
  });

  test.each([
    [
      'damkar',
      '/inspections',
      { address: 'Jl. Kawi 12', buildingFunction: 'hunian', floors: 2, buildingArea: 150 },
      { riskClass: 'rendah' },
    ],
    ['dlh', '/screenings', { buildingFunction: 'usaha', buildingArea: 900, landArea: 1200 }, { instrument: 'UKL-UPL', reviewNeeded: true }],
    [
      'jaringan',
      '/provisionings',
      { place: 'Taman', latitude: -7.9, longitude: 112.6, bandwidthMbps: 50, accessPoints: 2 },
      { state: 'queued' },
    ],
  ])('[SB2] %s takes orders at %s', async (agency, path, body, expected) => {
    const reply = await post(agency, path, body, `order-${agency}`);
    expect(reply.body).toMatchObject(expected);
    const operation = readContract(join(folder, agency, 'openapi.yaml')).find((one) => one.pattern.test(path) && one.method === 'POST');
    expect(operation!.answers.get(reply.status)!(reply.body)).toBe(true);
  });
});

describe('idempotency keys', () => {
  test('[SB3] the same key and request: the same answer, one effect', async () => {
    const first = await post('bapenda', '/bills', BILL, 'once');
    const second = await post('bapenda', '/bills', BILL, 'once');
    expect(second.body).toEqual(first.body);
    expect(sandboxes.of('bapenda')!.effects().get('once')).toBe(1);
  });

  test('[SB3] the same key for another request is refused; no key is refused', async () => {
    await post('bapenda', '/bills', BILL, 'reused');
    expect((await post('bapenda', '/bills', { ...BILL, amount: 2 }, 'reused')).body).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect((await call('bapenda', '/bills', { method: 'POST', body: JSON.stringify(BILL) })).status).toBe(400);
  });
});

describe('agencies with ways of their own', () => {
  const notice = { nik: '3573021708900002', dateOfDeath: '2026-09-01', certificateNumber: 'AKM-1' };
  const member = { 'content-type': 'application/json', 'idempotency-key': 'x1', 'x-road-client': 'ID/GOV/3573/ALUR' };
  const asMember = (headers: Record<string, string>) =>
    call('bpjs', '/memberships/death-notices', { method: 'POST', headers, body: JSON.stringify(notice) });

  test('[SB8] who does not name its member is turned away by X-Road, not by the agency', async () => {
    expect((await asMember(member)).status).toBe(201);
    const turned = await asMember({ ...member, 'idempotency-key': 'x2', 'x-road-client': 'nobody' });
    expect([turned.status, turned.headers.get('x-road-error')]).toEqual([400, 'Client.InvalidRequest']);
    expect(sandboxes.of('bpjs')!.effects().get('x2')).toBeUndefined();
  });

  test('[SB8] social affairs answer 200 with the error inside', async () => {
    const good = await post('dinsos', '/bansos/kematian', notice, 'd1');
    const bad = await post('dinsos', '/bansos/kematian', { ...notice, nik: '3573021708900001' }, 'd2');
    expect([good.status, good.body['sukses'], bad.status, bad.body['kode']]).toEqual([200, true, 200, 'BUKAN_PENERIMA']);
  });

  test('[SB8] the commission takes a report at once and tells its result once, later', async () => {
    const { body } = await post('kpu', '/voters/death-notices', notice, 'k9');
    const compare = () => sandboxes.of('kpu')!.act('compare', { requestNumber: String(body['requestNumber']) });
    expect(compare()).toMatchObject({ state: 'removed' });
    expect(compare()).toBeUndefined();
  });

  test('[SB8] the pension fund speaks SOAP, with one effect for one key', async () => {
    const envelope = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><LaporKematian xmlns="urn:taspen:pensiun"><nik>${notice.nik}</nik><tanggalMeninggal>2026-09-01</tanggalMeninggal><nomorAkta>AKM-1</nomorAkta></LaporKematian></soap:Body></soap:Envelope>`;
    const ask = () =>
      call('taspen', '/', {
        method: 'POST',
        headers: { 'content-type': 'text/xml', soapaction: '""', 'idempotency-key': 's1' },
        body: envelope,
      });
    const [first, second] = [await ask(), await ask()];
    expect(first.text).toMatch(/<(?:\w+:)?nomorKonfirmasi>TSP-\d+</);
    expect(second.text).toBe(first.text);
    expect(sandboxes.of('taspen')!.effects().get('s1')).toBe(1);
    sandboxes.of('taspen')!.setFault('down');
    expect((await ask()).status).toBe(503);
  });

  test('[SB8] a death is registered once, and the register knows it afterwards', async () => {
    const death = { nik: '3573035105950003', dateOfDeath: '2026-09-01', placeOfDeath: 'RSUD' };
    expect((await post('dispendukcapil', '/deaths', death, 'm1')).status).toBe(201);
    expect((await post('dispendukcapil', '/deaths', death, 'm2')).body).toMatchObject({ status: 409, code: 'DEATH_KNOWN' });
    expect((await post('dispendukcapil', '/residents/lookup', { nik: death.nik })).body).toMatchObject({ status: 'deceased' });
  });
});

describe('bad input', () => {
  test.each([
    ['no JSON', '{"payer', 400],
    ['nothing', '', 400],
    ['a wrong type', { ...BILL, amount: '1000' }, 400],
    ['a NIK as number', { ...BILL, payerNik: 3573014203850002 }, 400],
    ['too much', `"${'x'.repeat(120_000)}"`, 413],
  ])('[SB4] %s is refused', async (_, body, status) => {
    expect((await post('bapenda', '/bills', body, 'bad')).status).toBe(status);
    expect(sandboxes.of('bapenda')!.effects().has('bad')).toBe(false);
  });
});

describe('faults', () => {
  test('[SB5] down answers 503 with Retry-After, and nothing happens', async () => {
    sandboxes.of('bapenda')!.setFault('down');
    const reply = await post('bapenda', '/bills', BILL, 'while-down');
    expect(reply.status).toBe(503);
    expect(reply.headers.get('retry-after')).toBe('2');
    expect(sandboxes.of('bapenda')!.effects().has('while-down')).toBe(false);
  });

  test('[SB5] a fault of one agency does not touch the others', async () => {
    sandboxes.of('bapenda')!.setFault('down');
    expect((await call('kantah', '/parcels/35730100000001')).status).toBe(200);
  });

  test('[SB5] wrong-body answers 200 with HTML, an error inside, and half a JSON, in turn', async () => {
    sandboxes.of('kantah')!.setFault('wrong-body');
    const replies = [
      await call('kantah', '/parcels/35730100000001'),
      await call('kantah', '/parcels/35730100000001'),
      await call('kantah', '/parcels/35730100000001'),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies.map(({ text }) => text.slice(0, 9))).toEqual(['<!doctype', '{"error":', '{"name": ']);
  });
});

describe('what happens later', () => {
  test('[SB6] a payment is announced until it is taken, with the same message id, also after a restart', async () => {
    const got: { name: string; correlationKey: string; messageId: string }[] = [];
    let refuse = 2;
    const receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        got.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof got)[number]);
        response.writeHead(refuse-- > 0 ? 503 : 200).end('{}');
        receiver.emit('taken');
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const own = join(stateFolder, 'restart');
    const before = await startSandboxes({ folder, laterMs: null, stateFolder: own });
    const made = await fetch(`${before.of('bapenda')!.url}/bills`, {
      method: 'POST',
      headers: { 'idempotency-key': 'a' },
      body: JSON.stringify(BILL),
    });
    const { billNumber } = (await made.json()) as { billNumber: string };
    expect(before.of('bapenda')!.act('pay', { billNumber })).toMatchObject({ status: 'paid' });
    await before.close();
    const messageUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v2/messages/publication`;
    const after = await startSandboxes({ folder, stateFolder: own, messageUrl });
    while (got.length < 3) await once(receiver, 'taken');
    expect(new Set(got.map(({ messageId }) => messageId)).size).toBe(1);
    expect(got[0]).toMatchObject({ name: 'pembayaran-diterima', correlationKey: billNumber });
    await after.close();
    receiver.close();
    receiver.closeAllConnections();
  });

  test('[SB6] paying twice pays once; paying an unknown bill is nothing', async () => {
    const { billNumber } = (await post('bapenda', '/bills', BILL, 'twice')).body as { billNumber: string };
    const first = sandboxes.of('bapenda')!.act('pay', { billNumber });
    expect(sandboxes.of('bapenda')!.act('pay', { billNumber })).toEqual(first);
    expect(sandboxes.of('bapenda')!.act('pay', { billNumber: 'TGH-777777' })).toBeUndefined();
  });

  test('[SB6] a place that cannot be served ends as failed, others as active', async () => {
    const order = async (place: string): Promise<unknown> => {
      const { provisioningId } = (
        await post(
          'jaringan',
          '/provisionings',
          { place, latitude: -7.9, longitude: 112.6, bandwidthMbps: 50, accessPoints: 1 },
          `finish-${place}`,
        )
      ).body as { provisioningId: string };
      return sandboxes.of('jaringan')!.act('finish', { provisioningId });
    };
    expect(await order('Taman gagal')).toMatchObject({ state: 'failed' });
    expect(await order('Taman')).toMatchObject({ state: 'active' });
  });
});
