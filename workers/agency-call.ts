/**
 * Job type `agency-call`: one operation of one agency's API.
 *
 * headers  agency, operation (operationId); optional timeout (ISO 8601 duration, default PT10S), errors (404=NIK_UNKNOWN, ...)
 * inputs   path, query, body: contexts by parameter name
 * result   response = { status, body }
 *
 * Laws: the address comes from the configuration only; no redirect is followed; an answer is read up to 1 MB and up to the deadline;
 * an answer that does not keep to the agency's document is a failure, whatever its status says; error messages hold no data of the case.
 */
import { Pool } from 'undici';
import { buildRequest, type AgencyRequest } from './build-request.ts';
import type { Connection } from './connections.ts';
import { findErrorCode, parseErrorCodes, type ErrorCode } from './error-codes.ts';
import { BpmnError, JobFailure, type JobHandler, type Json } from './job.ts';
import { readOperations, type Operation } from './openapi.ts';
import { ANSWER_LIMIT, parseJson, readBounded } from './read-json.ts';

export interface AgencyConnections {
  /** agency → where its system is */
  readonly connections: ReadonlyMap<string, Connection>;
  /** `processes/agencies` */
  readonly agenciesFolder: string;
}

export interface AgencyCall {
  readonly handler: JobHandler;
  close(): Promise<void>;
}

interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly retryAfter: number | undefined;
  readonly bytes: Buffer;
}

/** one call of one operation */
interface Call {
  readonly operation: Operation;
  readonly request: AgencyRequest;
  readonly codes: readonly ErrorCode[];
}

const DEFAULT_TIMEOUT_MS = 10_000;
const CONNECTIONS_PER_AGENCY = 16;

export function createAgencyCall({ connections, agenciesFolder }: AgencyConnections): AgencyCall {
  const documents = new Map<string, Promise<ReadonlyMap<string, Operation>>>();
  const pools = new Map<string, Pool>();

  const operationOf = async (agency: string, operationId: string): Promise<Operation> => {
    const document = documents.get(agency) ?? readOperations(agenciesFolder, agency);
    documents.set(agency, document);
    const operation = (await document.catch(() => undefined))?.get(operationId);
    if (operation === undefined)
      throw new JobFailure(`Expected ${agency} to offer the operation ${operationId}, but its OpenAPI document does not`, {
        retryable: false,
      });
    return operation;
  };

  const poolOf = (agency: string, connection: Connection): Pool => {
    const pool =
      pools.get(agency) ??
      new Pool(new URL(connection.url).origin, { connections: CONNECTIONS_PER_AGENCY, pipelining: 1, connect: { timeout: 5_000 } });
    pools.set(agency, pool);
    return pool;
  };

  const handler: JobHandler = async (job, signal) => {
    const agency = job.headers['agency'] ?? '';
    const connection = connections.get(agency);
    // the id becomes part of a file name below: only configured agencies get that far
    if (connection === undefined)
      throw new JobFailure(`Expected a connection to the agency ${agency || '(none)'}, but none is configured`, { retryable: false });
    const codes = parseErrorCodes(job.headers['errors']);
    const operation = await operationOf(agency, job.headers['operation'] ?? '');
    const call: Call = { operation, request: withToken(buildRequest(operation, job), connection), codes };
    const timeout = timeoutOf(job.headers['timeout']);
    const answer = await send(poolOf(agency, connection), { call, base: basePath(connection), timeout, signal });
    return { response: judge(call, answer) };
  };

  return { handler, close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.destroy()))) };
}

const basePath = ({ url }: Connection): string => new URL(url).pathname.replace(/\/+$/, '');

const withToken = (request: AgencyRequest, { token }: Connection): AgencyRequest =>
  token === undefined ? request : { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };

/** ISO 8601 durations of hours, minutes and seconds, at most 5 minutes: a longer wait belongs into the diagram. */
function timeoutOf(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_TIMEOUT_MS;
  const match = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text);
  const ms = match === null ? NaN : (Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 1000;
  if (!(ms > 0 && ms <= 300_000))
    throw new JobFailure('Expected the header timeout to be a duration of up to PT5M, but it is not', { retryable: false });
  return ms;
}

