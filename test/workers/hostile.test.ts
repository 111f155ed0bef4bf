/** Agencies' systems as they are at their worst: certificates that do not fit, and every kind of reply that is none. Over real sockets. */
import { execFileSync } from 'node:child_process';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Connection, Credential } from '../../workers/connections.ts';
import type { Contract } from '../../workers/directory.ts';
import { JobFailure } from '../../workers/job.ts';
import { callerOf, jobFor } from './agency-support.ts';
import type { Caller } from './agency-support.ts';
import type { Certificates } from './certificates.ts';

jest.setTimeout(60_000);
const signal = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const contract: Contract = {
  kind: 'openapi',
  hash: '1',
  document: {
    openapi: '3.1.0',
    info: {},
    paths: {
      '/look': {
        get: {
          operationId: 'look',
          responses: { 200: { content: { 'application/json': { schema: { type: 'object', required: ['rc'], properties: { rc: { type: 'string' } } } } } } },
        },
      },
    },
  },
}; // prettier-ignore

function calling(connection: Connection): Caller {
  const caller = callerOf(contract, connection);
  closing.push(() => caller.close());
  return caller;
}

async function failing(caller: Caller, headers: Record<string, string> = {}): Promise<JobFailure> {
  const error: unknown = await caller.handler(jobFor('look', { headers }), signal).then(
    (answer) => answer,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JobFailure);
  return error as JobFailure;
}

