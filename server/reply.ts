import type { ServerResponse } from 'node:http';

/** What a handler answers. Exactly one of `body` (JSON), `bytes`, `text`, `stream`, or none of them. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** takes over the response after its head was written; must end it */
  readonly stream?: (response: ServerResponse) => void;
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

export function created(body: unknown): Reply {
  return { status: 201, body };
}

export function noContent(headers: NonNullable<Reply['headers']> = {}): Reply {
  return { status: 204, headers };
}

export function xml(text: string): Reply {
  return { status: 200, text, headers: { 'content-type': 'text/xml; charset=utf-8' } };
}

/** The one place that writes to the wire. Answers are for their reader only: never cached on the way unless a handler says otherwise. */
export function write(response: ServerResponse, reply: Reply): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.statusCode = reply.status;
  response.setHeader('cache-control', 'no-store');
  if (reply.body !== undefined) response.setHeader('content-type', 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.stream !== undefined) return reply.stream(response);
  if (reply.body !== undefined) return void response.end(JSON.stringify(reply.body));
  response.end(reply.bytes ?? reply.text);
}
