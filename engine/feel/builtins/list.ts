import { define } from './signature.ts';
import type { Table } from './signature.ts';
import { callFunction } from '../generate-calls.ts';
import { tidy } from '../decimal.ts';
import { equals, order } from '../operators.ts';
import { arithmetic } from '../arithmetic.ts';
import type { Runtime } from '../runtime.ts';
import { isList } from '../values.ts';
import type { FeelFunction, FeelList, FeelValue } from '../values.ts';

type Reduce = (list: FeelList, runtime: Runtime) => FeelValue | undefined;

/** Lists (DMN 10.3.4.4). */
export function defineList(table: Table): void {
  defineReductions(table);
  defineEdits(table);
  defineSearches(table);
  define(table, 'sort', {
    signature: 'list: list, precedes?: function|null',
    run: ([list, precedes]: [FeelList, (FeelFunction | null)?], runtime: Runtime) => sorted(list, precedes ?? null, runtime),
  });
  define(table, 'partition', {
    signature: 'list: list, size: number',
    run: ([list, size]: [FeelList, number], runtime: Runtime) => partition(list, size, runtime),
  });
}

/** A reduction takes one list or its items as arguments. */
function reduction(table: Table, name: string, run: Reduce): void {
  const paid: Reduce = (list, runtime) => {
    runtime.spend(list.length);
    return run(list, runtime);
  };
  define(table, name, { signature: 'list: list', run: ([list]: [FeelList], runtime: Runtime) => paid(list, runtime) });
  define(table, name, {
    signature: '...list: any',
    run: ([list]: [FeelList], runtime: Runtime) => (list.length < 2 ? undefined : paid(list, runtime)),
  });
}

const numbers = (list: FeelList): readonly number[] | null =>
  list.every((item) => typeof item === 'number') ? (list as readonly number[]) : null;

/** Over numbers only; anything else among them is an error. An empty list has the given result. */
function ofNumbers(empty: FeelValue, run: (list: readonly number[]) => FeelValue | undefined): Reduce {
  return (list) => {
    const all = numbers(list);
    if (!all) return undefined;
    return all.length === 0 ? empty : run(all);
  };
}

function defineReductions(table: Table): void {
  define(table, 'count', { signature: 'list: list', run: ([list]: [FeelList]) => list.length });
  reduction(table, 'min', extreme(-1));
  reduction(table, 'max', extreme(1));
  reduction(table, 'sum', (list) =>
    list.length === 0
      ? null
      : list
          .slice(1)
          .reduce<FeelValue | undefined>(
            (sum, item) => (sum === undefined || typeof item === 'string' ? undefined : arithmetic('+', sum, item)),
            typeof list[0] === 'string' ? undefined : list[0],
          ),
  );
  reduction(
    table,
    'product',
    ofNumbers(null, (list) => tidy(list.reduce((made, item) => tidy(made * item) ?? NaN, 1))),
  );
  reduction(
    table,
    'mean',
    ofNumbers(null, (list) => tidy(total(list) / list.length)),
  );
  reduction(table, 'median', ofNumbers(null, median));
  reduction(table, 'stddev', ofNumbers(null, stddev));
  reduction(table, 'mode', ofNumbers([], mode));
  for (const [name, deciding] of [
    ['all', false],
    ['any', true],
    ['and', false],
    ['or', true],
  ] as const) {
    reduction(table, name, (list) => {
      if (list.includes(deciding)) return deciding;
      return list.every((item) => typeof item === 'boolean') ? !deciding : null;
    });
  }
}

const total = (list: readonly number[]): number => list.reduce((sum, item) => tidy(sum + item) ?? NaN, 0);

function extreme(wanted: number): Reduce {
  return (list) => {
    let best: FeelValue = list[0] ?? null;
    for (const item of list.slice(1)) {
      const at = order(item, best);
      if (at === null) return undefined;
      if (at === wanted) best = item;
    }
    return best !== null && order(best, best) === null ? undefined : best;
  };
}

