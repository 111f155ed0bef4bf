import { FeelFunction } from '../feel/index.ts';
import type { FeelValue, Runtime, Scope } from '../feel/index.ts';
import { callFunction } from '../feel/generate-calls.ts';
import { filterList } from '../feel/generate-loops.ts';
import { contextOf, isContext, isList, entryOf } from '../feel/values.ts';
import { itemsOf } from '../feel/generate-loops.ts';
import { typeOfRef } from './item-types.ts';
import { Names, convertOr } from './model.ts';
import type { Boxed, Model } from './model.ts';
import { childOf, childrenOf, textOf } from './read-model.ts';
import type { Element } from './read-model.ts';
import { compileTable } from './table.ts';

type Compile = (model: Model, element: Element) => Boxed;

/** One compiler per boxed expression (DMN 7.3 and 10.2). */
const COMPILERS: ReadonlyMap<string, Compile> = new Map<string, Compile>([
  ['dmn:LiteralExpression', literal],
  [
    'dmn:DecisionTable',
    (model, element) => {
      const table = compileTable(model, element);
      return (runtime) => table(runtime).output;
    },
  ],
  ['dmn:Context', context],
  ['dmn:Invocation', invocation],
  ['dmn:List', list],
  ['dmn:Relation', relation],
  [
    'dmn:FunctionDefinition',
    (model, element) => {
      const define = functionDefinition(model, element);
      return (runtime) => define(runtime.scope);
    },
  ],
  ['dmn:Conditional', conditional],
  ['dmn:Filter', filter],
  ['dmn:For', iteration],
  ['dmn:Every', (model, element) => quantified(model, element, true)],
  ['dmn:Some', (model, element) => quantified(model, element, false)],
]);

/** Any boxed expression; its own `typeRef` is applied to the result. */
export function compileBoxed(model: Model, element: Element | undefined, owner: Element): Boxed {
  if (!element)
    return model.broken(owner, {
      code: 'NO_LOGIC',
      message: 'Expected an expression, but there is none.',
      hint: 'Give the element its logic.',
    });
  const compile = COMPILERS.get(element.$type);
  if (!compile)
    return model.broken(owner, {
      code: 'UNSUPPORTED',
      message: `Expected an expression that we know, but got ${element.$type}.`,
      hint: 'Use a decision table or a FEEL expression.',
    });
  const boxed = compile(model, element);
  const ofTable = element.$type === 'dmn:DecisionTable' || element.$type === 'dmn:FunctionDefinition';
  return ofTable ? boxed : model.typed(boxed, typeOfRef(textOf(element, 'typeRef'), model.types));
}

function literal(model: Model, element: Element): Boxed {
  const language = textOf(element, 'expressionLanguage');
  if (language && !/feel/i.test(language)) {
    return model.broken(element, {
      code: 'UNSUPPORTED',
      message: `Expected FEEL, but the expression is written in ${language}.`,
      hint: 'Write the expression in FEEL; nothing from a model runs as code.',
    });
  }
  const text = textOf(element, 'text') ?? '';
  if (text.trim() === '')
    return model.broken(element, {
      code: 'NO_LOGIC',
      message: 'Expected an expression, but the text is empty.',
      hint: 'Write a FEEL expression, or null.',
    });
  return model.expression(text, element);
}

/** Entries see the entries before them; an entry without a name is the result. */
function context(model: Model, element: Element): Boxed {
  const entries = childrenOf(element, 'contextEntry').map((entry) => {
    const variable = childOf(entry, 'variable');
    model.bound.add(textOf(variable, 'name') ?? '');
    const boxed = compileBoxed(model, childOf(entry, 'value'), entry);
    return { name: textOf(variable, 'name'), boxed: model.typed(boxed, typeOfRef(textOf(variable, 'typeRef'), model.types)) };
  });
  return (runtime) => {
    const names = new Names(runtime.scope);
    const inner = runtime.within(names);
    for (const { name, boxed } of entries) {
      const value = boxed(inner);
      if (name === undefined) return value;
      names.values.set(name, value);
    }
    return contextOf(names.values);
  };
}

function invocation(model: Model, element: Element): Boxed {
  const called = compileBoxed(model, childOf(element, 'calledFunction'), element);
  const bindings = childrenOf(element, 'binding').map((binding) => {
    const parameter = childOf(binding, 'parameter');
    const formula = childOf(binding, 'bindingFormula');
    const boxed: Boxed = formula ? compileBoxed(model, formula, element) : () => null;
    return { name: textOf(parameter, 'name') ?? '', boxed: model.typed(boxed, typeOfRef(textOf(parameter, 'typeRef'), model.types)) };
  });
  return (runtime) => {
    const fn = called(runtime);
    if (!(fn instanceof FeelFunction)) return runtime.warn('function', 'Expected a function to invoke, but there is none.');
    return callFunction(runtime, fn, {
      values: bindings.map((binding) => binding.boxed(runtime)),
      names: bindings.length > 0 ? bindings.map((binding) => binding.name) : null,
    });
  };
}

