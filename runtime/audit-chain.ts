/** Hash chains of the audit: each record's hash covers its content and the hash before it. */
import { createHash } from 'node:crypto';
import type { Event } from '../engine/index.ts';
import type { Commit } from './ports.ts';

/** sha-256 over the hash before and the record as canonical JSON, in hex. The first record's `previous` is empty. */
export function chainHash(previous: string, record: unknown): string {
  return createHash('sha256').update(previous).update('\n').update(canonical(record)).digest('hex');
}

/** Hash of one commit of a case. `audit` with or without its own hash: that is not covered by itself. */
export function commitHash(
  previous: string,
  commit: { readonly instanceKey: string; readonly version: number; readonly audit: Commit['audit']; readonly events: readonly Event[] },
): string {
  const { hash: _hash, ...audit } = commit.audit;
  return chainHash(previous, { instanceKey: commit.instanceKey, version: commit.version, audit, events: commit.events });
}

/** JSON with the names of every object in order, so that the same content is the same text whichever store kept it. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((entry) => (entry === undefined ? 'null' : canonical(entry))).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (entries.length > 1) entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${canonical(entry)}`).join(',')}}`;
}
