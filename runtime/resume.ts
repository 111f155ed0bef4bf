/**
 * What an instance missed while it was suspended, made good: called instances that ended, messages that still wait, timers that became due.
 * Signals are not: they reach those who wait at that moment, and a suspended instance does not.
 */
import { localOf } from '../engine/index.ts';
import type { Event, Key } from '../engine/index.ts';
import { endChild, propagate } from './children.ts';
import type { Messages } from './messages.ts';
import type { Room } from './room.ts';
import type { Origin } from './settle.ts';
import { fireDue } from './timers.ts';
import { everyRow } from './every-row.ts';

/** May run twice: what was taken the first time is refused the second time. */
export async function catchUp(room: Room, origin: Origin, messages: Messages): Promise<void> {
  await children(room, origin);
  await waits(room, origin, messages);
  await fireDue(room);
}

/** Everything that children reported since the suspension was refused then, so none of it comes twice. */
async function children(room: Room, { instanceKey, at, by }: Origin): Promise<void> {
  const since = await suspendedAt(room, instanceKey, at);
  for await (const child of everyRow(room.store, 'processInstances', { filter: { parentProcessInstanceKey: instanceKey } })) {
    if (child['endDate'] !== undefined && Number(child['endDate']) < since) continue;
    const key = String(child['processInstanceKey']);
    const origin = { effectId: `resumed-${key}`, instanceKey: key, at, by, keyOf: () => key };
    for (const step of await room.store.events(key))
      if (step.at >= since) for (const event of step.events) await report(room, event, origin);
  }
}

async function report(room: Room, event: Event, origin: Origin): Promise<void> {
  if (event.t === 'instance-completed') await endChild(room, event, origin);
  if (event.t === 'propagated-to-parent') await propagate(room, event, origin);
}

async function suspendedAt(room: Room, instanceKey: Key, resumedAt: number): Promise<number> {
  const history = await room.store.events(instanceKey);
  const suspensions = history.filter((step) => step.at <= resumedAt && step.events.some(({ t }) => t === 'instance-suspended'));
  return suspensions.at(-1)?.at ?? resumedAt;
}

async function waits(room: Room, origin: Origin, messages: Messages): Promise<void> {
  const filter = { processInstanceKey: origin.instanceKey, kind: 'message', messageSubscriptionState: 'CREATED' };
  for await (const row of everyRow(room.store, 'subscriptions', { filter }))
    await messages.subscribed(
      {
        t: 'subscription-opened',
        n: localOf(String(row['messageSubscriptionKey'])),
        el: localOf(String(row['elementInstanceKey'])),
        element: String(row['elementId']),
        kind: 'message',
        name: String(row['messageName']),
        correlationKey: String(row['correlationKey'] ?? ''),
        interrupting: row['interrupting'] === true,
        at: Number(row['createdAt']),
      },
      origin,
    );
}
