/**
 * Steps whose answer does not come with their call. Header `answer`: `callback`, the agency brings it to an address of this call alone; `poll`, the
 * call is repeated until its answer is the one. Both have a deadline, after which the step fails: as a BPMN error when it names one, else as an
 * incident.
 *
 * headers  callback: callbackPlace (callback.ts); callbackSuccess (FEEL over `response`)
 *          poll: until (FEEL over `response`); every (ISO 8601, default PT30S)
 *          both: deadline (ISO 8601; default P1D, PT1H), deadlineError (BPMN error code)
 */
import { callbackPlace, callbackToken, withCallback } from './callback.ts';
import type { CallbackPlace } from './callback.ts';
import { BpmnError, JobFailure, JobWaits, type Job, type Json } from './job.ts';
import { ask, named, type Response } from './judge.ts';
import { durationIn, type Wait, type Waits } from './waits.ts';
import type { Call } from './agency-call.ts';

export interface LaterParts {
  readonly waits: Waits;
  /** the call itself, with its record; throws as the handler does */
  readonly called: (call: Call) => Promise<Response>;
  /** what the agency brought, judged like an answer and recorded; throws as the handler does */
  readonly brought: (call: Call, brought: { readonly answer: Json; readonly after: number }) => Promise<Response>;
  /** base address that agencies reach this house by */
  readonly publicUrl: () => Promise<string>;
  readonly secret: string;
  /** milliseconds since 1970 UTC */
  readonly now: () => number;
}

const DAY = 86_400_000;
const callbackLimits = { otherwise: 'P1D', least: 1_000, most: 366 * DAY };
const pollLimits = { otherwise: 'PT1H', least: 1_000, most: 90 * DAY };
const everyLimits = { otherwise: 'PT30S', least: 1_000, most: DAY };

type Result = Readonly<Record<string, Json>>;

/** Undefined: the answer comes with the call. Throws for a header that says neither. */
export function laterKind({ headers }: Job): Wait['kind'] | undefined {
  const kind = headers['answer'] ?? '';
  if (kind === '' || kind === 'now') return undefined;
  if (kind === 'callback' || kind === 'poll') return kind;
  throw new JobFailure('Expected the header answer to be now, callback or poll, but it is not', { retryable: false });
}

// ---------------------------------------------------------------- an answer that is brought

export async function byCallback(parts: LaterParts, call: Call): Promise<Result> {
  const { waits, now } = parts;
  const { job } = call;
  const limit = durationIn(job, 'deadline', callbackLimits);
  const known = await waits.get(job.key);
  if (known?.answer !== undefined) return await taken(parts, call, known);
  const again = known === undefined || known.overAt !== undefined;
  if (!again && now() >= known.deadline) throw await over(parts, call, `an answer to ${named(call.operation)} within its time`);
  const wait = again ? begun(call, { kind: 'callback', now: now(), limit }) : known;
  // KEPT BEFORE THE REQUEST GOES OUT: the answer may be faster than what the agency says to the request
  if (again) await waits.put(wait);
  if (wait.sentAt === undefined) {
    await parts.called(await addressed(parts, call));
    await waits.patch(job.key, { sentAt: now() });
  }
  throw new JobWaits(wait.deadline, { called: true, meanwhile: async () => (await waits.get(job.key))?.answer !== undefined });
}

async function addressed({ publicUrl, secret }: LaterParts, call: Call): Promise<Call> {
  const place = placeOf(call);
  const url = `${await publicUrl()}/api/v1/callbacks/${callbackToken(secret, call.job.key)}`;
  const { headers } = call.connection;
  const connection = place.in === 'header' ? { ...call.connection, headers: { ...headers, [place.name]: url } } : call.connection;
  return { ...call, connection, job: withCallback(call.job, place, url) };
}

/** The step's word before the contract's. */
const placeOf = ({ job, operation }: Call): CallbackPlace => callbackPlace(job.headers['callbackPlace'] || operation.callback?.place);

async function taken({ brought }: LaterParts, call: Call, { answer = null, sentAt, since, answeredAt = 0 }: Wait): Promise<Result> {
  const response = await brought(call, { answer, after: Math.max(0, answeredAt - (sentAt ?? since)) });
  return { response: response as unknown as Json };
}

// ---------------------------------------------------------------- asked again and again

export async function byPolling(parts: LaterParts, call: Call): Promise<Result> {
  const { waits, now } = parts;
  const { job } = call;
  const until = job.headers['until'];
  if (!until) throw new JobFailure('Expected the header until to say in FEEL what to wait for, but it is missing', { retryable: false });
  const [limit, every] = [durationIn(job, 'deadline', pollLimits), durationIn(job, 'every', everyLimits)];
  const known = await waits.get(job.key);
  const again = known === undefined || known.overAt !== undefined;
  const wait = again ? begun(call, { kind: 'poll', now: now(), limit }) : known;
  if (again) await waits.put(wait);
  const looks = wait.looks ?? 0;
  // each look is a call of its own: an agency that heeds the key would give the first answer again
  const look = looks === 0 ? call : { ...call, job: { ...job, idempotencyKey: `${job.key}-${looks}` } };
  const { response, failure } = await looked(parts, look);
  if (response !== undefined && ask(call, until, response) === true) return { response: response as unknown as Json };
  const next = now() + Math.max(every, failure?.retryAfter ?? 0);
  if (next > wait.deadline) throw await over(parts, call, `${named(call.operation)} to answer what its step waits for within its time`);
  await waits.patch(job.key, { looks: looks + 1 });
  throw new JobWaits(next, { failure });
}

/** A look that went wrong in passing is a look that saw nothing: the next one comes, until the deadline. */
async function looked(parts: LaterParts, call: Call): Promise<{ readonly response?: Response; readonly failure?: JobFailure }> {
  try {
    return { response: await parts.called(call) };
  } catch (error) {
    if (error instanceof JobFailure && error.retryable) return { failure: error };
    throw error;
  }
}

// ---------------------------------------------------------------- both

function begun({ job, operation }: Call, given: { readonly kind: Wait['kind']; readonly now: number; readonly limit: number }): Wait {
  const { kind, now, limit } = given;
  const { key: jobKey, processInstanceKey } = job;
  const { agency, operationId } = operation;
  return { jobKey, processInstanceKey, agency, operationId, kind, since: now, deadline: now + limit };
}

/** A retry after this begins anew, with a new deadline. */
async function over({ waits, now }: LaterParts, { job }: Call, what: string): Promise<BpmnError | JobFailure> {
  await waits.patch(job.key, { overAt: now() });
  const code = job.headers['deadlineError'];
  if (code) return new BpmnError(code, `Expected ${what}, but it has passed`);
  return new JobFailure(`Expected ${what}, but it has passed`, { retryable: false });
}
