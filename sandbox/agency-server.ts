/** One agency's API as a real HTTP server on loopback: contract check, idempotency keys, switchable faults. Every answer says that it is a sandbox. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Behaviour, World } from './behaviour.ts';
import { problem } from './behaviour.ts';
import { readCall, type Call, type Operation } from './contract.ts';
import type { AgencyState } from './state.ts';

export type Fault = 'none' | 'slow' | 'down' | 'wrong-body';
export const faults: readonly Fault[] = ['none', 'slow', 'down', 'wrong-body'];

export interface Agency {
  readonly agencyId: string;
  readonly operations: readonly Operation[];
  readonly behaviour: Behaviour;
  readonly world: World;
  readonly state: AgencyState;
  readonly slowMs: number;
  /** seconds, sent as Retry-After while down */
  readonly retryAfter: number;
  fault: Fault;
}

const BODY_LIMIT = 100_000;

/** What a broken agency system sends with status 200; each call takes the next one. All of them were seen in the wild. */
const WRONG_BODIES = [
  { type: 'text/html', text: '<!doctype html><title>Login</title><h1>Sesi Anda telah berakhir</h1>' },
  { type: 'application/json', text: '{"error":{"code":500,"message":"ORA-12541: TNS:no listener"}}' },
  { type: 'application/json', text: '{"name": "Siti' },
] as const;

export function createAgencyServer(agency: Agency): Server {
  let wrong = 0;
  return createServer((request, response) => {
    handle(agency, request)
      .then((answer) => {
        const broken = agency.fault === 'wrong-body' && answer.status < 500 ? WRONG_BODIES[wrong++ % WRONG_BODIES.length] : undefined;
        if (broken === undefined) return send(agency, response, answer);
        response.writeHead(200, labelled(agency, broken.type)).end(broken.text);
      })
      .catch(() => send(agency, response, problem(500, 'SANDBOX_BROKEN', 'Sandbox rusak')));
  });
}

const labelled = (agency: Agency, type: string): Record<string, string> => ({
  'content-type': `${type}; charset=utf-8`,
  'cache-control': 'no-store',
  'x-alur-sandbox': agency.agencyId,
});

function send(agency: Agency, response: ServerResponse, { status, body, headers: own }: Answer): void {
  const headers = labelled(agency, status >= 400 ? 'application/problem+json' : 'application/json');
  if (status === 503) headers['retry-after'] = String(agency.retryAfter);
  response.writeHead(status, { ...headers, ...own }).end(JSON.stringify(body));
}

async function handle(agency: Agency, request: IncomingMessage): Promise<Answer> {
  if (agency.fault === 'down') return problem(503, 'UNAVAILABLE', 'Sistem sedang tidak tersedia');
  if (agency.fault === 'slow') await sleep(agency.slowMs, undefined, { ref: false });
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const atPath = agency.operations.filter((operation) => operation.pattern.test(url.pathname));
  if (atPath.length === 0) return problem(404, 'PATH_UNKNOWN', 'Alamat tidak dikenal');
  const operation = atPath.find((candidate) => candidate.method === request.method);
  if (operation === undefined) return problem(405, 'METHOD_NOT_ALLOWED', 'Metode tidak diizinkan');
  const refused = agency.behaviour.admit?.(headersOf(request));
  if (refused !== undefined) return refused;
  const body = await bodyOf(request);
  if (body === 'too-large') return problem(413, 'BODY_TOO_LARGE', 'Isi terlalu besar');
  if (body === 'not-json') return invalid(['/body is not JSON']);
  const read = readCall(operation, { url, headers: request.headers, body: body.value });
  return 'faults' in read ? invalid(read.faults) : once(agency, operation, read.call);
}

export const headersOf = ({ headers }: IncomingMessage): ReadonlyMap<string, string> =>
  new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const invalid = (places: readonly string[]): Answer => ({
  status: 400,
  body: {
    type: 'about:blank',
    title: 'Permintaan tidak sah',
    status: 400,
    code: 'REQUEST_INVALID',
    detail: `Expected the request to match the contract, but ${places.join('; ')}`,
  },
});

/** The same key and request: the same answer, and its effect once. State is saved before the answer leaves. */
export function once(agency: Agency, operation: Pick<Operation, 'operationId'>, call: Call): Answer {
  const { state } = agency;
  const key = call.headers.get('idempotency-key');
  const run = agency.behaviour.operations[operation.operationId];
  if (run === undefined) return problem(501, 'NOT_IN_SANDBOX', 'Belum ada di sandbox');
  if (key === undefined) return run(call, agency.world);
  const request = fingerprint(operation, call);
  const given = state.answers.get(key);
  if (given !== undefined) {
    return given.request === request ? given : problem(422, 'IDEMPOTENCY_KEY_REUSED', 'Kunci idempotensi dipakai untuk permintaan lain');
  }
  const answer = run(call, agency.world);
  if (answer.status < 300) state.effects.set(key, (state.effects.get(key) ?? 0) + 1);
  state.answers.set(key, { request, ...answer });
  state.save();
  return answer;
}

function fingerprint(operation: Pick<Operation, 'operationId'>, call: Call): string {
  const text = JSON.stringify([operation.operationId, [...call.path], [...call.query], call.body ?? null]);
  return createHash('sha256').update(text).digest('base64url');
}

async function bodyOf(request: IncomingMessage): Promise<{ readonly value: unknown } | 'too-large' | 'not-json'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return 'too-large';
    chunks.push(chunk);
  }
  if (size === 0) return { value: undefined };
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return 'not-json';
  }
}
