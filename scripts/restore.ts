/**
 * `npm run restore -- <file>`: puts a backup in the place of the SQLite store. The old store stays beside it, named `.before-restore-<time>`.
 * Refused while a server uses the store, when the file is broken, and when a newer program wrote it. The queue is filled again from the store at the next start.
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownFile } from '../runtime/stores/own-file.ts';
import { schemaVersionOf } from '../runtime/stores/sqlite-migrate.ts';
import { SCHEMA_VERSION } from '../runtime/stores/sqlite-schema.ts';
import { refuseBroken, storeFile } from './backup.ts';

/** Puts `from` in the place of `to`. Answers where the old store is now, if there was one. */
export function restore(from: string, to: string, now: number): string | undefined {
  if (!existsSync(from)) throw new Error(`Expected a backup at ${from}, but there is none`);
  mkdirSync(dirname(to), { recursive: true });
  const release = ownFile(to);
  const part = `${to}.part`;
  try {
    copyFileSync(from, part);
    refuseBroken(part);
    refuseStrange(part);
    const old = existsSync(to) ? `${to}.before-restore-${now}` : undefined;
    // the log belongs to the old file: with the new one it would be poison
    if (old !== undefined) for (const end of ['', '-wal', '-shm']) if (existsSync(to + end)) renameSync(to + end, old + end);
    renameSync(part, to);
    return old;
  } finally {
    rmSync(part, { force: true });
    release();
  }
}

/** Throws when the file is no store of ours, or one of a newer program. */
function refuseStrange(file: string): void {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const version = schemaVersionOf(db);
    if (version > SCHEMA_VERSION)
      throw new Error(
        `Expected a backup of schema version ${SCHEMA_VERSION} or older, but it has version ${version}: restore it with the newer program`,
      );
    if (db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = '_history'`).get() === undefined)
      throw new Error(`Expected a backup of a store, but the file is another database`);
  } finally {
    db.close();
  }
}

if (import.meta.main) {
  try {
    const [from] = process.argv.slice(2);
    if (from === undefined) throw new Error('Expected the name of the backup file: npm run restore -- <file>');
    const old = restore(resolve(from), storeFile(process.env), Date.now());
    console.log(`Restored.${old === undefined ? '' : ` The store from before is ${old}.`}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
