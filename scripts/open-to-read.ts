import { existsSync } from 'node:fs';
import type { Config } from '../runtime/config.ts';
import type { Store } from '../runtime/ports.ts';
import { openMongoStore } from '../runtime/stores/mongo.ts';
import { readSqliteStore } from '../runtime/stores/sqlite.ts';

/** The store that the configuration names, for programs that read beside a running server. Throws when there is none. */
export async function openToRead({
  databaseUrl,
  mongoStandalone = false,
}: Pick<Config, 'databaseUrl' | 'mongoStandalone'>): Promise<Store> {
  if (databaseUrl.startsWith('mongodb')) return await openMongoStore(databaseUrl, { standalone: mongoStandalone, asItIs: true });
  const path = databaseUrl.replace(/^file:/, '');
  if (!databaseUrl.startsWith('file:') || !existsSync(path)) throw new Error(`there is no store at ${path}`);
  return readSqliteStore(path);
}
