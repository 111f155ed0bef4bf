import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startSandboxes, type Sandboxes } from '../../sandbox/index.ts';
import { createFeel } from '../../runtime/feel.ts';
import { createAgencyCall, type AgencyCall } from '../../workers/agency-call.ts';
import type { Connection } from '../../workers/connections.ts';
import { directoryOf } from '../../workers/directory.ts';
import { BpmnError, JobFailure, type Job } from '../../workers/job.ts';

const agenciesFolder = join(import.meta.dirname, '../../processes/agencies');
const NIK = '3573014203850002';
const PARCEL = '35730100000001';
let sandboxes: Sandboxes;

const calling = (at: { readonly connections: ReadonlyMap<string, Connection>; readonly agenciesFolder: string }): AgencyCall =>
  createAgencyCall({
    directory: directoryOf(at.connections, at.agenciesFolder),
    evaluate: createFeel('Asia/Jakarta', Date.now),
    now: Date.now,
  });
let call: AgencyCall;

function job(given: Partial<Job>): Job {
  const base = {
    key: '1',
    type: 'agency-call',
    processInstanceKey: '1',
    processDefinitionId: 'p',
    elementId: 'e',
    businessId: 'PBG-2026-000001',
  };
  return { ...base, headers: {}, variables: {}, retries: 3, attempt: 1, ...given };
}

const resident = (nik: unknown, headers: Record<string, string> = {}): Job =>
  job({ headers: { agency: 'dispendukcapil', operation: 'lookUpResident', ...headers }, variables: { body: { nik: nik as string } } });
const parcel = (parcelNumber: unknown, headers: Record<string, string> = {}): Job =>
  job({
    headers: { agency: 'kantah', operation: 'getParcel', ...headers },
    variables: { path: { parcelNumber: parcelNumber as string } },
  });
const bill = (key: string): Job =>
  job({
    key,
    headers: { agency: 'bapenda', operation: 'createBill' },
    variables: { body: { payerName: 'Siti', payerNik: NIK, amount: 1000, description: 'Retribusi' } },
  });
const run = (one: Job, by: AgencyCall = call): Promise<unknown> => by.handler(one, new AbortController().signal);

async function failing(one: Job, by: AgencyCall = call): Promise<JobFailure> {
  const error: unknown = await run(one, by).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(JobFailure);
  return error as JobFailure;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** a server that answers as we like, in the place of an agency */
async function stub(listener: RequestListener, agency = 'dispendukcapil'): Promise<{ readonly call: AgencyCall; readonly url: string }> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = calling({ connections: new Map([[agency, { url, trusted: true as const }]]), agenciesFolder });
  closing.push(
    () => own.close(),
    () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  );
  return { call: own, url };
}

beforeAll(async () => {
  sandboxes = await startSandboxes({ folder: agenciesFolder, laterMs: null, retryAfter: 7, slowMs: 400 });
  call = calling({
    connections: new Map(sandboxes.agencies.map(({ agencyId, url }) => [agencyId, { url, trusted: true as const }])),
    agenciesFolder,
  });
});
afterEach(() => sandboxes.agencies.forEach((agency) => agency.setFault('none')));
afterAll(async () => {
  await call.close();
  await sandboxes.close();
});

describe('a call that goes well', () => {
  test('[WK1] answers status and body of the operation', async () => {
    expect(await run(resident(NIK))).toMatchObject({ response: { status: 200, body: { nik: NIK, name: 'Siti Rahayu' } } });
  });

  test('[WK2] the job key is the idempotency key: a repeated job gets the same answer and the effect happens once', async () => {
    const first = await run(bill('job-77'));
    const second = await run(bill('job-77'));
    const other = await run(bill('job-78'));
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
    expect(sandboxes.of('bapenda')!.effects().get('job-77')).toBe(1);
  });

  test('[WK3] query parameters are typed, strangers refused', async () => {
    const coverage = (query: Record<string, string | number>): Job =>
      job({ headers: { agency: 'diskominfo', operation: 'getCoverage' }, variables: { query } });
    expect(await run(coverage({ latitude: -7.9666, longitude: 112.6326 }))).toMatchObject({
      response: { status: 200, body: { fibreDistanceMetres: 0 } },
    });
    expect(await failing(coverage({ latitude: -7.9666, longitude: 112.6326, depth: 3 }))).toMatchObject({ retryable: false });
  });

  test('[WK4] a token goes out as bearer, the case number as X-Case-Reference; a base path is kept', async () => {
    const seen: unknown[] = [];
    const { url } = await stub((request, response) => {
      seen.push(request.url, request.headers.authorization, request.headers['x-case-reference'], request.headers['idempotency-key']);
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{"code":"PARCEL_UNKNOWN"}');
    });
    const own = calling({
      connections: new Map([['kantah', { url: `${url}/api/v3`, credential: { kind: 'bearer', token: 'secret' }, trusted: true }]]),
      agenciesFolder,
    });
    closing.push(() => own.close());
    await failing(parcel(PARCEL), own);
    expect(seen).toEqual([`/api/v3/parcels/${PARCEL}`, 'Bearer secret', 'PBG-2026-000001', '1']);
  });
});

