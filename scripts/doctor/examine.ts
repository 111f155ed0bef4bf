/** What the doctor looks at, and what it says. Reads only; the server may be running. */
import { existsSync } from 'node:fs';
import type { Config } from '../../runtime/config.ts';
import { inspect } from '../../runtime/inspect.ts';
import type { Finding, Inspection } from '../../runtime/inspect.ts';
import type { Store } from '../../runtime/ports.ts';
import { openMongoStore } from '../../runtime/stores/mongo.ts';
import { OtherSchema, SCHEMA_VERSION as MONGO_VERSION } from '../../runtime/stores/mongo/connect.ts';
import { readSqliteStore } from '../../runtime/stores/sqlite.ts';
import { SCHEMA_VERSION } from '../../runtime/stores/sqlite-schema.ts';
import { queueFaults } from './queue.ts';

export interface Examined {
  /** ready to print */
  readonly lines: readonly string[];
  readonly broken: number;
}

type Named = Pick<Config, 'databaseUrl' | 'redisUrl' | 'mongoStandalone'>;

/** An effect is done within the command that asked for it; one that waits longer than this has been forgotten. Milliseconds. */
const STALE = 60_000;
const MOST_LINES = 100;

/** Throws when there is no store to look at. */
export async function examine(named: Named): Promise<Examined> {
  const place = await open(named);
  if ('fault' in place) return { lines: [place.line, place.fault], broken: 1 };
  const { store, line, atOneMoment } = place;
  try {
    const found = atOneMoment ? await inspect(store) : await twice(store);
    const broken = [...(await staleEffects(store)), ...found.findings.map(sentence)];
    broken.push(...(named.redisUrl === undefined ? [] : await queueFaults(store, named.redisUrl)));
    const lines = [line, `active instances: ${found.active}, effects that wait: ${found.pendingEffects}`];
    const more = broken.length > MOST_LINES ? [`… and ${broken.length - MOST_LINES} more`] : [];
    return { lines: [...lines, ...broken.slice(0, MOST_LINES), ...more], broken: broken.length };
  } finally {
    await store.close();
  }
}

interface Place {
  readonly store: Store;
  readonly line: string;
  /** what is read is the store as it was at one moment, however much is written meanwhile */
  readonly atOneMoment: boolean;
}
interface NoPlace {
  readonly line: string;
  readonly fault: string;
}

async function open({ databaseUrl, mongoStandalone = false }: Named): Promise<Place | NoPlace> {
  if (/^mongodb(\+srv)?:/.test(databaseUrl)) return await openMongo(databaseUrl, mongoStandalone);
  const path = databaseUrl.replace(/^file:/, '');
  if (!databaseUrl.startsWith('file:') || !existsSync(path))
    throw new Error(`Expected DATABASE_URL or ALUR_DATA to name a store, but there is none at ${path}`);
  const store = readSqliteStore(path);
  const line = `store: ${path}, schema version ${store.schemaVersion} (this program: ${SCHEMA_VERSION})`;
  if (store.schemaVersion === SCHEMA_VERSION) return { store, line, atOneMoment: true };
  await store.close();
  return { line, fault: schemaFault(store.schemaVersion > SCHEMA_VERSION) };
}

/** What servers that died have left half done is finished on the way, as any server would. */
async function openMongo(url: string, standalone: boolean): Promise<Place | NoPlace> {
  const line = (found: number): string => `store: MongoDB, schema version ${found} (this program: ${MONGO_VERSION})`;
  try {
    return { store: await openMongoStore(url, { standalone, asItIs: true }), line: line(MONGO_VERSION), atOneMoment: false };
  } catch (error) {
    if (error instanceof OtherSchema) return { line: line(error.found), fault: schemaFault(error.found > MONGO_VERSION) };
    throw error;
  }
}

function schemaFault(newer: boolean): string {
  return newer
    ? 'SCHEMA: Expected a store that this program understands, but a newer one wrote it.\n  → Use the newer program.'
    : 'SCHEMA: Expected a store of this schema version, but it is older.\n  → Start the server once: it brings the store up to date.';
}

function sentence({ code, message, hint }: Finding): string {
  return `${code}: ${message}.\n  → ${hint}`;
}

/** Where others write meanwhile, only what is wrong twice is wrong. */
async function twice(store: Store): Promise<Inspection> {
  const first = await inspect(store);
  if (first.findings.length === 0) return first;
  const before = new Set(first.findings.map(sentence));
  const again = await inspect(store);
  return { ...again, findings: again.findings.filter((finding) => before.has(sentence(finding))) };
}

async function staleEffects(store: Store): Promise<string[]> {
  let stale = 0;
  for (const { instanceKey, payload } of await store.pendingEffects(1_000)) {
    const [step] = await store.events(instanceKey, Number(payload['version']));
    if (step !== undefined && Date.now() - step.at > STALE) stale += 1;
  }
  if (stale === 0) return [];
  return [
    `OUTBOX: Expected effects to be done within a minute, but ${stale} wait longer.\n  → Start the server, or run with --repair: they are done again.`,
  ];
}
