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
import type { Collection, CollectionName, Row } from '../collections.ts';
import { collections } from '../collections.ts';
import type { Commit, CommitResult, LeaseRequest, LoadedInstance, Query, RowChange, Store, StoredEffect } from '../ports.ts';
import { BUSY_TIMEOUT, startCheckpoints } from './checkpoints.ts';
import { ownFile } from './own-file.ts';
import { createGroupCommit } from './group-commit.ts';
import { searchPlan } from './search-plan.ts';
import { all, explain, get, search } from './sqlite-reads.ts';
import type { Database } from './sqlite-reads.ts';
import { changeSql, claimSql } from './sqlite-rows.ts';
import { bound, conditionSql, limited } from './sqlite-search.ts';
import { KEY } from './sqlite-schema.ts';
import { migrate, schemaVersionOf } from './sqlite-migrate.ts';
import { logSync } from './sqlite-sync.ts';

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
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA foreign_keys=OFF; PRAGMA recursive_triggers=ON',
  );
  migrate(db);
  const database = { db, prepare: preparedOnce(db) };
  const log = logSync(path);
  const group = createGroupCommit({
    begin: () => void database.prepare('BEGIN IMMEDIATE').run(),
    commit: () => void database.prepare('COMMIT').run(),
    sync: log.sync,
    rollback: () => rollback(db),
    isFatal,
  });
  const checkpoints = startCheckpoints(path, db);
  const written = <T>(work: () => T): Promise<T> => group.run(work).finally(checkpoints.noteWrite);
  return {
    reserveNumbers: (count) => written(() => reserveNumbers(database, count)),
    load: async (key) => load(database, key),
    commit: async (wanted) => {
      const work = commitWork(database, wanted);
      return await written(work);
    },
    pendingEffects: async (limit) => pendingEffects(database, limit),
    effectsDone: (effects) => written(() => effects.forEach(({ id }) => database.prepare('DELETE FROM "_effects" WHERE id = ?').run(id))),
    events: async (key, from = 0) => events(database, key, from),
    forget: (key) => written(() => forget(database, key)),
    get: async (collection, key) => get(database, collection, key),
    search: async (collection, query) => search(database, collection, query),
    write: async (changes, ifAbsent = []) => {
      const work = writeWork(database, changes, ifAbsent);
      return await written(work);
    },
    leaseJobs: async (request) => {
      const work = (): readonly Row[] => leaseJobs(database, request);
      return await (request.ownWorker === true ? group.runVisible(work).finally(checkpoints.noteWrite) : written(work));
    },
    putBlob: (id, bytes) => written(() => void database.prepare('INSERT OR REPLACE INTO "_blobs" VALUES (?, ?)').run(id, bytes)),
    getBlob: async (id) =>
      (database.prepare('SELECT bytes FROM "_blobs" WHERE id = ?').get(id) as { bytes: Uint8Array } | undefined)?.bytes,
    deleteBlob: (id) => written(() => void database.prepare('DELETE FROM "_blobs" WHERE id = ?').run(id)),
    ping: async () => {
      if (group.broken() !== undefined)
        throw new Error('Expected a store that can be written, but an earlier write failed on the disk', { cause: group.broken() });
      database.prepare('SELECT count(*) FROM "_counters"').get();
    },
    explain: (collection, query) => explain(database, collection, query),
    close: async () => {
      await group.idle();
      await checkpoints.stop();
      log.close();
      if (db.isOpen) db.close();
      release();
    },
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
    schemaVersion,
    reserveNumbers: refused,
    load: async (key) => load(database, key),
    commit: refused,
    pendingEffects: async (limit) => pendingEffects(database, limit),
    effectsDone: refused,
    events: async (key, from = 0) => events(database, key, from),
    forget: refused,
    get: async (collection, key) => get(database, collection, key),
    search: async (collection, query) => search(database, collection, query),
    write: refused,
    leaseJobs: refused,
    putBlob: refused,
    getBlob: async (id) =>
      (database.prepare('SELECT bytes FROM "_blobs" WHERE id = ?').get(id) as { bytes: Uint8Array } | undefined)?.bytes,
    deleteBlob: refused,
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

function rollback(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK');
}

const [IO_ERROR, CORRUPT, NOT_A_DATABASE] = [10, 11, 26];

function isFatal(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return [IO_ERROR, CORRUPT, NOT_A_DATABASE].includes(code);
}

function reserveNumbers({ prepare }: Database, count: number): number {
  const row = prepare(
    `INSERT INTO "_counters" VALUES ('numbers', ?1 + 1) ON CONFLICT (name) DO UPDATE SET value = value + ?1 RETURNING value`,
  ).get(count);
  return Number(row?.['value']) - count;
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

/** Everything that can go wrong with the commit itself goes wrong here, before it shares a transaction with others. */
function commitWork(database: Database, wanted: Commit): () => CommitResult {
  const key = BigInt(wanted.instanceKey);
  const history = [JSON.stringify(wanted.audit), wanted.eventsJson ?? JSON.stringify(wanted.events)] as const;
  const rows = wanted.rows.map(changeSql);
  const claims = (wanted.claims ?? []).map(claimSql);
  const effects = wanted.effects.map(({ id, kind, payload }) => [id, key, wanted.expected + 1, kind, JSON.stringify(payload)] as const);
  return () => {
    const { prepare } = database;
    // CAREFUL: every check stands before the first write, because there is no savepoint to go back to.
    const claimed = claims.findIndex(({ text, values }) => prepare(text).get(...values) !== undefined);
    const known = prepare('SELECT version, ended FROM "_instances" WHERE key = ?').get(key) as
      { version: number; ended: number } | undefined;
    if ((known?.version ?? 0) !== wanted.expected || known?.ended === 1) return 'conflict';
    if (claimed >= 0) return { claimed: wanted.claims?.[claimed]?.key ?? '' };
    const version = wanted.expected + 1;
    prepare('INSERT OR REPLACE INTO "_instances" VALUES (?, ?, ?)').run(key, version, wanted.ended ? 1 : 0);
    prepare('INSERT INTO "_history" VALUES (?, ?, ?, ?)').run(key, version, ...history);
    if (wanted.snapshot !== undefined && !wanted.ended)
      prepare('INSERT OR REPLACE INTO "_snapshots" VALUES (?, ?, ?)').run(key, version, wanted.snapshot);
    if (wanted.ended && wanted.expected > 0) prepare('DELETE FROM "_snapshots" WHERE key = ?').run(key);
    for (const { text, values } of rows) prepare(text).run(...values);
    for (const effect of effects)
      prepare('INSERT OR IGNORE INTO "_effects" (id, key, seq, kind, payload) VALUES (?, ?, ?, ?, ?)').run(...effect);
    return 'committed';
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

function forget({ prepare }: Database, key: string): void {
  const id = BigInt(key);
  const known = prepare('SELECT ended FROM "_instances" WHERE key = ?').get(id) as { ended: number } | undefined;
  if (known?.ended !== 1) return;
  for (const table of ['_history', '_snapshots', '_effects', '_instances']) prepare(`DELETE FROM "${table}" WHERE key = ?`).run(id);
}

// ---------------------------------------------------------------- rows

function writeWork({ prepare }: Database, changes: readonly RowChange[], ifAbsent: NonNullable<Commit['claims']>): () => boolean {
  const rows = changes.map(changeSql);
  const claims = ifAbsent.map(claimSql);
  return () => {
    if (claims.some(({ text, values }) => prepare(text).get(...values) !== undefined)) return false;
    for (const { text, values } of rows) prepare(text).run(...values);
    return true;
  };
}

function leaseJobs(database: Database, request: LeaseRequest): readonly Row[] {
  const jobs: Collection = collections.jobs;
  const one = request.jobKey === undefined ? undefined : BigInt(request.jobKey);
  const scope = conditionSql('jobs', searchPlan(jobs, request.scope === undefined ? {} : { scope: request.scope }).condition);
  const found = all(database, {
    text: `SELECT ${KEY} FROM "jobs" WHERE "type" = ? AND "open" = 1 AND "availableAt" <= ? AND "retries" > 0 AND "retries" < X'FF' AND "suspended" <> 1
      ${one === undefined ? '' : `AND ${KEY} = ?`} AND ${scope.text} ORDER BY "priority" DESC, "availableAt" ${limited(request.max)}`,
    values: [request.type, request.now, ...(one === undefined ? [] : [one]), ...scope.values],
  });
  return found.flatMap(([key]) => leaseJob(database, String(key), request));
}

/** Its next lease is possible at the deadline: `availableAt` says so, so that leased jobs need no scan. */
function leaseJob(database: Database, key: string, request: LeaseRequest): readonly Row[] {
  const { worker, deadline, leaseToken } = request;
  const text = `UPDATE "jobs" SET "worker" = ?, "deadline" = ?, "availableAt" = ?, "leaseToken" = ?, "attempt" = CASE WHEN "attempt" < X'FF' THEN "attempt" + 1 ELSE 1 END WHERE ${KEY} = ?`;
  database.prepare(text).run(worker, deadline, deadline, leaseToken ?? bound(null), BigInt(key));
  const row = get(database, 'jobs', key);
  return row === undefined ? [] : [row];
}
