/**
 * News that an agency tells us: signed, of now, each event once. What becomes a message is for the mapping to say (inbound-mapping.ts).
 * LAW: an event counts as taken only once its message is published; a crash in between leaves it to the agency's repeat, under the same message id.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Json } from '../../engine/terms.ts';
import type { Row } from '../../runtime/collections.ts';
import { MAX_NEWS, parseJson } from '../body.ts';
import { keepExchange } from '../exchange-sink.ts';
import { mapped } from '../inbound-mapping.ts';
import type { Mapping, Mapped } from '../inbound-mapping.ts';
import { textParam } from '../input.ts';
import { anyone } from '../policy.ts';
import { problemCodes } from '../problem-codes.ts';
import { accepted, Problem } from '../problem.ts';
import { refuseForeignName } from '../reach.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { toolsOf } from './agency-register.ts';

const MINUTE = 60_000;

async function receive(asked: Asked): Promise<Reply> {
  const { runtime } = asked.context;
  const hook = await runtime.store.get('agencyHooks', textParam(asked, 'hookId'));
  if (hook?.['active'] !== true) throw new Problem('NOT_FOUND', 'Expected an address for news, but it is none of ours');
  const bytes = asked.body instanceof Uint8Array ? asked.body : new Uint8Array();
  await refuseUnsigned(asked, hook, bytes);
  try {
    return await take(asked, hook, bytes);
  } catch (error) {
    if (error instanceof Problem && problemCodes[error.code].status < 500) await noteRefused(asked, hook, error.message);
    throw error;
  }
}

const refusals = {
  missing: 'it or its time is missing',
  wrong: 'it does not fit',
  'too-old': 'it is not of now',
  unusable: 'the secret to check it with cannot be opened here',
} as const;

async function refuseUnsigned(asked: Asked, hook: Row, body: Uint8Array): Promise<void> {
  const { header, target } = asked;
  const call = { method: 'POST', target, header, body };
  const refusal = await toolsOf(asked).inboundRefusal(hook as never, call);
  if (refusal === undefined) return;
  const problem = new Problem('SIGNATURE_REFUSED', `Expected the signature of the agency, but ${refusals[refusal]}`);
  await noteRefused(asked, hook, problem.message);
  throw problem;
}

/** One line per minute and reason, however often: whoever has no secret cannot fill the store. */
async function noteRefused({ context }: Asked, { hookId, agencyId }: Row, detail: string): Promise<void> {
  const { store } = context.runtime;
  const minute = Math.floor(context.now() / MINUTE);
  const deliveryId = `${String(hookId)}/refused/${minute}/${createHash('sha256').update(detail).digest('hex').slice(0, 12)}`;
  const before = await store.get('hookDeliveries', deliveryId);
  const count = Number(before?.['count'] ?? 0) + 1;
  const row = { deliveryId, hookId, agencyId, at: context.now(), outcome: 'refused', detail: detail.slice(0, 500), count };
  await store.write([{ op: 'put', collection: 'hookDeliveries', key: deliveryId, row }]);
}

async function take(asked: Asked, hook: Row, bytes: Uint8Array): Promise<Reply> {
  const { runtime } = asked.context;
  const body = parseJson(bytes) as Json;
  const found = await mapped(runtime, hook['mapping'] as Mapping, body);
  const event = createHash('sha256')
    .update(found?.eventId ?? bytes)
    .digest('hex');
  const deliveryId = `${String(hook['hookId'])}/${event}`;
  const known = await claim(asked, hook, deliveryId);
  if (known !== undefined) return { status: 200, body: { accepted: true, repeated: true } };
  try {
    const outcome = found === undefined ? ({ outcome: 'ignored' } as const) : await publish(asked, hook, { found, event });
    const { processInstanceKey: _case, ...fields } = outcome;
    await runtime.store.write([{ op: 'patch', collection: 'hookDeliveries', key: deliveryId, fields }]);
    await record(asked, hook, { body, bytes, outcome });
    return { status: 202, body: { accepted: true, repeated: false, outcome: outcome.outcome } };
  } catch (error) {
    await runtime.store.write([{ op: 'delete', collection: 'hookDeliveries', key: deliveryId }]).catch(() => undefined);
    throw error;
  }
}

