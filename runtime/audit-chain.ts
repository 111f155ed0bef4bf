/** Hash chains of the audit: each record's hash covers its content and the hash before it. */
import { hash } from 'node:crypto';
import type { Event } from '../engine/index.ts';
import type { Commit } from './ports.ts';

/** sha-256 over the hash before and the record as canonical JSON, in hex. The first record's `previous` is empty. */
export function chainHash(previous: string, record: unknown): string {
  return hash('sha256', `${previous}\n${canonical(record)}`, 'hex');
}

export interface Recorded {
  readonly instanceKey: string;
  readonly version: number;
  /** with or without its own hash: that is not covered by itself */
  readonly audit: Commit['audit'];
  readonly events: readonly Event[];
  /** `events` as JSON text, when it is at hand; that of JSON.stringify, which comes back the same after it was read */
  readonly eventsJson?: string;
}

/** Hash of one commit of a case: over the very text that the store keeps, so that nothing is written out twice on the path of a command. */
export function commitHash(previous: string, { instanceKey, version, audit, events, eventsJson }: Recorded): string {
  const { hash: _own, ...covered } = audit;
  const text = `${previous}\n${instanceKey}:${version}\n${JSON.stringify(covered)}\n${eventsJson ?? JSON.stringify(events)}`;
  return hash('sha256', text, 'hex');
}

/** Does the record follow from the one before it? Records of an earlier time have their hash over canonical JSON. */
export function follows(previous: string, { instanceKey, version, audit, events }: Recorded): boolean {
  const { hash: own, ...covered } = audit;
  if (own === commitHash(previous, { instanceKey, version, audit, events })) return true;
  return own === chainHash(previous, { instanceKey, version, audit: covered, events });
}

/** JSON with the names of every object in order, so that the same content is the same text whichever store kept it. */
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
