/**
 * Messages, by Camunda 8's rules: a message goes to at most one instance of each process id; with a time to live it waits for those who
 * come later, oldest first; the same message id is refused while the first one lives; a message start event with a correlation key
 * starts at most one running instance per process id and key.
 */
import { createHash } from 'node:crypto';
import { instanceKeyOf, localOf } from '../engine/index.ts';
import type { Actor, Event, Key, Rejection } from '../engine/index.ts';
import type { Row } from './collections.ts';
import type { DefinitionEntry } from './definitions.ts';
import { readBaton, takeBaton } from './baton.ts';
import { beginComplete, happened, isJoined, isLastPart } from './joined-starts.ts';
import type { JoinedStart } from './joined-starts.ts';
import { createLanes } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import { buffered, lockOf, messageOf, taking } from './message-rows.ts';
import type { Message } from './message-rows.ts';
import type { RowChange } from './ports.ts';
import type { PublishMessage } from './runtime.ts';
import type { Room } from './room.ts';
import type { Origin } from './settle.ts';
import { everyRow } from './every-row.ts';

const PAGE = 1_000;

/** process instance that took the message */
type Hit = { readonly processInstanceKey: Key };
/** `atOnce`: only to somebody who goes on with it */
type Offered = Message & { readonly atOnce?: boolean };
type Request = PublishMessage & Pick<Offered, 'atOnce'>;

export interface Messages {
  publish(request: Request, by: Actor): Promise<{ readonly ok: true; readonly messageKey: Key; readonly hits: readonly Hit[] } | Rejection>;
  /** somebody waits now: what was published before? */
  subscribed(event: Extract<Event, { readonly t: 'subscription-opened' }>, origin: Origin): Promise<void>;
  /** an instance ended, or (`moved`) became one of another process: messages that may start the next one of its process and key */
  freed(origin: Origin, moved: boolean): Promise<void>;
  /** forgets the dead, tries the living again */
  sweep(): Promise<void>;
}

export function createMessages(room: Room): Messages {
  const lanes = createLanes();
  return {
    publish: (request, by) => publish(room, lanes, { request, by }),
    subscribed: async (event, origin) => await subscribed(room, event, origin),
    freed: async (origin, moved) => await freed(room, origin, moved),
    sweep: async () => await sweep(room),
  };
}

/**
 * One publication per message id at a time in this process; across processes the baton of the id goes from the message that has died
 * to exactly one new one, in the very write that makes it durable.
 */
async function publish(
  room: Room,
  lanes: Lanes,
  asked: { readonly request: Request; readonly by: Actor },
): ReturnType<Messages['publish']> {
  const { request } = asked;
  if (request.messageId === undefined || request.messageId === '') return await publishOne(room, asked);
  const dedupe = JSON.stringify([request.name, request.correlationKey ?? '', request.messageId]);
  return await lanes.run(dedupe, async () => {
    const known = await room.store.search('messages', { filter: { dedupe, expiresAt: { $gt: room.clock.now() } }, limit: 1, countUpTo: 1 });
    const [alive] = known.items;
    if (alive === undefined) return await publishOne(room, { ...asked, dedupe });
    // whoever kept it may have died with the next step: "already there" is only said of what was offered
    if (alive['offeredAt'] === undefined) await offer(room, messageOf(alive));
    return aliveAlready(request);
  });
}

function aliveAlready({ messageId = '' }: PublishMessage): Rejection {
  return {
    ok: false,
    kind: 'ALREADY_EXISTS',
    reason: `Expected a new message, but one with id '${messageId}', the same name and correlation key is still alive`,
  };
}

async function publishOne(
  room: Room,
  { request, by, dedupe }: { readonly request: Request; readonly by: Actor; readonly dedupe?: string },
): ReturnType<Messages['publish']> {
  if (request.name === '') return { ok: false, kind: 'INVALID_ARGUMENT', reason: 'Expected a message to have a name, but it is empty' };
  const [now, timeToLive] = [room.clock.now(), request.timeToLive ?? 0];
  const message = {
    messageKey: await room.ids.next(),
    name: request.name,
    correlationKey: request.correlationKey ?? '',
    variables: request.variables ?? {},
    by,
    ...(request.atOnce && { atOnce: true }),
    ...(request.businessId !== undefined && { businessId: request.businessId }),
  };
  // DURABLE BEFORE ANYBODY LOOKS: a subscription that opens meanwhile finds the row, or this search finds the subscription; never neither
  if (timeToLive > 0) {
    const row = rowOf(message, request, { now, expiresAt: now + timeToLive, ...(dedupe !== undefined && { dedupe }) });
    if (!(await keep(room, { op: 'put', collection: 'messages', key: message.messageKey, row }))) return aliveAlready(request);
    return { ok: true, messageKey: message.messageKey, hits: await offer(room, message) };
  }
  return { ok: true, messageKey: message.messageKey, hits: await correlate(room, message) };
}

