/**
 * `npm run archive -- export <folder>`: writes the sealed files of archived cases of the store that the environment names into the folder, beside a
 * running server. What is there already stays. `npm run archive -- verify <file or folder>…`: reads them again; needs no store.
 * Ends with 0 when every file is whole, 1 when one is not, 2 when it could not look.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of, verifyArchive } from '../runtime/archive.ts';
import { readConfig } from '../runtime/config.ts';
import type { Row, Store } from '../runtime/ports.ts';
import { openToRead } from './open-to-read.ts';
import { everyRow } from '../runtime/every-row.ts';

const ENDING = '.alur-archive.gz';
type Tell = (line: string) => void;

/** Answers how many files were written. Throws when one is not what was sealed. */
export async function exportArchives(store: Store, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  let written = 0;
  for await (const row of everyRow(store, 'archives')) written += (await exported(store, row, folder)) ? 1 : 0;
  return written;
}

async function exported(store: Store, row: Row, folder: string): Promise<boolean> {
  const [key, seal] = [String(row['processInstanceKey']), String(row['sha256'])];
  const file = join(folder, `${key}${ENDING}`);
  if (existsSync(file) && sha256Of(readFileSync(file)) === seal) return false;
  const bytes = await store.getBlob(String(row['blob']));
  if (bytes === undefined || sha256Of(bytes) !== seal) throw new Error(`Expected the file of case ${key} as it was sealed, but it is not`);
  writeFileSync(`${file}.part`, bytes, { mode: 0o600 });
  renameSync(`${file}.part`, file);
  return true;
}

/** Files, or folders with files of ours. Answers how many are broken. */
export async function verifyFiles(paths: readonly string[], tell: Tell): Promise<number> {
  const files = paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => name.endsWith(ENDING))
          .map((name) => join(path, name))
      : [path],
  );
  if (files.length === 0) throw new Error(`Expected files that end with ${ENDING}, but there are none`);
  let broken = 0;
  for (const file of files) {
    const verdict = await verifyArchive(readFileSync(file));
    for (const sentence of verdict.broken) tell(`${file}: ${sentence}`);
    if (verdict.broken.length > 0) broken += 1;
    else tell(`${file}: whole, ${verdict.cases} cases, ${verdict.records} records`);
  }
  return broken;
}

async function main([what, ...paths]: readonly string[]): Promise<number> {
  if (what === 'verify' && paths.length > 0) return (await verifyFiles(paths, console.log)) > 0 ? 1 : 0;
  const [folder] = paths;
  if (what !== 'export' || folder === undefined) throw new Error('Expected: export <folder>, or verify <file or folder>…');
  const answer = readConfig(process.env);
  if (!answer.ok) throw new Error(answer.faults.join('; '));
  const store = await openToRead(answer.config);
  try {
    console.log(`${await exportArchives(store, folder)} files written to ${folder}`);
    return 0;
  } finally {
    await store.close();
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
