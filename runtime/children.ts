/** Instances that call activities start. A child is found by the element instance that called it; nothing here is done twice. */
import { keyOf, localOf } from '../engine/index.ts';
import type { Event, Key } from '../engine/index.ts';
import type { Row } from './collections.ts';
import type { Outcome } from './execute.ts';
import type { Origin } from './settle.ts';
import { once, SYSTEM } from './room.ts';
import type { Room } from './room.ts';

/** Levels of calls. A process that calls itself without end stops here. */
const DEEPEST = 100;

type Of<T extends Event['t']> = Extract<Event, { readonly t: T }>;

export async function startChild(room: Room, event: Of<'child-requested'>, origin: Origin): Promise<void> {
  const elementInstanceKey = keyOf(origin.instanceKey, event.el);
  if ((await childOf(room, elementInstanceKey)) !== undefined) return;
  await room.news.caughtUp();
  const definition = event.processKey === undefined ? room.book.latestEntry(event.processId) : room.book.entry(event.processKey);
  if (definition === undefined)
    return await failChild(room, origin, { el: event.el, message: `Expected a deployed process '${event.processId}', but there is none.` });
  const caller = await room.store.get('processInstances', origin.instanceKey);
  if ((await depthOf(room, caller)) >= DEEPEST)
    return await failChild(room, origin, {
      el: event.el,
      message: `Expected at most ${DEEPEST} levels of processes that call each other, but '${event.processId}' would be one more.`,
    });
  const instanceKey = await room.ids.next();
  const at = room.clock.now();
  const parent = {
    processInstanceKey: origin.instanceKey,
    elementInstanceKey,
    rootProcessInstanceKey: String(caller?.['rootProcessInstanceKey'] ?? origin.instanceKey),
  };
  const businessId = event.businessId === undefined ? {} : { businessId: event.businessId };
  const outcome = await room.act(
    instanceKey,
    { type: 'create-instance', at, by: origin.by, instanceKey, variables: event.variables, parent, ...businessId },
    { definition, ...once(`child-${elementInstanceKey}`, at) },
  );
  if (!outcome.ok && outcome.kind !== 'CLAIMED') await failChild(room, origin, { el: event.el, message: outcome.reason });
}

/** Callers above callers, with this one; counted no further than the limit. */
async function depthOf(room: Room, caller: Row | undefined): Promise<number> {
  let depth = 1;
  for (let at = caller; at?.['parentProcessInstanceKey'] !== undefined && depth < DEEPEST; depth++)
    at = await room.store.get('processInstances', String(at['parentProcessInstanceKey']));
  return depth;
}

async function failChild(room: Room, origin: Origin, { el, message }: { readonly el: number; readonly message: string }): Promise<void> {
  await room.act(origin.instanceKey, { type: 'fail-child', at: room.clock.now(), by: SYSTEM, n: el, message });
}

async function childOf(room: Room, parentElementInstanceKey: Key): Promise<Row | undefined> {
  return (await room.store.search('processInstances', { filter: { parentElementInstanceKey }, limit: 1 })).items[0];
}

export async function cancelChild(room: Room, event: Of<'child-cancel-requested'>, origin: Origin): Promise<void> {
  const child = await childOf(room, keyOf(origin.instanceKey, event.el));
  if (child === undefined || child['endDate'] !== undefined) return;
  await room.act(String(child['processInstanceKey']), { type: 'cancel-instance', at: room.clock.now(), by: origin.by });
}

/** The caller may be gone by now, or may have gone on: then its answer is a rejection, and that is fine. */
export async function endChild(room: Room, event: Of<'instance-completed'>, origin: Origin): Promise<void> {
  const caller = await callerOf(room, origin.instanceKey);
  if (caller === undefined) return;
  const { key, n } = caller;
  const outcome = await room.act(key, { type: 'complete-child', at: room.clock.now(), by: origin.by, n, variables: event.variables ?? {} });
  await unlessTooMuch(room, outcome, caller);
}

export async function propagate(room: Room, event: Of<'propagated-to-parent'>, origin: Origin): Promise<void> {
  const caller = await callerOf(room, origin.instanceKey);
  if (caller === undefined) return;
  const { kind, code, message, variables } = event;
  const outcome = await room.act(caller.key, {
    type: 'propagate-from-child',
    at: room.clock.now(),
    by: origin.by,
    n: caller.n,
    kind,
    code,
    variables,
    ...(message !== undefined && { message }),
  });
  await unlessTooMuch(room, outcome, caller);
}

/** What the child brings does not fit into its caller: the caller's call waits as an incident. */
async function unlessTooMuch(room: Room, outcome: Outcome, { key, n }: { readonly key: Key; readonly n: number }): Promise<void> {
  if (outcome.ok || outcome.kind !== 'INVALID_ARGUMENT') return;
  await room.act(key, { type: 'fail-child', at: room.clock.now(), by: SYSTEM, n, message: outcome.reason });
}

async function callerOf(room: Room, childKey: Key): Promise<{ readonly key: Key; readonly n: number } | undefined> {
  const row = await room.store.get('processInstances', childKey);
  if (row?.['parentElementInstanceKey'] === undefined) return undefined;
  return { key: String(row['parentProcessInstanceKey']), n: localOf(String(row['parentElementInstanceKey'])) };
}
