/** Where agencies bring answers that come later: an address of one call alone, for one answer. Who has the address may use it, once. */
import { createHash } from 'node:crypto';
import { json, parseBody, textParam } from '../input.ts';
import { anyone } from '../policy.ts';
import { Problem } from '../problem.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

/** any JSON: the worker judges it by the contract */
const answerBody = json;

async function bring(asked: Asked): Promise<Reply> {
  const { runtime, registry, now } = asked.context;
  const jobKey = registry?.jobOfCallback(textParam(asked, 'token'));
  if (jobKey === undefined) throw new Problem('NOT_FOUND', 'Expected the address of a call, but it is none of ours');
  const answer = parseBody(asked, answerBody);
  const answerHash = createHash('sha256').update(JSON.stringify(answer)).digest('hex');
  const { store } = runtime;
  const [wait, job] = await Promise.all([store.get('agencyWaits', jobKey), store.get('jobs', jobKey)]);
  // an agency that did not hear our answer brings the same once more: that is no second use
  if (wait?.['answerHash'] === answerHash) return { status: 202, body: { accepted: true, repeated: true } };
  if (wait?.['answerHash'] !== undefined) throw used();
  if (wait === undefined || job?.['open'] !== true)
    throw new Problem('INVALID_STATE', 'Expected a call that waits for its answer, but it waits no more');
  const claim = { collection: 'idempotency', key: `callback-${jobKey}-${String(wait['since'])}` } as const;
  const fields = { answer, answerHash, answeredAt: now() };
  const taken = await store.write(
    [
      { op: 'patch', collection: 'agencyWaits', key: jobKey, fields },
      { op: 'put', ...claim, row: { id: claim.key, createdAt: now() } },
    ],
    [claim],
  );
  if (!taken) throw used();
  await runtime.wakeJob(jobKey);
  return { status: 202, body: { accepted: true, repeated: false } };
}

const used = (): Problem => new Problem('ALREADY_EXISTS', 'Expected the first answer to this address, but another one is here already');

export const callbackRoutes: readonly Route[] = [
  { method: 'post', path: '/api/v1/callbacks/:token', allow: anyone, body: answerBody, summary: 'Brings the answer of a call that asked for it later', handler: bring },
]; // prettier-ignore
