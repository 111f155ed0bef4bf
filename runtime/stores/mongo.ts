/**
 * The store of many machines: MongoDB, one document per atomic step, no multi-document transaction.
 *
 * THE PROTOCOL OF A COMMIT
 * 1. claims: each claimed row's place is held by a document with the row's id (mongo/claims.ts)
 * 2. ONE ATOMIC WRITE to the instance's document, compare-and-set on its version, w: majority. In it: the new version, the step (events, row changes,
 *    claims, audit, as text) in `steps`, the effects in `outbox`. From here on the command is durable, and nothing can undo it.
 * 3. the step is applied: history, rows, claims. Every write is idempotent (deterministic ids) and fenced by the instance's version (mongo/row-writes.ts).
 * 4. the caller hears of success: rows are right as soon as a command is acknowledged.
 * 5. in the background the step leaves `steps`; effects leave `outbox` when they are done.
 *
 * A CRASH between 2 and 4 leaves a step behind. It is applied, in order, by whoever loads the instance, reads its history or effects next, and by the
 * repair at start and beside the sweeper. A crash before 2 leaves holds only: the next claimant asks the instance how that commit ended, and voids it when
 * it is undecided for too long. A process that slept through all of this finds its writes fenced off.
 * Snapshots are an optimisation and stand apart: losing one means folding more events.
 * `write` has no instance: several changes go through a journal document (mongo/journal.ts).
 *
 * SHARDING: the shard key of every collection is `_id` (hashed; `_history`: `key`). Every write names it.
 * READS go to the primary. An answer may hold a commit that is not on the majority yet; whatever is built on it is acknowledged only when both are.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { collections } from '../collections.ts';
import type { Collection, CollectionName, Row } from '../collections.ts';
import { createLanes } from '../lanes.ts';
import type { Page, Query, Store } from '../ports.ts';
import { MAX_KEY } from './field-value.ts';
import { pageOf, searchPlan } from './search-plan.ts';
import { deleteBlob, getBlob, putBlob } from './mongo/blobs.ts';
import { connect } from './mongo/connect.ts';
import type { MongoOptions } from './mongo/connect.ts';
import type { Doc, MongoRoom } from './mongo/documents.ts';
import { createInstances } from './mongo/instances.ts';
import { createJournal } from './mongo/journal.ts';
import { leaseJobs } from './mongo/leases.ts';
import { HIDDEN, idOf, rowOf } from './mongo/row-document.ts';
import { filterOf, positionFilter, sortOf } from './mongo/row-search.ts';
import { createRowWrites } from './mongo/row-writes.ts';

export interface MongoStore extends Store {
  /** how the server would answer this search, as it tells it; throws where it cannot tell */
  explain(collection: CollectionName, query: Query): Promise<unknown>;
}

/** Milliseconds between two looks for what others left half done. */
const REPAIR_EVERY = 10_000;

/** Connects, checks, brings the schema up to date and repairs. Throws when the deployment is unsafe or its data newer than this program. */
export async function openMongoStore(url: string, options: MongoOptions = {}): Promise<MongoStore> {
  const { connection, room } = await connect(url, options);
  const writes = createRowWrites(room);
  const instances = createInstances(room, writes);
  const journal = createJournal(room, writes);
  const lanes = createLanes();
  // too young to tell: a server waits until they are old enough, who only looks does not
  while ((await journal.repair()) > 0 && options.asItIs !== true) await pause(250);
  while ((await instances.repair()) > 0);
  let repaired = performance.now();
  return {
    ...instances,
    pendingEffects: async (limit) => {
      if (performance.now() - repaired > REPAIR_EVERY) {
        repaired = performance.now();
        await Promise.all([instances.repair(), journal.repair()]);
      }
      return await instances.pendingEffects(limit);
    },
    reserveNumbers: async (count) => await lanes.run('numbers', async () => await reserveNumbers(room, count)),
    get: async (collection, key) => await get(room, collection, key),
    search: async (collection, query) => await search(room, collection, query),
    write: async (changes, ifAbsent = []) => await journal.write(changes, ifAbsent),
    leaseJobs: async (request) => await lanes.run(`lease/${request.type}`, async () => await leaseJobs(room, request)),
    putBlob: async (id, bytes) => await putBlob(room, id, bytes),
    getBlob: async (id) => await getBlob(room, id),
    deleteBlob: async (id) => await deleteBlob(room, id),
    clock: async () => await room.time.ask(),
    ping: async () => void (await room.db.command({ ping: 1 })),
    explain: async (collection, query) => await explain(room, collection, query),
    close: async () => {
      await instances.idle();
      await connection.close();
    },
  };
}

async function reserveNumbers({ meta }: MongoRoom, count: number): Promise<number> {
  for (;;) {
    const value = Number((await meta.findOne({ _id: 'numbers' }))?.['value']);
    if (!Number.isSafeInteger(value)) throw new Error('Expected the counter of numbers to be there, but it is not');
    const { matchedCount } = await meta.updateOne({ _id: 'numbers', value }, { $set: { value: value + count } });
    if (matchedCount === 1) return value;
  }
}

async function get(room: MongoRoom, name: CollectionName, key: string): Promise<Row | undefined> {
  const collection: Collection = collections[name];
  if (collection.key !== undefined && (!/^[0-9]{1,19}$/.test(key) || BigInt(key) > MAX_KEY)) return undefined;
  const found = await room.rows(name).findOne({ _id: idOf(collection, key), [HIDDEN]: { $exists: false } });
  return found === null ? undefined : rowOf(collection, found);
}

async function search(room: MongoRoom, name: CollectionName, query: Query): Promise<Page> {
  const collection: Collection = collections[name];
  const plan = searchPlan(collection, query);
  const found = await cursorOf(room, name, query).toArray();
  const rows = found.map((document) => ({ key: String(document._id), row: rowOf(collection, document) }));
  const complete = plan.position === undefined && plan.skip === 0 && found.length < plan.limit;
  const counted = complete
    ? found.length
    : await room.rows(name).countDocuments(filterOf(collection, plan.condition), { limit: plan.cap + 1 });
  return pageOf(plan, plan.position?.backwards ? rows.reverse() : rows, counted);
}

function cursorOf(room: MongoRoom, name: CollectionName, query: Query) {
  const collection: Collection = collections[name];
  const plan = searchPlan(collection, query);
  const wanted = filterOf(collection, plan.condition);
  const filter = plan.position === undefined ? wanted : { $and: [wanted, positionFilter(collection, plan)] };
  return room.rows(name).find<Doc>(filter).sort(sortOf(collection, plan)).skip(plan.skip).limit(plan.limit);
}

async function explain(room: MongoRoom, name: CollectionName, query: Query): Promise<unknown> {
  return await cursorOf(room, name, query).explain('queryPlanner');
}
