/** A body as JSON from and to XML, by the schema that says how each part is written. */
import { isNode, listAt, nodeAt, resolved, type Node } from '../contracts/nodes.ts';
import type { Json } from '../job.ts';
import { escaped, type QName, type Xml } from '../xml.ts';
import type { Part } from './types.ts';

type Fields = { readonly [name: string]: Json };

/** the schema itself: references followed, `or nothing` taken away */
function plainOf(document: Node, schema: unknown): Node {
  const node = resolved(document, schema);
  const [only, ...others] = listAt(node, 'anyOf').filter((one) => !isNode(one) || one['type'] !== 'null');
  return only === undefined || others.length > 0 ? node : resolved(document, only);
}

const isFields = (value: Json): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);
const partsOf = (schema: Node): readonly Part[] | undefined => schema['x-xml'] as readonly Part[] | undefined;

/** Throws XmlProblem for a character that XML cannot carry. `within`: the namespace that is in force where it is put. */
export function writeElement(document: Node, { name, schema, value, within = '' }: { readonly name: QName; readonly schema: unknown; readonly value: Json; readonly within?: string }): string {
  const own = plainOf(document, schema);
  const declared = name.ns === within ? '' : ` xmlns="${escaped(name.ns)}"`;
  if (value === null) return `<${name.local}${declared} xsi:nil="true"/>`;
  const attributes = attributesOf(own, value);
  return `<${name.local}${declared}${attributes}>${contentOf(document, own, { value, ns: name.ns })}</${name.local}>`;
} // prettier-ignore

/** what stands inside of the element. Throws like `writeElement`. */
export function writeContent(document: Node, schema: unknown, value: Json): string {
  return contentOf(document, plainOf(document, schema), { value, ns: '' });
}

function attributesOf(schema: Node, value: Json): string {
  const parts = (partsOf(schema) ?? []).filter((one) => one.in === 'attribute');
  return parts.flatMap(({ name }) => (isFields(value) && value[name] !== undefined && value[name] !== null ? [` ${name}="${textOf(value[name])}"`] : [])).join(''); // prettier-ignore
}

const textOf = (value: Json): string => escaped(value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));

function contentOf(document: Node, schema: Node, { value, ns }: { readonly value: Json; readonly ns: string }): string {
  const parts = partsOf(schema);
  if (Array.isArray(value))
    return schema['x-list'] === true
      ? (value as readonly Json[]).map(textOf).join(' ')
      : itemsOf(document, schema, value as readonly Json[], ns);
  if (!isFields(value)) return textOf(value);
  if (parts === undefined)
    return Object.entries(value).map(([local, one]) => elementsOf(document, { name: { local, ns }, schema: {}, value: one, within: ns })).join(''); // prettier-ignore
  const properties = nodeAt(schema, 'properties');
  return parts
    .filter((one) => one.in !== 'attribute' && value[one.name] !== undefined)
    .map((one) => {
      if (one.in === 'text') return textOf(value[one.name]!);
      const name = { local: one.name, ns: one.namespace };
      return elementsOf(document, { name, schema: properties[one.name], value: value[one.name]!, within: ns });
    })
    .join('');
}

const itemsOf = (document: Node, schema: Node, values: readonly Json[], within: string): string =>
  values.map((value) => writeElement(document, { name: { local: 'item', ns: '' }, schema: schema['items'], value, within })).join('');

/** a list that is no type of its own is its items, one after another */
function elementsOf(document: Node, part: { readonly name: QName; readonly schema: unknown; readonly value: Json; readonly within: string }): string {
  const own = plainOf(document, part.schema);
  const repeated = Array.isArray(part.value) && own['x-list'] !== true && own['x-soap-array'] !== true;
  if (!repeated) return writeElement(document, part);
  return (part.value as readonly Json[]).map((value) => writeElement(document, { ...part, schema: own['items'] ?? {}, value })).join('');
} // prettier-ignore

// ---------------------------------------------------------------- reading

/** What the element says; parts that the schema does not know are left out, so that an agency may add some. */
export function readElement(document: Node, schema: unknown, xml: Xml): Json {
  if (Object.entries(xml.attributes).some(([name, value]) => /(^|:)nil$/.test(name) && /^(?:true|1)$/.test(value))) return null;
  const own = plainOf(document, schema);
  const parts = partsOf(own);
  if (parts !== undefined) return Object.fromEntries(parts.flatMap((part) => partIn(document, own, { part, xml }))) as Json;
  if (own['x-soap-array'] === true) return xml.children.map((one) => readElement(document, own['items'], one));
  if (own['x-list'] === true) return xml.text.trim().split(/\s+/).filter(Boolean).map((one) => scalarOf(plainOf(document, own['items']), one)); // prettier-ignore
  return xml.children.length > 0 && own['type'] === undefined ? anything(xml) : scalarOf(own, xml.text);
}

function partIn(document: Node, schema: Node, { part, xml }: { readonly part: Part; readonly xml: Xml }): readonly (readonly [string, Json])[] {
  const own = plainOf(document, nodeAt(schema, 'properties')[part.name]);
  if (part.in === 'text') return [[part.name, scalarOf(own, xml.text)]];
  if (part.in === 'attribute') {
    const given = Object.entries(xml.attributes).find(([name]) => name.replace(/^.*:/, '') === part.name);
    return given === undefined ? [] : [[part.name, scalarOf(own, given[1])]];
  }
  const found = xml.children.filter((one) => one.local === part.name);
  if (found.length === 0) return [];
  const repeated = own['type'] === 'array' && own['x-list'] !== true && own['x-soap-array'] !== true;
  if (repeated) return [[part.name, found.map((one) => readElement(document, own['items'], one))]];
  // an empty number is one that was left out
  const value = readElement(document, own, found[0]!);
  return value === '' && /^(?:number|integer|boolean)$/.test(kindOf(own)) ? [] : [[part.name, value]];
} // prettier-ignore

const kindOf = ({ type }: Node): string => String(Array.isArray(type) ? type.find((one) => one !== 'null') : type);

/** What is no number or truth stays text, and fails its schema. */
function scalarOf(schema: Node, given: string): Json {
  const text = given.trim();
  const kind = kindOf(schema);
  if (kind === 'boolean') return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
  if (kind !== 'integer' && kind !== 'number') return text;
  const value = Number(text);
  // digits that a number cannot keep would be other digits
  return text === '' || !Number.isFinite(value) || (kind === 'integer' && !Number.isSafeInteger(value)) ? text : value;
}

/** Without a schema: text, or an object of what is inside; names that repeat become lists. */
function anything(xml: Xml): Json {
  if (xml.children.length === 0) return xml.text.trim();
  const groups = Map.groupBy(xml.children.filter(({ local }) => local !== '__proto__'), ({ local }) => local); // prettier-ignore
  return Object.fromEntries([...groups].map(([name, list]) => [name, list.length === 1 ? anything(list[0]!) : list.map(anything)])) as Json;
}
