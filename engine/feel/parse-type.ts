import type { Cursor } from './cursor.ts';
import type { FeelType } from './values.ts';

const SIMPLE = [
  'years and months duration',
  'days and time duration',
  'date and time',
  'number',
  'string',
  'boolean',
  'date',
  'time',
  'Any',
  'Null',
] as const;
const ALIASES: ReadonlyMap<string, FeelType> = new Map<string, FeelType>([
  ['year month duration', { name: 'years and months duration' }],
  ['day time duration', { name: 'days and time duration' }],
  ['yearMonthDuration', { name: 'years and months duration' }],
  ['dayTimeDuration', { name: 'days and time duration' }],
  ['dateTime', { name: 'date and time' }],
]);
const NAMED = /[^\s,<>(){}[\]"=!:]+/y;
const ANY: FeelType = { name: 'Any' };

/** A built-in type by its name, e.g. of an item definition's `typeRef`; undefined when it is none. */
export function simpleType(name: string): FeelType | undefined {
  const found = SIMPLE.find((candidate) => candidate === name);
  if (found) return { name: found };
  if (name === 'context') return { name: 'context', entries: null };
  if (name === 'list') return { name: 'list', of: ANY };
  if (name === 'function') return { name: 'function', parameters: null, result: ANY };
  return ALIASES.get(name);
}

/** The type at the cursor (DMN 10.3.1.2, rule 65). Null for a type that nobody knows: `instance of` it is null. */
export function parseType(cursor: Cursor, types: ReadonlyMap<string, FeelType>): FeelType | null {
  const known = longest(cursor, [...types.keys()]);
  if (known !== null) return types.get(known) ?? null;
  if (cursor.takeWord('list')) return generic(cursor, types, (of) => ({ name: 'list', of }));
  if (cursor.takeWord('range')) return generic(cursor, types, (of) => ({ name: 'range', of }));
  if (cursor.takeWord('context')) return contextType(cursor, types);
  if (cursor.takeWord('function')) return functionType(cursor, types);
  const simple = longest(cursor, [...SIMPLE, ...ALIASES.keys()]);
  if (simple !== null) return simpleType(simple) ?? null;
  if (!cursor.takePattern(NAMED)) cursor.fail('a type');
  cursor.space();
  return null;
}

function longest(cursor: Cursor, names: readonly string[]): string | null {
  let found: string | null = null;
  for (const name of names) {
    if ((found === null || name.length > found.length) && cursor.seesWord(name)) found = name;
  }
  if (found !== null) cursor.takeWord(found);
  return found;
}

function generic(cursor: Cursor, types: ReadonlyMap<string, FeelType>, make: (of: FeelType) => FeelType): FeelType | null {
  if (!cursor.take('<')) return make(ANY);
  const of = parseType(cursor, types);
  cursor.need('>');
  return of && make(of);
}

function contextType(cursor: Cursor, types: ReadonlyMap<string, FeelType>): FeelType | null {
  if (!cursor.take('<')) return { name: 'context', entries: null };
  const entries = new Map<string, FeelType>();
  do {
    const name = cursor.takePattern(/([^:,<>]+?)\s*:/y)?.[1];
    if (name === undefined) cursor.fail('the name of an entry');
    cursor.space();
    entries.set(name, parseType(cursor, types) ?? ANY);
  } while (cursor.take(','));
  cursor.need('>');
  return { name: 'context', entries };
}

function functionType(cursor: Cursor, types: ReadonlyMap<string, FeelType>): FeelType | null {
  if (!cursor.take('<')) return { name: 'function', parameters: null, result: ANY };
  const parameters: FeelType[] = [];
  while (!cursor.take('>')) {
    if (parameters.length > 0) cursor.need(',');
    parameters.push(parseType(cursor, types) ?? ANY);
  }
  const result = cursor.take('->') ? (parseType(cursor, types) ?? ANY) : ANY;
  return { name: 'function', parameters, result };
}
