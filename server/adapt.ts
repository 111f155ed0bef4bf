/** From the wire to a handler and back: where from, who, may they, what did they send, what is the answer. In this order. */
import type { Request, RequestHandler, Response } from 'express';
import { audit } from './audit.ts';
import { readBody } from './body.ts';
import type { Context } from './context.ts';
import { ifUnchanged, isTagged, tagged } from './etags.ts';
import { maskedReply } from './identity-mask.ts';
import { NO_MEMO, once } from './idempotency.ts';
import type { Answered, Memo } from './idempotency.ts';
import { refuseForeignOrigin } from './origin.ts';
import { Problem, problemOf, problemReply } from './problem.ts';
import { countCall, isLimited } from './rate-limits.ts';
import { localCaller, nobody } from './reader.ts';
import type { Reader } from './reader.ts';
import { write } from './reply.ts';
import type { Reply } from './reply.ts';
import type { Asked, Route } from './route.ts';
import { ON_BEHALF_OF, standIn } from './substitutions.ts';
import { traceOf } from './trace.ts';

/** `twin`: the route that shows what this one changes */
export function adapt(route: Route, context: Context, twin?: Route): RequestHandler {
  return (request, response) => {
    const trace = traceOf(request.get('traceparent'));
    response.setHeader('traceresponse', trace.response);
    answer(route, { context, request, response, twin }).catch((error: unknown) => {
      const problem = problemOf(error, (cause) => {
        const what = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
        context.log('error', `${trace.id} ${route.method} ${route.path}: ${what}`);
      });
      void drained(request).then(() => {
        // what is still coming in will not be read: say so by closing
        if (!request.complete) response.setHeader('connection', 'close');
        answerProblem(problem.code === 'INTERNAL_ERROR' ? problem.with({ traceId: trace.id }) : problem, request, response);
      });
    });
  };
}

/** bytes and milliseconds that somebody who is refused may still send: one who is cut off while sending never reads why */
const MOST_DRAINED = 1024 * 1024;
const LONGEST_DRAIN = 1_000;

function drained(request: Request): Promise<void> {
  return new Promise((done) => {
    if (request.complete || request.destroyed) return done();
    let bytes = 0;
    const timer = setTimeout(done, LONGEST_DRAIN);
    const stop = (): void => (clearTimeout(timer), done());
    request.on('data', (chunk: Buffer) => (bytes += chunk.length) > MOST_DRAINED && stop());
    request.on('end', stop).on('close', stop).on('error', stop);
    request.resume();
  });
}

export function answerProblem(problem: Problem, request: Request, response: Response): void {
  write(response, problemReply(problem, request.originalUrl.split('?')[0] ?? '/'));
}

interface Exchange {
  readonly context: Context;
  readonly request: Request;
  readonly response: Response;
  readonly twin: Route | undefined;
}

async function answer(route: Route, exchange: Exchange): Promise<void> {
  const { context, request, response, twin } = exchange;
  refuseForeignOrigin(request, context.config);
  const caller = await countedReader(route, exchange);
  const absent = request.get(ON_BEHALF_OF);
  const reader = await standIn({ store: context.runtime.store, now: context.now() }, caller, { path: route.path, absent }).catch(
    async (error: unknown) => {
      const subject = `${request.method} ${request.path} for ${absent ?? ''}`.slice(0, 300);
      await audit(context, caller, { action: 'call', subject, outcome: 'denied', reason: 'no substitute' });
      throw error;
    },
  );
  if (reader.kind !== 'nobody' && !route.allow.holds(reader)) {
    await audit(context, reader, {
      action: 'call',
      subject: `${request.method} ${request.path}`.slice(0, 300),
      outcome: 'denied',
      reason: route.allow.says,
    });
  }
  refuseUnlessAllowed(route, reader);
  const { body, files } = await readBody(route, request, response);
  // READ YOUR OWN WRITES, also those that another process answered: what was deployed there is known here
  await context.runtime.caughtUp();
  const gone = new AbortController();
  // answered in full: nobody listens any more, and an abort is not free
  response.on('close', () => response.writableFinished || gone.abort());
  const reply = await replyOf(route, twin, askedOf({ context, reader, request, body, files, signal: gone.signal }));
  if (route.records === 'house' && reply.repeated !== true)
    await audit(context, reader, { action: 'call', subject: `${request.method} ${request.path}`.slice(0, 300), outcome: 'done' });
  write(response, maskedReply(reader, reply));
}

/** What the conventions of the interface put around a handler: made once, still as it was, or with a tag. */
async function replyOf(route: Route, twin: Route | undefined, asked: Omit<Asked, 'memo'>): Promise<Answered> {
  const act = async (memo: Memo): Promise<Reply> => route.handler({ ...asked, memo });
  if (route.creates) return once(asked, `${route.method} ${asked.target}`, act);
  if (isTagged(route)) return tagged(await act(NO_MEMO), asked.header);
  if (route.method === 'get' || route.method === 'post') return act(NO_MEMO);
  return ifUnchanged({ ...asked, memo: NO_MEMO }, twin, () => act(NO_MEMO));
}

/** Who cannot be told is a stranger from this address, and counts as one. */
async function countedReader(route: Route, exchange: Exchange): Promise<Reader> {
  const { context, request, response } = exchange;
  const count = (reader: Reader) =>
    countCall(context, { reader, address: addressOf(request) }, (name, value) => response.setHeader(name, value));
  if (!isLimited(route)) return readerOf(route, exchange);
  const reader = await readerOf(route, exchange).catch(async (error: unknown) => {
    await count(nobody);
    throw error;
  });
  await count(reader);
  return reader;
}

async function readerOf(route: Route, { context, request }: Exchange): Promise<Reader> {
  // a page that asks by itself while its person is away is no use of the session
  const touch = request.headers['x-alur-away'] === undefined;
  const reader = await context.sessions.reader(request.headers.cookie, { touch });
  if (reader.kind !== 'nobody' || !/^\/(v2|govstack|cluster)\//.test(route.path)) return reader;
  const authorization = request.headers.authorization;
  if (authorization !== undefined && /^bearer\s/i.test(authorization)) return context.bearer(authorization);
  if (authorization !== undefined && /^basic\s/i.test(authorization)) return context.signIns.basic(authorization, addressOf(request));
  return context.config.auth === 'none' ? localCaller : reader;
}

function refuseUnlessAllowed(route: Route, reader: Reader): void {
  if (route.allow.holds(reader)) return;
  if (reader.kind !== 'nobody')
    throw new Problem('FORBIDDEN', `Expected somebody who may (${route.allow.says}), but ${reader.username} may not`);
  if (reader.expired) throw new Problem('SESSION_EXPIRED', 'Expected a session, but it has ended; sign in again');
  throw new Problem('UNAUTHENTICATED', 'Expected somebody who is signed in, but nobody is');
}

function askedOf(
  parts: Pick<Asked, 'context' | 'reader' | 'body' | 'files' | 'signal'> & { readonly request: Request },
): Omit<Asked, 'memo'> {
  const { request, ...rest } = parts;
  const query = Object.entries(request.query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  const params = Object.entries(request.params).map(([name, value]) => [name, String(value)] as const);
  return {
    ...rest,
    params: Object.fromEntries(params),
    query: Object.fromEntries(query),
    header: (name) => request.get(name),
    target: request.originalUrl,
    address: addressOf(request),
  };
}

function addressOf(request: Request): string {
  return request.ip ?? '';
}
