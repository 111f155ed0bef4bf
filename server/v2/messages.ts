import { z } from 'zod';
import { name, parseBody, variables } from '../input.ts';
import { sendsMessages } from '../policy.ts';
import { accepted } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { refuseForeignName } from '../reach.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { withoutNulls } from './jobs.ts';
import { TENANT } from './show.ts';

const YEAR = 365 * 24 * 60 * 60_000;
const message = z.object({
  name,
  correlationKey: z.string().max(4096).nullish(),
  messageId: z.string().max(256).nullish(),
  businessId: z.string().min(1).max(256).nullish(),
  timeToLive: z.number().int().min(0).max(YEAR).nullish(),
  variables: variables.nullish(),
});

async function publish(asked: Asked) {
  await refuseForeignName(asked, 'message', parseBody(asked, message).name);
  const { messageKey } = accepted(await asked.context.runtime.publishMessage(messageOf(asked), actorOf(asked.reader)));
  return ok({ tenantId: TENANT, messageKey });
}

async function correlate(asked: Asked) {
  await refuseForeignName(asked, 'message', parseBody(asked, message).name);
  const { messageKey, processInstanceKey } = accepted(
    await asked.context.runtime.correlateMessage(messageOf(asked), actorOf(asked.reader)),
  );
  return ok({ tenantId: TENANT, messageKey, processInstanceKey });
}

function messageOf(asked: Asked) {
  return withoutNulls(parseBody(asked, message)) as Parameters<typeof asked.context.runtime.publishMessage>[0];
}

const broadcastBody = z.object({ signalName: name, variables: variables.nullish() });
async function broadcast(asked: Asked) {
  const given = parseBody(asked, broadcastBody);
  await refuseForeignName(asked, 'signal', given.signalName);
  const { signalKey } = accepted(
    await asked.context.runtime.broadcastSignal(given.signalName, given.variables ?? {}, actorOf(asked.reader)),
  );
  return ok({ tenantId: TENANT, signalKey });
}

export const messageRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/messages/publication', allow: sendsMessages, body: message, handler: publish },
  { method: 'post', path: '/v2/messages/correlation', allow: sendsMessages, body: message, handler: correlate },
  { method: 'post', path: '/v2/signals/broadcast', allow: sendsMessages, records: 'house', body: broadcastBody, handler: broadcast },
];
