/**
 * Looks at everything that a store holds and tells what cannot be: for `npm run doctor` and the simulator. Reads only.
 * One finding = one broken invariant, with what to do. Of a store that is being written meanwhile, look twice before you believe.
 */
import { evolve, keyOf, localOf, parse, serialize } from '../engine/index.ts';
import type { Event, InstanceState, Key } from '../engine/index.ts';
import type { Row } from './collections.ts';
import type { Store } from './ports.ts';
import { takenFlows } from './taken-flows.ts';
import { everyRow } from './every-row.ts';

export interface Finding {
  /** stable name of the broken invariant */
  readonly code: 'UNREADABLE' | 'FOLD' | 'ROWS' | 'ORPHAN' | 'LIMBO' | 'OUTBOX';
  /** key of the instance */
  readonly instance: Key;
  /** "Expected ..., but ..." */
  readonly message: string;
  readonly hint: string;
}

export interface Inspection {
  readonly active: number;
  readonly pendingEffects: number;
  readonly findings: readonly Finding[];
}

const RESTART = 'Start the server, or run with --repair: what is missing in the queue or the outbox is done again from the store.';
const REBUILD = 'Stop the server and run with --repair: the rows are made anew from the history.';
const RESTORE =
  'Stop the server, keep a copy of the data folder, and restore this instance from a backup. The history in the events table is the truth; tell us.';

/** What a wait of each kind looks like as rows, and where the state keeps it. */
export const kept = [
  { collection: 'jobs', key: 'jobKey', filter: { open: true }, of: (state: InstanceState) => state.jobs },
  {
    collection: 'userTasks',
    key: 'userTaskKey',
    filter: { state: { $notIn: ['COMPLETED', 'CANCELED'] } },
    of: (state: InstanceState) => state.tasks,
  },
  { collection: 'timers', key: 'timerKey', filter: {}, of: (state: InstanceState) => state.timers },
  {
    collection: 'subscriptions',
    key: 'messageSubscriptionKey',
    filter: { messageSubscriptionState: 'CREATED' },
    of: (state: InstanceState) => state.subscriptions,
  },
  { collection: 'incidents', key: 'incidentKey', filter: { state: 'ACTIVE' }, of: (state: InstanceState) => state.incidents },
  { collection: 'elementInstances', key: 'elementInstanceKey', filter: { state: 'ACTIVE' }, of: withoutRoot },
] as const;

/** The process itself has no row among the elements: the case's row tells of it. */
function withoutRoot({ elements }: InstanceState): { keys(): Iterable<number> } {
  return { keys: () => [...elements.keys()].filter((n) => n > 0) };
}

/** Resolves with everything that is wrong. Throws when the store itself cannot be read. */
export async function inspect(store: Store): Promise<Inspection> {
  const findings: Finding[] = [];
  const busy = await outbox(store, findings);
  const active = new Set<Key>();
  for await (const row of everyRow(store, 'processInstances', { filter: { state: { $in: ['ACTIVE', 'SUSPENDED'] } } })) {
    const key = String(row['processInstanceKey']);
    active.add(key);
    await instance(store, row, { findings, busy });
  }
  for (const { collection, key, filter } of kept)
    for await (const row of everyRow(store, collection, { filter })) {
      const owner = row['processInstanceKey'];
      // a timer start event belongs to no instance
      if (owner === undefined || active.has(String(owner))) continue;
      findings.push({
        code: 'ORPHAN',
        instance: String(owner),
        message: `Expected ${collection} ${String(row[key])} to belong to an active instance, but instance ${String(owner)} is not active`,
        hint: REBUILD,
      });
    }
  return { active: active.size, pendingEffects: busy.size, findings };
}

/** Instances with something left to do in others. An effect whose event is gone can never be done. */
async function outbox(store: Store, findings: Finding[]): Promise<ReadonlySet<Key>> {
  const pending = await store.pendingEffects(100_000);
  for (const { id, instanceKey, payload } of pending) {
    const version = Number(payload['version']);
    const step = (await store.events(instanceKey, version)).find((known) => known.version === version);
    if (step?.events[Number(payload['index'])] === undefined)
      findings.push({
        code: 'OUTBOX',
        instance: instanceKey,
        message: `Expected the event of effect ${id} in the history, but it is not there`,
        hint: RESTORE,
      });
  }
  return new Set(pending.map(({ instanceKey }) => instanceKey));
}

interface Looking {
  readonly findings: Finding[];
  readonly busy: ReadonlySet<Key>;
}

