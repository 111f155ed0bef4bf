/**
 * What somebody with access to the disk or the database can do, past every rule of ours: reads and rewrites the history of one case in the
 * store's own language. In memory there is no disk: the history is told otherwise than it was kept.
 */
import mongoose from 'mongoose';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Runtime } from '../../../runtime/runtime.ts';
import type { Store } from '../../../runtime/ports.ts';
import { openMongoStore } from '../../../runtime/stores/mongo.ts';
import { openSqliteStore } from '../../../runtime/stores/sqlite.ts';
import { openToRead } from '../../../scripts/open-to-read.ts';
import type { Opened } from './stores.ts';

/** One commit as it lies there: JSON as text. */
export interface Kept {
  readonly version: number;
  readonly audit: string;
  readonly events: string;
}

export interface Disk {
  /** oldest first */
  history(key: string): Promise<readonly Kept[]>;
  /** in place of what was there, in whatever order and number */
  rewrite(key: string, kept: readonly Kept[]): Promise<void>;
  /** the store as `npm run audit:verify` opens it now */
  read(): Promise<Store>;
  /** changes rows, and lets go of the store again */
  write(work: (store: Store) => Promise<unknown>): Promise<void>;
  /** environment of a program that is to look at the same store; absent: no other process can */
  readonly environment?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The runtime must be closed: its file is then nobody's. */
export async function openDisk({ runtime, folder, databaseUrl }: Opened): Promise<Disk> {
  if (databaseUrl === 'memory:') return memoryDisk(runtime);
  const read = async () => await openToRead({ databaseUrl, mongoStandalone: true });
  const environment = { DATABASE_URL: databaseUrl, ALUR_MONGO_STANDALONE: 'true', ALUR_DATA: folder };
  const file = join(folder, 'alur.sqlite');
  const open = async () =>
    databaseUrl.startsWith('mongodb') ? await openMongoStore(databaseUrl, { standalone: true }) : openSqliteStore(file);
  const write: Disk['write'] = async (work) => {
    const store = await open();
    await work(store);
    await store.close();
  };
  return { ...(databaseUrl.startsWith('mongodb') ? await mongoDisk(databaseUrl) : sqliteDisk(file)), read, write, environment };
}

type OwnLanguage = Pick<Disk, 'history' | 'rewrite' | 'close'>;

function sqliteDisk(file: string): OwnLanguage {
  const using = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    history: async (key) =>
      using((db) =>
        db
          .prepare('SELECT version, audit, events FROM "_history" WHERE key = ? ORDER BY version')
          .all(BigInt(key))
          .map(({ version, audit, events }) => ({ version: Number(version), audit: String(audit), events: String(events) })),
      ),
    rewrite: async (key, kept) =>
      using((db) => {
        db.prepare('DELETE FROM "_history" WHERE key = ?').run(BigInt(key));
        const insert = db.prepare('INSERT INTO "_history" (key, version, audit, events) VALUES (?, ?, ?, ?)');
        for (const { version, audit, events } of kept) insert.run(BigInt(key), version, audit, events);
      }),
    close: async () => undefined,
  };
}

async function mongoDisk(url: string): Promise<OwnLanguage> {
  const connection = await mongoose.createConnection(url).asPromise();
  const collection = connection.collection('_history');
  const long = (key: string) => mongoose.mongo.Long.fromString(key);
  return {
    history: async (key) => {
      const found = await collection
        .find({ key: long(key) })
        .sort({ v: 1 })
        .toArray();
      return found.map(({ v, audit, events }) => ({ version: Number(v), audit: String(audit), events: String(events) }));
    },
    rewrite: async (key, kept) => {
      await collection.deleteMany({ key: long(key) });
      if (kept.length === 0) return;
      await collection.insertMany(
        kept.map(({ version, audit, events }) => ({
          _id: `${key}/${version}` as never,
          key: long(key),
          v: version,
          attempt: 'x',
          audit,
          events,
        })),
      );
    },
    close: async () => await connection.close(),
  };
}

function memoryDisk({ store }: Runtime): Disk {
  const rewritten = new Map<string, readonly Kept[]>();
  const history = async (key: string): Promise<readonly Kept[]> =>
    (await store.events(key)).map(({ version, audit, events }) => ({
      version,
      audit: JSON.stringify(audit),
      events: JSON.stringify(events),
    }));
  const events: Store['events'] = async (key, from) => {
    const kept = rewritten.get(key);
    if (kept === undefined) return await store.events(key, from);
    return kept.map(({ version, audit, events: text }) => ({ version, at: 0, audit: JSON.parse(audit), events: JSON.parse(text) }));
  };
  return {
    history: async (key) => rewritten.get(key) ?? (await history(key)),
    rewrite: async (key, kept) => void rewritten.set(key, kept),
    read: async () => ({ ...store, events }),
    write: async (work) => void (await work(store)),
    close: async () => undefined,
  };
}
