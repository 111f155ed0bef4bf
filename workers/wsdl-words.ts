/** What a WSDL says beside its types, and the library does not tell: the operations' faults and words, its addresses. */
import { XMLParser } from 'fast-xml-parser';

export interface WsdlWords {
  /** operation → local names of the elements that its faults bring */
  readonly faults: ReadonlyMap<string, readonly string[]>;
  /** operation → its documentation */
  readonly documentation: ReadonlyMap<string, string>;
  readonly title: string;
  readonly addresses: readonly string[];
}

type Tree = { readonly [name: string]: unknown };

const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', removeNSPrefix: true, processEntities: false });

/** Throws an Error when a text is no XML. */
export function wordsOf(texts: readonly string[]): WsdlWords {
  const trees = texts.map((text) => parser.parse(text, true) as Tree);
  const definitions = trees.flatMap((tree) => list(tree, 'definitions'));
  const operations = definitions.flatMap((one) => list(one, 'portType')).flatMap((one) => list(one, 'operation'));
  const elements = new Map(definitions.flatMap((one) => list(one, 'message')).map((one) => [String(one['name']), elementOf(one)]));
  const documented = operations.flatMap((one) => (textOf(one['documentation']) ? [[String(one['name']), textOf(one['documentation'])] as const] : [])); // prettier-ignore
  const services = definitions.flatMap((one) => list(one, 'service'));
  return {
    faults: new Map(operations.map((one) => [String(one['name']), list(one, 'fault').flatMap((fault) => elements.get(local(fault['message'])) ?? [])])),
    documentation: new Map(documented),
    title: [...services, ...definitions].map(({ name }) => String(name ?? '')).find(Boolean) ?? '',
    addresses: services.flatMap((one) => list(one, 'port')).flatMap((port) => list(port, 'address')).flatMap(({ location }) => (typeof location === 'string' ? location : [])),
  }; // prettier-ignore
}

const list = (tree: Tree, name: string): readonly Tree[] =>
  [tree[name]].flat().filter((one): one is Tree => one !== null && typeof one === 'object');
const local = (name: unknown): string => String(name ?? '').replace(/^.*:/, '');

function elementOf(message: Tree): string {
  const [part] = list(message, 'part');
  return local(part?.['element'] ?? part?.['name']);
}

const textOf = (node: unknown): string =>
  String(node !== null && typeof node === 'object' ? ((node as Tree)['#text'] ?? '') : (node ?? '')).trim().replace(/\s+/g, ' '); // prettier-ignore
