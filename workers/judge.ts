/** What an agency's answer means: the result, a business error, or a failure. Its status alone says too little. */
import { findErrorCode, type ErrorCode } from './error-codes.ts';
import type { Outcome } from './exchange.ts';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { BpmnError, JobFailure, type Job, type Json } from './job.ts';
import type { Operation } from './openapi.ts';
import { parseJson } from './read-json.ts';
import type { RawAnswer } from './send.ts';

/** Evaluates FEEL over a context. Throws an Error with a sentence when it cannot. Given by the house: workers know no engine. */
export type EvaluateFeel = (expression: string, context: Readonly<Record<string, Json>>) => Json;

export interface Judging {
  readonly operation: Operation;
  readonly codes: readonly ErrorCode[];
  /** the step's own predicate (header `success`), before the contract's */
  readonly success: string | undefined;
  readonly evaluate: EvaluateFeel;
}

export interface Response {
  readonly status: number;
  readonly body: Json;
}

/** `error` absent: the call went well. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly response: Response;
  readonly error?: BpmnError | JobFailure;
  readonly drift?: { readonly place: string; readonly expected: string };
}

export const named = ({ agency, operationId }: Operation): string => `${agency} ${operationId}`;

/** A repeat can do no harm: the method promises it, or the agency does by its Idempotency-Key or its `x-alur-safe`. */
export const repeatable = ({ method, takesIdempotencyKey, onlyReads }: Operation): boolean =>
  takesIdempotencyKey || onlyReads || (method !== 'POST' && method !== 'PATCH');

/** the agency says that it did nothing: safe to repeat whatever the operation */
const NOT_DONE = new Set([425, 429, 503]);
/** its system is away, or what stands before it cannot reach it, or we ask too much */
const AWAY = new Set([429, 502, 503, 504]);

export function judge(judging: Judging, answer: RawAnswer): Verdict {
  const json = /^[^;]*[/+]json\b/i.test(answer.type) ? parseJson(answer.bytes) : undefined;
  const response = { status: answer.status, body: json?.value ?? null };
  const layer = answer.headers['x-road-error'];
  if (layer !== undefined) return exchangeFault(judging, response, String(layer));
  if (answer.status < 200 || answer.status >= 300) return refused(judging, answer, response);
  const packed = /^[a-z-]{1,20}$/i.exec(String(answer.headers['content-encoding'] ?? ''))?.[0];
  return accepted(judging, response, { readable: json !== undefined, empty: answer.bytes.byteLength === 0, packed });
}

/** What an agency brings later: judged by what its contract says of it, and by the step's own condition. Nothing of it is tried again. */
export function judgeBrought(judging: Judging & { readonly job: Job }, body: Json): Verdict {
  const { operation, job } = judging;
  const response = { status: 200, body };
  const answers = operation.callback === undefined ? new Map<number, ValidateFunction>() : new Map([[200, operation.callback.check]]);
  const success = job.headers['callbackSuccess'] || undefined;
  const later = { ...judging, success, operation: { ...operation, answers, success: undefined } };
  const unhappy = unsuccessful(later, response);
  const check = answers.get(200);
  const mapped = unhappy ?? (check === undefined || check(body) ? undefined : mismatch(operation, response, check));
  if (mapped === undefined) return { outcome: 'answered', code: null, response };
  const { error } = mapped;
  // it is here, and asking again brings nothing else
  return error instanceof JobFailure
    ? { ...mapped, error: new JobFailure(error.message, { retryable: false, fault: error.fault }) }
    : mapped;
}

/** X-Road itself could not carry the message: the agency is not to blame, and did nothing. */
function exchangeFault({ operation }: Judging, response: Response, text: string): Verdict {
  const code = /^[\w.-]{1,120}$/.test(text) ? text : 'X_ROAD_ERROR';
  const error = new JobFailure(`Expected ${named(operation)} to be reached, but the exchange layer between answered ${code}`, {
    retryable: true,
    fault: 'down',
  });
  return { outcome: 'exchange-fault', code, response, error };
}

function refused(judging: Judging, answer: RawAnswer, response: Response): Verdict {
  const { operation } = judging;
  const { status } = response;
  const code = codeOf(judging, response);
  const mapped = mappedError(judging, response, code);
  if (mapped !== undefined) return mapped;
  const found = code === undefined ? `status ${status}` : `status ${status} ${code}`;
  const retryAfter = retryAfterOf(answer.headers['retry-after']);
  const fault = AWAY.has(status) ? 'down' : status >= 500 ? 'faulty' : undefined;
  const failed = (text: string, retryable: boolean): Verdict => ({
    outcome: 'failed',
    code: code ?? null,
    response,
    error: failure(operation, text, { retryable, retryAfter, fault }),
  });
  if (NOT_DONE.has(status)) return failed(found, true);
  if (status === 408 || status >= 500) return failed(found, repeatable(operation));
  return failed(status < 400 ? `${found}, and redirects are not followed` : found, false);
}

