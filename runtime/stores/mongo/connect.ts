/** Connection, models, indexes, schema version, and the checks that refuse an unsafe deployment. */
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import { collections } from '../../collections.ts';
import type { Collection, CollectionName } from '../../collections.ts';
import type { Doc, InstanceDoc, MongoRoom } from './documents.ts';
import { ABSENT } from './documents.ts';
import { isComparable } from './row-document.ts';
import { nameOf } from './row-search.ts';
import { createServerTime } from './server-time.ts';
import type { ServerTime } from './server-time.ts';

/** Raise when documents change in a way that older programs cannot read. */
export const SCHEMA_VERSION = 1;
const DAY = 24 * 3_600;

export interface MongoOptions {
  /** ALUR_MONGO_STANDALONE: a server without replica set, for tests only: it may lose what it acknowledged */
  readonly standalone?: boolean;
  /** for who looks beside running servers: schema and indexes stay as they are, and must be this program's */
  readonly asItIs?: boolean;
}

/** Throws when the server cannot be reached, is unsafe, or holds data of a newer program. */
export async function connect(url: string, options: MongoOptions): Promise<{ readonly connection: Connection; readonly room: MongoRoom }> {
  refuseWeakening(url);
  const connection = mongoose.createConnection(url, {
    bufferCommands: false,
    autoIndex: false,
    autoCreate: false,
    sanitizeFilter: true,
    // never inherited from the server: acknowledged means on the disks of the majority. The driver lets the URL win, so see refuseWeakening
    writeConcern: { w: 'majority', journal: true },
    readPreference: 'primary',
    retryWrites: options.standalone !== true,
    useBigInt64: true,
    ignoreUndefined: false,
    serverSelectionTimeoutMS: 10_000,
    maxPoolSize: 32,
  });
  // told through the promise; without a listener Node ends the process
  connection.on('error', () => undefined);
  try {
    await connection.asPromise();
    const db = connection.db;
    if (db === undefined) throw new Error('Expected a database, but the connection has none');
    await refuseUnsafe(connection, options);
    const room = roomOf(connection, await createServerTime(db));
    const found = await schemaVersionOf(room);
    if (found > SCHEMA_VERSION || (options.asItIs === true && found !== SCHEMA_VERSION)) throw new OtherSchema(found);
    if (options.asItIs !== true) {
      await createIndexes(connection, room);
      await migrate(room);
    }
    return { connection, room };
  } catch (error) {
    await connection.close(true);
    throw error;
  }
}

/** What an operator may write into the URL without weakening what is acknowledged, or reading what is not. */
const harmless: Readonly<Record<string, readonly string[]>> = {
  w: ['majority'],
  journal: ['true'],
  j: ['true'],
  wtimeout: ['0'],
  wtimeoutms: ['0'],
  readpreference: ['primary'],
  readconcernlevel: ['majority', 'linearizable', 'local'],
};

function refuseWeakening(url: string): void {
  const [, options = ''] = url.split('?');
  for (const [name, value] of new URLSearchParams(options))
    if (harmless[name.toLowerCase()]?.includes(value) === false)
      throw new Error(
        `Expected DATABASE_URL to leave ${name} to the program, which waits for the disks of the majority, but it says ${name}=${value}`,
      );
}

function roomOf(connection: Connection, time: ServerTime): MongoRoom {
  const db = connection.db as NonNullable<Connection['db']>;
  const named = (name: string) => db.collection<Doc>(name);
  return {
    db,
    rows: named,
    instances: db.collection<InstanceDoc>('_instances'),
    history: named('_history'),
    snapshots: named('_snapshots'),
    journal: named('_journal'),
    blobs: named('_blobs'),
    chunks: named('_chunks'),
    meta: named('_meta'),
    time,
  };
}

async function refuseUnsafe(connection: Connection, { standalone = false }: MongoOptions): Promise<void> {
  const admin = connection.getClient().db('admin');
  const hello = await admin.command({ hello: 1 }).catch(async () => await admin.command({ isMaster: 1 }));
  const clustered = typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid';
  if (!clustered && !standalone)
    throw new Error(
      'Expected MongoDB to be a replica set or a sharded cluster, but it is a standalone server, which may lose what it acknowledged (for tests: ALUR_MONGO_STANDALONE=true)',
    );
  if (typeof hello['setName'] !== 'string') return;
  // not everybody may read the configuration; the check is for those who may
  const answer = await admin.command({ replSetGetConfig: 1 }).catch(() => undefined);
  const config = answer?.['config'] as { readonly writeConcernMajorityJournalDefault?: boolean } | undefined;
  if (config?.writeConcernMajorityJournalDefault === false)
    throw new Error('Expected the replica set to journal majority writes, but writeConcernMajorityJournalDefault is false');
}

