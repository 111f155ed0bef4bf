/**
 * The parser's objects as a list that any channel can carry (worker messages, JSON): nodes name each other by their place in the list,
 * because references make chains as long as the diagram and a copy that follows them would run out of stack.
 */
import { OTHER_ENGINES } from './node.ts';
import type { Node } from './node.ts';

type Flat = string | number | boolean | { readonly node: number } | { readonly list: readonly Flat[] };

export interface FlatNode {
  readonly type: string;
  readonly parent?: number;
  readonly properties: readonly (readonly [name: string, value: Flat])[];
}

/** The first node is the root. */
export type FlatTree = readonly FlatNode[];

/** `leaveOut`: properties of the root that nobody reads, e.g. the drawing. Never recursive. */
export function flatten(root: object, leaveOut: ReadonlySet<string>): FlatTree {
  const numbers = new Map<object, number>([[root, 0]]);
  const found: object[] = [root];
  const numberOf = (node: object): number => {
    const known = numbers.get(node);
    if (known !== undefined) return known;
    numbers.set(node, found.length);
    return found.push(node) - 1;
  };
  const flat = (value: unknown): Flat | undefined => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    if (Array.isArray(value)) return { list: value.map(flat).filter((item) => item !== undefined) };
    return isNode(value) ? { node: numberOf(value) } : undefined;
  };
  const nodes: FlatNode[] = [];
  for (let at = 0; at < found.length; at++) {
    const node = found[at] as Node;
    const properties = namesIn(node).flatMap((name) => {
      const value = name.startsWith('$') || (at === 0 && leaveOut.has(name)) ? undefined : flat(node[name]);
      return value === undefined ? [] : [[name, value] as const];
    });
    const foreign = foreignAttribute(node);
    // the parser keeps attributes that it does not know apart
    if (foreign !== undefined) properties.push(['$foreign', foreign]);
    const parent = isNode(node.$parent) ? numbers.get(node.$parent) : undefined;
    nodes.push({ type: node.$type, properties, ...(parent !== undefined && { parent }) });
  }
  return nodes;
}

function foreignAttribute({ $attrs }: Node): string | undefined {
  return Object.keys($attrs ?? {}).find((name) => OTHER_ENGINES.test(name));
}

/** The parser hides references from enumeration, and keeps default values in its prototypes. */
function namesIn(node: Node): readonly string[] {
  const names = new Set(Object.getOwnPropertyNames(node));
  for (const name in node) names.add(name);
  return [...names];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).$type === 'string';
}

/** The nodes again, without a prototype: no name of a stranger means anything else than itself. */
export function unflatten(tree: FlatTree): Node {
  const nodes = tree.map(({ type }) => Object.assign(Object.create(null) as Record<string, unknown>, { $type: type }));
  const value = (flat: Flat): unknown => {
    if (typeof flat !== 'object') return flat;
    return 'node' in flat ? nodes[flat.node] : flat.list.map(value);
  };
  for (const [at, { parent, properties }] of tree.entries()) {
    const node = nodes[at] as Record<string, unknown>;
    if (parent !== undefined) node['$parent'] = nodes[parent];
    for (const [name, flat] of properties) node[name] = value(flat);
  }
  return nodes[0] as unknown as Node;
}
