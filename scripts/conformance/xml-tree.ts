/**
 * An XML text as a tree that two writers of the same document agree on: names carry their namespace instead of a prefix, attributes have no order,
 * white space between elements, comments and declarations are no content. Children keep their order among those of the same name:
 * BPMN's schema fixes the order of the others. An attribute with its element's own prefix is the same as one without, as moddle has it.
 */
import { XMLParser } from 'fast-xml-parser';

export interface XmlTree {
  /** `{namespace}local` */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlTree[];
  /** without white space at both ends, runs of it inside made one blank */
  readonly text: string;
}

type Raw = Readonly<Record<string, unknown>>;
type Namespaces = ReadonlyMap<string, string>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: '#cdata',
  htmlEntities: true,
});

/** The root element. Throws for what is no XML. */
export function readTree(xml: string): XmlTree {
  const roots = (parser.parse(xml.replace(/^\uFEFF/, '')) as readonly Raw[]).filter((node) => tagOf(node) !== '#text');
  const [root] = roots;
  if (root === undefined) throw new Error('Expected one root element, but there is none');
  return treeOf(root, new Map());
}

const tagOf = (node: Raw): string => Object.keys(node).find((key) => key !== ':@') ?? '';

function treeOf(node: Raw, outer: Namespaces): XmlTree {
  const tag = tagOf(node);
  const attributes = Object.entries((node[':@'] ?? {}) as Record<string, string>);
  const namespaces = new Map(outer);
  for (const [name, value] of attributes) if (/^xmlns(:|$)/.test(name)) namespaces.set(name.slice('xmlns:'.length), value);
  const inner = (node[tag] ?? []) as readonly Raw[];
  const elements = inner.filter((each) => !tagOf(each).startsWith('#')).map((each) => treeOf(each, namespaces));
  const name = qualified(tag, namespaces, namespaces.get('') ?? '');
  const own = name.slice(0, name.indexOf('}') + 1);
  return {
    name,
    attributes: new Map(
      attributes.filter(([key]) => !/^xmlns(:|$)/.test(key)).map(([key, value]) => [unowned(qualified(key, namespaces, ''), own), value]),
    ),
    children: elements.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))),
    text: inner.map(textOf).join('').replace(/\s+/g, ' ').trim(),
  };
}

const unowned = (name: string, own: string): string => (own !== '' && name.startsWith(own) ? name.slice(own.length) : name);

function textOf(node: Raw): string {
  if ('#text' in node) return String(node['#text']);
  const cdata = node['#cdata'];
  return Array.isArray(cdata) ? cdata.map((each: Raw) => String(each['#text'] ?? '')).join('') : '';
}

function qualified(name: string, namespaces: Namespaces, unprefixed: string): string {
  const at = name.indexOf(':');
  const namespace = at < 0 ? unprefixed : (namespaces.get(name.slice(0, at)) ?? name.slice(0, at));
  return namespace === '' ? name.slice(at + 1) : `{${namespace}}${name.slice(at + 1)}`;
}

/** What `after` lacks or has otherwise than `before`: one line each, with the path to it. `same` judges two values of an attribute. */
export function differences(before: XmlTree, after: XmlTree, rules: CompareRules): readonly string[] {
  const found: string[] = [];
  compare(before, after, { rules, found, path: short(before.name) });
  return found;
}

export interface CompareRules {
  /** true: the attribute may be absent, because the schema says that it has this value then */
  readonly isDefault: (element: string, attribute: string, value: string) => boolean;
}

interface Comparison {
  readonly rules: CompareRules;
  readonly found: string[];
  readonly path: string;
}

function compare(before: XmlTree, after: XmlTree, { rules, found, path }: Comparison): void {
  for (const [name, value] of before.attributes) {
    const now = after.attributes.get(name);
    if (now === undefined && !rules.isDefault(before.name, name, value)) found.push(`${path}: attribute ${short(name)}="${value}" is lost`);
    if (now !== undefined && !sameText(now, value)) found.push(`${path}: attribute ${short(name)} was "${value}", but is "${now}"`);
  }
  if (!sameText(before.text, after.text))
    found.push(`${path}: text was "${before.text.slice(0, 60)}", but is "${after.text.slice(0, 60)}"`);
  for (const name of new Set(before.children.map((child) => child.name))) {
    const [old, now] = [before.children, after.children].map((list) => list.filter((child) => child.name === name));
    for (const [index, child] of (old ?? []).entries()) {
      const id = child.attributes.get('id') ?? String(index + 1);
      const where = `${path}/${short(name)}[${id}]`;
      const match = now?.[index];
      if (match === undefined) found.push(`${where}: element is lost`);
      else compare(child, match, { rules, found, path: where });
    }
  }
}

const short = (name: string): string => name.replace(/^\{.*\}/, '');

/** Numbers may be written otherwise (10 and 10.0). */
function sameText(before: string, after: string): boolean {
  const numeric = /^-?\d+(\.\d+)?$/;
  const [one, other] = [before, after];
  return one === other || (numeric.test(one) && numeric.test(other) && Number(one) === Number(other));
}