/** A repeat can do no harm: the method promises it, or the agency does by its Idempotency-Key or its `x-alur-safe`. */
const repeatable = ({ method, takesIdempotencyKey, onlyReads }: Operation): boolean =>
  takesIdempotencyKey || onlyReads || (method !== 'POST' && method !== 'PATCH');

const named = ({ agency, operationId }: Operation): string => `${agency} ${operationId}`;

interface Sending {
  readonly call: Call;
  readonly base: string;
  /** milliseconds, for everything: connecting, waiting, reading the last byte */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

async function send(pool: Pool, { call, base, timeout, signal }: Sending): Promise<RawAnswer> {
  const { request, operation } = call;
  const deadline = AbortSignal.timeout(timeout);
  try {
    const { statusCode, headers, body } = await pool.request({
      path: base + request.target,
      method: request.method as 'GET',
      headers: request.headers,
      body: request.body ?? null,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      signal: AbortSignal.any([signal, deadline]),
    });
    body.on('error', () => undefined);
    const bytes = await readBounded(body as AsyncIterable<Uint8Array>, ANSWER_LIMIT);
    if (bytes === undefined) throw failure(call, `an answer of more than ${ANSWER_LIMIT} bytes`);
    return { status: statusCode, type: String(headers['content-type'] ?? ''), retryAfter: retryAfterOf(headers['retry-after']), bytes };
  } catch (error) {
    if (error instanceof JobFailure) throw error;
    const notSent = NEVER_SENT.has(codeOf(error));
    const what = deadline.aborted
      ? `none within ${timeout} ms`
      : signal.aborted
        ? 'the call was stopped'
        : `the connection failed (${codeOf(error) || 'unknown'})`;
    throw new JobFailure(`Expected an answer of ${named(operation)}, but ${what}`, { retryable: notSent || repeatable(operation) });
  }
}

/** nothing reached the agency, so any operation may be tried again */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

function failure(
  { operation }: Call,
  found: string,
  options: { readonly retryable?: boolean; readonly retryAfter?: number | undefined } = {},
): JobFailure {
  const { retryAfter } = options;
  return new JobFailure(`Expected an answer of ${named(operation)} that keeps to its document, but got ${found}`, {
    retryable: options.retryable ?? repeatable(operation),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** the agency says that it did nothing: safe to repeat whatever the operation */
const NOT_DONE = new Set([425, 429, 503]);

/** What the answer means: the result, a business error, or a failure. */
function judge(call: Call, answer: RawAnswer): { readonly status: number; readonly body: Json } {
  const { status } = answer;
  const json = /^[^;]*[/+]json\b/i.test(answer.type) ? parseJson(answer.bytes) : undefined;
  if (status >= 200 && status < 300) return accepted(call, answer, json);
  const code = problemCode(json?.value);
  const mapped = findErrorCode(call.codes, status, code);
  if (mapped !== undefined)
    throw new BpmnError(mapped.bpmnCode, `${named(call.operation)} answered ${status}`, {
      response: { status, body: json?.value ?? null },
    });
  const found = code === undefined ? `status ${status}` : `status ${status} ${code}`;
  if (NOT_DONE.has(status)) throw failure(call, found, { retryable: true, retryAfter: answer.retryAfter });
  if (status === 408 || status >= 500) throw failure(call, found, { retryAfter: answer.retryAfter });
  throw failure(call, status < 400 ? `${found}, and redirects are not followed` : found, { retryable: false });
}

function accepted(
  call: Call,
  { status, bytes }: RawAnswer,
  json: { readonly value: Json } | undefined,
): { readonly status: number; readonly body: Json } {
  const check = call.operation.answers.get(status);
  if (bytes.byteLength === 0 && check === undefined) return { status, body: null };
  if (json === undefined) throw failure(call, `status ${status} without readable JSON`);
  if (check === undefined) throw failure(call, `the undocumented status ${status}`);
  if (!check(json.value)) throw failure(call, `status ${status} with a body that does not match its schema`);
  return { status, body: json.value };
}

/** The agency's own code, only when it looks like one: free text could hold personal data. */
function problemCode(body: Json | undefined): string | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  const { code, title } = body as { readonly [name: string]: Json };
  return [code, title].find((text): text is string => typeof text === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(text));
}

/** Retry-After as milliseconds: seconds or an HTTP date; at most an hour. */
function retryAfterOf(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : undefined;
}
