/**
 * `npm run backup -- <file>`: a copy of the SQLite store, made while the server runs. The copy is one moment of the store and opens like the store itself.
 * MongoDB has its own tools: docs/operations.md.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { readConfig } from '../runtime/config.ts';

/** Pages per step; between two steps the server's own work goes on. */
const STEP = 2_000;

/** Copies `from` to `to`, which must not exist. Throws when there is no store, or the copy is not whole. Answers how many pages were copied. */
export async function backUp(from: string, to: string): Promise<number> {
  if (!existsSync(from)) throw new Error(`Expected a store at ${from}, but there is none`);
  if (existsSync(to)) throw new Error(`Expected ${to} to be free, but there is a file already`);
  const part = `${to}.part`;
  rmSync(part, { force: true });
  const source = new DatabaseSync(from, { readOnly: true, timeout: 10_000 });
  try {
    // one moment: a reader of the log sees no later commit, so the copy never starts over however much is written meanwhile
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    const pages = await backup(source, part, { rate: STEP });
    refuseBroken(part);
    renameSync(part, to);
    return pages;
  } finally {
    source.close();
    rmSync(part, { force: true });
  }
}

/** Throws when the file is no whole SQLite database. */
export function refuseBroken(file: string): void {
  const copy = new DatabaseSync(file);
  try {
    const answer = copy.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (answer !== 'ok') throw new Error(`Expected ${file} to be whole, but: ${String(answer)}`);
    // the copy is one file: no log beside it that somebody could forget
    copy.exec('PRAGMA journal_mode=DELETE');
  } finally {
    copy.close();
  }
}

/** The SQLite file that the environment names. Throws when the store is another. */
export function storeFile(env: NodeJS.ProcessEnv): string {
  const answer = readConfig(env);
  if (!answer.ok) throw new Error(answer.faults.join('\n'));
  const { databaseUrl } = answer.config;
  if (!databaseUrl.startsWith('file:'))
    throw new Error('Expected an SQLite store (DATABASE_URL=file:…), but it is another; see docs/operations.md');
  return databaseUrl.slice('file:'.length);
}

if (import.meta.main) {
  try {
    const [to] = process.argv.slice(2);
    if (to === undefined) throw new Error('Expected the name of the backup file: npm run backup -- <file>');
    const pages = await backUp(storeFile(process.env), resolve(to));
    console.log(`Backed up ${pages} pages to ${resolve(to)}.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
