/** One HTTP call of a test: `fetch` for forms, else Node's own client, which costs a third of it (thousands of calls are made). */
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  // answers are looked into field by field; a wrong field fails its expectation
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Headers;
}

export interface Caller {
  (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

const agent = new Agent({ keepAlive: true });

/** `own`: headers of every call. No redirect is followed. */
export function callerOf(url: string, own: Readonly<Record<string, string>>): Caller {
  return async (method, path, body, headers = {}) => {
    if (body instanceof FormData) return withForm(url + path, { method, body, headers: { ...own, ...headers } });
    const type = body === undefined ? undefined : typeof body === 'string' ? 'text/plain;charset=UTF-8' : 'application/json';
    const bytes = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const all = {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }),
      ...lowered(own),
      ...lowered(headers),
    };
    const response = await answered(new URL(url + path), { method, headers: all, bytes });
    response.setEncoding('utf8');
    let text = '';
    for await (const part of response) text += String(part);
    return answerOf(response.statusCode ?? 0, headersOf(response), text);
  };
}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer | undefined;
}

/** A connection that lay idle may be closed by the server in the moment in which it is used again: nothing was asked by it then. */
async function answered(url: URL, { method, headers, bytes }: Sent): Promise<IncomingMessage> {
  for (;;) {
    const sent = request(url, { method, agent, headers });
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        sent.once('response', resolve).once('error', reject).end(bytes);
      });
    } catch (error) {
      if (!sent.reusedSocket || (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    }
  }
}

async function withForm(url: string, asked: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...asked, redirect: 'manual' });
  return answerOf(response.status, response.headers, await response.text());
}

const lowered = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(headersDistinct)) for (const value of values ?? []) headers.append(name, value);
  return headers;
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  const json = /json/.test(headers.get('content-type') ?? '') && text !== '';
  return { status, body: json ? (JSON.parse(text) as Record<string, unknown>) : {}, text, headers };
}
