/** One-time codes on their way out: real SMTP and real HTTP, to receivers on loopback. */
import { createServer as createHttp } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { readCodeSenders } from '../../workers/code-senders.ts';
import type { OneTimeCode } from '../../workers/code-senders.ts';

const code = (more: Partial<OneTimeCode> = {}): OneTimeCode => ({
  id: 'abc',
  channel: 'email',
  address: 'siti@warga.example',
  code: '012345',
  language: 'id',
  expiresAt: 600_000,
  ...more,
});
const listening = (server: Server) =>
  new Promise<number>((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));

/** as much of a mail server as taking one mail needs */
async function mailServer(): Promise<{ readonly url: string; readonly lines: string[]; close(): void }> {
  const lines: string[] = [];
  const server = createServer((socket) => {
    let [inMail, rest] = [false, ''];
    socket.write('220 test\r\n');
    socket.on('data', (chunk) => {
      const parts = (rest + chunk.toString()).split('\r\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        if (inMail && line !== '.') continue;
        inMail = line === 'DATA';
        socket.write(line === 'DATA' ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 fine\r\n');
      }
    });
  });
  return { url: `smtp://127.0.0.1:${await listening(server)}`, lines, close: () => server.close() };
}

describe('one-time codes leave the house', () => {
  test('[WK70] as plain mail in the language of the reader, to one address', async () => {
    const server = await mailServer();
    const senders = readCodeSenders({ ALUR_SMTP_URL: server.url, ALUR_MAIL_FROM: 'Alur <alur@kota.example>' }, () => 0);
    expect(senders?.channels).toEqual(['email']);
    await senders?.send(code());
    await senders?.send(code({ id: 'def', language: 'en', address: 'two@warga.example' }));
    server.close();
    const text = server.lines.join('\n');
    expect(server.lines.filter((line) => line.startsWith('RCPT TO'))).toEqual([
      'RCPT TO:<siti@warga.example>',
      'RCPT TO:<two@warga.example>',
    ]);
    expect(text).toContain('Content-Type: text/plain');
    expect(text).not.toMatch(/text\/html|bcc:/i);
    expect(text).toMatch(/Kode masuk Alur: 012345[\s\S]*sign-in code: 012345/);
  });

  test('[WK70] through a gateway for telephones, once per code; what it refuses is told without the code', async () => {
    const seen: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
    const server = createHttp((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ headers: request.headers, body });
        response.writeHead(seen.length > 1 ? 500 : 202).end();
      });
    });
    const port = await listening(server);
    const senders = readCodeSenders({ ALUR_SMS_URL: `http://127.0.0.1:${port}/send`, ALUR_SMS_TOKEN: 'rahasia' }, () => 0);
    await senders?.send(code({ channel: 'phone', address: '+6281234567890' }));
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer rahasia', 'idempotency-key': 'abc' });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ to: '+6281234567890', text: expect.stringContaining('012345') });
    const refused = await senders?.send(code({ channel: 'phone' })).catch((error: Error) => error.message);
    expect(refused).toBe('Expected the gateway of messages to take a message, but it answers 500');
    server.close();
  });

  test.each([
    [{ ALUR_SMTP_URL: 'smtp://mail' }, /ALUR_MAIL_FROM/],
    [{ ALUR_SMTP_URL: 'http://mail', ALUR_MAIL_FROM: 'a@b.id' }, /ALUR_SMTP_URL/],
    [{ ALUR_SMS_URL: 'ftp://x' }, /ALUR_SMS_URL/],
  ])('[WK71] wrong settings are told by name: %j', (env, fault) => {
    expect(() => readCodeSenders(env, () => 0)).toThrow(fault);
    expect(readCodeSenders({}, () => 0)).toBeUndefined();
  });
});
