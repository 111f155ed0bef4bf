/** All agencies' compartments as this process knows them. Their truth is in the store; a change of one is part of the news to all processes. */
import type { Row } from '../collections.ts';
import { createLanes } from '../lanes.ts';
import type { News } from '../news.ts';
import type { RowChange, RuntimeClock, Store } from '../ports.ts';
import { gateOf, viewOf } from './phases.ts';
import { closed } from './terms.ts';
import type { Compartment, Gate, GateView, Hold, Limits, Maintenance } from './terms.ts';

export interface Compartments {
  gate(agency: string): Gate;
  compartment(agency: string): Compartment;
  limits(agency: string): Limits;
  /** milliseconds; undefined: nothing is announced for now */
  maintenanceUntil(agency: string): number | undefined;
  view(agency: string): GateView;
  /** those about which there is anything to say */
  agencies(): readonly string[];
  learn(): Promise<void>;
  /**
   * What becomes of it, decided on what the store holds, so that of many processes one decides. `next` answers undefined: leave it as it is;
   * `forgotten`: there is nothing left to say of it. Resolves with what it is then.
   */
  change(agency: string, next: (before: Compartment) => Compartment | 'forgotten' | undefined): Promise<Compartment>;
}

export interface CompartmentsParts {
  readonly store: Pick<Store, 'search'>;
  readonly clock: RuntimeClock;
  readonly news: () => News;
  /** somebody should look at everything again: what is shown of the agencies is another */
  readonly changed: () => void;
}

interface Registered {
  readonly limits: Limits;
  readonly maintenance: readonly Maintenance[];
}

const MOST = 10_000;
const TRIES = 20;

export function createCompartments({ store, clock, news, changed }: CompartmentsParts): Compartments {
  let compartments: ReadonlyMap<string, Compartment> = new Map();
  let registered: ReadonlyMap<string, Registered> = new Map();
  const lanes = createLanes();
  const known = (agency: string) => ({ compartment: compartments.get(agency), ...registered.get(agency) });

  async function learn(): Promise<void> {
    const told = (): string => JSON.stringify([[...compartments], [...registered]]);
    const before = told();
    const rows = (await store.search('agencyCompartments', { limit: MOST })).items;
    compartments = new Map(rows.map((row) => [String(row['agencyId']), fromRow(row)]));
    registered = await registeredIn(store);
    if (told() !== before) changed();
  }

  const compartment = (agency: string): Compartment => compartments.get(agency) ?? closed(agency);
  return {
    gate: (agency) => (compartments.size + registered.size === 0 ? 'open' : gateOf(known(agency), clock.now())),
    compartment,
    limits: (agency) => registered.get(agency)?.limits ?? {},
    maintenanceUntil: (agency) => {
      const now = clock.now();
      return registered.get(agency)?.maintenance.find(({ from, until }) => from <= now && now < until)?.until;
    },
    view: (agency) => viewOf(agency, known(agency), clock.now()),
    agencies: () => [...new Set([...compartments.keys(), ...registered.keys()])],
    learn,
    change: (agency, next) => lanes.run(agency, () => change(agency, next)),
  };

  async function change(agency: string, next: (before: Compartment) => Compartment | 'forgotten' | undefined): Promise<Compartment> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      await news().caughtUp();
      const before = compartment(agency);
      const after = next(before);
      if (after === undefined) return before;
      if (!(await news().announce([changeOf(agency, after)]))) continue;
      await learn();
      return compartment(agency);
    }
    throw new Error(`Expected to change the compartment of ${agency}, but others always changed something first`);
  }
}

function changeOf(agency: string, after: Compartment | 'forgotten'): RowChange {
  const place = { collection: 'agencyCompartments', key: agency } as const;
  return after === 'forgotten' ? { op: 'delete', ...place } : { op: 'put', ...place, row: toRow(after) };
}

function toRow({ agency, hold, ...rest }: Compartment): Row {
  return { agencyId: agency, ...rest, ...(hold && { heldBy: hold.by, heldSince: hold.since, heldReason: hold.reason }) };
}

function fromRow(row: Row): Compartment {
  const { agencyId, heldBy, heldSince, heldReason, ...rest } = row;
  const hold: Hold | undefined =
    typeof heldBy === 'string'
      ? { by: heldBy, since: Number(heldSince), ...(typeof heldReason === 'string' && { reason: heldReason }) }
      : undefined;
  return { ...(rest as unknown as Compartment), agency: String(agencyId), ...(hold && { hold }) };
}

/** Of the connection that each agency's calls take. */
async function registeredIn(store: Pick<Store, 'search'>): Promise<ReadonlyMap<string, Registered>> {
  const [profiles, connections] = await Promise.all([
    store.search('agencyProfiles', { limit: MOST }),
    store.search('agencyConnections', { limit: MOST }),
  ]);
  const sandboxed = new Set(profiles.items.flatMap((row) => (row['environment'] === 'sandbox' ? [String(row['agencyId'])] : [])));
  const taken = connections.items.filter((row) => (row['environment'] === 'sandbox') === sandboxed.has(String(row['agencyId'])));
  return new Map(
    taken.flatMap((row) => {
      const limits = (row['limits'] ?? {}) as Limits;
      const maintenance = (row['maintenance'] ?? []) as readonly Maintenance[];
      const nothing = Object.keys(limits).length + maintenance.length === 0;
      return nothing ? [] : [[String(row['agencyId']), { limits, maintenance }] as const];
    }),
  );
}