async function schemaVersionOf({ meta }: MongoRoom): Promise<number> {
  return Number((await meta.findOne({ _id: 'schema' }))?.['version'] ?? 0);
}

/** Running on would lose what only the other program understands. */
export class OtherSchema extends Error {
  readonly found: number;
  constructor(found: number) {
    const newer = found > SCHEMA_VERSION;
    super(
      `Expected a store of schema version ${SCHEMA_VERSION}${newer ? ' or older' : ''}, but it has version ${found}: start the ${newer ? 'newer program' : 'server, which brings it up to date'}`,
    );
    this.found = found;
  }
}

/** Model of one collection; for its indexes and for administration. Absent values are MaxKey, so the types of its fields are open. */
function modelOf(connection: Connection, name: CollectionName): mongoose.Model<unknown> {
  const collection: Collection = collections[name];
  const fields = Object.fromEntries(
    Object.keys(collection.fields)
      .filter((field) => field !== collection.key)
      .map((field) => [field, { type: mongoose.Schema.Types.Mixed }]),
  );
  const schema = new mongoose.Schema({ _id: { type: mongoose.Schema.Types.Mixed }, ...fields } as never, {
    collection: name,
    strict: 'throw',
    strictQuery: 'throw',
    versionKey: false,
    id: false,
    autoIndex: false,
    autoCreate: false,
    suppressReservedKeysWarning: true,
  });
  for (const keys of indexesOf(collection)) schema.index(keys);
  schema.index({ _gone: 1 }, { sparse: true, expireAfterSeconds: DAY });
  return connection.model(name, schema) as unknown as mongoose.Model<unknown>;
}

/** As in collections.ts, each with the row's key at its end, because every order ends with it. */
export function indexesOf(collection: Collection): readonly Record<string, 1 | -1>[] {
  return collection.indexes.map((fields) => {
    const keys = fields.map((field) => [nameOf(collection, field.replace('-', '')), field.startsWith('-') ? -1 : 1] as const);
    const last = keys.at(-1)?.[1] ?? 1;
    return Object.fromEntries(keys.some(([field]) => field === '_id') ? keys : [...keys, ['_id', last] as const]);
  });
}

async function createIndexes(connection: Connection, room: MongoRoom): Promise<void> {
  const names = Object.keys(collections) as CollectionName[];
  await Promise.all(names.map(async (name) => await modelOf(connection, name).createIndexes()));
  await room.instances.createIndex({ stepsSince: 1 }, { sparse: true });
  await room.instances.createIndex({ outboxSince: 1 }, { sparse: true });
  await room.history.createIndex({ key: 1, v: 1 });
}

/** Fields that collections.ts got since are absent in the old rows, and absent is a value. */
async function migrate(room: MongoRoom): Promise<void> {
  const known = ((await room.meta.findOne({ _id: 'schema' }))?.['fields'] ?? {}) as Readonly<Record<string, readonly string[]>>;
  const fields: Record<string, readonly string[]> = {};
  for (const [name, collection] of Object.entries(collections) as [CollectionName, Collection][]) {
    fields[name] = Object.keys(collection.fields);
    const before = known[name];
    const added =
      before === undefined
        ? []
        : Object.entries(collection.fields).filter(
            ([field, type]) => isComparable(type) && field !== collection.key && !before.includes(field),
          );
    for (const [field] of added)
      await room.rows(name).updateMany({ [field]: { $exists: false }, _hidden: { $exists: false } }, { $set: { [field]: ABSENT } });
  }
  await room.meta.updateOne({ _id: 'numbers' }, { $setOnInsert: { value: 1 } }, { upsert: true });
  await room.meta.updateOne({ _id: 'schema' }, { $set: { version: SCHEMA_VERSION, fields } }, { upsert: true });
}
