/** What a token of another issuer may do here: the mapping rules whose claim it carries name its agency and roles. No rule, no rights. */
import type { Row } from '../../runtime/collections.ts';
import type { Store } from '../../runtime/ports.ts';
import { allRows } from '../all-rows.ts';
import { Problem } from '../problem.ts';
import type { Role } from '../reader.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface Rights {
  /** empty: no rule names one */
  readonly agency: string;
  readonly roles: readonly Role[];
}

/** Throws FORBIDDEN when no rule fits, or when those that fit name two agencies: nobody belongs to both, and guessing one would be wrong. */
export async function rightsOf(store: Store, claims: Claims): Promise<Rights> {
  const fitting = (await allRows(store, 'mappingRules', {})).filter((rule) => fits(rule, claims));
  if (fitting.length === 0)
    throw new Problem('FORBIDDEN', 'Expected a claim that a mapping rule names, but none of them fits; an administrator keeps the rules');
  const agencies = new Set(fitting.map((rule) => String(rule['agency'] ?? '')).filter(Boolean));
  if (agencies.size > 1)
    throw new Problem('FORBIDDEN', `Expected mapping rules for one agency, but those that fit name ${[...agencies].sort().join(' and ')}`);
  const roles = new Set(fitting.flatMap((rule) => (rule['roles'] ?? []) as readonly Role[]));
  return { agency: [...agencies][0] ?? '', roles: [...roles] };
}

function fits(rule: Row, claims: Claims): boolean {
  const value = claimAt(claims, String(rule['claimName']));
  return (Array.isArray(value) ? value : [value]).some((one) => isScalar(one) && String(one) === rule['claimValue']);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The claim of exactly this name, else the one at this path: `realm_access.roles`, also written `$.realm_access.roles`. */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  const parts = name.replace(/^\$\./, '').split('.');
  return parts.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? (at as Claims)[part] : undefined),
    claims,
  );
}
