/**
 * Configuration comes from the environment only and is parsed once, at start. Every fault is named, not only the first.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseLifetime } from '../engine/index.ts';
import type { Retention } from '../engine/index.ts';
import type { AdmissionBounds } from './admission.ts';
import { isRedisAddress } from './queues/redis-address.ts';

export interface Config {
  /** TCP port of the HTTP server; 0 = any free one */
  readonly port: number;
  /** interface to listen on. Loopback only when `auth` is `none`. */
  readonly host: string;
  /** `memory:`, `file:<path of the SQLite file>` or `mongodb://…` */
  readonly databaseUrl: string;
  /** absent: a redis-server found on this machine is started, else the queue lives in this process */
  readonly redisUrl?: string;
  /** `auto`: bullmq when a Redis can be had; `in-process`: never */
  readonly queue: 'auto' | 'in-process' | 'bullmq';
  /** folder of everything that must survive: absolute path */
  readonly data: string;
  readonly auth: 'session' | 'none';
  readonly clock: 'real' | 'controllable';
  /** `ALUR_SANDBOX=true`: the agencies' sandboxes run beside the server */
  readonly sandbox: boolean;
  /** what this process does; all in one by default */
  readonly roles: readonly Role[];
  /** `ALUR_SECRET`: what permits' verification codes are made with; the same in all processes. Absent: made once, kept in `data` */
  readonly secret?: string;
  /** when new cases are refused so that the accepted ones come to their end */
  readonly admission: AdmissionBounds;
  /** how long ended cases and their archives are kept, where their process does not say */
  readonly retention: Retention;
  /** where citizens reach the portal: for links in mails and QR codes; without trailing slash */
  readonly publicUrl: string;
  /** `ALUR_MONGO_STANDALONE=true`, tests only: a MongoDB without replica set is accepted, which may lose what it acknowledged */
  readonly mongoStandalone?: boolean;
  /** `ALUR_UNIQUE_BUSINESS_IDS=true`: one running case per process and business id */
  readonly uniqueBusinessIds?: boolean;
  readonly production: boolean;
  /** calls of `/api/v1` per minute and person; 0: not counted */
  readonly rateLimit: number;
  /** addresses and networks of reverse proxies whose `X-Forwarded-For` counts */
  readonly proxies: readonly string[];
  /** IANA time zone in which dates without offset and timer cycles are meant; `ALUR_ZONE`, default Asia/Jakarta */
  readonly zone: string;
}

/** web: serves and enqueues. worker: consumes queues. scheduler: timers, sweeper, retention; one of many leads. */
export type Role = 'web' | 'worker' | 'scheduler';
export const ROLES: readonly Role[] = ['web', 'worker', 'scheduler'];

export type ConfigAnswer = { readonly ok: true; readonly config: Config } | { readonly ok: false; readonly faults: readonly string[] };

const flag = z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no', ''] });
const lifetime = z.string().transform((text, { addIssue }) => {
  const parsed = parseLifetime(text);
  if (parsed !== undefined) return parsed;
  addIssue("'never' or an ISO 8601 duration such as P10Y");
  return z.NEVER;
});
const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  HOST: z.string().min(1).optional(),
  DATABASE_URL: z.string().optional(),
  REDIS_URL: z.string().refine(isRedisAddress, 'a redis://, rediss:// or redis+sentinel://host:port,…/name URL').optional(),
  ALUR_QUEUE: z.enum(['auto', 'in-process', 'bullmq']).default('auto'),
  ALUR_DATA: z.string().min(1).default('./data'),
  ALUR_AUTH: z.enum(['session', 'none']).default('session'),
  ALUR_CLOCK: z.enum(['real', 'controllable']).default('real'),
  ALUR_SANDBOX: flag.default(false),
  ALUR_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  ALUR_ZONE: z.string().refine(isZone, 'an IANA time zone').default('Asia/Jakarta'),
  ALUR_ROLES: z
    .string()
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(['web', 'worker', 'scheduler'])).min(1))
    .default(['web', 'worker', 'scheduler']),
  ALUR_SECRET: z.string().min(32).optional(),
  ALUR_MAX_BACKLOG: z.coerce.number().int().min(0).max(10_000).default(10_000),
  ALUR_MAX_LAG: z.coerce.number().int().min(0).default(1_000),
  ALUR_MAX_HEAP: z.coerce.number().int().min(0).max(100).default(92),
  ALUR_HISTORY_TTL: lifetime.default('never'),
  ALUR_ARCHIVE_TTL: lifetime.default('never'),
  ALUR_RATE_LIMIT: z.coerce.number().int().min(0).default(1_200),
  ALUR_PROXIES: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    )
    .refine((all) => all.every(isNetwork), 'addresses or networks (10.0.0.0/8) by commas')
    .optional(),
  ALUR_MONGO_STANDALONE: flag.default(false),
  ALUR_UNIQUE_BUSINESS_IDS: flag.default(false),
  NODE_ENV: z.string().optional(),
});
type Parsed = z.infer<typeof schema>;

