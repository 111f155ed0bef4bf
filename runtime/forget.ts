/** An ended case leaves no trace in lists and history, with everything that it called. Documents stay: whoever holds a permit must be able to prove it. */
import type { Key, Rejection } from '../engine/index.ts';
import type { CollectionName, Row } from './collections.ts';
import type { RowChange } from './ports.ts';
import type { Room } from './room.ts';

const PAGE = 1_000;

/** How the rows of a case are named in each collection. */
const kept: readonly (readonly [CollectionName, (row: Row) => string])[] = [
  ['elementInstances', (row) => String(row['elementInstanceKey'])],
  ['sequenceFlows', (row) => String(row['sequenceFlowId'])],
  ['variables', (row) => String(row['variableKey'])],
  ['jobs', (row) => String(row['jobKey'])],
  ['userTasks', (row) => String(row['userTaskKey'])],
  ['incidents', (row) => String(row['incidentKey'])],
  ['subscriptions', (row) => String(row['messageSubscriptionKey'])],
  ['timers', (row) => String(row['timerKey'])],
  ['decisionInstances', (row) => String(row['decisionEvaluationInstanceKey'])],
  ['exchanges', (row) => String(row['exchangeId'])],
];

export async function forgetInstance(room: Room, key: Key): Promise<{ readonly ok: true } | Rejection> {
  const row = await room.store.get('processInstances', key);
  if (row === undefined) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a process instance ${key}, but there is none` };
  if (row['endDate'] === undefined)
    return {
      ok: false,
      kind: 'INVALID_STATE',
      reason: `Expected process instance ${key} to have ended, but it is ${String(row['state'])}`,
    };
  const parent = row['parentProcessInstanceKey'];
  if (parent !== undefined && (await room.store.get('processInstances', String(parent))) !== undefined)
    return {
      ok: false,
      kind: 'INVALID_STATE',
      reason: `Expected a process instance that nobody called, but ${key} belongs to ${String(parent)}: delete that one`,
    };
  await forgetWithChildren(room, key);
  return { ok: true };
}

/** Children first and the case's own row last: after a crash in between it is still in the list and can be deleted again. */
async function forgetWithChildren(room: Room, key: Key): Promise<void> {
  for (const child of await rows(room, 'processInstances', { parentProcessInstanceKey: key }))
    await forgetWithChildren(room, String(child['processInstanceKey']));
  for (const [collection, nameOf] of kept) await drop(room, { collection, key, nameOf });
  await dropCorrelations(room, key);
  await room.store.forget(key);
  await room.store.write([{ op: 'delete', collection: 'processInstances', key }]);
}

async function rows(room: Room, collection: CollectionName, filter: Row): Promise<readonly Row[]> {
  return (await room.store.search(collection, { filter, limit: PAGE })).items;
}

async function drop(
  room: Room,
  { collection, key, nameOf }: { readonly collection: CollectionName; readonly key: Key; readonly nameOf: (row: Row) => string },
): Promise<void> {
  for (;;) {
    const found = await rows(room, collection, { processInstanceKey: key });
    if (found.length === 0) return;
    await room.store.write(found.map((row): RowChange => ({ op: 'delete', collection, key: nameOf(row) })));
  }
}

/** The row that says "this message went to this process" lives as long as the message: without it the message would go there again. */
async function dropCorrelations(room: Room, key: Key): Promise<void> {
  for (const row of await rows(room, 'messageCorrelations', { processInstanceKey: key })) {
    if ((await room.store.get('messages', String(row['messageKey']))) !== undefined) continue;
    const name = `${String(row['messageKey'])}/${String(row['processDefinitionId'])}`;
    await room.store.write([{ op: 'delete', collection: 'messageCorrelations', key: name }]);
  }
}