/** The event's row when it was taken before; undefined: it is ours to take. One that a crash left half taken is taken over. */
async function claim({ context }: Asked, { hookId, agencyId }: Row, deliveryId: string): Promise<Row | undefined> {
  const { store } = context.runtime;
  const row = { deliveryId, hookId, agencyId, at: context.now(), outcome: 'taking', count: 1 };
  const put = { op: 'put', collection: 'hookDeliveries', key: deliveryId, row } as const;
  if (await store.write([put], [{ collection: 'hookDeliveries', key: deliveryId }])) return undefined;
  const known = await store.get('hookDeliveries', deliveryId);
  const halfTaken = known?.['outcome'] === 'taking' && Number(known['at']) < context.now() - MINUTE;
  if (known === undefined || halfTaken) {
    await store.write([put]);
    return undefined;
  }
  if (known['outcome'] === 'taking')
    throw new Problem('RESOURCE_EXHAUSTED', 'Expected one delivery of an event at a time, but there are two; try again');
  return known;
}

interface Outcome {
  readonly outcome: 'correlated' | 'waiting' | 'ignored';
  readonly messageKey?: string;
  readonly processInstanceKey?: string;
}

/** Reaches only services in which the agency takes part, whoever wrote the mapping. */
async function publish(asked: Asked, hook: Row, { found, event }: { readonly found: Mapped; readonly event: string }): Promise<Outcome> {
  const { runtime } = asked.context;
  const agency = String(hook['agencyId']);
  const name = String(hook['messageName']);
  const reader = { kind: 'staff', username: `hook:${agency}`, name: agency, agency, roles: [] } as const;
  await refuseForeignName({ ...asked, reader }, 'message', name);
  const { correlationKey, variables } = found;
  const message = { name, correlationKey, variables, messageId: event, timeToLive: Number(hook['timeToLive'] ?? 0) };
  const answer = await runtime.publishMessage(message, { id: reader.username, agency });
  // half taken before, and its message lives: it is done
  if (!answer.ok && answer.kind === 'ALREADY_EXISTS') return { outcome: 'waiting' };
  const { messageKey } = accepted(answer);
  const hit = (await runtime.store.search('messageCorrelations', { filter: { messageKey }, limit: 1 })).items[0];
  if (hit === undefined) return { outcome: 'waiting', messageKey };
  return { outcome: 'correlated', messageKey, processInstanceKey: String(hit['processInstanceKey']) };
}

interface Recorded {
  readonly body: Json;
  readonly bytes: Uint8Array;
  readonly outcome: Outcome;
}

/** As for any exchange: which fields came, when, for which case; never a value. */
async function record(asked: Asked, hook: Row, { body, bytes, outcome }: Recorded): Promise<void> {
  const { context } = asked;
  const { processInstanceKey } = outcome;
  const exchange = {
    kind: 'webhook',
    agency: String(hook['agencyId']),
    operationId: String(hook['name']),
    at: context.now(),
    outcome: 'answered',
    receivedFields: toolsOf(asked).fieldsOf(body),
    replyHash: createHash('sha256').update(bytes).digest('hex'),
    exchangeId: `hook-${randomBytes(12).toString('hex')}`,
    ...(processInstanceKey === undefined ? {} : { processInstanceKey }),
  };
  const failed = (error: unknown): void =>
    context.log('warn', `a record of exchange was not kept: ${error instanceof Error ? error.message : String(error)}`);
  await keepExchange(context.runtime.store, exchange).catch(failed);
}

export const hookRoutes: readonly Route[] = [
  { method: 'post', path: '/api/v1/hooks/:hookId', allow: anyone, reads: 'bytes', summary: `News from an agency, signed: JSON of at most ${MAX_NEWS} bytes`, handler: receive },
]; // prettier-ignore
