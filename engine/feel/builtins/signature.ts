import type { Runtime } from '../runtime.ts';
import {
  FeelDate,
  FeelDateTime,
  FeelFunction,
  FeelRange,
  FeelTime,
  MonthsDuration,
  SecondsDuration,
  isContext,
  isList,
  typeName,
} from '../values.ts';
import type { FeelValue } from '../values.ts';

/**
 * Built-ins are declared by a signature that reads like the specification:
 *   define('substring', 'string: string, start position: number, length?: number', (args, runtime) => ...)
 * `name?` may be left out (the argument is then undefined), `...name` takes the rest as one list, `type|null` accepts null.
 * Arguments that do not fit make null and a warning, never an exception.
 */

type Check = (value: FeelValue) => boolean;
const CHECKS: Readonly<Record<string, Check>> = {
  any: () => true,
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  list: isList,
  context: isContext,
  date: (value) => value instanceof FeelDate,
  time: (value) => value instanceof FeelTime,
  'date and time': (value) => value instanceof FeelDateTime,
  'days and time duration': (value) => value instanceof SecondsDuration,
  'years and months duration': (value) => value instanceof MonthsDuration,
  range: (value) => value instanceof FeelRange,
  function: (value) => value instanceof FeelFunction,
  point: (value) =>
    value !== null &&
    typeof value !== 'boolean' &&
    !isList(value) &&
    !isContext(value) &&
    !(value instanceof FeelRange) &&
    !(value instanceof FeelFunction),
};

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly checks: readonly Check[];
  readonly optional: boolean;
  readonly nullable: boolean;
  readonly rest: boolean;
}

/** What an implementation gets: exactly one value per parameter, undefined where an optional one was left out. */
export type Values = readonly (FeelValue | undefined)[];
// the signature has checked the types, so an implementation may say what it gets
export type Implementation = (args: never, runtime: Runtime) => FeelValue | undefined;

interface Overload {
  readonly parameters: readonly Parameter[];
  readonly run: (args: Values, runtime: Runtime) => FeelValue | undefined;
}

export interface Builtin {
  readonly name: string;
  readonly overloads: Overload[];
  /** its arguments may be missing without complaint */
  quiet: boolean;
}

export type Table = Map<string, Builtin>;

/** Adds an overload; the first one that fits the arguments is taken. */
export function define(table: Table, name: string, overload: { signature: string; run: Implementation; quiet?: boolean }): void {
  const builtin = table.get(name) ?? { name, overloads: [], quiet: false };
  builtin.overloads.push({ parameters: parseSignature(overload.signature), run: overload.run as Overload['run'] });
  if (overload.quiet) builtin.quiet = true;
  table.set(name, builtin);
}

function parseSignature(signature: string): Parameter[] {
  if (signature === '') return [];
  return signature.split(', ').map((part) => {
    const [left = '', right = 'any'] = part.split(': ');
    const types = right.split('|');
    return {
      name: left.replace('...', '').replace('?', ''),
      type: types.filter((type) => type !== 'null').join(' or '),
      checks: types.filter((type) => type !== 'null').map((type) => CHECKS[type] ?? CHECKS.any ?? (() => true)),
      optional: left.endsWith('?'),
      nullable: types.includes('null') || types.includes('any'),
      rest: left.startsWith('...'),
    };
  });
}

export interface Call {
  readonly values: readonly FeelValue[];
  /** one name per value, or null when positional */
  readonly names: readonly string[] | null;
}

export function callBuiltin(runtime: Runtime, builtin: Builtin, call: Call): FeelValue {
  runtime.spend(1 + weightOf(call.values));
  for (const overload of builtin.overloads) {
    const args = call.names ? bindNamed(overload.parameters, call) : bindPositional(overload.parameters, call.values);
    if (!args) continue;
    const result = overload.run(args, runtime);
    if (result !== undefined) return result;
  }
  const got = call.values.map(typeName).join(', ');
  return runtime.warn('function', `Expected arguments that "${builtin.name}" can take, but got (${got}).`, builtin.name);
}

/** Long texts and lists cost more, so that a loop over a large one cannot hide its work behind one step. */
function weightOf(values: readonly FeelValue[]): number {
  let weight = 0;
  for (const value of values) {
    if (typeof value === 'string') weight += value.length >> 6;
    else if (isList(value)) weight += value.length >> 3;
  }
  return weight;
}

function bindPositional(parameters: readonly Parameter[], values: readonly FeelValue[]): Values | null {
  const last = parameters.at(-1);
  if (values.length > parameters.length && !last?.rest) return null;
  const made: (FeelValue | undefined)[] = [];
  for (const [at, parameter] of parameters.entries()) {
    if (parameter.rest) {
      made.push(fitAll(parameter, values.slice(at)));
    } else if (at >= values.length) {
      if (!parameter.optional) return null;
      made.push(undefined);
    } else made.push(fit(parameter, values[at] ?? null));
    if (made[at] === undefined && at < values.length) return null;
  }
  return made;
}

function bindNamed(parameters: readonly Parameter[], call: Call): Values | null {
  const names = call.names ?? [];
  if (names.some((name) => !parameters.some((parameter) => parameter.name === name))) return null;
  if (new Set(names).size < names.length) return null;
  const made: (FeelValue | undefined)[] = [];
  for (const parameter of parameters) {
    const at = names.indexOf(parameter.name);
    if (at < 0) {
      if (!parameter.optional) return null;
      made.push(undefined);
      continue;
    }
    const value = fit(parameter.rest ? { ...parameter, checks: [isList], nullable: false } : parameter, call.values[at] ?? null);
    if (value === undefined) return null;
    made.push(value);
  }
  return made;
}

function fitAll(parameter: Parameter, values: readonly FeelValue[]): FeelValue | undefined {
  const made = values.map((value) => fit(parameter, value));
  return made.includes(undefined) ? undefined : (made as FeelValue[]);
}

/** The value, after [x] → x and x → [x] (DMN 10.3.2.9.4); undefined when it does not fit. */
function fit(parameter: Parameter, value: FeelValue): FeelValue | undefined {
  if (value === null) return parameter.nullable ? null : undefined;
  if (parameter.checks.some((check) => check(value))) return value;
  if (isList(value) && value.length === 1) {
    const only = value[0] ?? null;
    return only !== null && parameter.checks.some((check) => check(only)) ? only : undefined;
  }
  return parameter.type === 'list' ? [value] : undefined;
}
