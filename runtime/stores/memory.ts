/**
 * The store in memory: for tests, rehearsal and simulation. Forgets everything with the process.
 * Works through the same port and passes the same contract as the durable ones. Rows are copied in and out, so nobody shares them.
 */
import { collections } from '../collections.ts';
import type { Collection, CollectionName, Row } from '../collections.ts';
import type { Commit, CommitResult, LeaseRequest, LoadedInstance, Page, Query, RowChange, Store, StoredEffect } from '../ports.ts';
import { checkRow } from './check-row.ts';
import { compareEntries, compareKeys, compareValues, matches } from './matches.ts';
import type { Entry } from './matches.ts';
import { pageOf, searchPlan } from './search-plan.ts';
import type { SearchPlan } from './search-plan.ts';
import { fieldType, fieldValue } from './field-value.ts';

interface Instance {
  version: number;
  snapshot: string;
  snapshotVersion: number;
  ended: boolean;
  readonly history: { readonly version: number; readonly at: number; readonly audit: Commit['audit']; readonly eventsJson: string }[];
}
interface Memory {
  readonly tables: Map<CollectionName, Map<string, Row>>;
  readonly instances: Map<string, Instance>;
  readonly effects: Map<string, StoredEffect>;
  readonly blobs: Map<string, Uint8Array>;
  nextNumber: number;
}

export function createMemoryStore(): Store {
  const memory: Memory = { tables: new Map(), instances: new Map(), effects: new Map(), blobs: new Map(), nextNumber: 1 };
  return {
    reserveNumbers: async (count) => (memory.nextNumber += count) - count,
    load: async (key) => load(memory, key),
    commit: async (wanted) => commit(memory, wanted),
    pendingEffects: async (limit) => [...memory.effects.values()].slice(0, limit),
    effectsDone: async (effects) => effects.forEach(({ id }) => memory.effects.delete(id)),
    events: async (key, from = 0) => history(memory, key, from),
    forget: async (key) => forget(memory, key),
    get: async (collection, key) => structuredClone(table(memory, collection).get(key)),
    search: async (collection, query) => search(memory, collection, query),
    write: async (changes, ifAbsent = []) => write(memory, changes, ifAbsent),
    leaseJobs: async (request) => leaseJobs(memory, request),
    putBlob: async (id, bytes) => void memory.blobs.set(id, bytes.slice()),
    getBlob: async (id) => memory.blobs.get(id)?.slice(),
    deleteBlob: async (id) => void memory.blobs.delete(id),
    clock: async () => Date.now(),
    ping: async () => undefined,
    close: async () => undefined,
  };
}

function table(memory: Memory, name: CollectionName): Map<string, Row> {
  const existing = memory.tables.get(name);
  if (existing) return existing;
  const made = new Map<string, Row>();
  memory.tables.set(name, made);
  return made;
}

function load(memory: Memory, key: string): LoadedInstance | undefined {
  const instance = memory.instances.get(key);
  if (instance === undefined || instance.ended) return undefined;
  const tail = instance.history
    .filter(({ version }) => version > instance.snapshotVersion)
    .flatMap(({ eventsJson }) => JSON.parse(eventsJson) as LoadedInstance['tail']);
  return { snapshot: instance.snapshot, tail, version: instance.version };
}

function commit(memory: Memory, wanted: Commit): CommitResult {
  wanted.rows.forEach(checkRow);
  const known = memory.instances.get(wanted.instanceKey);
  if ((known?.version ?? 0) !== wanted.expected || known?.ended) return 'conflict';
  if (wanted.lease && table(memory, 'jobs').get(wanted.lease.jobKey)?.['leaseToken'] !== wanted.lease.token) return 'stale';
  const claimed = (wanted.claims ?? []).find(({ collection, key }) => table(memory, collection).has(key));
  if (claimed) return { claimed: claimed.key };
  const instance: Instance = known ?? { version: 0, snapshot: '', snapshotVersion: 0, ended: false, history: [] };
  memory.instances.set(wanted.instanceKey, instance);
  instance.version += 1;
  instance.ended = wanted.ended ?? false;
  instance.history.push({
    version: instance.version,
    at: wanted.audit.at,
    audit: wanted.audit,
    eventsJson: wanted.eventsJson ?? JSON.stringify(wanted.events),
  });
  if (wanted.snapshot !== undefined) [instance.snapshot, instance.snapshotVersion] = [wanted.snapshot, instance.version];
  wanted.rows.forEach((change) => apply(memory, change));
  for (const effect of wanted.effects) memory.effects.set(effect.id, { ...effect, instanceKey: wanted.instanceKey, seq: instance.version });
  return 'committed';
}

