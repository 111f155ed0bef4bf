/**
 * Makes the rows of waiting things anew from the history, which is the truth: for `npm run doctor -- --repair`, while nobody else works on the store.
 * Doing it twice changes nothing more. Rows that are right stay as they are, with their leases.
 */
import { evolve } from '../engine/index.ts';
import type { InstanceState, Key } from '../engine/index.ts';
import { canonical } from './audit-chain.ts';
import { kept } from './inspect.ts';
import type { Finding } from './inspect.ts';
import { matches } from './stores/matches.ts';
import { searchPlan } from './stores/search-plan.ts';
import { collections } from './collections.ts';
import type { CollectionName, Row } from './collections.ts';
import type { RowChange, Store } from './ports.ts';
import { project } from './projections.ts';
import { namesOf } from './row-changes.ts';
import type { Definitions } from './runtime.ts';
import { allRows, everyRow } from './every-row.ts';

/** Resolves with the number of rows that were written. Findings of other kinds than ROWS and ORPHAN are left alone: they need a backup. */
export async function mend(store: Store, definitions: Definitions, findings: readonly Finding[]): Promise<number> {
  const broken = new Set(findings.filter(({ code }) => code === 'ROWS' || code === 'ORPHAN').map(({ instance }) => instance));
  let written = 0;
  for (const key of broken) {
    const changes = await differences(store, key, await replayed(store, definitions, key));
    if (changes.length > 0) await store.write(changes);
    written += changes.length;
  }
  return written;
}

type Rows = ReadonlyMap<string, Row>;

/** Every row that the history of the instance has made, as it is after the last step. Empty when there is no such instance. */
async function replayed(store: Store, definitions: Definitions, key: Key): Promise<Rows> {
  const rows = new Map<string, Row>();
  const names = namesOf(undefined);
  let state: InstanceState | undefined;
  for (const { version, at, events } of await store.events(key)) {
    for (const event of events) state = evolve(state, event);
    const definition = state && definitions.byKey(state.processKey);
    if (state === undefined || definition === undefined)
      throw new Error(`Expected the process definition of instance ${key} to be deployed, but it is not`);
    for (const change of project({ events, state, names, definition, at, version })) apply(rows, change);
  }
  return rows;
}

function apply(rows: Map<string, Row>, change: RowChange): void {
  const id = `${change.collection}/${change.key}`;
  if (change.op === 'delete') rows.delete(id);
  else if (change.op === 'put') rows.set(id, change.row);
  else if (rows.has(id)) rows.set(id, { ...rows.get(id), ...change.fields });
}

async function differences(store: Store, key: Key, rows: Rows): Promise<readonly RowChange[]> {
  const changes: RowChange[] = [];
  const wanted = rows.get(`processInstances/${key}`);
  const found = await store.get('processInstances', key);
  if (wanted !== undefined && wanted['state'] !== found?.['state'])
    changes.push({ op: 'put', collection: 'processInstances', key, row: { ...found, ...wanted } });
  for (const each of kept) {
    const open = await openRows(store, each, key);
    const due = openOf(rows, each.collection, each.filter);
    for (const [name, row] of due) if (!open.has(name)) changes.push({ op: 'put', collection: each.collection, key: name, row });
    for (const name of open) if (!due.has(name)) changes.push(closed(rows, each.collection, name));
  }
  for (const collection of ['variables', 'sequenceFlows'] as const)
    for (const [id, row] of rows) {
      const name = id.startsWith(`${collection}/`) ? id.slice(collection.length + 1) : undefined;
      if (name !== undefined && canonical(await store.get(collection, name)) !== canonical(row))
        changes.push({ op: 'put', collection, key: name, row });
    }
  return [...changes, ...(await strangeFlows(store, key, rows))];
}

/** Rows of flows that no step of the history has taken. */
async function strangeFlows(store: Store, key: Key, rows: Rows): Promise<readonly RowChange[]> {
  const items = await allRows(store, 'sequenceFlows', { filter: { processInstanceKey: key } });
  const names = items.map(({ sequenceFlowId }) => String(sequenceFlowId)).filter((name) => !rows.has(`sequenceFlows/${name}`));
  return names.map((name) => ({ op: 'delete', collection: 'sequenceFlows', key: name }));
}

function closed(rows: Rows, collection: CollectionName, key: string): RowChange {
  const row = rows.get(`${collection}/${key}`);
  return row === undefined ? { op: 'delete', collection, key } : { op: 'put', collection, key, row };
}

function openOf(rows: Rows, collection: CollectionName, filter: Row): Rows {
  const { condition } = searchPlan(collections[collection], { filter });
  const ofThese = [...rows].filter(([id]) => id.startsWith(`${collection}/`));
  return new Map(
    ofThese
      .map(([id, row]) => [id.slice(collection.length + 1), row] as const)
      .filter(([, row]) => matches(collections[collection], condition, row)),
  );
}

async function openRows(store: Store, each: (typeof kept)[number], key: Key): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  const filter = { ...each.filter, processInstanceKey: key };
  for await (const row of everyRow(store, each.collection, { filter })) names.add(String(row[each.key]));
  return names;
}
