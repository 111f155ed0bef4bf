/** Hash chains of the audit: each record's hash covers its content and the hash before it. */
import { hash } from 'node:crypto';
import type { Event } from '../engine/index.ts';
import type { Commit } from './ports.ts';

/** sha-256 over the hash before and the record as canonical JSON, in hex. The first record's `previous` is empty. */
export function chainHash(previous: string, record: unknown): string {
  return hash('sha256', `${previous}\n${canonical(record)}`, 'hex');
}

/** Hash of one commit of a case. `audit` with or without its own hash: that is not covered by itself. */
export function commitHash(
  previous: string,
  commit: { readonly instanceKey: string; readonly version: number; readonly audit: Commit['audit']; readonly events: readonly Event[] },
): string {
  const { hash: _own, ...audit } = commit.audit;
  return chainHash(previous, { instanceKey: commit.instanceKey, version: commit.version, audit, events: commit.events });
}

/** JSON with the names of every object in order, so that the same content is the same text whichever store kept it. On the path of every command: no copies. */
export function canonical(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? '0' : String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return Array.isArray(value) ? canonicalList(value) : canonicalObject(value as Readonly<Record<string, unknown>>);
}

function canonicalList(list: readonly unknown[]): string {
  let text = '';
  for (let at = 0; at < list.length; at += 1) text += (at === 0 ? '' : ',') + canonical(list[at]);
  return `[${text}]`;
}

function canonicalObject(object: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value !== undefined) text += `${text === '' ? '' : ','}${quoted(name)}:${canonical(value)}`;
  }
  return `{${text}}`;
}

/** Names recur: those of our own events a million times. A model's names are many: the memory of them is bounded. */
const quotes = new Map<string, string>();

function quoted(name: string): string {
  const known = quotes.get(name);
  if (known !== undefined) return known;
  if (quotes.size >= 1_000) quotes.clear();
  const made = JSON.stringify(name);
  quotes.set(name, made);
  return made;
}
