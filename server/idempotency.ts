/**
 * Creating calls with an Idempotency-Key: the same key and body give the same answer, however often the network repeats them.
 * What the call has to remember for a repetition after a crash (its reference number) is kept before it acts. Kept answers are sealed with the key itself:
 * who has it reads its own answer again, and nobody else, because some tell a secret once.
 */
import { createHash } from 'node:crypto';
import type { Row } from '../runtime/collections.ts';
import { createSealed } from './identity/sealed.ts';
import type { Sealed } from './identity/sealed.ts';
import { Problem } from './problem.ts';
import type { Reply } from './reply.ts';
import type { Asked } from './route.ts';

/** an unfinished call older than this is taken over: its process is gone */
const TAKE_OVER_AFTER = 30_000;
const IN_PROGRESS = 0;
/** seconds that answers are kept; the hourly tidying takes them away */
const KEPT_FOR = 25 * 3_600;

type About = Omit<Asked, 'memo'>;

export interface Memo {
  /** undefined at the first attempt */
  readonly kept: string | undefined;
  keep(text: string): Promise<void>;
}

/** `repeated`: it was answered before */
export type Answered = Reply & { readonly repeated?: true };

/** of a call without a key */
export const NO_MEMO: Memo = { kept: undefined, keep: () => Promise.resolve() };

/** Runs `act` once per person, route and key. Without a key it just runs. */
export async function once(asked: Omit<Asked, 'memo'>, route: string, act: (memo: Memo) => Promise<Reply>): Promise<Answered> {
  const given = asked.header('idempotency-key');
  if (given === undefined) return act(NO_MEMO);
  if (!/^[\x21-\x7e]{1,200}$/.test(given))
    throw new Problem('INVALID_ARGUMENT', 'Expected Idempotency-Key to be 1 to 200 visible characters, but it is not');
  const id = digest([asked.reader.username, route, given]);
  const bodyHash = digest([asked.body, ...asked.files.map(({ name, field, bytes }) => [name, field, hashOf(bytes)])]);
  const { store } = asked.context.runtime;
  const fresh: Row = { id, bodyHash, status: IN_PROGRESS, createdAt: asked.context.now() };
  const first = await store.write(
    [{ op: 'put', collection: 'idempotency', key: id, row: fresh }],
    [{ collection: 'idempotency', key: id }],
  );
  const row = first ? fresh : ((await store.get('idempotency', id)) ?? fresh);
  if (row['bodyHash'] !== bodyHash)
    throw new Problem('IDEMPOTENCY_KEY_REUSED', 'Expected the body that came with this Idempotency-Key before, but it is another');
  const { answer, kept } = (row['answer'] ?? {}) as { answer?: string; kept?: string };
  const seal = createSealed(asked.context.secret, { purpose: `answer to ${given}`, now: asked.context.now });
  if (row['status'] !== IN_PROGRESS && answer !== undefined) return repeat(await seal.open(answer));
  if (!first && !(await takesOver(asked, id, row)))
    throw new Problem('INVALID_STATE', 'Expected the first request with this Idempotency-Key to have ended, but it is still at work', {
      retryAfterSeconds: 1,
    });
  return finish(asked, { id, seal }, () => act({ kept, keep: (text) => patch(asked, id, { answer: { kept: text } }) }));
}

/** Of many who find the same unfinished call, in whatever process, one goes on with it: each attempt has a time, and only one can follow it. */
async function takesOver({ context }: About, id: string, row: Row): Promise<boolean> {
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
async function finish(
  asked: About,
  { id, seal }: { readonly id: string; readonly seal: Sealed },
  act: () => Promise<Reply>,
): Promise<Reply> {
  try {
    const reply = await act();
    const { status, body } = reply;
    await patch(asked, id, { status, answer: { answer: await seal.seal({ status, ...(body === undefined ? {} : { body }) }, KEPT_FOR) } });
    return reply;
  } catch (error) {
    if (error instanceof Problem) await asked.context.runtime.store.write([{ op: 'delete', collection: 'idempotency', key: id }]);
    throw error;
  }
}

async function patch(asked: About, id: string, fields: Row): Promise<void> {
  await asked.context.runtime.store.write([{ op: 'patch', collection: 'idempotency', key: id, fields }]);
}

function repeat(kept: Readonly<Record<string, unknown>> | undefined): Answered {
  if (kept === undefined)
    throw new Problem('INVALID_STATE', 'Expected an answer that is still kept, but it is over; use another Idempotency-Key');
  const { status, body } = kept;
  return { status: Number(status), ...(body === undefined ? {} : { body }), headers: { 'idempotency-replayed': 'true' }, repeated: true };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