function accepted(
  judging: Judging,
  response: Response,
  { readable, empty, packed }: { readonly readable: boolean; readonly empty: boolean; readonly packed: string | undefined },
): Verdict {
  const { operation } = judging;
  const check = operation.answers.get(response.status);
  const fine: Verdict = { outcome: 'answered', code: null, response };
  if (empty && check === undefined) return fine;
  if (!readable) {
    const found = packed === undefined ? '' : `, because it is compressed (${packed}) and nobody asked for that`;
    return drifted(
      operation,
      response,
      { place: '', expected: 'readable JSON' },
      `status ${response.status} without readable JSON${found}`,
    );
  }
  const unhappy = unsuccessful(judging, response);
  if (unhappy !== undefined) return unhappy;
  if (check === undefined)
    return drifted(operation, response, { place: '', expected: 'a documented status' }, `the undocumented status ${response.status}`);
  return check(response.body) ? fine : mismatch(operation, response, check);
}

function mismatch(operation: Operation, response: Response, check: ValidateFunction): Verdict {
  const [first] = check.errors ?? [];
  const drift = { place: first?.instancePath ?? '', expected: first?.message ?? 'to match its schema' };
  return drifted(
    operation,
    response,
    drift,
    `status ${response.status} with a body that does not match its schema: ${drift.place || 'it'} ${drift.expected}`,
  );
}

function drifted(
  operation: Operation,
  response: Response,
  drift: { readonly place: string; readonly expected: string },
  found: string,
): Verdict {
  return { outcome: 'contract-drift', code: 'CONTRACT_DRIFT', response, drift, error: failure(operation, found, { fault: 'faulty' }) };
}

/** A good status, but the predicate says no: a business error when it is mapped, else a failure. */
function unsuccessful(judging: Judging, response: Response): Verdict | undefined {
  const { operation, success = operation.success } = judging;
  if (success === undefined || ask(judging, success, response) === true) return undefined;
  const code = codeOf(judging, response);
  const found = `status ${response.status}${code === undefined ? '' : ` ${code}`} that its success condition does not hold for`;
  const error = failure(operation, found, { retryable: false });
  return mappedError(judging, response, code) ?? { outcome: 'failed', code: code ?? null, response, error };
}

function mappedError({ operation, codes }: Judging, response: Response, code: string | undefined): Verdict | undefined {
  const mapped = findErrorCode(codes, response.status, code);
  if (mapped === undefined) return undefined;
  const message = `${named(operation)} answered ${response.status}`;
  const error = new BpmnError(mapped.bpmnCode, message, { response: response as unknown as Json });
  return { outcome: 'business-error', code: mapped.bpmnCode, response, error };
}

/** The agency's own code, only when it looks like one: free text could hold personal data. */
function codeOf(judging: Judging, response: Response): string | undefined {
  const { errorCode } = judging.operation;
  const body = response.body;
  const given = errorCode === undefined ? undefined : ask(judging, errorCode, response);
  const own =
    body === null || typeof body !== 'object' || Array.isArray(body) ? [] : [(body as Context)['code'], (body as Context)['title']];
  return [given, ...own].map((text) => (typeof text === 'number' ? String(text) : text)).find(looksLikeCode);
}

type Context = { readonly [name: string]: Json };
const looksLikeCode = (text: unknown): text is string =>
  typeof text === 'string' && /^[A-Z0-9][A-Z0-9_.-]{0,63}$/.test(text) && !/^\d{7,}$/.test(text);

/** Throws a JobFailure that is not retried when the expression cannot be evaluated. */
export function ask({ operation, evaluate }: Pick<Judging, 'operation' | 'evaluate'>, expression: string, response: Response): Json {
  try {
    return evaluate(expression, { response: response as unknown as Json });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new JobFailure(`Expected the condition on ${named(operation)}'s answers to be FEEL that can be evaluated, but: ${why}`, {
      retryable: false,
    });
  }
}

function failure(
  operation: Operation,
  found: string,
  { retryable, retryAfter, fault }: Pick<Partial<JobFailure>, 'retryable' | 'retryAfter' | 'fault'>,
): JobFailure {
  return new JobFailure(`Expected an answer of ${named(operation)} that keeps to its document, but got ${found}`, {
    retryable: retryable ?? repeatable(operation),
    retryAfter,
    fault,
  });
}

/** Retry-After as milliseconds: seconds or an HTTP date; at most an hour. */
function retryAfterOf(header: string | readonly string[] | undefined): number | undefined {
  const text = typeof header === 'string' ? header : header?.[0];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : undefined;
}
