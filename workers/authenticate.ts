/** Adds to a request what the agency asks of everybody who calls: proof of who we are, its own header names, X-Road's headers. */
import type { AgencyRequest } from './build-request.ts';
import type { Connection } from './connections.ts';
import type { Job } from './job.ts';
import { basic, type Tokens } from './oauth-token.ts';
import { sign, signatureNames } from './sign.ts';

export interface Caller {
  readonly tokens: Tokens;
  /** milliseconds since 1970 UTC */
  readonly now: () => number;
}

/** A new request; the given one is left as it is. Mutual TLS needs nothing here: it is the socket's business. */
export async function authenticate(request: AgencyRequest, connection: Connection, { tokens, now }: Caller): Promise<AgencyRequest> {
  const { credential } = connection;
  switch (credential?.kind) {
    case undefined:
    case 'mutual-tls':
      return request;
    case 'basic':
      return withHeaders(request, { authorization: basic(credential.username, credential.password) });
    case 'bearer':
      return withHeaders(request, { authorization: `Bearer ${credential.token}` });
    case 'api-key':
      return credential.place === 'header'
        ? withHeaders(request, { [credential.name.toLowerCase()]: credential.value })
        : { ...request, target: withQuery(request.target, credential.name, credential.value) };
    case 'oauth2':
      return withHeaders(request, { authorization: `Bearer ${await tokens.tokenFor(connection, credential)}` });
    case 'signed': {
      const { keyId, secret, names } = credential;
      const [header, timestamp] = [signatureNames(names), now()];
      // the agency sees the whole path, so the base URL's part of it is signed too
      const target = new URL(connection.url).pathname.replace(/\/+$/, '') + request.target;
      const signature = sign(secret, { keyId, timestamp, method: request.method, target, body: request.body ?? '' });
      return withHeaders(request, { [header.keyId]: keyId, [header.timestamp]: String(timestamp), [header.signature]: signature });
    }
  }
}

/** Static headers, renamed headers, X-Road. X-Road-Id is the job's key: the same for every repeat, so both sides find the exchange again. */
export function addressed(request: AgencyRequest, connection: Connection, job: Job): AgencyRequest {
  const { 'idempotency-key': idempotency, 'x-case-reference': reference, ...rest } = request.headers;
  const { names, xRoadClient } = connection;
  const headers: Record<string, string> = { ...rest, ...lowered(connection.headers ?? {}) };
  put(headers, names?.idempotency === undefined ? 'idempotency-key' : names.idempotency, idempotency);
  put(headers, names?.caseReference === undefined ? 'x-case-reference' : names.caseReference, reference);
  if (xRoadClient !== undefined) {
    headers['x-road-client'] = xRoadClient.split('/').map(encodeURIComponent).join('/');
    headers['x-road-id'] = job.idempotencyKey ?? job.key;
    put(headers, 'x-road-issue', reference);
  }
  return { ...request, headers };
}

function put(headers: Record<string, string>, name: string | null, value: string | undefined): void {
  if (name !== null && value !== undefined) headers[name.toLowerCase()] = value;
}

const lowered = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const withHeaders = (request: AgencyRequest, headers: Readonly<Record<string, string>>): AgencyRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
});

function withQuery(target: string, name: string, value: string): string {
  return `${target}${target.includes('?') ? '&' : '?'}${new URLSearchParams({ [name]: value }).toString()}`;
}
