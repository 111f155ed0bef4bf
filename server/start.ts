/** The composition root: the one place that knows every room. `npm start`, the demo and the tests all run this. */
import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { readConfig, ROLES } from '../runtime/config.ts';
import type { CollectionName } from '../runtime/collections.ts';
import type { Config } from '../runtime/config.ts';
import { openRuntime } from '../runtime/open.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { createRehearsals } from '../scenarios/index.ts';
import { startSandboxes } from '../sandbox/index.ts';
import type { Sandboxes } from '../sandbox/index.ts';
import { createVirtualAgencies } from '../sandbox/virtual.ts';
import type { VirtualAgencies } from '../sandbox/virtual.ts';
import { createFeel } from '../runtime/feel.ts';
import { readAllowedNetworks } from '../workers/connections.ts';
import { createAlertCarriers } from '../workers/alert-carriers.ts';
import type { AlertCarriers } from '../workers/alert-carriers.ts';
import { readCodeSenders } from '../workers/code-senders.ts';
import { createHandlers, directoryOf, readConnections } from '../workers/index.ts';
import { configuredDirectory, createRegistry } from '../workers/registry.ts';
import { answersOf } from '../workers/wsdl/answers.ts';
import type { Registry } from '../workers/registry.ts';
import { createSeal } from '../workers/seal.ts';
import type { Handlers, Outbox } from '../workers/index.ts';
import type { Wait } from '../workers/waits.ts';
import { putAccount, seedAdministrator, seedDemoAccounts, seedDemoClient } from './accounts.ts';
import type { Account, ClientCredentials } from './accounts.ts';
import { Agencies, readAgencies } from './agencies.ts';
import { keepWatch } from './alerts/watch.ts';
import type { Watching } from './alerts/watch.ts';
import { healthRoutes } from './api/health.ts';
import { createApp } from './app.ts';
import type { AppOptions } from './app.ts';
import { documentSink } from './document-sink.ts';
import { exchangeSink } from './exchange-sink.ts';
import { CLIENT_PREFIX } from './identity/machines.ts';
import { readProviders } from './identity/providers.ts';
import { keptSecret } from './kept-secret.ts';
import { resealCredentials } from './reseal-credentials.ts';
import { CITY } from './reader.ts';
import { keepTidy } from './tidy.ts';
import { waitStore } from './wait-store.ts';
import { deployShipped } from './shipped-processes.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface StartOptions {
  /** where notable things are told; default: standard error, one line each */
  readonly log?: Log;
  /** milliseconds between two looks at what is the matter; default 30,000 */
  readonly alertsEveryMs?: number;
  /** `processes/`; default: the shipped ones */
  readonly processes?: string;
}

export interface Alur {
  /** base URL without trailing slash, on loopback */
  readonly url: string;
  /** that can be signed in with; in production only the administrator, and only at the very first start */
  readonly accounts: readonly Account[];
  /** a program of the demo, for the OAUTH strategy of clients; absent in production */
  readonly client?: ClientCredentials;
  readonly config: Config;
  readonly runtime: Runtime;
  readonly sandboxes?: Sandboxes;
  /** stops taking requests, finishes what runs (bounded), closes everything */
  close(): Promise<void>;
}

const top = resolve(import.meta.dirname, '..');
/** milliseconds that open requests get to end */
const STOP_LIMIT = 5_000;
/** milliseconds: a little more than the five minutes that a step may give its agency */
const LONGEST_CALL = 310_000;

