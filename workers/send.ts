/** Bytes out, bytes back: bounded in size and time, no redirect followed, no proxy asked, forbidden networks not reached. */
import { Pool } from 'undici';
import type { AgencyRequest } from './build-request.ts';
import type { Connection } from './connections.ts';
import { FORBIDDEN, type NetworkGuard } from './network-guard.ts';
import { ANSWER_LIMIT, readBounded } from './read-json.ts';

export interface RawAnswer {
  readonly status: number;
  readonly type: string;
  /** by lower-case name */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bytes: Buffer;
}

export interface Sending {
  readonly connection: Connection;
  readonly request: AgencyRequest;
  /** milliseconds, for everything: connecting, waiting, reading the last byte */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** No answer. `sent: false`: nothing reached the other side, so any request may be repeated. `lasting`: no repeat mends it. */
export class NoAnswer extends Error {
  readonly code: string;
  readonly sent: boolean;
  readonly lasting: boolean;
  constructor(code: string, message: string, { sent, lasting }: { readonly sent: boolean; readonly lasting: boolean }) {
    super(message);
    this.name = 'NoAnswer';
    this.code = code;
    this.sent = sent;
    this.lasting = lasting;
  }
}

export interface Sender {
  /** throws NoAnswer */
  send(sending: Sending): Promise<RawAnswer>;
  close(): Promise<void>;
}

const CONNECTIONS_PER_AGENCY = 16;
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', FORBIDDEN]);

export function createSender(guard: NetworkGuard): Sender {
  const pools = new Map<string, Pool>();

  const poolOf = (connection: Connection): Pool => {
    const { credential, trusted } = connection;
    const tls = credential?.kind === 'mutual-tls' ? credential : undefined;
    const origin = new URL(connection.url).origin;
    const id = JSON.stringify([origin, trusted === true, tls?.certificate, tls?.key, tls?.authority]);
    const pool = pools.get(id) ?? openPool(origin, connection, guard);
    pools.set(id, pool);
    return pool;
  };

  return {
    async send({ connection, request, timeout, signal }) {
      const fault = connection.trusted === true ? undefined : guard.judge(connection.url);
      if (fault !== undefined) throw new NoAnswer(FORBIDDEN, `the address is refused: ${fault}`, { sent: false, lasting: true });
      const deadline = AbortSignal.timeout(timeout);
      try {
        return await exchange(poolOf(connection), { connection, request, timeout, signal: AbortSignal.any([signal, deadline]) });
      } catch (error) {
        throw error instanceof NoAnswer ? error : noAnswer(error, { timeout, late: deadline.aborted, stopped: signal.aborted });
      }
    },
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.destroy()))),
  };
}

function openPool(origin: string, { credential, trusted }: Connection, guard: NetworkGuard): Pool {
  const tls =
    credential?.kind === 'mutual-tls'
      ? { cert: credential.certificate, key: credential.key, ...(credential.authority ? { ca: credential.authority } : {}) }
      : {};
  const lookup = trusted === true ? {} : { lookup: guard.lookup as never };
  return new Pool(origin, { connections: CONNECTIONS_PER_AGENCY, pipelining: 1, connect: { timeout: 5_000, ...lookup, ...tls } });
}

async function exchange(pool: Pool, { connection, request, timeout, signal }: Sending): Promise<RawAnswer> {
  const { statusCode, headers, body } = await pool.request({
    // a SOAP service has no path beside its base URL's, and a request line needs one
    path: new URL(connection.url).pathname.replace(/\/+$/, '') + request.target || '/',
    method: request.method as 'GET',
    headers: request.headers,
    body: request.body ?? null,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    signal,
  });
  body.on('error', () => undefined);
  const bytes = await readBounded(body as AsyncIterable<Uint8Array>, ANSWER_LIMIT);
  if (bytes === undefined) throw new NoAnswer('TOO_BIG', `an answer of more than ${ANSWER_LIMIT} bytes`, { sent: true, lasting: false });
  return { status: statusCode, type: String(headers['content-type'] ?? ''), headers, bytes };
}

interface Circumstances {
  readonly timeout: number;
  readonly late: boolean;
  readonly stopped: boolean;
}

function noAnswer(error: unknown, { timeout, late, stopped }: Circumstances): NoAnswer {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const sent = !NEVER_SENT.has(code);
  if (late) return new NoAnswer('TIMEOUT', `none within ${timeout} ms`, { sent, lasting: false });
  if (stopped) return new NoAnswer('STOPPED', 'the call was stopped', { sent, lasting: false });
  if (code === FORBIDDEN)
    return new NoAnswer(code, 'the address is refused: it lies in a network that the operator did not allow', { sent, lasting: true });
  return new NoAnswer(code || 'UNKNOWN', `the connection failed (${code || 'unknown'})`, { sent, lasting: false });
}
