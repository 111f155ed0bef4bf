/**
 * The durable store of one machine: SQLite, write-ahead log, one writer.
 *
 * LAW: synchronous=FULL, off this thread: SQLite itself runs with synchronous=NORMAL (it syncs the log before and the file after each checkpoint), and after
 * every group of commits the log is synced by us (sqlite-sync.ts) before anybody hears of success. The same guarantee, but the disk does not hold up the thread.
 *
 * LAW: what is acknowledged is on the disk. Every write goes through the group commit (group-commit.ts), every transaction is fsynced before anybody hears of it.
 * LAW: one process owns the file. A second one would break the per-instance serialisation and the number blocks.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import type { CollectionName, Row } from '../collections.ts';
import type { Commit, CommitResult, LoadedInstance, Query, Store, StoredEffect } from '../ports.ts';
import { BUSY_TIMEOUT } from './checkpoints.ts';
import { KnownRows } from './known-rows.ts';
import { ownFile } from './own-file.ts';
import {
  blobOrder,
  commitOrder,
  doneOrder,
  forgetOrder,
  leasedRows,
  leaseOrder,
  noBlobOrder,
  reserveOrder,
  writeOrder,
} from './sqlite-writes.ts';
import type { Answer, Order, Rows } from './sqlite-order.ts';
import { atOneMoment, explain, get, search } from './sqlite-reads.ts';
import type { Database } from './sqlite-reads.ts';
import { limited } from './sqlite-search.ts';
import { migrate, schemaVersionOf } from './sqlite-migrate.ts';
import { startWriting } from './sqlite-writing.ts';

export interface SqliteStore extends Store {
  /** how SQLite would answer this search: lines of EXPLAIN QUERY PLAN */
  explain(collection: CollectionName, query: Query): readonly string[];
}

/** Opens or creates the file (folders too). Throws when it is newer than this program, no SQLite file, or in use by another process. */
export function openSqliteStore(path: string): SqliteStore {
  mkdirSync(dirname(path), { recursive: true });
  const release = ownFile(path);
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  try {
    return storeOn(path, db, release);
  } catch (error) {
    db.close();
    release();
    throw error;
  }
}

function storeOn(path: string, db: DatabaseSync, release: () => void): SqliteStore {
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA foreign_keys=OFF',
  );
  migrate(db);
  db.exec('PRAGMA query_only=ON');
  const database = { db, prepare: preparedOnce(db) };
  const writing = startWriting(path);
  const ask = async (order: Order): Promise<Answer> => await writing.ask(order);
  const known = new KnownRows();
  return {
    ...readsOf(database),
    get: async (collection, key) => known.get(collection, key, () => get(database, collection, key)),
    reserveNumbers: async (count) => Number(rowsOf(await ask(reserveOrder(count)))[0]?.[0]) - count,
    commit: async (wanted) => await known.while(wanted.rows, async () => commitResult(wanted, await ask(commitOrder(wanted)))),
    effectsDone: async (effects) => void (await ask(doneOrder(effects))),
    forget: async (key) => void (await ask(forgetOrder(key))),
    write: async (changes, ifAbsent) => await known.while(changes, async () => (await ask(writeOrder(changes, ifAbsent))) === 'done'),
    leaseJobs: async (request) => leasedRows(request, rowsOf(await ask(leaseOrder(request)))),
    putBlob: async (id, bytes) => void (await ask(blobOrder(id, bytes))),
    deleteBlob: async (id) => void (await ask(noBlobOrder(id))),
    clock: async () => Date.now(),
    ping: async () => void (await ask({ visible: true })),
    beyondRepair: () => writing.broken(),
    explain: (collection, query) => explain(database, collection, query),
    close: async () => {
      // the last connection moves the log into the file: let that be the thread's
      if (db.isOpen) db.close();
      await writing.close();
      release();
    },
  };
}

function rowsOf(answer: Answer): Rows {
  return typeof answer === 'object' && !('taken' in answer) ? answer : [];
}