function median(list: readonly number[]): FeelValue {
  const all = [...list].sort((a, b) => a - b);
  const middle = all.length >> 1;
  return all.length % 2 === 1 ? (all[middle] ?? null) : tidy(((all[middle - 1] ?? 0) + (all[middle] ?? 0)) / 2);
}

function stddev(list: readonly number[]): FeelValue | undefined {
  if (list.length < 2) return undefined;
  const mean = total(list) / list.length;
  return tidy(Math.sqrt(list.reduce((sum, item) => sum + (item - mean) ** 2, 0) / (list.length - 1)));
}

function mode(list: readonly number[]): FeelValue {
  const counts = new Map<number, number>();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  const most = [...counts.values()].reduce((a, b) => Math.max(a, b), 0);
  return [...counts]
    .filter(([, count]) => count === most)
    .map(([item]) => item)
    .sort((a, b) => a - b);
}

function defineEdits(table: Table): void {
  define(table, 'sublist', {
    signature: 'list: list, start position: number, length?: number',
    run: ([list, start, length]: [FeelList, number, number?]) => sublist(list, start, length),
  });
  define(table, 'append', {
    signature: 'list: list, ...items: any',
    run: ([list, items]: [FeelList, FeelList], runtime: Runtime) => paid(runtime, [...list, ...items]),
  });
  define(table, 'append', {
    signature: 'list: list, item: any',
    run: ([list, item]: [FeelList, FeelValue], runtime: Runtime) => paid(runtime, [...list, item]),
  });
  define(table, 'concatenate', {
    signature: '...lists: list',
    run: ([lists]: [readonly FeelList[]], runtime: Runtime) => paid(runtime, lists.flat(1) as FeelValue[]),
  });
  define(table, 'insert before', {
    signature: 'list: list, position: number, newItem: any',
    run: ([list, position, item]: [FeelList, number, FeelValue], runtime: Runtime) =>
      edited(paid(runtime, list), { position, remove: 0, add: [item] }),
  });
  define(table, 'remove', {
    signature: 'list: list, position: number',
    run: ([list, position]: [FeelList, number], runtime: Runtime) => edited(paid(runtime, list), { position, remove: 1, add: [] }),
  });
  define(table, 'list replace', {
    signature: 'list: list, position: number, newItem: any',
    run: ([list, position, item]: [FeelList, number, FeelValue], runtime: Runtime) =>
      edited(paid(runtime, list), { position: Math.trunc(position), remove: 1, add: [item] }),
  });
  define(table, 'list replace', {
    signature: 'list: list, match: function, newItem: any',
    run: ([list, match, item]: [FeelList, FeelFunction, FeelValue], runtime: Runtime) => replaceMatching(list, { match, item }, runtime),
  });
  define(table, 'reverse', { signature: 'list: list', run: ([list]: [FeelList], runtime: Runtime) => [...paid(runtime, list)].reverse() });
  define(table, 'flatten', { signature: 'list: list', run: ([list]: [FeelList], runtime: Runtime) => flat(list, runtime) });
  define(table, 'union', {
    signature: '...lists: list',
    run: ([lists]: [readonly FeelList[]], runtime: Runtime) => distinct(lists.flat(1) as FeelValue[], runtime),
  });
  define(table, 'distinct values', { signature: 'list: list', run: ([list]: [FeelList], runtime: Runtime) => distinct(list, runtime) });
  define(table, 'duplicate values', { signature: 'list: list', run: ([list]: [FeelList], runtime: Runtime) => duplicates(list, runtime) });
}

function paid(runtime: Runtime, list: FeelList): FeelList {
  runtime.spend(list.length);
  return list;
}

function edited(list: FeelList, edit: { position: number; remove: number; add: FeelValue[] }): FeelValue | undefined {
  const at = edit.position > 0 ? edit.position - 1 : list.length + edit.position;
  if (!Number.isInteger(at) || edit.position === 0 || at < 0 || at >= list.length) return undefined;
  return [...list.slice(0, at), ...edit.add, ...list.slice(at + edit.remove)];
}

