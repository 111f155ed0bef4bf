/** Who asks. */
import type { Actor } from '../engine/terms.ts';

export const roles = ['analyst', 'clerk', 'supervisor', 'integrator', 'operator', 'evaluator', 'admin'] as const;
export type Role = (typeof roles)[number];
/** what a program may be: it never administers */
export const programRoles = ['analyst', 'clerk', 'supervisor', 'integrator', 'operator', 'evaluator'] as const satisfies readonly Role[];

/** The agency of those who work for the whole city: sees the cases of every agency. */
export const CITY = 'kota';
export const CITY_NAME = 'Pemerintah Kota';

export interface Reader {
  readonly kind: 'nobody' | 'citizen' | 'staff';
  readonly username: string;
  readonly name: string;
  /** agency id; only staff have one */
  readonly agency?: string;
  readonly roles: readonly Role[];
  /** true: a session cookie came with the request, but it is over */
  readonly expired?: boolean;
  /** who really asks, when standing in for the reader: `username` and rights are the absent person's */
  readonly actingAs?: string;
  /** a program that came with a token, not a person */
  readonly machine?: true;
  /** hash of the session's secret, when signed in by cookie */
  readonly session?: string;
}

export const nobody: Reader = { kind: 'nobody', username: '', name: '', roles: [] };

/** Whoever calls /v2 where ALUR_AUTH=none opened it (loopback only). */
export const localCaller: Reader = { kind: 'staff', username: 'local', name: 'Local caller', agency: CITY, roles };

export function actorOf(reader: Reader): Actor {
  if (reader.actingAs !== undefined)
    return { id: reader.actingAs, ...(reader.agency && { agency: reader.agency }), onBehalfOf: reader.username };
  return reader.agency === undefined ? { id: reader.username } : { id: reader.username, agency: reader.agency };
}

export function has(reader: Reader, ...wanted: readonly Role[]): boolean {
  return reader.kind === 'staff' && wanted.some((role) => reader.roles.includes(role));
}

export function isCityWide(reader: Reader): boolean {
  return reader.kind === 'staff' && reader.agency === CITY;
}

/** user groups, as tasks name them: the agency's id */
export function groupsOf(reader: Reader): readonly string[] {
  if (reader.kind === 'citizen') return ['citizen'];
  return !reader.agency || isCityWide(reader) ? [] : [reader.agency];
}
