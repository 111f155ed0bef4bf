/**
 * XML that strangers wrote, as a tree with its namespaces resolved. No document type is read, so there are no entities that grow and nothing that
 * leads elsewhere; numbers and the five entities of XML itself are all that is replaced.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface QName {
  readonly local: string;
  /** '' for none */
  readonly ns: string;
}

export interface Xml extends QName {
  /** by name as written, without declarations of namespaces */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Xml[];
  /** the character data directly inside, whitespace as it is */
  readonly text: string;
  /** prefix → namespace, as declared up to here */
  readonly scope: Readonly<Record<string, string>>;
}

/** The text is no XML that is read here. The message ends a sentence: `… but it cannot be read: ${message}`. */
export class XmlProblem extends Error {}

const DEEPEST = 90;
const XML_NS = 'http://www.w3.org/XML/1998/namespace';
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: DEEPEST,
});

type Raw = { readonly [name: string]: unknown };

/** Throws XmlProblem. */
export function parseXml(text: string): Xml {
  const plain = text.replace(/^\uFEFF/, '').trimStart();
  if (/<!DOCTYPE|<!ENTITY/i.test(plain)) throw new XmlProblem('it has a document type, and entities are not read');
  const roots = parsed(plain).filter((one) => nameOf(one) !== '#text');
  if (roots.length !== 1) throw new XmlProblem(roots.length === 0 ? 'it is empty' : 'it has several roots');
  return treeOf(roots[0]!, { xml: XML_NS, '': '' });
}

function parsed(text: string): readonly Raw[] {
  try {
    const valid = XMLValidator.validate(text);
    if (valid !== true) throw new XmlProblem(sentenceOf(valid.err));
    return parser.parse(text) as readonly Raw[];
  } catch (error) {
    if (error instanceof XmlProblem) throw error;
    throw new XmlProblem(error instanceof Error ? error.message.split('\n')[0]!.slice(0, 120) : 'it is no XML');
  }
}

function sentenceOf({ msg, line, col }: { readonly msg: string; readonly line: number; readonly col?: number }): string {
  // the parser quotes everything that was left open
  const what = /^Invalid '\[/.test(msg) ? 'not every element is closed' : msg.split('\n')[0]!.slice(0, 160).replace(/\.$/, '');
  return `line ${line}${col === undefined ? '' : `, column ${col}`}: ${what}`;
}

const nameOf = (raw: Raw): string => Object.keys(raw).find((name) => name !== ':@') ?? '';

function treeOf(raw: Raw, outer: Xml['scope']): Xml {
  const name = nameOf(raw);
  const given = Object.entries((raw[':@'] ?? {}) as Readonly<Record<string, string>>).map(
    ([key, value]) => [key, unescaped(value)] as const,
  );
  const declared = given.flatMap(([key, value]) => {
    const [, prefix] = /^xmlns(?::(.+))?$/.exec(key) ?? [undefined, undefined];
    return key.startsWith('xmlns') ? [[prefix ?? '', value] as const] : [];
  });
  const scope = declared.length === 0 ? outer : { ...outer, ...Object.fromEntries(declared) };
  const inside = raw[name] as readonly Raw[];
  const attributes = Object.fromEntries(given.filter(([key]) => !key.startsWith('xmlns')));
  const children = inside.filter((one) => nameOf(one) !== '#text').map((one) => treeOf(one, scope));
  const text = inside.flatMap((one) => (nameOf(one) === '#text' ? [unescaped(String(one['#text']))] : [])).join('');
  return { ...resolvedIn(scope, name), attributes, children, text, scope };
}

function resolvedIn(scope: Xml['scope'], name: string): QName {
  const [prefix, local] = name.includes(':') ? (name.split(':', 2) as [string, string]) : ['', name];
  if (!Object.hasOwn(scope, prefix)) throw new XmlProblem(`the prefix ${prefix.slice(0, 40)} of <${name.slice(0, 80)}> is not declared`);
  return { local, ns: scope[prefix]! };
}

/** What a value such as `tns:Person` names at its place; undefined: its prefix is not declared. */
export function qnameIn({ scope }: Xml, value: string): QName | undefined {
  const [prefix, local] = value.includes(':') ? (value.trim().split(':', 2) as [string, string]) : ['', value.trim()];
  return Object.hasOwn(scope, prefix) ? { local, ns: scope[prefix]! } : undefined;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });

/** Throws XmlProblem for a character that XML cannot carry. */
export function escaped(text: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw new XmlProblem('it holds a character that XML cannot carry');
  return text.replace(/[&<>"\r]/g, (one) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }[one] ?? '#13'};`);
}