function commitResult({ claims = [] }: Commit, answer: Answer): CommitResult {
  if (answer === 'conflict' || answer === 'stale') return answer;
  return typeof answer === 'object' && 'taken' in answer ? { claimed: claims[answer.taken]?.key ?? '' } : 'committed';
}

type Reads = Pick<Store, 'load' | 'pendingEffects' | 'events' | 'get' | 'search' | 'getBlob'>;

function readsOf(database: Database): Reads {
  return {
    load: async (key) => atOneMoment(database, () => load(database, key)),
    pendingEffects: async (limit) => pendingEffects(database, limit),
    events: async (key, from = 0) => events(database, key, from),
    get: async (collection, key) => get(database, collection, key),
    search: async (collection, query) => search(database, collection, query),
    getBlob: async (id) =>
      (database.prepare('SELECT bytes FROM "_blobs" WHERE id = ?').get(id) as { bytes: Uint8Array } | undefined)?.bytes,
  };
}

/**
 * The same file for reading only, beside the process that owns it: everything is seen as it was at one moment.
 * `schemaVersion`: of the file, so that the reader can tell whether it understands it. Writing is refused.
 */
export function readSqliteStore(path: string): Store & { readonly schemaVersion: number } {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  db.exec('BEGIN');
  const schemaVersion = schemaVersionOf(db);
  const database = { db, prepare: preparedOnce(db) };
  const refused = async (): Promise<never> => {
    throw new Error('Expected nothing to be written, because the store was opened for reading only');
  };
  return {
    ...readsOf(database),
    schemaVersion,
    reserveNumbers: refused,
    commit: refused,
    effectsDone: refused,
    forget: refused,
    write: refused,
    leaseJobs: refused,
    putBlob: refused,
    deleteBlob: refused,
    clock: async () => Date.now(),
    ping: async () => void database.prepare('SELECT count(*) FROM "_counters"').get(),
    close: async () => db.close(),
  };
}

function preparedOnce(db: DatabaseSync): Database['prepare'] {
  const statements = new Map<string, StatementSync>();
  return (text) => {
    const known = statements.get(text);
    if (known) return known;
    if (statements.size > 2_000) statements.clear();
    const statement = db.prepare(text);
    statements.set(text, statement);
    return statement;
  };
}

// ---------------------------------------------------------------- instances

function load({ prepare }: Database, key: string): LoadedInstance | undefined {
  const id = BigInt(key);
  const instance = prepare('SELECT version, ended FROM "_instances" WHERE key = ?').get(id) as
    { version: number; ended: number } | undefined;
  if (instance === undefined || instance.ended === 1) return undefined;
  const snapshot = prepare('SELECT version, state FROM "_snapshots" WHERE key = ?').get(id) as
    { version: number; state: string } | undefined;
  const tail = prepare('SELECT events FROM "_history" WHERE key = ? AND version > ? ORDER BY version').all(id, snapshot?.version ?? 0);
  return {
    snapshot: snapshot?.state ?? '',
    tail: tail.flatMap((step) => JSON.parse(String(step['events'])) as LoadedInstance['tail']),
    version: instance.version,
  };
}

function pendingEffects({ prepare }: Database, limit: number): readonly StoredEffect[] {
  const found = prepare(`SELECT id, CAST(key AS TEXT) AS key, seq, kind, payload FROM "_effects" ORDER BY row ${limited(limit)}`).all();
  return found.map((row) => ({
    id: String(row['id']),
    instanceKey: String(row['key']),
    seq: Number(row['seq']),
    kind: String(row['kind']),
    payload: JSON.parse(String(row['payload'])) as Row,
  }));
}

function events({ prepare }: Database, key: string, from: number): Awaited<ReturnType<Store['events']>> {
  const steps = prepare('SELECT version, audit, events FROM "_history" WHERE key = ? AND version >= ? ORDER BY version').all(
    BigInt(key),
    from,
  );
  return steps.map((step) => {
    const audit = JSON.parse(String(step['audit'])) as Commit['audit'];
    return { version: Number(step['version']), at: audit.at, audit, events: JSON.parse(String(step['events'])) as Commit['events'] };
  });
}
