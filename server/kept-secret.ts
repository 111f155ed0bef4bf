import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeptSecret {
  readonly value: string;
  /** it did not exist before */
  readonly fresh: boolean;
}

/** A random text kept in the data folder, readable by this user alone; the same for the life of the installation. `bytes`: how random. */
export function keptSecret(folder: string, name: string, bytes: number): KeptSecret {
  const file = join(folder, name);
  try {
    const value = readFileSync(file, 'utf8').trim();
    if (value !== '') return { value, fresh: false };
  } catch {
    // not there yet
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const value = randomBytes(bytes).toString('base64url');
  writeFileSync(file, `${value}\n`, { mode: 0o600 });
  return { value, fresh: true };
}
