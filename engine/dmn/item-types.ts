import { simpleType } from '../feel/parse-type.ts';
import { compileUnaryTests } from '../feel/index.ts';
import type { CompileOptions, FeelType, FeelValue } from '../feel/index.ts';
import { childOf, childrenOf, textOf } from './read-model.ts';
import type { Element } from './read-model.ts';

const ANY: FeelType = { name: 'Any' };
/** Types that older tools write; they mean what they meant there. */
const LEGACY: ReadonlyMap<string, FeelType> = new Map<string, FeelType>([
  ['integer', { name: 'number' }],
  ['long', { name: 'number' }],
  ['double', { name: 'number' }],
]);

/** The type that a `typeRef` names, or undefined for "anything" and for what nobody knows. */
export function typeOfRef(ref: string | undefined, types: ReadonlyMap<string, FeelType>): FeelType | undefined {
  if (ref === undefined) return undefined;
  const plain = ref.replace(/^feel[:.]/, '');
  const type = types.get(ref) ?? types.get(plain) ?? simpleType(plain) ?? LEGACY.get(plain);
  return type?.name === 'Any' ? undefined : type;
}

/** All item definitions of a model as FEEL types (DMN 7.3.3), with those of models that it uses. They may refer to each other in any order, and to themselves. */
export function itemTypes(
  root: Element,
  names: readonly string[],
  imported: ReadonlyMap<string, FeelType> = new Map(),
): ReadonlyMap<string, FeelType> {
  const types = new Map<string, FeelType>(imported);
  const lazy = new Map<string, FeelType>(imported);
  for (const item of childrenOf(root, 'itemDefinition')) {
    const name = textOf(item, 'name');
    if (name !== undefined) lazy.set(name, { name: 'named', resolve: () => types.get(name) });
  }
  for (const item of childrenOf(root, 'itemDefinition')) types.set(textOf(item, 'name') ?? '', itemType(item, lazy, { names }));
  return types;
}

function itemType(item: Element, known: ReadonlyMap<string, FeelType>, options: CompileOptions): FeelType {
  const components = childrenOf(item, 'itemComponent');
  const fn = childOf(item, 'functionItem');
  const base = fn
    ? functionType(fn, known)
    : components.length > 0
      ? contextType(components, known, options)
      : (typeOfRef(textOf(item, 'typeRef'), known) ?? ANY);
  const allowed = textOf(childOf(item, 'allowedValues'), 'text');
  const constrained = allowed === undefined ? base : constrain(base, allowed, options);
  return item.isCollection === true ? { name: 'list', of: constrained } : constrained;
}

function contextType(components: readonly Element[], known: ReadonlyMap<string, FeelType>, options: CompileOptions): FeelType {
  return {
    name: 'context',
    entries: new Map(components.map((component) => [textOf(component, 'name') ?? '', itemType(component, known, options)])),
  };
}

function functionType(item: Element, known: ReadonlyMap<string, FeelType>): FeelType {
  const parameters = childrenOf(item, 'parameters').map((parameter) => typeOfRef(textOf(parameter, 'typeRef'), known) ?? ANY);
  return { name: 'function', parameters, result: typeOfRef(textOf(item, 'outputTypeRef'), known) ?? ANY };
}

function constrain(of: FeelType, allowed: string, options: CompileOptions): FeelType {
  const compiled = compileUnaryTests(allowed, options);
  if (!compiled.ok) return of;
  const { expression } = compiled;
  const allows = (value: FeelValue): boolean => {
    const result = expression.evaluate({ get: (name) => (name === '?' ? value : undefined) }, { now: 0, zone: 'UTC' });
    return result.ok && result.value === true;
  };
  return { name: 'constrained', of, allows };
}
