import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Store } from '../runtime/ports.ts';
import { CITIZEN } from '../runtime/citizen.ts';
import { CITY, CITY_NAME } from './reader.ts';

export interface Agency {
  readonly agencyId: string;
  readonly name: string;
  readonly nameEn: string;
  readonly kind: 'agency' | 'provider';
  readonly description?: string;
}

export const agencyIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,62}$/)
  .refine((id) => id !== CITIZEN && id !== CITY, 'must not be one of the words that mean somebody else');
const schema = z.object({
  agencyId: agencyIdSchema,
  name: z.string().min(1),
  nameEn: z.string().min(1),
  kind: z.enum(['agency', 'provider']),
  description: z.string().optional(),
});

/** who takes part without being an agency */
const others = new Map([
  [CITY, { name: CITY_NAME, nameEn: 'City Government' }],
  [CITIZEN, { name: 'Warga', nameEn: 'Citizen' }],
]);

/** milliseconds until another process's change is known here */
const FRESH = 2_000;
const MOST = 5_000;

/** The agencies of the city by id, and what they are called: those that came with the house, and those that somebody registered. */
export class Agencies {
  readonly #given: readonly Agency[];
  #byId: ReadonlyMap<string, Agency>;
  #imitated: ReadonlySet<string> = new Set();
  #learnt: number | undefined;
  constructor(list: readonly Agency[]) {
    this.#given = list;
    this.#byId = new Map(list.map((agency) => [agency.agencyId, agency]));
  }
  /** Reads the register again. What is registered goes before what came with the house. */
  async learn(store: Store): Promise<void> {
    const { items } = await store.search('agencyProfiles', { limit: MOST });
    const registered = items.map(
      ({ agencyId, name, nameEn, kind, description }) => ({ agencyId, name, nameEn, kind, description }) as Agency,
    );
    this.#imitated = new Set(items.filter(({ environment }) => environment === 'sandbox').map(({ agencyId }) => String(agencyId)));
    const all = new Map([...this.#given, ...registered].map((agency) => [agency.agencyId, agency]));
    this.#byId = new Map([...all].toSorted(([, left], [, right]) => left.name.localeCompare(right.name)));
  }
  /** Waits only for the first reading; later ones happen beside the request. `now`: milliseconds */
  async freshen(store: Store, now: number): Promise<void> {
    if (this.#learnt !== undefined && now - this.#learnt < FRESH) return;
    const first = this.#learnt === undefined;
    this.#learnt = now;
    const learning = this.learn(store).catch(() => undefined);
    if (first) await learning;
  }
  get all(): readonly Agency[] {
    return [...this.#byId.values()];
  }
  /** those whose calls go to a sandbox, because their people said so */
  get imitated(): readonly Agency[] {
    return this.all.filter(({ agencyId }) => this.#imitated.has(agencyId));
  }
  has(agencyId: string): boolean {
    return this.#byId.has(agencyId);
  }
  /** name for people; null when there is no agency, the id itself when nobody described it */
  nameOf(agencyId: string | null | undefined): string | null {
    if (agencyId === null || agencyId === undefined) return null;
    return this.#byId.get(agencyId)?.name ?? others.get(agencyId)?.name ?? agencyId;
  }
  /** the same in English */
  nameEnOf(agencyId: string | null | undefined): string | null {
    if (agencyId === null || agencyId === undefined) return null;
    return this.#byId.get(agencyId)?.nameEn ?? others.get(agencyId)?.nameEn ?? agencyId;
  }
}

/** Reads `<folder>/<agency>/agency.json`. A folder without one is no agency. Throws when a file is not as agreed: that is our own mistake. */
export function readAgencies(folder: string): readonly Agency[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => read(join(folder, name, 'agency.json')))
    .sort((left, right) => left.name.localeCompare(right.name));
}

function read(file: string): readonly Agency[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const { description, ...rest } = schema.parse(JSON.parse(text));
  return [description === undefined ? rest : { ...rest, description }];
}
