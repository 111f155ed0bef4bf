import { callBuiltin } from './signature.ts';
import type { Builtin, Table } from './signature.ts';
import { defineContext } from './context.ts';
import { defineConversion } from './conversion.ts';
import { defineList } from './list.ts';
import { defineNumeric } from './numeric.ts';
import { defineRange } from './range.ts';
import { defineTemporal } from './temporal.ts';
import { defineText } from './text.ts';
import { defineWorkingDays } from './working-days.ts';
import type { Runtime } from '../runtime.ts';
import { FeelFunction } from '../values.ts';

/** Filled at the first use, because lists call functions and functions call built-ins: the modules need each other. */
let table: Table | null = null;
const values = new Map<string, FeelFunction>();

function builtins(): Table {
  if (table) return table;
  const made: Table = new Map();
  for (const part of [
    defineConversion,
    defineNumeric,
    defineText,
    defineList,
    defineContext,
    defineTemporal,
    defineWorkingDays,
    defineRange,
  ])
    part(made);
  table = made;
  return made;
}

export function builtinOf(name: string): Builtin | undefined {
  return builtins().get(name);
}

/** A built-in where a value is wanted, e.g. as an argument. */
export function builtinValue(name: string): FeelFunction | undefined {
  const builtin = builtinOf(name);
  if (!builtin) return undefined;
  const known = values.get(name);
  if (known) return known;
  const parameters = (builtin.overloads[0]?.parameters ?? []).map(({ name: each }) => ({ name: each }));
  const made = new FeelFunction({
    builtin: name,
    parameters,
    invoke: (args, runtime) => callBuiltin(runtime as Runtime, builtin, { values: args, names: null }),
  });
  values.set(name, made);
  return made;
}

export function builtinNames(): readonly string[] {
  return [...builtins().keys()];
}
