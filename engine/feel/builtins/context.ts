import { define } from './signature.ts';
import type { Table } from './signature.ts';
import { EvaluationFailure } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { contextOf, entryOf, isContext } from '../values.ts';
import type { FeelContext, FeelList, FeelValue } from '../values.ts';
import { identical } from '../operators.ts';

/** Contexts (DMN 10.3.4.10) and what asks about any value. */
export function defineContext(table: Table): void {
  define(table, 'get value', { signature: 'm: context, key: string', run: ([m, key]: [FeelContext, string]) => entryOf(m, key) ?? null });
  define(table, 'get value', {
    signature: 'context: context, keys: list',
    run: ([m, keys]: [FeelContext, FeelList]) =>
      keys.reduce<FeelValue>((at, key) => (isContext(at) && typeof key === 'string' ? (entryOf(at, key) ?? null) : null), m),
  });
  define(table, 'get entries', {
    signature: 'm: context',
    run: ([m]: [FeelContext]) =>
      Object.keys(m).map((key) =>
        contextOf([
          ['key', key],
          ['value', m[key] ?? null],
        ]),
      ),
  });
  define(table, 'context put', {
    signature: 'context: context, key: string, value: any',
    run: ([m, key, value]: [FeelContext, string, FeelValue], runtime: Runtime) => put(runtime, m, { keys: [key], value }),
  });
  define(table, 'context put', {
    signature: 'context: context, keys: list, value: any',
    run: ([m, keys, value]: [FeelContext, FeelList, FeelValue], runtime: Runtime) => put(runtime, m, { keys, value }),
  });
  for (const name of ['context merge', 'put all']) {
    define(table, name, { signature: 'contexts: list', run: ([list]: [FeelList], runtime: Runtime) => merged(list, runtime) });
    define(table, name, {
      signature: '...contexts: context',
      run: ([list]: [FeelList], runtime: Runtime) => (list.length === 0 ? undefined : merged(list, runtime)),
    });
  }
  define(table, 'put', {
    signature: 'context: context, key: string, value: any',
    run: ([m, key, value]: [FeelContext, string, FeelValue], runtime: Runtime) => put(runtime, m, { keys: [key], value }),
  });
  define(table, 'context', { signature: 'entries: list', run: ([list]: [FeelList], runtime: Runtime) => fromEntries(list, runtime) });
  defineQuestions(table);
}

function put(runtime: Runtime, target: FeelContext, { keys, value }: { keys: FeelList; value: FeelValue }): FeelContext | undefined {
  const [key, ...rest] = keys;
  if (typeof key !== 'string') return undefined;
  runtime.spend(Object.keys(target).length);
  const old = entryOf(target, key);
  const inner = rest.length > 0 ? put(runtime, isContext(old) ? old : contextOf([]), { keys: rest, value }) : value;
  return inner === undefined ? undefined : contextOf([...Object.entries(target), [key, inner]]);
}

function merged(list: FeelList, runtime: Runtime): FeelContext | undefined {
  if (!list.every(isContext)) return undefined;
  const entries = list.flatMap((each) => Object.entries(each));
  runtime.spend(entries.length);
  return contextOf(entries);
}

function fromEntries(list: FeelList, runtime: Runtime): FeelContext | undefined {
  runtime.spend(list.length);
  const entries = new Map<string, FeelValue>();
  for (const entry of list) {
    if (!isContext(entry)) return undefined;
    const key = entryOf(entry, 'key');
    const value = entryOf(entry, 'value');
    if (typeof key !== 'string' || value === undefined || entries.has(key)) return undefined;
    entries.set(key, value);
  }
  return contextOf(entries);
}

function defineQuestions(table: Table): void {
  define(table, 'is defined', { signature: 'value: any', quiet: true, run: ([value]: [FeelValue]) => value !== null });
  define(table, 'get or else', {
    signature: 'value: any, default: any',
    quiet: true,
    run: ([value, otherwise]: [FeelValue, FeelValue]) => value ?? otherwise,
  });
  define(table, 'assert', {
    signature: 'value: any, condition: any, cause?: string',
    quiet: true,
    run: ([value, condition, cause]: [FeelValue, FeelValue, string?]) => {
      if (condition === true) return value;
      throw new EvaluationFailure('assertion', cause ?? 'Expected the condition of an assertion to hold, but it does not.');
    },
  });
  define(table, 'not', { signature: 'negand: any', run: ([value]: [FeelValue]) => (typeof value === 'boolean' ? !value : null) });
  define(table, 'is', {
    signature: 'value1?: any, value2?: any',
    run: ([a, b]: [FeelValue?, FeelValue?]) => (a === undefined && b === undefined ? undefined : identical(a ?? null, b ?? null)),
  });
  // marks a value that a language model fills in; for us it is the value
  define(table, 'fromAi', {
    signature: 'value: any, description?: string|null, type?: string|null, schema?: context|null, options?: context|null',
    quiet: true,
    run: ([value]: [FeelValue]) => value,
  });
}