/** Starts everything in this process. Throws an Error whose message lists every fault of the configuration. */
export async function startAlur(env: Env, options: StartOptions = {}): Promise<Alur> {
  const config = configFrom(env);
  const ways = await waysToSignIn(env, config);
  const log = options.log ?? ((level, message) => process.stderr.write(`${level}: ${message}\n`));
  const processes = options.processes ?? join(top, 'processes');
  const agenciesFolder = join(processes, 'agencies');
  const agencies = readAgencies(agenciesFolder);
  const machine = { username: 'sandbox', password: randomBytes(24).toString('base64url') };
  const place: { url?: string } = {};
  const sandboxes = wantsSandboxes(env, config) ? await openSandboxes({ config, agenciesFolder, machine, place }) : undefined;
  const published = Promise.withResolvers<string>();
  const publicUrl = config.port === 0 && !env['ALUR_PUBLIC_URL'] ? published.promise : config.publicUrl;
  const { runtime, handlers, registry, virtual, carriers } = await openMachine({
    env,
    config,
    publicUrl,
    agenciesFolder,
    log,
    ...(sandboxes === undefined ? {} : { sandboxes }),
  });
  const web = config.roles.includes('web');
  const accounts = web ? await seedAccounts(runtime, config, agencies) : [];
  const client = web ? await seedClient(runtime, config) : undefined;
  if (sandboxes !== undefined) {
    const person = { username: machine.username, name: 'Sandbox', realm: 'staff', agency: CITY, roles: ['integrator'] } as const;
    await putAccount(runtime.store, person, machine.password);
  }
  if (web) await resealCredentials(runtime.store, registry.tools);
  if (web) await deployShipped(runtime, processes, (line) => log('info', line));
  const pages = join(top, 'dist');
  const rehearsals = createRehearsals(processes);
  const app = createApp({
    rehearsals,
    runtime,
    config,
    ...ways,
    secret: secretOf(config),
    agencies,
    agenciesFolder,
    log,
    registry: registry.tools,
    carriers,
    ...(sandboxes === undefined ? {} : { sandbox: allSandboxes(sandboxes, virtual) }),
    ...(existsSync(pages) && web ? { pages } : {}),
    // who serves nobody still tells how it is
    ...(web ? {} : { routes: healthRoutes }),
  });
  const server = await listen(createServer({ keepAliveTimeout: KEEP_ALIVE }, app), config);
  place.url = urlOf(server);
  published.resolve(place.url);
  const stopChores = chores({ ...options, runtime, agencies, carriers, publicUrl: await publicUrl, log, web });
  const close = once(async () => {
    await stopChores();
    app.closeEvents();
    await stop(server);
    await runtime.close();
    await Promise.all([rehearsals.close(), handlers.close(), registry.close(), virtual.close(), carriers.close(), sandboxes?.close()]);
  });
  const parts = { ...(sandboxes === undefined ? {} : { sandboxes }), ...(client === undefined ? {} : { client }) };
  return { url: place.url, accounts, config, runtime, close, ...parts };
}

interface Chores extends Pick<Watching, 'runtime' | 'carriers' | 'publicUrl' | 'log'> {
  readonly agencies: ReturnType<typeof readAgencies>;
  readonly web: boolean;
  readonly alertsEveryMs?: number;
}

/** What goes on beside the requests; answers how to stop. */
function chores({ agencies, web, alertsEveryMs = 30_000, ...watching }: Chores): () => Promise<void> {
  const { runtime, log } = watching;
  const stopTidying = web ? keepTidy(runtime, (error) => log('warn', `tidying: ${String(error)}`)) : () => undefined;
  const stopWatching = keepWatch({ ...watching, agencies: new Agencies(agencies), now: Date.now }, alertsEveryMs);
  return async () => {
    stopTidying();
    await stopWatching();
  };
}

/** those that came with the house, and those that were made of a registered contract since */
function allSandboxes(own: Sandboxes, virtual: VirtualAgencies) {
  return {
    get agencies() {
      return [...own.agencies, ...virtual.agencies];
    },
  };
}

/** An idle connection is ours to close only after a proxy has given it up (they do after 60 s): else it sends a request into a closed one. Milliseconds. */
const KEEP_ALIVE = 75_000;

function configFrom(env: Env): Config {
  const answer = readConfig(env);
  if (answer.ok) return answer.config;
  throw new Error(`Expected a valid configuration, but:\n${answer.faults.map((fault) => `  - ${fault}`).join('\n')}`);
}

/** Where no real agency is configured and nobody said otherwise, the sandboxes stand in, except in production. */
function wantsSandboxes(env: Env, config: Config): boolean {
  if (config.sandbox) return true;
  if (config.roles.length < ROLES.length) return false;
  const named = Object.keys(env).some((name) => /^ALUR_AGENCY_\w+_URL$/.test(name));
  return !config.production && !named && !env['ALUR_SANDBOX'];
}

interface SandboxPlan {
  readonly config: Config;
  readonly agenciesFolder: string;
  readonly machine: { readonly username: string; readonly password: string };
  readonly place: { readonly url?: string };
}

function openSandboxes({ config, agenciesFolder, machine, place }: SandboxPlan): Promise<Sandboxes> {
  const authorization = `Basic ${Buffer.from(`${machine.username}:${machine.password}`).toString('base64')}`;
  return startSandboxes({
    folder: agenciesFolder,
    messageUrl: () => (place.url === undefined ? undefined : `${place.url}/v2/messages/publication`),
    messageHeaders: () => ({ authorization }),
    ...(config.databaseUrl === 'memory:' ? {} : { stateFolder: join(config.data, 'sandbox') }),
  });
}

function secretOf(config: Config): string {
  return config.secret ?? keptSecret(config.data, 'secret', 32).value;
}

interface MachinePlan {
  readonly env: Env;
  readonly config: Config;
  /** with PORT=0 known only once the server listens */
  readonly publicUrl: string | Promise<string>;
  readonly agenciesFolder: string;
  readonly log: Log;
  readonly sandboxes?: Sandboxes;
}

const placeOf = ({ url, xRoadClient }: { readonly url: string; readonly xRoadClient?: string }) =>
  xRoadClient === undefined ? { url } : { url, xRoadClient };