describe('a business error', () => {
  test.each([
    ['404=NIK_UNKNOWN', 'NIK_UNKNOWN'],
    ['404:NIK_UNKNOWN=TIDAK_DIKENAL, 404=LAIN', 'TIDAK_DIKENAL'],
  ])('[WK5] %s becomes a BPMN error with its code', async (errors, code) => {
    const error: unknown = await run(resident('3573010000009999', { errors })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BpmnError);
    expect(error).toMatchObject({ code });
  });

  test('[WK5] a code that nobody mapped is a failure that is not retried', async () => {
    const error = await failing(resident('3573010000009999', { errors: '404:SOMETHING_ELSE=X, 409=Y' }));
    expect(error.retryable).toBe(false);
    expect(error.message).toContain('404 NIK_UNKNOWN');
  });

  test('[WK5] a header errors that cannot be read is a failure that is not retried', async () => {
    expect(await failing(resident(NIK, { errors: 'NIK_UNKNOWN' }))).toMatchObject({ retryable: false });
  });
});

describe('a technical failure', () => {
  test('[WK6] down: retried, not before Retry-After', async () => {
    sandboxes.of('dispendukcapil')!.setFault('down');
    expect(await failing(resident(NIK))).toMatchObject({ retryable: true, retryAfter: 7000 });
  });

  test('[WK6] slower than the timeout: retried', async () => {
    sandboxes.of('dispendukcapil')!.setFault('slow');
    expect(await failing(resident(NIK, { timeout: 'PT0.1S' }))).toMatchObject({ retryable: true });
  });

  test('[WK7] wrong bodies with status 200 (HTML, an error inside, half a JSON) are failures, and the effect is not doubled', async () => {
    sandboxes.of('bapenda')!.setFault('wrong-body');
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await failing(bill('job-90'))).toMatchObject({ retryable: true });
    sandboxes.of('bapenda')!.setFault('none');
    await run(bill('job-90'));
    expect(sandboxes.of('bapenda')!.effects().get('job-90')).toBe(1);
  });

  test('[WK8] nobody listens: retried, even where a repeat would not be safe', async () => {
    const own = calling({ connections: new Map([['dispendukcapil', { url: 'http://127.0.0.1:1', trusted: true }]]), agenciesFolder });
    closing.push(() => own.close());
    expect(await failing(resident(NIK), own)).toMatchObject({ retryable: true });
  });

  test('[WK8] a broken answer of a POST: retried when the document says that it only reads, else not', async () => {
    const { call: own } = await stub((_, response) => response.writeHead(500).end());
    expect(await failing(resident(NIK), own)).toMatchObject({ retryable: true });
    const folder = mkdtempSync(join(tmpdir(), 'alur-unsafe-'));
    closing.push(() => rm(folder, { recursive: true }));
    const document = readFileSync(join(agenciesFolder, 'dispendukcapil/openapi.yaml'), 'utf8');
    mkdirSync(join(folder, 'dispendukcapil'));
    writeFileSync(join(folder, 'dispendukcapil/openapi.yaml'), document.replace('x-alur-safe: true', 'x-alur-safe: false'));
    const { url } = await stub((_, response) => response.writeHead(500).end());
    const unsafe = calling({ connections: new Map([['dispendukcapil', { url, trusted: true }]]), agenciesFolder: folder });
    closing.push(() => unsafe.close());
    expect(await failing(resident(NIK), unsafe)).toMatchObject({ retryable: false });
  });

  test('[WK14] personal data is in the body of a request and nowhere else', async () => {
    const seen: { address: string; headers: string; body: string }[] = [];
    const { call: own } = await stub((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push({
          address: request.url ?? '',
          headers: JSON.stringify(request.headers),
          body: Buffer.concat(chunks).toString(),
        });
        response.writeHead(503).end();
      });
    });
    const error = await failing(resident(NIK), own);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.address).toBe('/residents/lookup');
    expect(seen[0]!.headers + error.message).not.toContain(NIK);
    expect(JSON.parse(seen[0]!.body)).toEqual({ nik: NIK });
  });

  test('[WK9] redirects are not followed', async () => {
    const { call: own } = await stub((_, response) => response.writeHead(302, { location: sandboxes.of('dispendukcapil')!.url }).end());
    expect(await failing(resident(NIK), own)).toMatchObject({ retryable: false });
  });

  test('[WK10] an answer above 1 MB is refused', async () => {
    const { call: own } = await stub((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(1_100_000)}"`),
    );
    expect((await failing(resident(NIK), own)).message).toContain('more than 1048576 bytes');
  });

  test('[WK10] an answer that drips for ever ends at the deadline', async () => {
    const { call: own } = await stub((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect((await failing(resident(NIK, { timeout: 'PT0.3S' }), own)).message).toContain('none within 300 ms');
  });

  test('[WK10] a connection that breaks in the middle of an answer is a failure', async () => {
    const tcp = createTcpServer((socket) =>
      socket
        .on('error', () => undefined)
        .end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"nik"', () => socket.destroy()),
    );
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', () => resolve()));
    const own = calling({
      connections: new Map([['dispendukcapil', { url: `http://127.0.0.1:${(tcp.address() as AddressInfo).port}`, trusted: true }]]),
      agenciesFolder,
    });
    closing.push(
      () => own.close(),
      () => new Promise((resolve) => tcp.close(resolve)),
    );
    expect(await failing(resident(NIK), own)).toMatchObject({ retryable: true });
  });

  test('[WK11] __proto__ and depth in an answer do no harm', async () => {
    let body = '';
    const { call: own } = await stub((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
    body = `{"__proto__":{"polluted":true},"nik":"${NIK}","name":"A","status":"active","address":{"street":"s","rt":"001","rw":"001","kelurahan":"k","kecamatan":"k"}}`;
    const { response } = (await run(resident(NIK), own)) as { response: { body: object } };
    expect(Object.hasOwn(response.body, '__proto__')).toBe(false);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    body = '['.repeat(300_000);
    expect((await failing(resident(NIK), own)).message).toContain('without readable JSON');
  });
});

describe('a request that would break the contract is not sent', () => {
  test.each([
    ['a NIK that is a number', resident(3573014203850002)],
    ['a NIK of 15 digits', resident('357301420385000')],
    ['no NIK', resident(null)],
    ['a path that climbs', parcel('..')],
    ['a parcel number that is a number', parcel(35730100000001)],
    ['no parcel number', parcel(null)],
    ['an unknown agency', job({ headers: { agency: '../agencies/dispendukcapil', operation: 'lookUpResident' } })],
    ['an unknown operation', job({ headers: { agency: 'dispendukcapil', operation: 'constructor' } })],
    ['a path that is a list', job({ headers: { agency: 'kantah', operation: 'getParcel' }, variables: { path: [PARCEL] } })],
    ['a body that is missing', job({ headers: { agency: 'bapenda', operation: 'createBill' } })],
    [
      'a body with a wrong amount',
      job({
        headers: { agency: 'bapenda', operation: 'createBill' },
        variables: { body: { payerName: 'S', payerNik: NIK, amount: -1, description: 'x' } },
      }),
    ],
    ['a timeout that is none', resident(NIK, { timeout: 'soon' })],
    ['a timeout that is too long', resident(NIK, { timeout: 'PT6M' })],
  ])('[WK12] %s', async (_, wrong) => {
    const error = await failing(wrong);
    expect(error.retryable).toBe(false);
    expect(error.message).not.toContain(NIK);
  });
});

test('[WK13] a stopped job stops its call', async () => {
  sandboxes.of('dispendukcapil')!.setFault('slow');
  const stop = new AbortController();
  const pending = call.handler(resident(NIK), stop.signal).catch((reason: unknown) => reason);
  stop.abort();
  expect(await pending).toBeInstanceOf(JobFailure);
});
