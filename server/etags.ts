/**
 * Entity tags of the product's interface: what a GET answered has one, and who changes that thing may say which one they saw (`If-Match`).
 * The tag is of what the reader is shown, so that nobody learns of changes to what they do not see.
 */
import { createHash } from 'node:crypto';
import { createLanes } from '../runtime/lanes.ts';
import { Problem } from './problem.ts';
import type { Reply } from './reply.ts';
import type { Asked, Route } from './route.ts';

/** one change of a thing at a time in this process, so that what was compared is what is changed */
const lanes = createLanes();

/** These tell the moment, which is never the same twice. */
const momentary = /^\/api\/v1\/(session|sign-in|console\/summary|openapi\.json|docs)(\/|$)/;

export function isTagged({ method, path }: Route): boolean {
  return method === 'get' && path.startsWith('/api/v1/') && !momentary.test(path);
}

function tagOf(body: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27)}"`;
}

/** The answer with its tag, or 304 where the caller has it already. */
export function tagged(reply: Reply, header: Asked['header']): Reply {
  if (reply.status !== 200 || reply.body === undefined) return reply;
  const etag = tagOf(reply.body);
  if (names(header('if-none-match'), etag)) return { status: 304, headers: { etag } };
  return { ...reply, headers: { ...reply.headers, etag } };
}

/**
 * Runs `change` when the thing is still as the caller saw it. `twin`: the route that shows it. Throws PRECONDITION_FAILED.
 * Without `If-Match` the last writer wins, as always.
 */
export async function ifUnchanged(asked: Asked, twin: Route | undefined, change: () => Promise<Reply>): Promise<Reply> {
  const wanted = asked.header('if-match');
  if (wanted === undefined || twin === undefined) return change();
  return lanes.run(asked.target, async () => {
    const now = await shown(asked, twin);
    if (now === undefined || !(wanted.trim() === '*' || names(wanted, now)))
      throw new Problem('PRECONDITION_FAILED', 'Expected it to be as it was when you read it, but it was changed since; read it again');
    const reply = await change();
    const after = reply.status < 300 ? await shown(asked, twin) : undefined;
    return after === undefined ? reply : { ...reply, headers: { ...reply.headers, etag: after } };
  });
}

async function shown(asked: Asked, twin: Route): Promise<string | undefined> {
  if (!twin.allow.holds(asked.reader)) return undefined;
  const reply = await Promise.resolve(twin.handler({ ...asked, body: undefined, files: [] })).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
  return reply?.status === 200 && reply.body !== undefined ? tagOf(reply.body) : undefined;
}

/** weak tags count for reading only; ours are strong */
function names(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
