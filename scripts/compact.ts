/**
 * `npm run compact`: gives the room of what retention took out of the SQLite store back to the disk. With the server stopped; needs twice as much free
 * room as the store will have. Without it nothing is lost: the room is used again by what comes next.
 */
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ownFile } from '../runtime/stores/own-file.ts';
import { storeFile } from './backup.ts';

/** Throws while a server uses the store. Answers bytes before and after. */
export function compact(path: string): { readonly before: number; readonly after: number } {
  if (!existsSync(path)) throw new Error(`Expected a store at ${path}, but there is none`);
  const release = ownFile(path);
  try {
    const before = statSync(path).size;
    const db = new DatabaseSync(path);
    try {
      // VACUUM is one transaction: a crash in the middle leaves the store as it was
      db.exec('PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
    return { before, after: statSync(path).size };
  } finally {
    release();
  }
}

if (import.meta.main) {
  try {
    const { before, after } = compact(storeFile(process.env));
    console.log(`Compacted: ${before} bytes before, ${after} bytes now.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