/** Names of all settings with their defaults as text, `-` where there is none: docs/operations.md has the same table. */
export function settings(): ReadonlyMap<string, string> {
  const defaults = schema.parse({}) as Readonly<Record<string, unknown>>;
  return new Map(Object.keys(schema.shape).map((name) => [name, String(defaults[name] ?? '-')]));
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** `env`: usually process.env. Empty values count as absent. Secrets are never repeated in a fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigAnswer {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    return { ok: false, faults: parsed.error.issues.map((issue) => `Expected ${issue.path.join('.')} to be valid, but: ${issue.message}`) };
  const data = resolve(parsed.data.ALUR_DATA);
  const database = databaseUrl(parsed.data.DATABASE_URL, data);
  const faults = [...faultsOf(parsed.data), ...(database.fault === undefined ? [] : [database.fault])];
  return faults.length > 0 ? { ok: false, faults } : { ok: true, config: configOf(parsed.data, data, database.url) };
}

function faultsOf(env: Parsed): readonly string[] {
  const faults: string[] = [];
  if (env.ALUR_AUTH === 'none' && env.HOST !== undefined && !LOOPBACK.has(env.HOST))
    faults.push(`Expected HOST to be a loopback address with ALUR_AUTH=none, but it is ${env.HOST}`);
  if (env.ALUR_CLOCK === 'controllable' && env.NODE_ENV === 'production')
    faults.push('Expected ALUR_CLOCK to be real with NODE_ENV=production, but it is controllable');
  if (env.ALUR_AUTH === 'none' && env.NODE_ENV === 'production')
    faults.push('Expected ALUR_AUTH to be session with NODE_ENV=production, but it is none');
  if (env.ALUR_MONGO_STANDALONE && env.NODE_ENV === 'production')
    faults.push('Expected ALUR_MONGO_STANDALONE to be false with NODE_ENV=production, but it is true');
  return [...faults, ...roleFaults(env)];
}

/** A role of its own makes sense only where the others can be elsewhere: a store and a queue that many processes share. */
function roleFaults(env: Parsed): readonly string[] {
  if (ROLES.every((role) => env.ALUR_ROLES.includes(role))) return [];
  const faults: string[] = [];
  if (!/^mongodb(\+srv)?:/.test(env.DATABASE_URL ?? ''))
    faults.push(
      'Expected DATABASE_URL to be mongodb://… when ALUR_ROLES leaves a role to other processes, but it is a store of one process',
    );
  if (env.REDIS_URL === undefined || env.ALUR_QUEUE === 'in-process')
    faults.push('Expected REDIS_URL when ALUR_ROLES leaves a role to other processes, but there is no queue that they share');
  if (env.ALUR_SECRET === undefined && env.NODE_ENV === 'production')
    faults.push(
      'Expected ALUR_SECRET (the same in all processes, 32 characters or more) when ALUR_ROLES leaves a role to other processes, but there is none',
    );
  return faults;
}

function databaseUrl(url: string | undefined, data: string): { readonly url: string; readonly fault?: string } {
  if (url === undefined) return { url: `file:${join(data, 'alur.sqlite')}` };
  if (url === 'memory:') return { url };
  if (url.startsWith('file:')) return { url: `file:${resolve(url.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))}` };
  if (/^mongodb(\+srv)?:\/\//.test(url)) return { url };
  return { url, fault: 'Expected DATABASE_URL to start with file:, mongodb: or memory:, but it does not' };
}

function configOf(env: Parsed, data: string, url: string): Config {
  return {
    port: env.PORT,
    host: env.HOST ?? (env.ALUR_AUTH === 'none' ? '127.0.0.1' : '0.0.0.0'),
    databaseUrl: url,
    ...(env.REDIS_URL === undefined ? {} : { redisUrl: env.REDIS_URL }),
    queue: env.ALUR_QUEUE,
    data,
    auth: env.ALUR_AUTH,
    clock: env.ALUR_CLOCK,
    sandbox: env.ALUR_SANDBOX,
    publicUrl: (env.ALUR_PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    ...(env.ALUR_MONGO_STANDALONE && { mongoStandalone: true }),
    ...(env.ALUR_UNIQUE_BUSINESS_IDS && { uniqueBusinessIds: true }),
    roles: ROLES.filter((role) => env.ALUR_ROLES.includes(role)),
    ...(env.ALUR_SECRET === undefined ? {} : { secret: env.ALUR_SECRET }),
    admission: { backlog: env.ALUR_MAX_BACKLOG, lagMs: env.ALUR_MAX_LAG, heapPercent: env.ALUR_MAX_HEAP },
    retention: { history: env.ALUR_HISTORY_TTL, archive: env.ALUR_ARCHIVE_TTL },
    production: env.NODE_ENV === 'production',
    rateLimit: env.ALUR_RATE_LIMIT,
    proxies: env.ALUR_PROXIES ?? [],
    zone: env.ALUR_ZONE,
  };
}
