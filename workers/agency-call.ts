/**
 * Job type `agency-call`: one operation of one agency's API.
 *
 * headers  agency, operation (operationId); optional timeout (ISO 8601 duration, default PT10S), errors (404=NIK_UNKNOWN, ...),
 *          success (FEEL over `response`: what makes a good status a success), purpose (why the data is asked for);
 *          answer and what goes with it: see later.ts
 * inputs   path, query, body: contexts by parameter name
 * result   response = { status, body }
 *
 * Laws: the address comes from the directory only and passes the network guard; no redirect is followed; an answer is read up to 1 MB and up to
 * the deadline; an answer that does not keep to the agency's contract is a failure, whatever its status says; error messages hold no data of the case.
 */
import { addressed, authenticate, type Caller } from './authenticate.ts';
import { buildRequest, type AgencyRequest } from './build-request.ts';
import type { Connection } from './connections.ts';
import type { AgencyDirectory, Contract } from './directory.ts';
import { parseErrorCodes } from './error-codes.ts';
import { fieldsOf, fingerprint, shapeOf, type Exchange, type RecordExchange } from './exchange.ts';
import { JobFailure, type Job, type JobHandler, type Json } from './job.ts';
import { judge, judgeBrought, named, repeatable, type EvaluateFeel, type Judging, type Response, type Verdict } from './judge.ts';
import { byCallback, byPolling, laterKind, type LaterParts } from './later.ts';
import { createNetworkGuard } from './network-guard.ts';
import { createTokens } from './oauth-token.ts';
import { readOperations, type Operation } from './openapi.ts';
import { parseJson } from './read-json.ts';
import { createSender, NoAnswer, type RawAnswer, type Sender } from './send.ts';
import { callSoap } from './soap-call.ts';
import type { Waits } from './waits.ts';
import { readWsdl, type SoapOperation } from './wsdl.ts';

export interface AgencyCallContext {
  readonly directory: AgencyDirectory;
  /** networks (CIDR) that agencies' addresses may lie in although they are not public */
  readonly allowedNetworks?: readonly string[];
  readonly evaluate: EvaluateFeel;
  /** what becomes of the record of each call; a record that cannot be kept does not undo a call that happened */
  readonly record?: RecordExchange;
  /** what steps wait for after their call; absent: none can */
  readonly waits?: Waits;
  /** base address that agencies reach this house by, for answers that come later; a promise while the server has no port yet */
  readonly publicUrl?: string | Promise<string>;
  /** seals the addresses of later answers; the same in all processes */
  readonly secret?: string;
  /** milliseconds since 1970 UTC */
  readonly now: () => number;
}

