import { FeelFunction, FeelRange, Special, entryOf, isContext } from './values.ts';
import type { FeelValue } from './values.ts';
import type { Scope } from './runtime.ts';
import type { Json } from '../terms.ts';
import { format } from './format.ts';

/** A scope over one context. For tests and one-off evaluation. */
export function scopeOf(context: Readonly<Record<string, unknown>>): Scope {
  return { get: (name) => entryOf(context as never, name) };
}

/** JSON values are FEEL values already; this only says so to the type checker. */
export function fromJson(value: Json): FeelValue {
  return value;
}

/** Temporal values become ISO strings, contexts plain objects. Functions become null, ranges their text. */
export function toJson(value: FeelValue): Json {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof FeelFunction) return null;
  if (value instanceof FeelRange || value instanceof Special) return format(value);
  if (isContext(value)) return plain(value);
  return value as Json;
}

function plain(context: { readonly [name: string]: FeelValue }): Json {
  const made: Record<string, Json> = {};
  for (const name of Object.keys(context)) {
    // `made.__proto__ = x` would change the prototype instead of adding an entry
    Object.defineProperty(made, name, { value: toJson(context[name] ?? null), enumerable: true, writable: true, configurable: true });
  }
  return made;
}
