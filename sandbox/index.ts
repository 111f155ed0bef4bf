/**
 * The agencies' systems as real HTTP servers on loopback, with state and switchable faults: what the demo and the tests call over the network.
 * Only agencies whose folder has an `openapi.yaml` or a `service.wsdl` get a server.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bapenda } from './agencies/bapenda.ts';
import { bpjs } from './agencies/bpjs.ts';
import { damkar } from './agencies/damkar.ts';
import { diskominfo } from './agencies/diskominfo.ts';
import { dinsos } from './agencies/dinsos.ts';
import { dispendukcapil } from './agencies/dispendukcapil.ts';
import { dlh } from './agencies/dlh.ts';
import { jaringan } from './agencies/jaringan.ts';
import { kantah } from './agencies/kantah.ts';
import { kpu } from './agencies/kpu.ts';
import { taspen } from './agencies/taspen.ts';
import { createAgencyServer, type Agency, type Fault } from './agency-server.ts';
import { Announcer } from './announcer.ts';
import type { Behaviour, World } from './behaviour.ts';
import { readContract } from './contract.ts';
import { createSoapServer } from './soap-server.ts';
import { AgencyState, type JsonObject } from './state.ts';

export { faults } from './agency-server.ts';
export type { Fault } from './agency-server.ts';

export interface SandboxOptions {
  /** `processes/agencies` */
  readonly folder: string;
  /** 'any' free port each (default), or the first of a row of ports, in the order of the agencies' ids */
  readonly ports?: 'any' | number;
  /** our `POST /v2/messages/publication`, where payments and installations are announced; a function when it is known only later */
  readonly messageUrl?: string | (() => string | undefined);
  /** sent with each announcement, e.g. authorization */
  readonly messageHeaders?: () => Readonly<Record<string, string>>;
  /** where each agency keeps its state across restarts; absent: in memory */
  readonly stateFolder?: string;
  /** milliseconds from a bill to its payment and from an order to its installation; `null`: only on demand (`act`); default 1,500 */
  readonly laterMs?: number | null;
  /** milliseconds of the fault `slow`; default 3,000 */
  readonly slowMs?: number;
  /** seconds, the Retry-After of the fault `down`; default 2 */
  readonly retryAfter?: number;
}

export interface Sandbox {
  readonly agencyId: string;
  /** base URL without trailing slash */
  readonly url: string;
  /** the member path that the city calls with, when the agency stands behind X-Road */
  readonly xRoadClient?: string;
  readonly fault: Fault;
  setFault(fault: Fault): void;
  /** how often something really happened, by idempotency key */
  effects(): ReadonlyMap<string, number>;
  /** on demand: `pay` {billNumber}, `finish` {provisioningId}; undefined when there is nothing to act on */
  act(action: string, input: JsonObject): JsonObject | undefined;
}

export interface Sandboxes {
  readonly agencies: readonly Sandbox[];
  /** undefined when the agency has no API */
  of(agencyId: string): Sandbox | undefined;
  close(): Promise<void>;
}

const CONTRACTS = ['openapi.yaml', 'service.wsdl'];

const behaviours: ReadonlyMap<string, Behaviour> = new Map(
  Object.entries({ bapenda, bpjs, damkar, dinsos, diskominfo, dispendukcapil, dlh, jaringan, kantah, kpu, taspen }),
);

export async function startSandboxes(options: SandboxOptions): Promise<Sandboxes> {
  const ids = readdirSync(options.folder)
    .filter((id) => CONTRACTS.some((file) => existsSync(join(options.folder, id, file))))
    .sort();
  const running = await Promise.all(ids.map((id, index) => start(id, index, options)));
  const byId = new Map(running.map(({ sandbox }) => [sandbox.agencyId, sandbox]));
  return {
    agencies: running.map(({ sandbox }) => sandbox),
    of: (agencyId) => byId.get(agencyId),
    close: async () => void (await Promise.all(running.map(({ close }) => close()))),
  };
}

async function start(
  agencyId: string,
  index: number,
  options: SandboxOptions,
): Promise<{ readonly sandbox: Sandbox; readonly close: () => Promise<void> }> {
  const behaviour = behaviours.get(agencyId);
  if (behaviour === undefined) throw new Error(`Expected a sandbox behaviour for ${agencyId}, but sandbox/agencies has none`);
  const state = new AgencyState(options.stateFolder === undefined ? undefined : join(options.stateFolder, `${agencyId}.json`));
  const { world, act, stop } = worldOf(behaviour, state, options);
  const wsdl = join(options.folder, agencyId, 'service.wsdl');
  const isSoap = existsSync(wsdl);
  const agency: Agency = {
    agencyId,
    operations: isSoap ? [] : readContract(join(options.folder, agencyId, 'openapi.yaml')),
    behaviour,
    world,
    state,
    slowMs: options.slowMs ?? 3_000,
    retryAfter: options.retryAfter ?? 2,
    fault: 'none',
  };
  const server = isSoap ? createSoapServer(agency, readFileSync(wsdl, 'utf8')) : createAgencyServer(agency);
  const port = typeof options.ports === 'number' ? options.ports + index : 0;
  await listening(server, port);
  const sandbox: Sandbox = {
    agencyId,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get fault() {
      return agency.fault;
    },
    ...(behaviour.xRoadClient === undefined ? {} : { xRoadClient: behaviour.xRoadClient }),
    setFault: (fault) => void (agency.fault = fault),
    effects: () => new Map(state.effects),
    act,
  };
  return { sandbox, close: () => closed(server, stop) };
}

/** The agency's own time: what it does later is kept in its state and done after a restart too. */
function worldOf(behaviour: Behaviour, state: AgencyState, options: SandboxOptions) {
  const timers = new Set<NodeJS.Timeout>();
  const url = options.messageUrl;
  const announcer = new Announcer(state, {
    url: typeof url === 'function' ? url : () => url,
    headers: options.messageHeaders ?? (() => ({})),
  });
  const act = (action: string, input: JsonObject): JsonObject | undefined => {
    const result = behaviour.actions?.[action]?.(input, world);
    state.save();
    return result;
  };
  const arm = (entry: AgencyState['scheduled'][number]): void => {
    const due = (): void => {
      timers.delete(timer);
      state.scheduled = state.scheduled.filter(({ id }) => id !== entry.id);
      act(entry.action, entry.input);
    };
    const timer = setTimeout(due, Math.max(0, entry.dueAt - Date.now())).unref();
    timers.add(timer);
  };
  const world: World = {
    state,
    now: () => Date.now(),
    laterMs: options.laterMs === null ? undefined : (options.laterMs ?? 1_500),
    schedule: (action, input, delayMs) => {
      state.counter += 1;
      const entry = { id: state.counter, dueAt: Date.now() + delayMs, action, input };
      state.scheduled.push(entry);
      arm(entry);
    },
    announce: (announcement) => announcer.announce(announcement),
  };
  state.scheduled.forEach(arm);
  const stop = (): void => {
    announcer.close();
    for (const timer of timers) clearTimeout(timer);
  };
  return { world, act, stop };
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

const closed = (server: Server, stop: () => void): Promise<void> =>
  new Promise((resolve) => {
    stop();
    server.close(() => resolve());
    server.closeAllConnections();
  });
