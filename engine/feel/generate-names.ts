import { builtinValue } from './builtins/index.ts';
import { pathOf } from './generate.ts';
import type { Code, Frame, Generator, Layout } from './generate.ts';
import type { Runtime } from './runtime.ts';
import { entryOf, isContext } from './values.ts';
import type { FeelValue } from './values.ts';

/** Where a name may be found, from the inside out. */
type Place = { readonly up: number; readonly at: number } | { readonly up: number; readonly item: true };

/** The places in the frames that may hold the name; the search ends at the first certain one. */
function placesOf(name: string, layout: Layout | null): Place[] {
  const places: Place[] = [];
  let up = 0;
  for (let at = layout; at; at = at.up, up++) {
    const index = at.names.lastIndexOf(name);
    // an entry called `item` wins over the item itself
    if (at.item) places.push({ up, item: true });
    if (index >= 0) {
      places.push({ up, at: index });
      return places;
    }
  }
  return places;
}

export function isLocal(name: string, layout: Layout | null): boolean {
  return placesOf(name, layout).some((place) => 'at' in place);
}

export function generateName(generator: Generator, name: string, layout: Layout | null): Code {
  const places = placesOf(name, layout);
  const [first] = places;
  if (first && 'at' in first) return local(first.up, first.at);
  const last = places.at(-1);
  const certain = last && 'at' in last ? local(last.up, last.at) : null;
  if (!certain && name !== '?') generator.variables.add(name);
  if (!first) return root(name, dottedFallback(generator, name, layout));
  return ofItem(
    name,
    places.filter((place) => 'item' in place).map((place) => place.up),
    certain,
  );
}

function frameAt(frame: Frame | null, up: number): Frame | null {
  let at = frame;
  for (let left = up; left > 0; left--) at = at?.up ?? null;
  return at;
}

function local(up: number, at: number): Code {
  if (up === 0) return (_runtime, frame) => frame?.values[at] ?? null;
  return (_runtime, frame) => frameAt(frame, up)?.values[at] ?? null;
}

/** A known name with dots may also be meant as a path: `Person.Name` where only `Person` is there. */
function dottedFallback(generator: Generator, name: string, layout: Layout | null): Code | null {
  const [head = '', ...rest] = name.split('.').map((part) => part.trim());
  if (rest.length === 0 || head === '' || rest.includes('')) return null;
  const start = generateName(generator, head, layout);
  return (runtime, frame) => rest.reduce((value, part) => pathOf(runtime, value, part), start(runtime, frame));
}

function root(name: string, fallback: Code | null): Code {
  const builtin = builtinValue(name);
  return (runtime, frame) => {
    const value = runtime.scope.get(name);
    if (value !== undefined) return value;
    return fallback ? fallback(runtime, frame) : (builtin ?? missing(runtime, name));
  };
}

function missing(runtime: Runtime, name: string): null {
  return runtime.warn('missing-variable', `Expected a variable "${name}", but there is none.`, name);
}

/** Inside a filter: the item's entries first, then what is outside. An item that lacks the entry is no complaint. */
function ofItem(name: string, ups: readonly number[], certain: Code | null): Code {
  const builtin = builtinValue(name);
  return (runtime, frame) => {
    let contexts = 0;
    for (const up of ups) {
      const item: FeelValue = frameAt(frame, up)?.values[0] ?? null;
      if (!isContext(item)) continue;
      contexts++;
      const found = entryOf(item, name);
      if (found !== undefined) return found;
    }
    if (certain) return certain(runtime, frame);
    const value = runtime.scope.get(name);
    if (value !== undefined) return value;
    return builtin ?? (contexts > 0 ? null : missing(runtime, name));
  };
}
