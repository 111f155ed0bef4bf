/** Walking documents that strangers wrote: by own properties only, references inside the document, a bounded number of them. */
export type Node = { readonly [name: string]: unknown };

export const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value);
export const nodeAt = (node: Node, name: string): Node => {
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  return isNode(value) ? value : {};
};
export const listAt = (node: Node, name: string): readonly unknown[] => {
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  return Array.isArray(value) ? value : [];
};
export const textAt = (node: Node, name: string): string | undefined => {
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

const MOST_HOPS = 16;

/** The node, or what its reference leads to; an empty node when that leads nowhere or round. */
export function resolved(document: Node, given: unknown): Node {
  let node = given;
  for (let hop = 0; hop < MOST_HOPS; hop += 1) {
    if (!isNode(node)) return {};
    const reference = node['$ref'];
    if (typeof reference !== 'string') return node;
    node = pointed(document, reference);
  }
  return {};
}

/** What stands at `#/a/b`; undefined when there is nothing. */
export function pointed(document: Node, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  const steps = reference.slice(1).split('/').slice(1);
  return steps.reduce<unknown>((at, step) => {
    const name = unescaped(step);
    return at !== null && typeof at === 'object' && Object.hasOwn(at, name) ? (at as Node)[name] : undefined;
  }, document);
}

function unescaped(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return plain;
  }
}

export const pointerStep = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