function list(model: Model, element: Element): Boxed {
  const items = childrenOf(element, 'elements').map((item) => compileBoxed(model, item, element));
  return (runtime) => items.map((item) => item(runtime));
}

function relation(model: Model, element: Element): Boxed {
  const columns = childrenOf(element, 'column').map((column) => textOf(column, 'name') ?? '');
  const rows = childrenOf(element, 'row').map((row) => childrenOf(row, 'elements').map((cell) => compileBoxed(model, cell, element)));
  return (runtime) => rows.map((row) => contextOf(columns.map((column, at) => [column, row[at]?.(runtime) ?? null])));
}

/** A function closes over the scope where it is defined. */
export function functionDefinition(model: Model, element: Element): (scope: Scope) => FeelFunction {
  const kind = textOf(element, 'kind') ?? 'FEEL';
  if (kind !== 'FEEL') {
    return () =>
      new FeelFunction({
        parameters: parametersOf(model, element),
        invoke: (_args, runtime) =>
          (runtime as Runtime).warn('function', `Expected a function in FEEL, but this one is ${kind}; nothing from a model runs as code.`),
      });
  }
  const parameters = parametersOf(model, element);
  const body = compileBoxed(model, childOf(element, 'body'), element);
  const type = typeOfRef(textOf(element, 'typeRef'), model.types);
  return (scope) =>
    new FeelFunction({
      parameters,
      invoke: (args, runtime) => {
        const inner = (runtime as Runtime).within(
          new Names(
            scope,
            parameters.map((parameter, at) => [parameter.name, args[at] ?? null]),
          ),
        );
        const value = body(inner);
        return type?.name === 'function' ? value : convertOr(inner, value, type);
      },
    });
}

function parametersOf(model: Model, element: Element): { name: string; type?: NonNullable<ReturnType<typeof typeOfRef>> }[] {
  return childrenOf(element, 'formalParameter').map((parameter) => {
    const type = typeOfRef(textOf(parameter, 'typeRef'), model.types);
    const name = textOf(parameter, 'name') ?? '';
    model.bound.add(name);
    return type ? { name, type } : { name };
  });
}

// ---------------------------------------------------------------- DMN 1.4

function part(model: Model, element: Element, name: string): Boxed {
  return compileBoxed(model, childOf(childOf(element, name), 'value'), element);
}

function conditional(model: Model, element: Element): Boxed {
  const [condition, then, otherwise] = [part(model, element, 'if'), part(model, element, 'then'), part(model, element, 'else')];
  return (runtime) => (condition(runtime) === true ? then(runtime) : otherwise(runtime));
}

function filter(model: Model, element: Element): Boxed {
  const [source, match] = [part(model, element, 'in'), part(model, element, 'match')];
  return (runtime) => {
    const value = source(runtime);
    if (value === null) return null;
    let odd = false;
    const kept = filterList(runtime, isList(value) ? value : [value], (item) => {
      const answer = match(runtime.within(itemScope(runtime, item)));
      odd ||= answer !== null && typeof answer !== 'boolean' && typeof answer !== 'number';
      return answer;
    });
    return odd ? runtime.warn('type', 'Expected the condition of a filter to be true or false, but it is neither.') : kept;
  };
}

function itemScope(runtime: Runtime, item: FeelValue): Names {
  const entries = isContext(item) ? Object.keys(item).map((name): [string, FeelValue] => [name, entryOf(item, name) ?? null]) : [];
  return new Names(runtime.scope, [['item', item], ...entries]);
}

function boundName(model: Model, element: Element): string {
  const name = textOf(element, 'iteratorVariable') ?? 'item';
  model.bound.add(name);
  return name;
}

function iteration(model: Model, element: Element): Boxed {
  const [source, body] = [part(model, element, 'in'), part(model, element, 'return')];
  const name = boundName(model, element);
  return (runtime) => {
    const items = itemsOf(runtime, source(runtime));
    if (!items) return null;
    const made: FeelValue[] = [];
    for (const item of items) {
      runtime.spend(1);
      made.push(
        body(
          runtime.within(
            new Names(runtime.scope, [
              ['partial', [...made]],
              [name, item],
            ]),
          ),
        ),
      );
    }
    return made;
  };
}

function quantified(model: Model, element: Element, every: boolean): Boxed {
  const [source, body] = [part(model, element, 'in'), part(model, element, 'satisfies')];
  const name = boundName(model, element);
  return (runtime) => {
    const items = itemsOf(runtime, source(runtime));
    if (!items) return null;
    let unknown = false;
    for (const item of items) {
      runtime.spend(1);
      const answer = body(runtime.within(new Names(runtime.scope, [[name, item]])));
      if (answer !== null && typeof answer !== 'boolean')
        return runtime.warn('type', 'Expected the condition to be true or false, but it is neither.');
      if (answer === !every) return !every;
      if (answer === null) unknown = true;
    }
    return unknown ? null : every;
  };
}