/**
 * A kept message is offered to all who wait now; those who come later ask for it themselves. LAW: until `offeredAt` is written the sweeper offers it
 * again, because the process that kept it may have died in between.
 */
async function offer(room: Room, message: Offered): Promise<readonly Hit[]> {
  const hits = await correlate(room, message);
  const fields = { offeredAt: room.clock.now() };
  // what was taken is taken, whether this is noted or not
  await room.store.write([{ op: 'patch', collection: 'messages', key: message.messageKey, fields }]).catch(() => undefined);
  return hits;
}

/** False: a message of the same id lives. */
async function keep(room: Room, change: Extract<RowChange, { readonly op: 'put' }>): Promise<boolean> {
  const { dedupe, messageKey, expiresAt } = change.row;
  if (dedupe === undefined || !room.shared) return await room.store.write([change]);
  const id = `message-${createHash('sha256').update(String(dedupe)).digest('base64url')}`;
  const from = await readBaton(room.store, id);
  if (from !== undefined && Number(from.answer['expiresAt']) > room.clock.now()) return false;
  const keptUntil = Number(expiresAt);
  return await takeBaton(room.store, { id, from, token: String(messageKey), answer: { expiresAt }, keptUntil, changes: [change] });
}

function rowOf(
  { messageKey, name, correlationKey, businessId, variables }: Message,
  { messageId }: PublishMessage,
  life: { readonly now: number; readonly expiresAt: number; readonly dedupe?: string },
): Row {
  return {
    messageKey,
    name,
    correlationKey,
    businessId,
    messageId,
    variables,
    publishedAt: life.now,
    expiresAt: life.expiresAt,
    dedupe: life.dedupe,
  };
}

async function correlate(room: Room, message: Offered): Promise<readonly Hit[]> {
  await room.news.caughtUp();
  const hits: Hit[] = [];
  const served = new Set<unknown>();
  for (const subscription of message.correlationKey === '' ? [] : await waiting(room, message)) {
    if (served.has(subscription['processDefinitionId'])) continue;
    const taken = await deliver(room, message, subscription);
    if (taken !== 'refused') served.add(subscription['processDefinitionId']);
    if (taken === 'taken') hits.push({ processInstanceKey: String(subscription['processInstanceKey']) });
  }
  for (const definition of room.book.latestEntries().filter(({ id }) => !served.has(id)))
    hits.push(...(await start(room, message, definition)));
  return hits;
}

async function waiting(room: Room, { name, correlationKey, businessId }: Message): Promise<readonly Row[]> {
  const named = businessId === undefined ? {} : { businessId };
  const filter = { kind: 'message', messageName: name, correlationKey, messageSubscriptionState: 'CREATED', ...named };
  return (await room.store.search('subscriptions', { filter, sort: [{ field: 'messageSubscriptionKey' }], limit: 10_000 })).items;
}

/** refused: nobody is there any more, the next one may have it. claimed: this process has had it. */
async function deliver(room: Room, message: Message, subscription: Row): Promise<'taken' | 'claimed' | 'refused'> {
  const key = String(subscription['messageSubscriptionKey']);
  const processDefinitionId = String(subscription['processDefinitionId']);
  const at = room.clock.now();
  const correlation = {
    processDefinitionId,
    processInstanceKey: subscription['processInstanceKey'],
    processDefinitionKey: subscription['processDefinitionKey'],
    elementId: subscription['elementId'],
    elementInstanceKey: subscription['elementInstanceKey'],
    subscriptionKey: key,
  };
  const command = {
    type: 'correlate-message',
    at,
    by: message.by,
    n: localOf(key),
    messageKey: message.messageKey,
    variables: message.variables,
  } as const;
  const outcome = await room.act(
    instanceKeyOf(key),
    command,
    taking(message, processDefinitionId, { ...correlation, correlationTime: at }),
  );
  return outcome.ok ? 'taken' : outcome.kind === 'CLAIMED' ? 'claimed' : 'refused';
}

