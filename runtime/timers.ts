/**
 * Due timers. Their truth is `dueAt` in the store; an alarm in this process is only the reason to look.
 * LAW: a timer is fired by a command through the door; the second one of two finds it gone. Late is possible, twice or never is not.
 */
import { instanceKeyOf, localOf, startTimer } from '../engine/index.ts';
import type { TimerDue } from '../engine/index.ts';
import type { Row } from './collections.ts';
import type { DefinitionEntry } from './definitions.ts';
import { happened, isJoined } from './joined-starts.ts';
import type { RowChange } from './ports.ts';
import { once, SYSTEM } from './room.ts';
import type { Room } from './room.ts';
import { pagesOf } from './every-row.ts';

const PAGE = 200;

/** Fires everything that is due; answers how many. One that cannot be fired holds up no other; the first such fault is thrown at the end. */
export async function fireDue(room: Room): Promise<number> {
  const faults: unknown[] = [];
  let fired = 0;
  for (let moved = 1; moved > 0 && faults.length === 0; fired += moved) moved = await firePass(room, faults);
  if (faults.length > 0) throw faults[0];
  return fired;
}

/** Once through everything that is due now; what fires may be due again at once. */
async function firePass(room: Room, faults: unknown[]): Promise<number> {
  let moved = 0;
  const filter = { dueAt: { $lte: room.clock.now() }, suspended: { $neq: true } };
  for await (const rows of pagesOf(room.store, 'timers', { filter, sort: [{ field: 'dueAt' }], limit: PAGE })) {
    // LAW: due is what the store's clock says is due, whatever this machine believes
    const now = await room.storeTime();
    const due = rows.filter(({ dueAt }) => Number(dueAt) <= now);
    if (due.length === 0) return moved;
    for (const result of await Promise.allSettled(due.map(async (row) => await fire(room, row))))
      if (result.status === 'rejected') faults.push(result.reason);
      else moved += result.value ? 1 : 0;
  }
  return moved;
}

/** When the next timer is due; milliseconds. */
export async function nextTimer(room: Room): Promise<number | undefined> {
  const { items } = await room.store.search('timers', {
    filter: { suspended: { $neq: true } },
    sort: [{ field: 'dueAt' }],
    limit: 1,
    countUpTo: 1,
  });
  return items[0]?.['dueAt'] as number | undefined;
}

/** Answers whether the row is gone or moved on. */
async function fire(room: Room, row: Row): Promise<boolean> {
  if (row['processInstanceKey'] === undefined) return await fireStart(room, row);
  const key = String(row['timerKey']);
  const outcome = await room.act(instanceKeyOf(key), { type: 'fire-timer', at: room.clock.now(), by: SYSTEM, n: localOf(key) });
  if (outcome.ok) return true;
  const instance = await room.store.get('processInstances', instanceKeyOf(key));
  // suspended since we looked: the timer stays and is due again when the instance is resumed
  if (outcome.kind !== 'NOT_FOUND' && instance?.['endDate'] === undefined) return false;
  // the instance knows no such timer (any more): the row is a left-over, and would be found for ever
  room.log('warn', `timer ${key}: ${outcome.reason}`);
  await room.store.write([{ op: 'delete', collection: 'timers', key }]);
  return true;
}

/** The instance, the next due time and the claim "this due time has started one" are one commit. */
async function fireStart(room: Room, row: Row): Promise<true> {
  const [key, dueAt] = [String(row['timerKey']), Number(row['dueAt'])];
  const definition = room.book.startable(String(row['processDefinitionKey']));
  if (definition === undefined) {
    await room.store.write([{ op: 'delete', collection: 'timers', key }]);
    return true;
  }
  const previous = { dueAt, ...(row['repeat'] === undefined ? {} : { repeat: Number(row['repeat']) }) };
  const next = nextStart(room, definition, { key, elementId: String(row['elementId']), previous });
  const at = room.clock.now();
  const joined = definition.starts.find((start) => start.kind === 'timer' && start.elementId === row['elementId'] && isJoined(start));
  if (joined && isJoined(joined)) {
    await happened(room, definition, joined, { id: `timer-${key}-${dueAt}`, variables: {}, by: SYSTEM, rows: [next] });
    return true;
  }
  const instanceKey = await room.ids.next();
  const { claims, rows = [] } = once(`timer-${key}-${dueAt}`, at);
  const command = {
    type: 'create-instance',
    at,
    by: SYSTEM,
    instanceKey,
    variables: {},
    startElementId: String(row['elementId']),
  } as const;
  const outcome = await room.act(instanceKey, command, { definition, ...(claims && { claims }), rows: [...rows, next] });
  if (!outcome.ok) await room.store.write([next]);
  return true;
}

function nextStart(
  room: Room,
  definition: DefinitionEntry,
  timer: { readonly key: string; readonly elementId: string; readonly previous: TimerDue },
): RowChange {
  const due = startTimer(definition.process, timer.elementId, room.moment(), timer.previous);
  if (due === undefined) return { op: 'delete', collection: 'timers', key: timer.key };
  return { op: 'put', collection: 'timers', key: timer.key, row: startRow(definition, timer, due) };
}

function startRow(
  definition: DefinitionEntry,
  { key, elementId }: { readonly key: string; readonly elementId: string },
  due: TimerDue,
): Row {
  return {
    timerKey: key,
    processDefinitionKey: definition.key,
    elementId,
    dueAt: due.dueAt,
    ...(due.repeat === undefined ? {} : { repeat: due.repeat }),
  };
}

/** A newer version takes over: the timers of the older ones start nothing any more. */
export async function startTimerRows(room: Room, definition: DefinitionEntry): Promise<readonly RowChange[]> {
  const rows: RowChange[] = [];
  const starts = definition.starts.filter(({ kind }) => kind === 'timer');
  for (const { elementId } of starts) {
    const due = startTimer(definition.process, elementId, room.moment());
    const key = await room.ids.next();
    if (due) rows.push({ op: 'put', collection: 'timers', key, row: startRow(definition, { key, elementId }, due) });
  }
  return rows;
}

export async function endStartTimers(room: Room, definition: DefinitionEntry): Promise<readonly RowChange[]> {
  if (!definition.starts.some(({ kind }) => kind === 'timer')) return [];
  const { items } = await room.store.search('timers', {
    filter: { processDefinitionKey: definition.key, processInstanceKey: null },
    limit: 1_000,
  });
  return items.map((row) => ({ op: 'delete', collection: 'timers', key: String(row['timerKey']) }));
}