export interface AgencyCall {
  readonly handler: JobHandler;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** one call of one operation */
export interface Call extends Judging {
  readonly job: Job;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly timeout: number;
}

/** What happened, before it becomes a record and a result. */
export interface Called {
  readonly verdict: Verdict;
  readonly sent: Json;
  /** what its fingerprint is taken of; absent: nothing went out or came back */
  readonly request?: string;
  readonly reply?: Uint8Array | string;
}

interface Machine {
  readonly sender: Sender;
  readonly caller: Caller;
}

export function createAgencyCall(context: AgencyCallContext): AgencyCall {
  const sender = createSender(createNetworkGuard(context.allowedNetworks));
  const tokens = createTokens(async (connection, { url, headers, body }) => {
    const place = URL.parse(url);
    if (place === null) throw new JobFailure("Expected the token service's address to be a URL, but it is not", { retryable: false });
    const request = { method: 'POST', target: place.pathname + place.search, headers, body };
    const at: Connection = { url: place.origin, ...(connection.trusted && { trusted: true }) };
    const answer = await sender.send({ connection: at, request, timeout: DEFAULT_TIMEOUT_MS, signal: new AbortController().signal });
    return { status: answer.status, body: parseJson(answer.bytes)?.value };
  }, context.now);
  const machine = { sender, caller: { tokens, now: context.now } };
  const operationOf = keptOperations(context.directory);
  const kept = async (exchange: Exchange): Promise<void> => await context.record?.(exchange).catch(() => undefined);
  const called = async (call: Call): Promise<Response> => {
    const at = context.now();
    const one = await attempt(call, machine);
    await kept(recordOf(call, one, { at, durationMs: context.now() - at }));
    if (one.verdict.error !== undefined) throw one.verdict.error;
    return one.verdict.response;
  };
  const brought: LaterParts['brought'] = async (call, { answer, after }) => {
    const verdict = judgeBrought(call, answer);
    const reply = JSON.stringify(answer);
    await kept({ ...recordOf(call, { verdict, sent: null, reply }, { at: context.now(), durationMs: after }), kind: 'callback' });
    if (verdict.error !== undefined) throw verdict.error;
    return verdict.response;
  };
  const later = laterOf(context, { called, brought });

  const handler: JobHandler = async (job, signal) => {
    const agency = job.headers['agency'] ?? '';
    const connection = await context.directory.connectionOf(agency);
    if (connection === undefined)
      throw new JobFailure(`Expected a connection to the agency ${agency || '(none)'}, but none is configured`, { retryable: false });
    const codes = parseErrorCodes(job.headers['errors']);
    const operation = await operationOf(agency, job.headers['operation'] ?? '');
    const timeout = timeoutOf(job.headers['timeout'], connection.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const success = job.headers['success'] || undefined;
    const call: Call = { job, connection, operation, codes, success, evaluate: context.evaluate, signal, timeout };
    const kind = laterKind(job);
    if (kind === undefined) return { response: (await called(call)) as unknown as Json };
    if (later === undefined)
      throw new JobFailure('Expected answers that come later to be possible here, but they are not', { retryable: false });
    return kind === 'callback' ? await byCallback(later, call) : await byPolling(later, call);
  };

  return { handler, close: () => sender.close() };
}

function laterOf(
  { waits, publicUrl, secret, now }: AgencyCallContext,
  done: Pick<LaterParts, 'called' | 'brought'>,
): LaterParts | undefined {
  if (waits === undefined || publicUrl === undefined || secret === undefined) return undefined;
  return { ...done, waits, secret, now, publicUrl: async () => (await publicUrl).replace(/\/+$/, '') };
}

/** Operations by agency, read again only when the contract is another one. */
function keptOperations(directory: AgencyDirectory): (agency: string, operationId: string) => Promise<Operation> {
  const read = new Map<string, { readonly hash: string; readonly operations: ReadonlyMap<string, Operation> }>();
  return async (agency, operationId) => {
    const contract = await directory.contractOf(agency);
    const known = read.get(agency);
    const operations =
      contract === undefined
        ? new Map<string, Operation>()
        : known?.hash === contract.hash
          ? known.operations
          : await operationsOf(agency, contract);
    if (contract !== undefined) read.set(agency, { hash: contract.hash, operations });
    const operation = operations.get(operationId);
    if (operation !== undefined) return operation;
    throw new JobFailure(`Expected ${agency} to offer the operation ${operationId}, but its contract does not`, { retryable: false });
  };
}

async function operationsOf(agency: string, contract: Contract): Promise<ReadonlyMap<string, Operation>> {
  try {
    if (contract.kind === 'openapi') return readOperations(agency, contract.document);
    const all = await readWsdl(agency, contract.texts);
    return contract.operations === undefined ? all : new Map([...all].filter(([name]) => contract.operations?.includes(name)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new JobFailure(`Expected ${agency}'s contract to be readable, but: ${why}`, { retryable: false });
  }
}

async function attempt(call: Call, machine: Machine): Promise<Called> {
  const { job, operation, connection } = call;
  const sent: Json = { path: job.variables['path'] ?? null, query: job.variables['query'] ?? null, body: job.variables['body'] ?? null };
  const out: { request?: string } = {};
  const deliver = async (plain: AgencyRequest): Promise<RawAnswer> => {
    const request = await authenticate(addressed(plain, connection, job), connection, machine.caller);
    out.request = request.body ?? request.target;
    return send(call, request, machine);
  };
  try {
    const answer = isSoap(operation) ? await callSoap(operation, job, deliver) : await deliver(buildRequest(operation, job));
    return { verdict: judge(call, answer), sent, ...out, reply: answer.bytes };
  } catch (error) {
    return { verdict: failedVerdict(call, error, out.request !== undefined), sent, ...out };
  }
}

const isSoap = (operation: Operation): operation is SoapOperation => 'soap' in operation;

function failedVerdict(call: Call, error: unknown, sent: boolean): Verdict {
  const failed = error instanceof NoAnswer ? unanswered(call, error) : error;
  if (!(failed instanceof JobFailure)) throw error;
  const code = error instanceof NoAnswer ? error.code : null;
  return { outcome: sent ? 'failed' : 'not-sent', code, response: { status: 0, body: null }, error: failed };
}

/** Once more with a fresh token when the agency says that ours is no longer good: a 401 did nothing, so a repeat is safe. */
async function send(call: Call, request: AgencyRequest, { sender, caller }: Machine): Promise<RawAnswer> {
  const { connection, timeout, signal } = call;
  const answer = await sender.send({ connection, request, timeout, signal });
  if (answer.status !== 401 || connection.credential?.kind !== 'oauth2') return answer;
  caller.tokens.forget(connection.credential);
  return sender.send({ connection, request: await authenticate(request, connection, caller), timeout, signal });
}

function unanswered({ operation }: Call, { message, code, sent, lasting }: NoAnswer): JobFailure {
  return new JobFailure(`Expected an answer of ${named(operation)}, but ${message}`, {
    retryable: !lasting && (!sent || repeatable(operation)),
    // a stopped call, or one to an address that we refuse, says nothing about the agency
    fault: lasting || code === 'STOPPED' ? undefined : 'down',
  });
}

function recordOf(
  { job, operation }: Call,
  { verdict, sent, request, reply }: Called,
  time: Pick<Exchange, 'at' | 'durationMs'>,
): Exchange {
  const { outcome, code, response, drift } = verdict;
  return {
    agency: operation.agency,
    operationId: operation.operationId,
    jobKey: job.key,
    processInstanceKey: job.processInstanceKey,
    processDefinitionId: job.processDefinitionId,
    elementId: job.elementId,
    purpose: job.headers['purpose'] || null,
    attempt: job.attempt,
    ...time,
    outcome,
    status: response.status === 0 ? null : response.status,
    code,
    sentFields: request === undefined ? [] : fieldsOf(sent),
    receivedFields: fieldsOf(response.body),
    requestHash: request === undefined ? null : fingerprint(request),
    replyHash: reply === undefined ? null : fingerprint(reply),
    ...(drift === undefined ? {} : { drift: { ...drift, shape: shapeOf(response.body) } }),
  };
}

/** ISO 8601 durations of hours, minutes and seconds, at most 5 minutes: a longer wait belongs into the diagram. */
function timeoutOf(text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  const match = /^PT(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text);
  const ms = match === null ? NaN : (Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 1000;
  if (!(ms > 0 && ms <= 300_000))
    throw new JobFailure('Expected the header timeout to be a duration of up to PT5M, but it is not', { retryable: false });
  return ms;
}
