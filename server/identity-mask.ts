/**
 * Numbers that name a person (a NIK has 16 digits) are shown with their last four digits to those whose work does not need them.
 * By class: the variables that a form or the process declares `alur:class = identity`, and names that say it themselves; and by shape: 16 digits in a row, anywhere.
 */
import type { Json } from '../engine/terms.ts';
import type { Row } from '../runtime/collections.ts';
import type { Definition, Definitions } from '../runtime/runtime.ts';
import { has } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Reply } from './reply.ts';

const SIXTEEN = /(?<!\d)\d{12}(\d{4})(?!\d)/g;

/** Clerks and supervisors decide about people, integrators move their data between systems; everybody else watches. */
export function seesIdentity(reader: Reader): boolean {
  return reader.kind === 'citizen' || has(reader, 'clerk', 'supervisor', 'integrator', 'admin');
}

const known = new WeakMap<Definition, readonly string[]>();

/** Names of the class `identity` in everything that is deployed. */
export function identityNames(definitions: Definitions): ReadonlySet<string> {
  return new Set(definitions.all().flatMap(namesOf));
}

function namesOf(definition: Definition): readonly string[] {
  const names = known.get(definition) ?? definition.visibility.variables.filter(({ identity }) => identity).map(({ name }) => name);
  known.set(definition, names);
  return names;
}

/** Row of `variables` (its value is JSON text) as the reader may see it. */
export function maskedRow(reader: Reader, definitions: Definitions, row: Row): Row {
  if (seesIdentity(reader) || typeof row['value'] !== 'string') return row;
  const value = maskedValue(JSON.parse(row['value']) as Json, identityNames(definitions).has(String(row['name'])));
  return { ...row, value: JSON.stringify(value) };
}

/** name → value, as the reader may see it */
export function maskedValues<T extends Readonly<Record<string, Json>>>(reader: Reader, definitions: Definitions, values: T): T {
  if (seesIdentity(reader)) return values;
  const names = identityNames(definitions);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, maskedValue(value, names.has(name))])) as T;
}

/** Text that people read, e.g. what went wrong. */
export function maskedText<T>(reader: Reader, text: T): T {
  return typeof text === 'string' && !seesIdentity(reader) ? (bySixteen(text) as T) : text;
}

/** names of fields that hold keys of ours, which have as many digits; what a message is matched by is no key of ours */
const OURS = /(?:(?<!^correlation)Key|Keys|Cursor)$/;

/**
 * THE WALL BEHIND EVERY ADDRESS: numbers of the shape are masked in whatever is told, also in texts where nobody expects one (an application's number,
 * a tag, what a message is matched by, a reason). Values, among them numbers, are masked before, by those who know their class.
 */
export function maskedReply<T extends Reply>(reader: Reader, reply: T): T {
  if (seesIdentity(reader)) return reply;
  const { body, headers } = reply;
  const name = headers?.['content-disposition'];
  return {
    ...reply,
    ...(body === undefined ? {} : { body: maskedBody(body) }),
    // a file's name is a text like any other; what is in the file is not looked into
    ...(typeof name === 'string' ? { headers: { ...headers, 'content-disposition': bySixteen(name) } } : {}),
  };
}

/** Does this filter, as it came, ask for a number of the shape? Whoever sees them masked must not find out by asking whether there is one. */
export function asksForIdentity(reader: Reader, filter: unknown): boolean {
  return !seesIdentity(reader) && JSON.stringify(maskedBody(filter)) !== JSON.stringify(filter);
}

function maskedBody(told: unknown): unknown {
  if (typeof told === 'string') return bySixteen(told);
  if (Array.isArray(told)) return told.map(maskedBody);
  if (typeof told !== 'object' || told === null) return told;
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, OURS.test(name) ? value : maskedBody(value)]));
}

/** `wholly`: every text and number in it is of the class */
function maskedValue(value: Json, wholly: boolean): Json {
  if (typeof value === 'string') return wholly ? lastFour(value) : bySixteen(value);
  if (typeof value === 'number') return maskedNumber(value, wholly);
  if (Array.isArray(value)) return value.map((entry: Json) => maskedValue(entry, wholly));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, maskedValue(entry as Json, wholly || /^nik$/i.test(name))]),
  );
}

function maskedNumber(value: number, wholly: boolean): Json {
  const text = String(value);
  const masked = wholly ? lastFour(text) : bySixteen(text);
  return masked === text ? value : masked;
}

function lastFour(text: string): string {
  return '*'.repeat(Math.max(0, text.length - 4)) + (text.length > 8 ? text.slice(-4) : '*'.repeat(Math.min(4, text.length)));
}

function bySixteen(text: string): string {
  return text.replace(SIXTEEN, (_digits, last: string) => '*'.repeat(12) + last);
}
