/**
 * A model that uses another one (DMN 6.3.2, `import`): by the other's namespace, its elements under the import's name, e.g. `Fees.base fee`.
 * Who compiles finds the other model; here is what is looked for and how it is named afterwards.
 */
import type { FeelType, FeelValue, Runtime, Scope } from '../feel/index.ts';
import { contextOf, entryOf, isContext } from '../feel/values.ts';
import type { Graph, Imported } from './graph.ts';
import { convertOr } from './model.ts';
import { childrenOf, textOf } from './read-model.ts';
import type { Element } from './read-model.ts';

export interface ImportWanted {
  /** what its elements are called by: `name.element`; empty: by their own names */
  readonly name: string;
  readonly namespace: string;
  /** where its author had it, e.g. `fees.dmn` */
  readonly locationURI?: string;
  readonly type: string;
  /** ids of its elements that this model refers to: of several models with one namespace it is the one that has them */
  readonly ids: readonly string[];
}

/** The models that this one uses. */
export function importsIn(root: Element): readonly ImportWanted[] {
  const referred = [...references(root)];
  return childrenOf(root, 'import').map((element) => {
    const [namespace = '', locationURI] = [textOf(element, 'namespace'), textOf(element, 'locationURI')];
    const ids = referred.filter((href) => href.startsWith(`${namespace}#`)).map((href) => href.slice(namespace.length + 1));
    const type = textOf(element, 'importType') ?? '';
    return { name: textOf(element, 'name') ?? '', namespace, type, ids, ...(locationURI !== undefined && { locationURI }) };
  });
}

function* references(value: unknown, depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || depth > 200) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'href' && typeof inner === 'string') yield inner;
    else if (!key.startsWith('$')) yield* references(inner, depth + 1);
  }
}

/** Types of the models that are used, as this one names them. */
export function importedTypes(imports: readonly Imported[]): ReadonlyMap<string, FeelType> {
  const all = imports.flatMap(({ name, graph }) => [...graph.types].map(([type, made]) => [qualified(name, type), made] as const));
  return new Map(all);
}

function qualified(name: string, inner: string): string {
  return name === '' ? inner : `${name}.${inner}`;
}

export interface ImportedValues {
  /** results of its decisions that were asked for, by their variable */
  readonly results: ReadonlyMap<string, FeelValue>;
  readonly runtime: Runtime;
  /** what is visible outside of any model */
  readonly outer: Scope;
  /** what the functions of a model see */
  readonly within: (graph: Graph) => Scope;
}

/** What the name of an import stands for: results of the decisions that were asked for, input data, and functions. */
export function importedContext({ name, graph }: Imported, { results, runtime, outer, within }: ImportedValues): FeelValue {
  const given = outer.get(name);
  const inputs = [...graph.inputs.values()].flatMap((input) => {
    const value = (isContext(given) ? entryOf(given, input.name) : undefined) ?? outer.get(input.name);
    return value === undefined ? [] : [[input.name, convertOr(runtime, value, input.type)] as const];
  });
  const functions = [...graph.functions].map(([called, make]) => [called, make(within(graph))] as const);
  return contextOf([...functions, ...inputs, ...results]);
}