function history(memory: Memory, key: string, from: number): Awaited<ReturnType<Store['events']>> {
  const steps = memory.instances.get(key)?.history ?? [];
  return steps
    .filter(({ version }) => version >= from)
    .map(({ version, at, audit, eventsJson }) => ({ version, at, audit, events: JSON.parse(eventsJson) as Commit['events'] }));
}

function forget(memory: Memory, key: string): void {
  if (memory.instances.get(key)?.ended !== true) return;
  memory.instances.delete(key);
  for (const [id, effect] of memory.effects) if (effect.instanceKey === key) memory.effects.delete(id);
}

function write(memory: Memory, changes: readonly RowChange[], ifAbsent: NonNullable<Commit['claims']>): boolean {
  changes.forEach(checkRow);
  if (ifAbsent.some(({ collection, key }) => table(memory, collection).has(key))) return false;
  changes.forEach((change) => apply(memory, change));
  return true;
}

function apply(memory: Memory, change: RowChange): void {
  const rows = table(memory, change.collection);
  if (change.op === 'delete') rows.delete(change.key);
  if (change.op === 'put') rows.set(change.key, withoutAbsent(change.row));
  const old = change.op === 'patch' ? rows.get(change.key) : undefined;
  if (change.op === 'patch' && old) rows.set(change.key, withoutAbsent({ ...old, ...change.fields }));
}

function withoutAbsent(row: Row): Row {
  return structuredClone(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined)));
}

function search(memory: Memory, name: CollectionName, query: Query): Page {
  const collection: Collection = collections[name];
  const plan = searchPlan(collection, query);
  const fitting = candidates(table(memory, name), collection, query)
    .map(([key, row]) => ({ key, row }))
    .filter(({ row }) => matches(collection, plan.condition, row));
  const ordered = fitting.sort((left, right) => compareEntries(collection, plan.order, [left, right]));
  const shown = cut(collection, plan, ordered).map(({ key, row }) => ({ key, row: structuredClone(row) }));
  return pageOf(plan, shown, Math.min(fitting.length, plan.cap + 1));
}

/** A search for one key looks at one row. */
function candidates(rows: Map<string, Row>, collection: Collection, { filter }: Query): readonly (readonly [string, Row])[] {
  const key = collection.key === undefined ? undefined : filter?.[collection.key];
  if (typeof key !== 'string') return [...rows];
  const row = rows.get(key);
  return row === undefined ? [] : [[key, row]];
}

function cut(collection: Collection, plan: SearchPlan, ordered: readonly Entry[]): readonly Entry[] {
  const { position, skip, limit } = plan;
  if (position === undefined) return ordered.slice(skip, skip + limit);
  const side = ordered.filter((entry) => (position.backwards ? -1 : 1) * comparedToPosition(collection, plan, entry) > 0);
  return position.backwards ? side.slice(Math.max(0, side.length - skip - limit), side.length - skip) : side.slice(skip, skip + limit);
}

function comparedToPosition(collection: Collection, { order, position }: SearchPlan, { key, row }: Entry): number {
  for (const [index, { field, descending }] of order.entries()) {
    const compared =
      field === undefined
        ? compareKeys(collection, key, position?.key ?? '')
        : compareValues(fieldValue(fieldType(collection, field), row[field]), position?.values[index] ?? null);
    if (compared !== 0) return descending ? -compared : compared;
  }
  return 0;
}

function leaseJobs(memory: Memory, request: LeaseRequest): readonly Row[] {
  const filter = {
    type: request.type,
    open: true,
    availableAt: { $lte: request.now },
    retries: { $gt: 0 },
    suspended: { $neq: true },
    ...(request.jobKey === undefined ? {} : { jobKey: request.jobKey }),
  };
  const sort = [{ field: 'priority', order: 'DESC' }, { field: 'availableAt' }] as const;
  const found = search(memory, 'jobs', {
    filter,
    sort,
    limit: request.max,
    ...(request.scope === undefined ? {} : { scope: request.scope }),
  });
  return found.items.map((row) => {
    const leased = {
      ...row,
      worker: request.worker,
      deadline: request.deadline,
      availableAt: request.deadline,
      leaseToken: request.leaseToken,
      attempt: Number(row['attempt'] ?? 0) + 1,
      unreported: row['leaseToken'] !== undefined,
    };
    table(memory, 'jobs').set(String(row['jobKey']), withoutAbsent(leased));
    return withoutAbsent(leased);
  });
}