async function instance(store: Store, row: Row, { findings, busy }: Looking): Promise<void> {
  const key = String(row['processInstanceKey']);
  const broken = (code: Finding['code'], message: string, hint: string): void =>
    void findings.push({ code, instance: key, message: `Expected instance ${key} ${message}`, hint });
  let state: InstanceState | undefined;
  let history: Awaited<ReturnType<Store['events']>>;
  try {
    history = await store.events(key);
    state = await loaded(store, key);
    const folded = fold(
      undefined,
      history.flatMap(({ events }) => events),
    );
    history.forEach(
      ({ version }, index) =>
        version === index + 1 || broken('FOLD', `to have a step ${index + 1}, but the next one is ${version}`, RESTORE),
    );
    if (state === undefined)
      return broken('UNREADABLE', `to have a state, because its row says ${String(row['state'])}, but it has none`, RESTORE);
    if (folded === undefined || canonical(folded) !== canonical(state))
      broken('FOLD', 'to be the fold of its history, but the stored state differs', RESTORE);
  } catch (error) {
    return broken('UNREADABLE', `to load, but: ${String(error)}`, RESTORE);
  }
  if (state.status.toUpperCase() !== row['state'])
    broken('ROWS', `to be ${state.status} in the list, but it is ${String(row['state'])}`, REBUILD);
  for (const each of kept) await compareRows(store, { key, state, each, broken });
  await compareVariables(store, { key, state, broken });
  for (const flow of await flowsAmiss(
    store,
    key,
    history.flatMap(({ events }) => events),
  ))
    broken('ROWS', `to show each flow that it took, and no other, but not so with '${flow}'`, REBUILD);
  if (!busy.has(key) && state.status === 'active')
    for (const element of await stuck(store, key, state))
      broken('LIMBO', `to wait for something at '${element}', but nothing there can ever go on`, RESTART);
}

async function loaded(store: Store, key: Key): Promise<InstanceState | undefined> {
  const found = await store.load(key);
  return found && fold(found.snapshot === '' ? undefined : parse(found.snapshot), found.tail);
}

function fold(from: InstanceState | undefined, events: readonly Event[]): InstanceState | undefined {
  let state = from;
  for (const event of events) state = evolve(state, event);
  return state;
}

/** The same however the maps were filled, and whether it has been written and read or not. */
function canonical(state: InstanceState): string {
  return serialize(parse(serialize(state)));
}

interface Comparing {
  readonly key: Key;
  readonly state: InstanceState;
  readonly each: (typeof kept)[number];
  readonly broken: (code: Finding['code'], message: string, hint: string) => void;
}

async function compareRows(store: Store, { key, state, each, broken }: Comparing): Promise<void> {
  const rows = new Set<string>();
  for await (const row of everyRow(store, each.collection, { filter: { ...each.filter, processInstanceKey: key } }))
    rows.add(String(row[each.key]));
  const wanted = new Set([...each.of(state).keys()].map((n) => keyOf(key, n)));
  for (const missing of wanted)
    if (!rows.has(missing)) broken('ROWS', `to have ${each.collection} ${missing} open in the list, but it is not there`, REBUILD);
  for (const extra of rows)
    if (!wanted.has(extra)) broken('ROWS', `to know its open ${each.collection} ${extra}, but its state does not`, REBUILD);
}

/** Rows of scopes that have ended stay: only those of the living must say what the state says. */
async function compareVariables(store: Store, { key, state, broken }: Omit<Comparing, 'each'>): Promise<void> {
  const rows = new Map<string, unknown>();
  for await (const row of everyRow(store, 'variables', { filter: { processInstanceKey: key } }))
    rows.set(String(row['variableKey']), row['value']);
  for (const scope of state.variables.values())
    for (const [name, { n, value }] of scope)
      if (rows.get(keyOf(key, n)) !== JSON.stringify(value))
        broken('ROWS', `to show what its variable '${name}' holds, but the row says something else or is not there`, REBUILD);
}

/** Flows that the history took and the rows do not tell, or the other way round. */
export async function flowsAmiss(store: Store, key: Key, events: readonly Event[]): Promise<readonly string[]> {
  const rows: Row[] = [];
  for await (const row of everyRow(store, 'sequenceFlows', { filter: { processInstanceKey: key } })) rows.push(row);
  const told = new Set(takenFlows(rows).map(({ elementId }) => String(elementId)));
  const taken = new Set(events.flatMap((event) => (event.t === 'flow-taken' ? [event.flow] : [])));
  return [...[...taken].filter((flow) => !told.has(flow)), ...[...told].filter((flow) => !taken.has(flow))];
}

/** Innermost element instances that own nothing to wait for, and have called nobody who is still running. */
async function stuck(store: Store, key: Key, state: InstanceState): Promise<readonly string[]> {
  const waits = new Set<number>();
  for (const map of [state.jobs, state.tasks, state.timers, state.subscriptions, state.incidents])
    for (const { el } of map.values()) waits.add(el);
  const found: string[] = [];
  for (const element of state.elements.values()) {
    if ((element.children?.size ?? 0) > 0 || (element.n === 0 && state.elements.size > 1) || waits.has(element.n)) continue;
    if (!(await calls(store, keyOf(key, element.n)))) found.push(element.element);
  }
  return found;
}

async function calls(store: Store, parentElementInstanceKey: Key): Promise<boolean> {
  const { items } = await store.search('processInstances', {
    filter: { parentElementInstanceKey, state: { $in: ['ACTIVE', 'SUSPENDED'] } },
    limit: 1,
  });
  return items.length > 0 && localOf(parentElementInstanceKey) > 0;
}
