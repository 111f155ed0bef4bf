/**
 * Start events that begin an instance when ALL of their parts have happened (parallel multiple). What has happened waits in the store, one row
 * per part: a part that happens again meanwhile is not waited for any more and counts for nothing, as inside an instance. Message parts belong
 * together by correlation key; parts without one go with whichever key is complete first. The commit that begins the instance uses up the rows.
 */
import type { Actor, Key, StartSubscription, Variables } from '../engine/index.ts';
import type { Row } from './collections.ts';
import type { DefinitionEntry } from './definitions.ts';
import type { Extras } from './execute.ts';
import { buffered, lockOf, takenKey, taking } from './message-rows.ts';
import type { Message } from './message-rows.ts';
import type { RowChange } from './ports.ts';
import { once } from './room.ts';
import type { Room } from './room.ts';

export type JoinedStart = StartSubscription & { readonly together: NonNullable<StartSubscription['together']> };

export function isJoined(start: StartSubscription): start is JoinedStart {
  return start.together !== undefined;
}

export interface Happening {
  /** names what happened: the same one twice counts once */
  readonly id: string;
  readonly variables: Variables;
  readonly by: Actor;
  readonly message?: Message;
  /** written with it, or not at all */
  readonly rows?: readonly RowChange[];
}

/** Several of one start event that begin instances at the same moment; more wait for the next look. */
const MOST = 10_000;

/** Keys of the instances that begin because of it: none while other parts are missing. */
export async function happened(room: Room, definition: DefinitionEntry, start: JoinedStart, what: Happening): Promise<readonly Key[]> {
  const { message } = what;
  const event = { processDefinitionId: definition.id, elementId: start.elementId };
  const place = { ...event, part: start.together.part };
  const correlationKey = message?.correlationKey ?? '';
  const key = JSON.stringify([...Object.values(place), correlationKey]);
  const at = room.clock.now();
  const row: Row = { ...place, correlationKey, occurrence: what.id, variables: what.variables, by: what.by, happenedAt: at };
  const said = message ? taking(message, definition.id, { ...event, correlationTime: at }) : once(`part-${what.id}-${definition.id}`, at);
  const { claims = [], rows = [] } = said;
  const spent = [...rows, ...(what.rows ?? [])];
  const from = message && { messageKey: message.messageKey, businessId: message.businessId };
  const put: RowChange = { op: 'put', collection: 'startParts', key, row: { ...row, ...from } };
  const kept = await room.store.write([...spent, put], [...claims, { collection: 'startParts', key }]);
  // not waited for any more: over, but a message that lives may be taken for the next instance
  // (a timer moves on in any case)
  if (!kept && message === undefined && !(await room.store.write(spent, claims)) && what.rows) await room.store.write(what.rows);
  return await beginComplete(room, definition, start);
}

/** Would this message be the last part? For whoever wants it taken at once or not at all. */
export async function isLastPart(
  room: Room,
  definition: DefinitionEntry,
  start: JoinedStart,
  { correlationKey }: Message,
): Promise<boolean> {
  const rows = await partsOf(room, definition, start);
  const others = start.together.all.filter((part) => part !== start.together.part);
  return others.every((part) => rows.some((row) => row['part'] === part && row['correlationKey'] === keyFor(part, correlationKey)));
}

/** Begins as many instances as there are complete sets of parts. */
export async function beginComplete(room: Room, definition: DefinitionEntry, start: JoinedStart): Promise<readonly Key[]> {
  const began: Key[] = [];
  const held = new Set<unknown>();
  for (;;) {
    const set = completeSet(await partsOf(room, definition, start), start.together.all, held);
    if (set === undefined) return began;
    const key = await begin(room, definition, { elementId: start.elementId, set });
    if (key === undefined) held.add(set.correlationKey);
    else began.push(key, ...(await nextMessages(room, definition, { start, correlationKey: set.correlationKey })));
  }
}

/** At the start and from time to time: what a crash left complete, and what belongs to start events that are there no more. */
export async function sweepJoinedStarts(room: Room): Promise<void> {
  const known = new Set<string>();
  for (const definition of room.book.latestEntries())
    for (const start of definition.starts.filter(isJoined)) {
      known.add(JSON.stringify([definition.id, start.elementId, start.together.part]));
      await beginComplete(room, definition, start);
    }
  const { items } = await room.store.search('startParts', { limit: MOST });
  const left = items.filter((row) => !known.has(JSON.stringify([row['processDefinitionId'], row['elementId'], row['part']])));
  if (left.length > 0) await room.store.write(left.map((row) => ({ op: 'delete', collection: 'startParts', key: rowKey(row) })));
}