function replaceMatching(
  list: FeelList,
  { match, item }: { match: FeelFunction; item: FeelValue },
  runtime: Runtime,
): FeelValue | undefined {
  const made: FeelValue[] = [];
  for (const old of list) {
    const answer = callFunction(runtime, match, { values: [old, item], names: null });
    if (typeof answer !== 'boolean') return undefined;
    made.push(answer ? item : old);
  }
  return made;
}

function sublist(list: FeelList, start: number, length?: number): FeelValue | undefined {
  const at = start > 0 ? start - 1 : list.length + start;
  if (!Number.isInteger(at) || start === 0 || at < 0 || at >= list.length) return undefined;
  if (length === undefined) return list.slice(at);
  return Number.isInteger(length) && length >= 0 && at + length <= list.length ? list.slice(at, at + length) : undefined;
}

function flat(list: FeelList, runtime: Runtime): FeelValue[] {
  const made: FeelValue[] = [];
  for (const item of list) {
    runtime.spend(1);
    if (!isList(item)) made.push(item);
    else for (const inner of flat(item, runtime)) made.push(inner);
  }
  return made;
}

const same = (a: FeelValue, b: FeelValue): boolean => equals(a, b) === true;

/** Scalars are found by a set; only the rest is compared one with another, and that is paid for. */
function distinct(list: FeelList, runtime: Runtime): FeelValue[] {
  const scalars = new Set<FeelValue>();
  const others: FeelValue[] = [];
  const made: FeelValue[] = [];
  for (const item of list) {
    runtime.spend(1);
    if (typeof item !== 'object' || item === null) {
      if (scalars.has(item)) continue;
      scalars.add(item);
    } else {
      runtime.spend(others.length);
      if (others.some((other) => same(other, item))) continue;
      others.push(item);
    }
    made.push(item);
  }
  return made;
}

function duplicates(list: FeelList, runtime: Runtime): FeelValue[] {
  return distinct(list, runtime).filter((item) => {
    runtime.spend(list.length);
    return list.filter((other) => same(other, item)).length > 1;
  });
}

function defineSearches(table: Table): void {
  define(table, 'list contains', {
    signature: 'list: list, element: any',
    run: ([list, element]: [FeelList, FeelValue], runtime: Runtime) => paid(runtime, list).some((item) => same(item, element)),
  });
  define(table, 'index of', {
    signature: 'list: list, match: any',
    run: ([list, match]: [FeelList, FeelValue], runtime: Runtime) =>
      paid(runtime, list).flatMap((item, at) => (same(item, match) ? [at + 1] : [])),
  });
  define(table, 'is empty', { signature: 'list: list', run: ([list]: [FeelList]) => list.length === 0 });
}

function partition(list: FeelList, size: number, runtime: Runtime): FeelValue | undefined {
  if (!Number.isInteger(size) || size < 1) return undefined;
  runtime.spend(list.length);
  const made: FeelList[] = [];
  for (let at = 0; at < list.length; at += size) made.push(list.slice(at, at + size));
  return made;
}

/** A merge sort, because `precedes` may contradict itself and must not send us into a loop. */
function sorted(list: FeelList, precedes: FeelFunction | null, runtime: Runtime): FeelValue | undefined {
  if (!precedes && !list.every((item) => order(item, list[0] ?? null) !== null)) return undefined;
  const before = (a: FeelValue, b: FeelValue): boolean => {
    runtime.spend(1);
    return precedes ? callFunction(runtime, precedes, { values: [a, b], names: null }) === true : order(a, b) === -1;
  };
  const merge = (items: FeelList): FeelList => {
    if (items.length < 2) return items;
    const middle = items.length >> 1;
    const [left, right] = [merge(items.slice(0, middle)), merge(items.slice(middle))];
    const made: FeelValue[] = [];
    let l = 0;
    let r = 0;
    while (l < left.length && r < right.length) {
      const [a = null, b = null] = [left[l], right[r]];
      if (before(b, a)) made.push(right[r++] ?? null);
      else made.push(left[l++] ?? null);
    }
    return [...made, ...left.slice(l), ...right.slice(r)];
  };
  return merge(list);
}
