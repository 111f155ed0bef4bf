/** Reaching out before a process does: is the agency there, does it let us in, and what does its document say? The same guard as for calls. */
import { addressed, authenticate } from './authenticate.ts';
import type { AgencyRequest } from './build-request.ts';
import type { Connection } from './connections.ts';
import { fault } from './contracts/problem.ts';
import { JobFailure, type Job } from './job.ts';
import { createNetworkGuard } from './network-guard.ts';
import { createTokens } from './oauth-token.ts';
import { parseJson } from './read-json.ts';
import { createSender, NoAnswer, type RawAnswer } from './send.ts';

export interface Tried {
  /** something answered by HTTP */
  readonly reached: boolean;
  readonly status: number | null;
  readonly durationMs: number;
  /** `let-in` also for 404: a base address need not be a page */
  readonly outcome: 'let-in' | 'refused' | 'faulty' | 'unreachable' | 'not-tried';
  /** a sentence without secrets */
  readonly detail: string;
}

export interface Probe {
  tryConnection(connection: Connection): Promise<Tried>;
  /** the text behind an address. Throws ContractProblem. */
  fetchDocument(url: string): Promise<string>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const nobody: Job = {
  key: 'connection-test', type: 'agency-call', processInstanceKey: '', processDefinitionId: '', elementId: '', businessId: null,
  headers: {}, variables: {}, retries: 1, attempt: 1,
}; // prettier-ignore

export function createProbe({ allowedNetworks, now }: { readonly allowedNetworks: readonly string[]; readonly now: () => number }): Probe {
  const sender = createSender(createNetworkGuard(allowedNetworks));
  const send = (connection: Connection, request: AgencyRequest): Promise<RawAnswer> =>
    sender.send({
      connection,
      request,
      timeout: Math.min(connection.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MS),
      signal: new AbortController().signal,
    });
  const tokens = createTokens(async (connection, { url, headers, body }) => {
    const place = new URL(url);
    const at: Connection = { url: place.origin, ...(connection.trusted && { trusted: true }) };
    const answer = await send(at, { method: 'POST', target: place.pathname + place.search, headers, body });
    return { status: answer.status, body: parseJson(answer.bytes)?.value };
  }, now);

  const tryConnection = async (connection: Connection): Promise<Tried> => {
    const at = now();
    try {
      const plain: AgencyRequest = { method: 'GET', target: '', headers: { accept: 'application/json, */*' }, body: undefined };
      const request = await authenticate(addressed(plain, connection, nobody), connection, { tokens, now });
      return judged(await send(connection, request), now() - at);
    } catch (error) {
      if (!(error instanceof NoAnswer) && !(error instanceof JobFailure)) throw error;
      const detail = `Expected the agency to answer, but ${error.message}`;
      const outcome = error instanceof NoAnswer && error.sent ? 'faulty' : error instanceof NoAnswer ? 'unreachable' : 'refused';
      return { reached: false, status: null, durationMs: now() - at, outcome, detail };
    }
  };

  return { tryConnection, fetchDocument: (url) => fetchDocument(url, send), close: () => sender.close() };
}

function judged({ status }: RawAnswer, durationMs: number): Tried {
  const told = (outcome: Tried['outcome'], detail: string): Tried => ({ reached: true, status, durationMs, outcome, detail });
  if (status === 401 || status === 403)
    return told('refused', `Expected to be let in, but the agency answered ${status}: it does not accept the credential`);
  if (status >= 500) return told('faulty', `Expected a working system, but it answered ${status}`);
  return told('let-in', `The agency answered ${status}`);
}

async function fetchDocument(url: string, send: (connection: Connection, request: AgencyRequest) => Promise<RawAnswer>): Promise<string> {
  const place = URL.parse(url);
  if (place === null || !/^https?:$/.test(place.protocol))
    throw fault('', 'Expected an http or https address of a document, but it is none');
  const headers = { accept: 'application/json, application/yaml, text/yaml, text/plain;q=0.9, */*;q=0.5' };
  const request: AgencyRequest = { method: 'GET', target: place.pathname + place.search, headers, body: undefined };
  // the whole address, so that the guard also sees a name or password in it; the path travels in the request
  const at = place.username === '' && place.password === '' ? place.origin : url;
  const answer = await send({ url: at }, request).catch((error: unknown) => {
    if (error instanceof NoAnswer) throw fault('', `Expected to fetch the document, but ${error.message}`);
    throw error;
  });
  if (answer.status !== 200) {
    const why = answer.status >= 300 && answer.status < 400 ? ', and redirects are not followed; give the address that it leads to' : '';
    throw fault('', `Expected to fetch the document, but its address answered ${answer.status}${why}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(answer.bytes);
  } catch {
    throw fault('', 'Expected a document in UTF-8, but it is not');
  }
}