interface Machine {
  readonly runtime: Runtime;
  readonly handlers: Handlers;
  readonly registry: Registry;
  readonly virtual: VirtualAgencies;
  readonly carriers: AlertCarriers;
}

async function openMachine({ env, config, publicUrl, agenciesFolder, log, sandboxes }: MachinePlan): Promise<Machine> {
  const fallback = new Map((sandboxes?.agencies ?? []).map(({ agencyId, ...one }) => [agencyId, placeOf(one)] as const));
  // jobs that a crash left behind may start before `openRuntime` has answered: they wait here for the store
  const opened = Promise.withResolvers<Runtime>();
  const now = () => Date.now();
  const virtual = createVirtualAgencies();
  const allowedNetworks = readAllowedNetworks(env);
  const connections = readConnections(env, fallback);
  const read = async (collection: CollectionName, key: string) => (await opened.promise).store.get(collection, key);
  const seal = createSeal(sealKeys(env, config));
  const registry = createRegistry({
    read,
    seal,
    fallback: configuredDirectory(directoryOf(connections, agenciesFolder), contractsIn(agenciesFolder)),
    virtual: (agency, contract) =>
      contract.kind === 'openapi'
        ? virtual.urlOf(agency, { hash: contract.hash, document: contract.document })
        : virtual.urlOf(agency, { hash: contract.hash, document: { wsdl: contract.texts }, answers: () => answersOf(contract.texts) }),
    allowedNetworks,
    secret: secretOf(config),
    now,
  });
  const outbox = localOutbox(join(config.data, 'outbox'));
  const carriers = createAlertCarriers({ env, outbox, allowedNetworks, read, seal, now });
  const handlers = createHandlers({
    directory: registry.directory,
    allowedNetworks,
    evaluate: createFeel(config.zone, now),
    publicUrl,
    zone: config.zone,
    secret: secretOf(config),
    putDocument: documentSink(async () => (await opened.promise).store, now),
    waits: waitStore<Wait>(async () => (await opened.promise).store),
    record: exchangeSink(async () => (await opened.promise).store, log),
    outbox,
    now,
  });
  const runtime = await openRuntime({ config, handlers, handlerTimeoutMs: LONGEST_CALL, log });
  opened.resolve(runtime);
  return { runtime, handlers, registry, virtual, carriers };
}

/** The keys of agencies' credentials: as given; else of the secret that all processes share; else one of this data folder. */
function sealKeys(env: Env, { secret, data }: Config): string {
  if (env['ALUR_SECRET_KEY']) return env['ALUR_SECRET_KEY'];
  if (secret === undefined) return keptSecret(data, 'secret-key', 32).value;
  return Buffer.from(hkdfSync('sha256', secret, '', 'credentials of agencies', 32)).toString('base64url');
}

/** contracts that came with the house, also of agencies whose address somebody registers later */
function contractsIn(folder: string) {
  const named = readAgencies(folder).map(({ agencyId }) => [agencyId, { url: '' }] as const);
  return directoryOf(new Map(named), folder);
}

/** One file per mail; a repeated job writes the same file again. The file's name tells nothing about people. */
function localOutbox(folder: string): Outbox {
  return async (mail) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${mail.id}.json`);
    await writeFile(`${file}.part`, JSON.stringify(mail, null, 2), { mode: 0o600 });
    await rename(`${file}.part`, file);
  };
}

async function seedAccounts(runtime: Runtime, config: Config, agencies: ReturnType<typeof readAgencies>): Promise<readonly Account[]> {
  if (config.production) return seedAdministrator(runtime.store);
  const { value, fresh } = keptSecret(config.data, 'demo-password', 9);
  return seedDemoAccounts(runtime.store, agencies, { password: value, reset: fresh });
}

/** Where nothing is configured and it is not meant seriously, codes are caught and shown to whoever asked. */
async function waysToSignIn(env: Env, { production }: Config): Promise<Pick<AppOptions, 'providers' | 'codes'>> {
  const providers = await readProviders(env);
  const senders = readCodeSenders(env, () => Date.now());
  if (senders === undefined && production) return { providers };
  return { providers, codes: senders ?? 'catch' };
}

async function seedClient(runtime: Runtime, config: Config): Promise<ClientCredentials | undefined> {
  if (config.production) return undefined;
  const client = { clientId: `${CLIENT_PREFIX}demo`, clientSecret: keptSecret(config.data, 'demo-client', 32).value };
  await seedDemoClient(runtime.store, client);
  return client;
}

function listen(server: Server, { port, host }: Config): Promise<Server> {
  return new Promise((done, failed) => {
    const refused = (error: NodeJS.ErrnoException): void =>
      failed(
        error.code === 'EADDRINUSE'
          ? new Error(`Expected port ${port} to be free, but something listens there already; choose another with PORT`)
          : error,
      );
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      done(server);
    });
  });
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), STOP_LIMIT);
  await closed;
  clearTimeout(timer);
}

function once(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= act());
}