interface CompleteSet {
  readonly correlationKey: string;
  /** one per part, in the order in which they happened */
  readonly rows: readonly Row[];
}

async function partsOf(room: Room, { id }: DefinitionEntry, { elementId }: JoinedStart): Promise<readonly Row[]> {
  const filter = { processDefinitionId: id, elementId };
  return (await room.store.search('startParts', { filter, sort: [{ field: 'happenedAt' }], limit: MOST })).items;
}

function isMessage(part: string): boolean {
  return part.startsWith('message ');
}

function keyFor(part: string, correlationKey: string): string {
  return isMessage(part) ? correlationKey : '';
}

function completeSet(rows: readonly Row[], all: readonly string[], held: ReadonlySet<unknown>): CompleteSet | undefined {
  const first = all.find(isMessage);
  const keys = first === undefined ? [''] : rows.filter((row) => row['part'] === first).map((row) => String(row['correlationKey']));
  for (const correlationKey of keys.filter((key) => !held.has(key))) {
    const set = rows.filter((row) => row['correlationKey'] === keyFor(String(row['part']), correlationKey));
    if (all.every((part) => set.some((row) => row['part'] === part)))
      return { correlationKey, rows: set.filter((row) => all.includes(String(row['part']))) };
  }
  return undefined;
}

/** Undefined: an instance of this key runs, or another process has begun this one. */
async function begin(
  room: Room,
  definition: DefinitionEntry,
  { elementId, set }: { readonly elementId: string; readonly set: CompleteSet },
): Promise<Key | undefined> {
  const instanceKey = await room.ids.next();
  const at = room.clock.now();
  const last = set.rows.at(-1);
  const messageKey = set.rows.findLast((row) => row['messageKey'] !== undefined)?.['messageKey'] as Key | undefined;
  const businessId = set.rows.findLast((row) => row['businessId'] !== undefined)?.['businessId'];
  const command = {
    type: 'create-instance',
    at,
    by: last?.['by'] as Actor,
    instanceKey,
    variables: Object.assign({}, ...set.rows.map((row) => row['variables'])) as Variables,
    startElementId: elementId,
    ...(messageKey !== undefined && { messageKey }),
    ...(typeof businessId === 'string' && { businessId }),
  } as const;
  const outcome = await room.act(instanceKey, command, {
    definition,
    ...using(set, { id: definition.id, key: definition.key, instanceKey, at }),
  });
  if (outcome.ok) return instanceKey;
  if (outcome.kind !== 'CLAIMED') room.log('warn', `start ${definition.id} ${elementId}: ${outcome.reason}`);
  return undefined;
}

/** Each row is used once, and one instance runs per key. */
function using(
  { rows, correlationKey }: CompleteSet,
  { id, key, instanceKey, at }: { readonly id: string; readonly key: Key; readonly instanceKey: Key; readonly at: number },
): Required<Pick<Extras, 'claims' | 'rows'>> {
  const used = rows.map((row) => once(`used-${rowKey(row)}-${String(row['occurrence'])}`, at));
  const lock = lockOf(id, correlationKey);
  const running = lock === undefined ? [] : [{ collection: 'idempotency', key: lock } as const];
  const taken = rows.flatMap((row): readonly RowChange[] => {
    const gone = { op: 'delete', collection: 'startParts', key: rowKey(row) } as const;
    if (row['messageKey'] === undefined) return [gone];
    const fields = { processInstanceKey: instanceKey, processDefinitionKey: key };
    return [gone, { op: 'patch', collection: 'messageCorrelations', key: takenKey(String(row['messageKey']), id), fields }];
  });
  return {
    claims: [...used.flatMap(({ claims = [] }) => claims), ...running],
    rows: [
      ...taken,
      ...used.flatMap((mark) => mark.rows ?? []),
      ...running.map((place) => ({ op: 'put', ...place, row: { id: place.key } }) as const),
    ],
  };
}

function rowKey(row: Row): string {
  return JSON.stringify([row['processDefinitionId'], row['elementId'], row['part'], row['correlationKey']]);
}

/** The message parts are waited for again: those that were kept are taken now. */
async function nextMessages(
  room: Room,
  definition: DefinitionEntry,
  { start, correlationKey }: { readonly start: JoinedStart; readonly correlationKey: string },
): Promise<readonly Key[]> {
  const began: Key[] = [];
  for (const part of start.together.all.filter(isMessage)) {
    for (const message of await buffered(room, part.slice('message '.length), correlationKey)) {
      const next = { ...start, together: { ...start.together, part } };
      began.push(
        ...(await happened(room, definition, next, { id: message.messageKey, variables: message.variables, by: message.by, message })),
      );
    }
  }
  return began;
}
