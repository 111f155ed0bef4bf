/** What the doctor looks at, and what it says. Reads only; the server may be running. */
import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { Config } from '../../runtime/config.ts';
import { inspect } from '../../runtime/inspect.ts';
import { readSqliteStore } from '../../runtime/stores/sqlite.ts';
import { SCHEMA_VERSION } from '../../runtime/stores/sqlite-schema.ts';

export interface Examined {
  /** ready to print */
  readonly lines: readonly string[];
  readonly broken: number;
}

type Named = Pick<Config, 'databaseUrl' | 'redisUrl'>;

/** An effect is done within the command that asked for it; one that waits longer than this has been forgotten. Milliseconds. */
const STALE = 60_000;
const MOST_LINES = 100;

/** Throws when there is no store to look at. */
export async function examine({ databaseUrl, redisUrl }: Named): Promise<Examined> {
  const path = databaseUrl.replace(/^file:/, '');
  if (!databaseUrl.startsWith('file:') || !existsSync(path))
    throw new Error(`Expected DATABASE_URL or ALUR_DATA to name the file of a store, but there is none at ${path}`);
  const broken = await queueFault(redisUrl);
  const store = readSqliteStore(path);
  try {
    const { schemaVersion } = store;
    const lines = [`store: ${path}, schema version ${schemaVersion} (this program: ${SCHEMA_VERSION})`];
    if (schemaVersion !== SCHEMA_VERSION) return { lines: [...lines, schemaFault(schemaVersion), ...broken], broken: broken.length + 1 };
    const found = await inspect(store);
    lines.push(`active instances: ${found.active}, effects that wait: ${found.pendingEffects}`);
    const stale = await staleEffects(store);
    if (stale > 0)
      broken.push(
        `OUTBOX: Expected effects to be done within a minute, but ${stale} wait longer.\n  → Start the server, or run with --repair: they are done again.`,
      );
    broken.push(...found.findings.map(({ code, message, hint }) => `${code}: ${message}.\n  → ${hint}`));
    const more = broken.length > MOST_LINES ? [`… and ${broken.length - MOST_LINES} more`] : [];
    return { lines: [...lines, ...broken.slice(0, MOST_LINES), ...more], broken: broken.length };
  } finally {
    await store.close();
  }
}

function schemaFault(found: number): string {
  return found > SCHEMA_VERSION
    ? 'SCHEMA: Expected a store that this program understands, but a newer one wrote it.\n  → Use the newer program.'
    : 'SCHEMA: Expected a store of this schema version, but it is older.\n  → Start the server once: it brings the store up to date.';
}

async function staleEffects(store: ReturnType<typeof readSqliteStore>): Promise<number> {
  let stale = 0;
  for (const { instanceKey, payload } of await store.pendingEffects(1_000)) {
    const [step] = await store.events(instanceKey, Number(payload['version']));
    if (step !== undefined && Date.now() - step.at > STALE) stale += 1;
  }
  return stale;
}

/** Only a Redis that is named: one of the server's own is there when the server is. */
async function queueFault(url: string | undefined): Promise<string[]> {
  if (url === undefined) return [];
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null, connectTimeout: 3_000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as readonly string[];
    if (policy === 'noeviction') return [];
    return [
      `QUEUE: Expected Redis to keep what it holds (maxmemory-policy noeviction), but it is ${String(policy)}.\n  → Set it, or the server refuses to start.`,
    ];
  } catch (error) {
    return [
      `QUEUE: Expected Redis at REDIS_URL to answer, but: ${String(error)}.\n  → Start it. Nothing is lost meanwhile: commands are accepted, jobs wait.`,
    ];
  } finally {
    redis.disconnect();
  }
}
