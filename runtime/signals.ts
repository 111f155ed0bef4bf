import { instanceKeyOf, localOf } from '../engine/index.ts';
import type { Actor, Key, Variables } from '../engine/index.ts';
import type { Row } from './collections.ts';
import { happened, isJoined } from './joined-starts.ts';
import { once } from './room.ts';
import type { Room } from './room.ts';
import { allRows } from './every-row.ts';

export interface Broadcast {
  /** names this broadcast: the same one twice reaches everybody once */
  readonly id: string;
  readonly name: string;
  readonly variables: Variables;
  readonly at: number;
  readonly by: Actor;
}

/** A signal reaches everybody who waits for it at that moment, and starts the latest version of every process that begins with it. */
export async function broadcast(room: Room, signal: Broadcast): Promise<void> {
  await room.news.caughtUp();
  for (const row of await listeners(room, signal)) {
    const key: Key = String(row['messageSubscriptionKey']);
    const command = { type: 'trigger-signal', at: room.clock.now(), by: signal.by, n: localOf(key), variables: signal.variables } as const;
    await room.act(instanceKeyOf(key), command, once(`signal-${signal.id}-${key}`, signal.at));
  }
  for (const definition of room.book.latestEntries()) {
    for (const start of definition.starts.filter((known) => known.kind === 'signal' && known.name === signal.name)) {
      if (isJoined(start)) {
        await happened(room, definition, start, {
          id: `signal-${signal.id}-${start.elementId}`,
          variables: signal.variables,
          by: signal.by,
        });
        continue;
      }
      const instanceKey = await room.ids.next();
      const command = {
        type: 'create-instance',
        at: room.clock.now(),
        by: signal.by,
        instanceKey,
        variables: signal.variables,
        startElementId: start.elementId,
      } as const;
      await room.act(instanceKey, command, { definition, ...once(`signal-${signal.id}-${definition.id}-${start.elementId}`, signal.at) });
    }
  }
}

async function listeners(room: Room, { name, at }: Broadcast): Promise<readonly Row[]> {
  const filter = { kind: 'signal', messageName: name, messageSubscriptionState: 'CREATED', createdAt: { $lte: at } };
  return await allRows(room.store, 'subscriptions', { filter });
}
