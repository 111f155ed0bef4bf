/**
 * Row changes as writes that may be repeated and may come late.
 *
 * FENCE: a row carries who wrote it last (`_o`: instance) and with which version (`_s`). A write of an older version of the same instance
 * finds nothing to change, so that a process that slept through its own repair cannot bring the past back.
 * A row that an instance deletes leaves a mark (`_hidden`, `_gone`) for a day, because absent rows cannot carry a fence.
 *
 * What is asked for in one turn, or while a flush of the same collection runs, becomes ONE bulk write: no timer, no waiting.
 */
import type { mongo } from 'mongoose';
import { collections } from '../../collections.ts';
import type { RowChange } from '../../ports.ts';
import type { Doc, MongoRoom } from './documents.ts';
import { HIDDEN, idOf, patchUpdate, rowDocument } from './row-document.ts';

export type Operation = mongo.AnyBulkWriteOperation<Doc>;
/** Who writes: an instance at a version. Absent: `Store.write`, unfenced. */
export interface Fence {
  readonly owner: bigint;
  readonly version: number;
}

export interface RowWrites {
  /** resolves when all of them are durable */
  apply(changes: readonly RowChange[], fence?: Fence): Promise<void>;
  bulk(collection: mongo.Collection<Doc>, operations: readonly Operation[]): Promise<void>;
}

export function createRowWrites(room: MongoRoom): RowWrites {
  const batches = new Map<string, (operation: Operation) => Promise<void>>();
  const bulk = async (collection: mongo.Collection<Doc>, operations: readonly Operation[]): Promise<void> => {
    const add = batches.get(collection.collectionName) ?? createBatch(collection);
    batches.set(collection.collectionName, add);
    await Promise.all(operations.map(add));
  };
  return {
    bulk,
    apply: async (changes, fence) => {
      await Promise.all(changes.map(async (change) => await bulk(room.rows(change.collection), operationsOf(change, fence))));
    },
  };
}

function operationsOf(change: RowChange, fence: Fence | undefined): readonly Operation[] {
  const _id = idOf(collections[change.collection], change.key);
  const by = fence === undefined ? {} : { _o: fence.owner, _s: fence.version };
  const filter = (
    fence === undefined ? { _id } : { _id, $or: [{ _o: { $ne: fence.owner } }, { _s: { $lt: fence.version } }] }
  ) as mongo.Filter<Doc>;
  if (change.op === 'put')
    return [{ replaceOne: { filter, replacement: { ...rowDocument(change.collection, change.row), ...by } as never, upsert: true } }];
  if (change.op === 'delete' && fence === undefined) return [{ deleteOne: { filter } }];
  if (change.op === 'delete')
    return [{ replaceOne: { filter, replacement: { ...by, [HIDDEN]: true, _gone: new Date() } as never, upsert: true } }];
  const { $set, $unset } = patchUpdate(change.collection, change.fields);
  if (Object.keys($set).length + Object.keys($unset).length === 0) return [];
  const update = { $set: { ...$set, ...by }, ...(Object.keys($unset).length > 0 && { $unset }) };
  const present = { ...filter, [HIDDEN]: { $exists: false } } as mongo.Filter<Doc>;
  return [{ updateOne: { filter: present, update: Object.keys(update.$set).length === 0 ? { $unset } : update } }];
}

interface Waiting {
  readonly operation: Operation;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const MAX_OPERATIONS = 1_000;

function createBatch(collection: mongo.Collection<Doc>): (operation: Operation) => Promise<void> {
  let waiting: Waiting[] = [];
  let running = false;
  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting.slice(0, MAX_OPERATIONS);
      waiting = waiting.slice(MAX_OPERATIONS);
      await flushed(collection, taken);
    }
    running = false;
  }
  return async (operation) =>
    await new Promise<void>((resolve, reject) => {
      waiting.push({ operation, resolve, reject });
      if (running) return;
      running = true;
      setImmediate(() => void flush());
    });
}

/** Ordered, because two changes of one row may share a flush. Goes on behind an operation that failed. */
async function flushed(collection: mongo.Collection<Doc>, items: readonly Waiting[], again = false): Promise<void> {
  let rest = items;
  while (rest.length > 0) {
    const failed = await attempt(collection, rest);
    const done = failed === undefined ? rest.length : failed.index;
    rest.slice(0, done).forEach(({ resolve }) => resolve());
    const culprit = rest[done];
    if (failed === undefined || culprit === undefined) return;
    rest = rest.slice(done + 1);
    // A taken id means: the fence kept us out, or somebody inserted at the same moment. The second try tells.
    if (failed.code !== 11_000) culprit.reject(failed.error);
    else if (again) culprit.resolve();
    else await flushed(collection, [culprit], true);
  }
}

async function attempt(
  collection: mongo.Collection<Doc>,
  items: readonly Waiting[],
): Promise<{ readonly index: number; readonly code: unknown; readonly error: unknown } | undefined> {
  try {
    await collection.bulkWrite(
      items.map(({ operation }) => operation),
      { ordered: true },
    );
    return undefined;
  } catch (error) {
    const known = error as { readonly writeErrors?: unknown };
    const [first] = [known.writeErrors ?? []].flat() as readonly { readonly index?: number; readonly code?: number }[];
    if (first?.index !== undefined) return { index: first.index, code: first.code, error };
    items.forEach(({ reject }) => reject(error));
    return { index: items.length, code: undefined, error };
  }
}
