/** Places that a registered address must not lead to: however it is written, whatever a name says the second time, whoever else is asked. Hits are counted. */
import { execFile } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Connection } from '../../workers/connections.ts';
import type { Contract } from '../../workers/directory.ts';
import { createNetworkGuard } from '../../workers/network-guard.ts';
import type { NoAnswer } from '../../workers/send.ts';
import { createSender } from '../../workers/send.ts';
import { callerOf, jobFor } from './agency-support.ts';

const signal = new AbortController().signal;
const contract: Contract = {
  kind: 'openapi',
  hash: '1',
  document: { openapi: '3.1.0', info: {}, paths: { '/look': { get: { operationId: 'look', responses: { 200: { content: { 'application/json': { schema: {} } } } } } } } },
}; // prettier-ignore

/** what nobody from outside may reach: on every address of this machine that leads to itself, under one port */
let inside: readonly Server[];
let port: number;
let hits: string[] = [];

async function listen(host: string, at: number): Promise<Server> {
  const server = createServer((request, response) => {
    hits.push(`${host} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"secret":"metadata"}');
  });
  server.on('connect', (request, socket) => {
    hits.push(`${host} CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 No\r\n\r\n');
  });
  await new Promise<void>((done, failed) => (server.once('error', failed), server.listen(at, host, () => done())));
  return server;
}

beforeAll(async () => {
  const first = await listen('127.0.0.1', 0);
  port = (first.address() as AddressInfo).port;
  // a machine may have no IPv6
  const others = await Promise.allSettled([listen('127.0.0.2', port), listen('::1', port)]);
  inside = [first, ...others.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))];
});
afterAll(() => inside.forEach((server) => (server.closeAllConnections(), server.close())));
beforeEach(() => void (hits = []));

async function refused(connection: Connection): Promise<{ readonly message: string; readonly code: unknown }> {
  const caller = callerOf(contract, connection);
  const error: unknown = await caller.handler(jobFor('look'), signal).catch((reason: unknown) => reason);
  await caller.close();
  expect(error).toBeInstanceOf(Error);
  return { message: (error as Error).message, code: caller.exchanges[0]?.code };
}

describe('a forbidden place', () => {
  test.each([
    '127.0.0.1', '127.1', '127.0.1', '127.0.0.2', '2130706433', '0x7f.1', '0x7f000001', '0177.0.0.1', '017700000001', '0', '0.0.0.0', '0x0',
    '127.0.0.1.', '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[::ffff:0:127.0.0.1]', 'localhost', 'localhost.', 'LOCALHOST', '①②⑦.⓪.⓪.①', '127。0。0。1', '%31%32%37.0.0.1',
  ])('[WK32] http://%s is not reached', async (host) => {
    const { message, code } = await refused({ url: `http://${host}:${port}` });
    expect(message).toMatch(/the address is refused|the connection failed \((?:ENOTFOUND|EAI_AGAIN)\)/);
    expect(message).not.toContain('metadata');
    expect(['EFORBIDDENADDRESS', 'ENOTFOUND', 'EAI_AGAIN']).toContain(code);
    expect(hits).toEqual([]);
  }); // prettier-ignore

  test.each([
    ['another protocol', 'file:///etc/passwd'],
    ['another protocol', 'gopher://127.0.0.1:1/_GET'],
    ['a name and password', 'http://agency.example.go.id@127.0.0.1:1'],
    ['the service of metadata', 'http://169.254.169.254'],
    ['a private network', 'http://10.0.0.1'],
    ['a private network', 'http://[fd00::1]'],
  ])('[WK32] %s (%s) is refused before a socket is opened', async (_, url) => {
    expect(await refused({ url })).toMatchObject({ message: expect.stringContaining('the address is refused') });
  });

  test('[WK32] a token service inside is not asked', async () => {
    const credential = { kind: 'oauth2', tokenUrl: `http://127.0.0.1:${port}/token`, clientId: 'a', clientSecret: 'b' } as const;
    await refused({ url: 'https://agency.example.go.id', credential });
    expect(hits).toEqual([]);
  });

  test('[WK32] a redirect inside is not followed, whatever its status, nor a second hop', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const outside = createServer((request, response) => void response.writeHead(status, { location: `http://127.0.0.2:${port}${request.url}` }).end());
      await new Promise<void>((done) => outside.listen(0, '127.0.0.1', done));
      const caller = callerOf(contract, { url: `http://127.0.0.1:${(outside.address() as AddressInfo).port}` }, ['127.0.0.1/32']);
      await expect(caller.handler(jobFor('look'), signal)).rejects.toThrow('redirects are not followed');
      await caller.close();
      outside.closeAllConnections();
      outside.close();
    }
    expect(hits).toEqual([]);
  }); // prettier-ignore

  test('[WK32] the connection goes to the address that was judged: what the name says next time is judged anew', async () => {
    const says: LookupAddress[][] = [[{ address: '127.0.0.1', family: 4 }], [{ address: '127.0.0.2', family: 4 }], [{ address: '127.0.0.1', family: 4 }, { address: '127.0.0.2', family: 4 }]]; // prettier-ignore
    let asked = 0;
    const guard = createNetworkGuard(['127.0.0.1/32'], (_name, found) => found(null, says[(asked += 1) - 1] ?? []));
    const sender = createSender(guard);
    const connection = { url: `http://rebinding.example.go.id:${port}` };
    // a socket of its own for each: kept ones were judged when they were opened
    const request = { method: 'GET', target: '/look', headers: { connection: 'close' }, body: undefined };
    const send = async () => await sender.send({ connection, request, timeout: 2_000, signal }).catch((error: NoAnswer) => error.code);
    expect(await send()).toMatchObject({ status: 200 });
    expect(await send()).toBe('EFORBIDDENADDRESS');
    expect(await send()).toBe('EFORBIDDENADDRESS');
    expect([asked, hits]).toEqual([3, ['127.0.0.1 /look']]);
    await sender.close();
  });

  test('[WK32] proxies that the environment names are not asked', async () => {
    const proxy = `http://127.0.0.2:${port}`;
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'npm_config_proxy'];
    const env = { ...process.env, NODE_OPTIONS: '', NODE_USE_ENV_PROXY: '1', ...Object.fromEntries(names.map((name) => [name, proxy])), NO_PROXY: '', no_proxy: '' };
    const script = join(import.meta.dirname, 'call-behind-proxies.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script, `http://127.0.0.1:${port}`], { env });
    expect(JSON.parse(stdout)).toMatchObject({ response: { status: 200, body: { secret: 'metadata' } } });
    expect(hits).toEqual(['127.0.0.1 /look']);
  }); // prettier-ignore

  test('[WK32] the same place is reached where the operator allows it', async () => {
    const caller = callerOf(contract, { url: `http://127.0.0.1:${port}` }, ['127.0.0.1/32']);
    expect(await caller.handler(jobFor('look'), signal)).toMatchObject({ response: { status: 200 } });
    await caller.close();
    expect(hits).toHaveLength(1);
  });
});
