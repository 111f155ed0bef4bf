import type { Node } from './ast.ts';
import { builtinOf } from './builtins/index.ts';
import type { Builtin } from './builtins/signature.ts';
import { callBuiltin } from './builtins/signature.ts';
import { Frame } from './generate.ts';
import type { Code, Generator, Layout } from './generate.ts';
import { isLocal } from './generate-names.ts';
import { quietly } from './generate-tests.ts';
import type { Runtime } from './runtime.ts';
import { convert } from './types.ts';
import { FeelFunction, typeName } from './values.ts';
import type { FeelValue } from './values.ts';

export function generateCall(generator: Generator, node: Node & { t: 'call' }, layout: Layout | null): Code {
  const { callee, names } = node;
  const builtin = callee.t === 'name' && !isLocal(callee.name, layout) ? builtinOf(callee.name) : undefined;
  const args = node.args.map((arg) => {
    const code = generator.make(arg, layout);
    return builtin?.quiet ? quietly(code) : code;
  });
  if (builtin) return builtinCall(builtin, args, names);
  const target = generator.make(callee, layout);
  const name = callee.t === 'name' ? callee.name : callee.t === 'path' ? callee.name : '';
  // a name that nobody knows is an unknown function, and the message should say so rather than "missing variable"
  const found = callee.t === 'name' ? quietly(target) : target;
  return (runtime, frame) => {
    const fn = found(runtime, frame);
    if (!(fn instanceof FeelFunction))
      return runtime.warn('function', `Expected a function "${name}" to call, but got ${typeName(fn)}.`, name);
    return callFunction(runtime, fn, { values: args.map((arg) => arg(runtime, frame)), names });
  };
}

function builtinCall(builtin: Builtin, args: readonly Code[], names: readonly string[] | null): Code {
  return (runtime, frame) => {
    const values = new Array<FeelValue>(args.length);
    for (let at = 0; at < args.length; at++) values[at] = args[at]?.(runtime, frame) ?? null;
    return callBuiltin(runtime, builtin, { values, names });
  };
}

export interface Arguments {
  readonly values: readonly FeelValue[];
  readonly names: readonly string[] | null;
}

/** Calls any function value; wrong arguments make null and a warning. */
export function callFunction(runtime: Runtime, fn: FeelFunction, args: Arguments): FeelValue {
  const builtin = fn.builtin === null ? undefined : builtinOf(fn.builtin);
  if (builtin) return callBuiltin(runtime, builtin, args);
  const values = bind(fn, args);
  if (!values)
    return runtime.warn('function', `Expected arguments for (${fn.parameters.map((each) => each.name).join(', ')}), but these do not fit.`);
  runtime.enter();
  const result = fn.invoke(values, runtime);
  runtime.leave();
  return result;
}

/** The arguments in the order of the parameters and of their types, or null. */
function bind(fn: FeelFunction, args: Arguments): FeelValue[] | null {
  if (args.values.length !== fn.parameters.length) return null;
  const made: FeelValue[] = [];
  for (const [at, parameter] of fn.parameters.entries()) {
    const from = args.names ? args.names.indexOf(parameter.name) : at;
    if (from < 0) return null;
    const value = args.values[from] ?? null;
    const fitting = parameter.type ? convert(value, parameter.type) : value;
    if (fitting === undefined) return null;
    made.push(fitting);
  }
  return made;
}

export function generateFunction(generator: Generator, node: Node & { t: 'function' }, layout: Layout | null): Code {
  const { params, body } = node;
  if (!body)
    return () =>
      new FeelFunction({
        parameters: params,
        invoke: (_args, runtime) =>
          (runtime as Runtime).warn(
            'function',
            'Expected a function in FEEL, but this one is external; nothing from a model runs as code.',
          ),
      });
  const code = generator.make(body, { up: layout, names: params.map((param) => param.name), item: false });
  return (_defining, frame) =>
    new FeelFunction({
      parameters: params,
      invoke: (args, runtime) => code((runtime as Runtime).within(_defining.scope), new Frame(frame, [...args])),
    });
}