async function start(room: Room, message: Offered, definition: DefinitionEntry): Promise<readonly Hit[]> {
  const hits: Hit[] = [];
  for (const known of definition.starts) {
    if (known.kind !== 'message' || known.name !== message.name) continue;
    if (isJoined(known)) {
      hits.push(...(await startJoined(room, message, { definition, known })));
      continue;
    }
    const processInstanceKey = await room.ids.next();
    const at = room.clock.now();
    const { claims, rows } = taking(message, definition.id, {
      processDefinitionId: definition.id,
      processDefinitionKey: definition.key,
      processInstanceKey,
      elementId: known.elementId,
      correlationTime: at,
    });
    const lock = lockOf(definition.id, message.correlationKey);
    const command = {
      type: 'create-instance',
      at,
      by: message.by,
      instanceKey: processInstanceKey,
      variables: message.variables,
      startElementId: known.elementId,
      messageKey: message.messageKey,
      ...(message.businessId !== undefined && { businessId: message.businessId }),
    } as const;
    const outcome = await room.act(processInstanceKey, command, {
      definition,
      claims: [...claims, ...(lock === undefined ? [] : [{ collection: 'idempotency', key: lock } as const])],
      rows: [...rows, ...(lock === undefined ? [] : [{ op: 'put', collection: 'idempotency', key: lock, row: { id: lock } } as const])],
    });
    if (outcome.ok) hits.push({ processInstanceKey });
  }
  return hits;
}

/** One part of several that begin an instance together. Whoever wants to know which instance takes it is told only of the last part. */
async function startJoined(
  room: Room,
  message: Offered,
  { definition, known }: { readonly definition: DefinitionEntry; readonly known: JoinedStart },
): Promise<readonly Hit[]> {
  if (message.atOnce && !(await isLastPart(room, definition, known, message))) return [];
  const { messageKey: id, variables, by } = message;
  const keys = await happened(room, definition, known, { id, variables, by, message });
  return keys.map((processInstanceKey) => ({ processInstanceKey }));
}

async function subscribed(room: Room, event: Extract<Event, { readonly t: 'subscription-opened' }>, origin: Origin): Promise<void> {
  const { name, correlationKey = '' } = event;
  const filter = { messageSubscriptionKey: origin.keyOf(event.n) };
  const [subscription] = (await room.store.search('subscriptions', { filter, limit: 1 })).items;
  if (subscription === undefined || subscription['messageSubscriptionState'] !== 'CREATED') return;
  for (const message of await buffered(room, name, correlationKey)) {
    if (message.businessId !== undefined && message.businessId !== subscription['businessId']) continue;
    if ((await deliver(room, message, subscription)) === 'refused') return;
  }
}

async function freed(room: Room, origin: Origin, moved: boolean): Promise<void> {
  const instance = await room.store.get('processInstances', origin.instanceKey);
  // those that began something; an instance may have taken any number of others
  const filter = { processInstanceKey: origin.instanceKey, subscriptionKey: { $exists: false } };
  for await (const row of everyRow(room.store, 'messageCorrelations', { filter })) {
    const id = String(row['processDefinitionId']);
    // the lock of a process that it left by migration was freed then, and may be another's now
    if ((id === instance?.['processDefinitionId']) === moved) continue;
    const [name, correlationKey] = [String(row['messageName']), String(row['correlationKey'] ?? '')];
    const [lock, definition] = [lockOf(id, correlationKey), room.book.latestEntry(id)];
    if (lock === undefined || definition === undefined) continue;
    await room.store.write([{ op: 'delete', collection: 'idempotency', key: lock }]);
    for (const known of definition.starts.filter(isJoined)) await beginComplete(room, definition, known);
    for (const message of await buffered(room, name, correlationKey)) if ((await start(room, message, definition)).length > 0) break;
  }
}

async function sweep(room: Room): Promise<void> {
  await forgetDead(room);
  const filter = { offeredAt: { $exists: false }, expiresAt: { $gt: room.clock.now() } };
  for await (const row of everyRow(room.store, 'messages', { filter, sort: [{ field: 'publishedAt' }] })) await offer(room, messageOf(row));
}

async function forgetDead(room: Room): Promise<void> {
  for (;;) {
    const filter = { expiresAt: { $lte: room.clock.now() } };
    const { items } = await room.store.search('messages', { filter, sort: [{ field: 'expiresAt' }], limit: PAGE, countUpTo: 1 });
    if (items.length > 0)
      await room.store.write(items.map((row) => ({ op: 'delete', collection: 'messages', key: String(row['messageKey']) })));
    if (items.length < PAGE) return;
  }
}
