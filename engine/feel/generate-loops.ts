import type { Iterator, Node } from './ast.ts';
import { fromDays, toDays } from './calendar.ts';
import { Frame } from './generate.ts';
import type { Code, Generator, Layout } from './generate.ts';
import type { Runtime } from './runtime.ts';
import { FeelDate, FeelRange, isList, typeName } from './values.ts';
import type { FeelList, FeelValue } from './values.ts';

/** A source yields the values of one iterator, or null when it cannot be iterated. */
type Source = (runtime: Runtime, frame: Frame | null) => FeelList | null;

function generateSources(generator: Generator, iterators: readonly Iterator[], inner: Layout): Source[] {
  return iterators.map((iterator) => {
    const from = generator.make(iterator.from, inner);
    const to = iterator.to && generator.make(iterator.to, inner);
    inner.names.push(iterator.name);
    return (runtime, frame) => {
      const start = from(runtime, frame);
      return to ? sequence(runtime, start, to(runtime, frame)) : itemsOf(runtime, start);
    };
  });
}

export function itemsOf(runtime: Runtime, value: FeelValue): FeelList | null {
  if (isList(value)) return value;
  if (value instanceof FeelRange) {
    const items = sequence(runtime, value.start, value.end);
    if (!items) return null;
    const first = value.startIncluded ? 0 : 1;
    return items.slice(first, value.endIncluded ? undefined : -1);
  }
  return value === null ? null : [value];
}

/** Whole numbers or days from one end to the other, also downwards. */
function sequence(runtime: Runtime, from: FeelValue, to: FeelValue): FeelList | null {
  if (from instanceof FeelDate && to instanceof FeelDate) {
    const days = count(runtime, toDays(from), toDays(to));
    return days.map((day) => fromDays(day));
  }
  if (typeof from !== 'number' || typeof to !== 'number') {
    return runtime.warn('type', `Expected a range of numbers or dates to go through, but got ${typeName(from)} and ${typeName(to)}.`);
  }
  return count(runtime, from, to);
}

function count(runtime: Runtime, from: number, to: number): number[] {
  const step = from <= to ? 1 : -1;
  const length = Math.floor(Math.abs(to - from)) + 1;
  runtime.spend(length);
  return Array.from({ length }, (_, index) => from + index * step);
}

/** Visits every combination; `visit` returns false to stop. The answer is false when a source cannot be iterated. */
function combine(
  sources: readonly Source[],
  runtime: Runtime,
  step: { frame: Frame; at: number; visit: () => boolean },
): boolean | 'stopped' {
  const source = sources[step.at];
  if (!source) return step.visit() ? true : 'stopped';
  const items = source(runtime, step.frame);
  if (!items) return false;
  for (const item of items) {
    runtime.spend(1);
    step.frame.values[step.at] = item;
    const went = combine(sources, runtime, { ...step, at: step.at + 1 });
    if (went !== true) return went;
  }
  return true;
}

export function generateFor(generator: Generator, node: Node & { t: 'for' }, layout: Layout | null): Code {
  const inner: Layout = { up: layout, names: [], item: false };
  const sources = generateSources(generator, node.iterators, inner);
  const partialAt = inner.names.length;
  inner.names.push('partial');
  const body = generator.make(node.body, inner);
  return (runtime, frame) => {
    const made: FeelValue[] = [];
    const own = new Frame(frame, []);
    const visit = (): boolean => {
      own.values[partialAt] = made;
      // a frame of its own for every round, because a function literal in the body may outlive it
      made.push(body(runtime, new Frame(frame, [...own.values])));
      return true;
    };
    return combine(sources, runtime, { frame: own, at: 0, visit }) === false ? null : made;
  };
}

/** Three-valued: `some` is true with one true, false with all false; anything else is null. */
export function generateQuantified(generator: Generator, node: Node & { t: 'quantified' }, layout: Layout | null): Code {
  const inner: Layout = { up: layout, names: [], item: false };
  const sources = generateSources(generator, node.iterators, inner);
  const body = generator.make(node.body, inner);
  const deciding = !node.every;
  return (runtime, frame) => {
    const own = new Frame(frame, []);
    let unknown = false;
    const visit = (): boolean => {
      const value = body(runtime, new Frame(frame, [...own.values]));
      if (typeof value !== 'boolean') unknown = true;
      return value !== deciding;
    };
    const went = combine(sources, runtime, { frame: own, at: 0, visit });
    if (went === 'stopped') return deciding;
    return went === false || unknown ? null : !deciding;
  };
}

// ---------------------------------------------------------------- filters

export function generateFilter(generator: Generator, node: Node & { t: 'filter' }, layout: Layout | null): Code {
  const of = generator.make(node.of, layout);
  const by = generator.make(node.by, { up: layout, names: ['item'], item: true });
  return (runtime, frame) => {
    const value = of(runtime, frame);
    const list = isList(value) ? value : value === null ? [] : [value];
    const result = filterList(runtime, list, (item) => by(runtime, new Frame(frame, [item])));
    return value === null && isList(result) ? null : result;
  };
}

/** A number picks one item (from 1; from the end when negative), anything else is asked of every item. */
export function filterList(runtime: Runtime, list: FeelList, test: (item: FeelValue) => FeelValue): FeelValue {
  if (list.length === 0) return emptyFilter(runtime, test);
  const kept: FeelValue[] = [];
  for (let at = 0; at < list.length; at++) {
    runtime.spend(1);
    const item = list[at] ?? null;
    const answer = test(item);
    if (typeof answer === 'number') return pick(list, answer);
    if (answer === true) kept.push(item);
  }
  return kept;
}

/** `[][1]` is null, `[][item > 1]` is []: only the filter's value tells them apart. */
function emptyFilter(runtime: Runtime, test: (item: FeelValue) => FeelValue): FeelValue {
  runtime.meter.quiet++;
  const answer = test(null);
  runtime.meter.quiet--;
  return typeof answer === 'number' ? null : [];
}

function pick(list: FeelList, index: number): FeelValue {
  if (!Number.isInteger(index)) return null;
  return list[index > 0 ? index - 1 : list.length + index] ?? null;
}
