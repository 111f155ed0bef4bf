/**
 * Creating calls with an Idempotency-Key: the same key and body give the same answer, however often the network repeats them.
 * What the call has to remember for a repetition after a crash (its reference number) is kept before it acts.
 */
import { createHash } from 'node:crypto';
import type { Row } from '../runtime/collections.ts';
import { Problem } from './problem.ts';
import type { Reply } from './reply.ts';
import type { Asked } from './route.ts';

/** an unfinished call older than this is taken over: its process is gone */
const TAKE_OVER_AFTER = 30_000;
const IN_PROGRESS = 0;

export interface Memo {
  /** undefined at the first attempt */
  readonly kept: string | undefined;
  keep(text: string): Promise<void>;
}

/** Runs `act` once per person, route and key. Without a key it just runs. */
export async function once(asked: Asked, route: string, act: (memo: Memo) => Promise<Reply>): Promise<Reply> {
  const given = asked.header('idempotency-key');
  if (given === undefined) return act({ kept: undefined, keep: () => Promise.resolve() });
  if (!/^[\x21-\x7e]{1,200}$/.test(given))
    throw new Problem('INVALID_ARGUMENT', 'Expected Idempotency-Key to be 1 to 200 visible characters, but it is not');
  const id = digest([asked.reader.username, route, given]);
  const bodyHash = digest([asked.body]);
  const { store } = asked.context.runtime;
  const fresh: Row = { id, bodyHash, status: IN_PROGRESS, createdAt: asked.context.now() };
  const first = await store.write(
    [{ op: 'put', collection: 'idempotency', key: id, row: fresh }],
    [{ collection: 'idempotency', key: id }],
  );
  const row = first ? fresh : ((await store.get('idempotency', id)) ?? fresh);
  if (row['bodyHash'] !== bodyHash)
    throw new Problem('IDEMPOTENCY_KEY_REUSED', 'Expected the body that came with this Idempotency-Key before, but it is another');
  const { status, body, kept } = (row['answer'] ?? {}) as { status?: number; body?: unknown; kept?: string };
  if (row['status'] !== IN_PROGRESS && status !== undefined) return { status, body };
  if (!first && !(await takesOver(asked, id, row)))
    throw new Problem('INVALID_STATE', 'Expected the first request with this Idempotency-Key to have ended, but it is still at work', {
      retryAfterSeconds: 1,
    });
  return finish(asked, id, () => act({ kept, keep: (text) => patch(asked, id, { answer: { kept: text } }) }));
}

/** Of many who find the same unfinished call, in whatever process, one goes on with it: each attempt has a time, and only one can follow it. */
async function takesOver({ context }: Asked, id: string, row: Row): Promise<boolean> {
  const [now, began] = [context.now(), Number(row['createdAt'])];
  if (now - began < TAKE_OVER_AFTER) return false;
  const place = `${id}/after/${began}`;
  return await context.runtime.store.write(
    [
      { op: 'put', collection: 'idempotency', key: place, row: { id: place, createdAt: now } },
      { op: 'patch', collection: 'idempotency', key: id, fields: { createdAt: now } },
    ],
    [{ collection: 'idempotency', key: place }],
  );
}

/** A refused request leaves no trace, so that it can be put right and sent again with the same key. */
async function finish(asked: Asked, id: string, act: () => Promise<Reply>): Promise<Reply> {
  try {
    const reply = await act();
    await patch(asked, id, { status: reply.status, answer: { status: reply.status, body: reply.body } });
    return reply;
  } catch (error) {
    if (error instanceof Problem) await asked.context.runtime.store.write([{ op: 'delete', collection: 'idempotency', key: id }]);
    throw error;
  }
}

async function patch(asked: Asked, id: string, fields: Row): Promise<void> {
  await asked.context.runtime.store.write([{ op: 'patch', collection: 'idempotency', key: id, fields }]);
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