describe('mutual TLS', () => {
  let made: Certificates;
  beforeAll(() => {
    made = JSON.parse(execFileSync(process.execPath, [join(import.meta.dirname, 'certificates.ts')], { encoding: 'utf8' })) as Certificates;
  });

  /** an agency that lets in who shows a certificate of the city's authority; answers with the name in it */
  async function agency({ certificate, key }: Certificates['agency']): Promise<string> {
    const listening = createTlsServer({ cert: certificate, key, ca: made.authorities.city, requestCert: true, rejectUnauthorized: true }, (request, response) => {
      const { subject } = (request.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }).getPeerCertificate();
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ rc: subject.CN }));
    });
    await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
    closing.push(async () => {
      listening.closeAllConnections();
      await new Promise((done) => listening.close(done));
    });
    return `https://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  } // prettier-ignore

  const shown = (issued: Certificates['city'], authority?: string): Credential => ({
    kind: 'mutual-tls',
    certificate: issued.certificate,
    key: issued.key,
    ...(authority === undefined ? {} : { authority }),
  });

  test('[WK34] the city shows its certificate, the agency its own, and both are believed', async () => {
    const caller = calling({ url: await agency(made.agency), trusted: true, credential: shown(made.city, made.authorities.agency) });
    expect(await caller.handler(jobFor('look'), signal)).toMatchObject({ response: { status: 200, body: { rc: 'kota' } } });
  });

  test('[WK34] without a certificate, or with one of somebody else, the agency lets nobody in', async () => {
    const url = await agency(made.agency);
    const nothing = await failing(calling({ url, trusted: true, credential: shown(made.pretender, made.authorities.agency) }));
    expect(nothing.message).toMatch(/the connection failed \(.+\)/);
    expect((await failing(calling({ url, trusted: true, credential: shown(made.cityEnded, made.authorities.agency) }))).message).toContain(
      'failed',
    );
    // another connection to the same place does not use the socket of the one that was let in
    const good = calling({ url, trusted: true, credential: shown(made.city, made.authorities.agency) });
    await good.handler(jobFor('look'), signal);
    expect((await failing(calling({ url, trusted: true }))).message).toContain('failed');
  });

  test.each([
    ['of an authority that nobody named', 'agency', undefined, /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET/],
    ['of another authority than the named one', 'agency', 'stranger', /UNABLE_TO_VERIFY|SIGNATURE|UNABLE_TO_GET/],
    ['that has ended', 'agencyEnded', 'agency', /EXPIRED/],
    ['of another place', 'agencyElsewhere', 'agency', /ALTNAME/],
  ] as const)('[WK34] an agency that shows a certificate %s is not called: nothing is sent to it', async (_, issued, authority, why) => {
    const url = await agency(made[issued]);
    const caller = calling({ url, trusted: true, credential: shown(made.city, authority && made.authorities[authority]) });
    const { message } = await failing(caller);
    expect(message).toMatch(why);
    expect(message).not.toContain('BEGIN');
    expect(caller.exchanges[0]).toMatchObject({ outcome: 'failed', status: null });
  });
});

type Speak = (socket: Socket) => void;

/** whatever bytes, one connection after the other */
async function speaking(speak: Speak): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => speak(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const say =
  (text: string): Speak =>
  (socket) =>
    void socket.end(text);
const head = (headers: string, status = '200 OK'): string => `HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`;
const json = (body: string, more = ''): string =>
  `${head(`content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}${more}`)}${body}`;
const chunked = (body: string): string => `${head('content-type: application/json\r\ntransfer-encoding: chunked')}${body}`;
/** writes for ever, as fast as it is read */
const endless = (start: string, piece: string): Speak => (socket) => {
  socket.write(start);
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}; // prettier-ignore
/** a piece now and then, never the end */
const dripping = (start: string, piece: string): Speak => (socket) => {
  socket.write(start);
  const timer = setInterval(() => socket.write(piece), 20);
  socket.on('close', () => clearInterval(timer));
}; // prettier-ignore

/** fifty megabytes of spaces, in fifty kilobytes */
const bomb = gzipSync(Buffer.alloc(50 * 2 ** 20, 32));

const hostile: readonly (readonly [string, Speak, RegExp])[] = [
  ['a page for signing in', say(`${head('content-type: text/html')}<!doctype html><h1>Login</h1>`), /without readable JSON/],
  ['a page that says it is JSON', say(json('<html></html>')), /without readable JSON/],
  ['nothing at all', say(''), /the connection failed/],
  ['something that is not HTTP', say('SSH-2.0-OpenSSH_9.6\r\n'), /the connection failed/],
  ['a status that there is not', say(head('content-length: 2', '999 Huh') + '{}'), /status 999/],
  ['half a JSON', say(json('{"rc": "0')), /without readable JSON/],
  ['JSON that is not UTF-8', (socket) => void socket.end(Buffer.concat([Buffer.from(head('content-type: application/json\r\ncontent-length: 4')), Buffer.from([0xff, 0xfe, 0x7b, 0x7d])])), /without readable JSON/],
  ['numbers that JSON has not', say(json('{"rc": NaN}')), /without readable JSON/],
  ['a list where an object should be', say(json('[{"rc": "00"}]')), /does not match its schema/],
  ['an object without what it must have', say(json('{"RC": "00"}')), /must have required property 'rc'/],
  ['names that reach into JavaScript', say(json('{"__proto__": {"rc": "00"}, "constructor": {"prototype": {"rc": "00"}}}')), /must have required property 'rc'/],
  ['depth that would exhaust a stack', say(json(`{"rc": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`)), /without readable JSON/],
  ['an empty body', say(json('')), /without readable JSON/],
  ['fifty megabytes', endless(head(`content-type: application/json\r\ncontent-length: ${50 * 2 ** 20}`), 'x'.repeat(65_536)), /more than 1048576 bytes/],
  ['chunks without end', endless(chunked(''), `10000\r\n${'x'.repeat(65_536)}\r\n`), /more than 1048576 bytes/],
  ['a bomb of gzip', (socket) => void socket.end(Buffer.concat([Buffer.from(head(`content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.byteLength}`)), bomb])), /compressed \(gzip\)/],
  ['a body that drips', dripping(head('content-type: application/json\r\ncontent-length: 5000'), ' '), /none within 400 ms/],
  ['headers that drip', dripping('HTTP/1.1 200 OK\r\n', 'x-more: 1\r\n'), /none within 400 ms/],
  ['headers without end', endless('HTTP/1.1 200 OK\r\n', `x-more: ${'x'.repeat(1000)}\r\n`), /the connection failed \(UND_ERR_HEADERS_OVERFLOW\)/],
  ['one header of a megabyte', say(`HTTP/1.1 200 OK\r\nx-big: ${'x'.repeat(2 ** 20)}\r\ncontent-length: 2\r\n\r\n{}`), /the connection failed \(UND_ERR_HEADERS_OVERFLOW\)/],
  ['patience for ever (100 Continue)', dripping('', 'HTTP/1.1 100 Continue\r\n\r\n'), /the connection failed|none within/],
  ['silence', () => undefined, /none within 400 ms/],
  ['fewer bytes than promised', say(head('content-type: application/json\r\ncontent-length: 100') + '{"rc":"00"}'), /the connection failed/],
  ['more bytes than promised', say(head('content-type: application/json\r\ncontent-length: 5') + '{"rc":"00"}'), /without readable JSON|the connection failed/],
  ['a length below nothing', say(head('content-type: application/json\r\ncontent-length: -1') + '{}'), /the connection failed/],
  ['two lengths', say(head('content-type: application/json\r\ncontent-length: 2\r\ncontent-length: 11') + '{"rc":"00"}'), /the connection failed/],
  ['a length and chunks', say(head('content-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked') + '2\r\n{}\r\n0\r\n\r\n'), /the connection failed|required property/],
  ['chunks of no size', say(chunked('zz\r\n{}\r\n0\r\n\r\n')), /the connection failed/],
  ['a chunk that never comes', dripping(chunked('5\r\n{'), ''), /none within 400 ms/],
  ...(['301', '302', '303', '307', '308'] as const).map((status) => [`a way elsewhere (${status})`, say(head('location: http://127.0.0.1:1/\r\ncontent-length: 0', `${status} Moved`)), /redirects are not followed/] as const),
  ['a header with a line inside', say(head('content-type: application/json\r\nx-a: b\rx-c: d\r\ncontent-length: 2') + '{}'), /the connection failed|required property/],
]; // prettier-ignore

describe('a reply that is none', () => {
  test.each(hostile)('[WK35] %s: the call fails and says what came; the next one goes well', async (_, speak, says) => {
    let turn = 0;
    const url = await speaking((socket) => ((turn += 1) === 1 ? speak(socket) : say(json('{"rc":"00"}', '\r\nconnection: close'))(socket)));
    const caller = calling({ url, trusted: true });
    const before = process.memoryUsage().arrayBuffers;
    const error = await failing(caller, { timeout: 'PT0.4S' });
    expect(error.message).toMatch(says);
    expect(error.message.length).toBeLessThan(500);
    expect(caller.exchanges).toHaveLength(1);
    expect(caller.exchanges[0]?.outcome).toMatch(/^(?:failed|contract-drift)$/);
    // what it sent was not taken in: a few megabytes at most, whatever it was
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30 * 2 ** 20);
    expect(({} as { rc?: string }).rc).toBeUndefined();
    expect(await caller.handler(jobFor('look'), signal)).toMatchObject({ response: { body: { rc: '00' } } });
  });

  test('[WK35] an answer that nobody asked for is not the answer of the next call', async () => {
    const url = await speaking((socket) => {
      // two answers to one request, and the connection stays open
      socket.write(json('{"rc":"00"}') + json('{"rc":"FORGED"}'));
      socket.on('data', () => socket.write(json('{"rc":"01"}')));
    });
    const caller = calling({ url, trusted: true });
    const read = async (): Promise<unknown> => await caller.handler(jobFor('look'), signal).catch((error: Error) => error.message);
    expect(await read()).toMatchObject({ response: { body: { rc: '00' } } });
    await new Promise((done) => setTimeout(done, 50));
    expect(JSON.stringify(await read())).not.toContain('FORGED');
  });
});
