/** The parts of a complex type in their order, those that it inherits first. */
import type { Node } from '../contracts/nodes.ts';
import { qnameIn, type QName, type Xml } from '../xml.ts';
import { inside, SOAP_ENCODING, WSDL, XSD } from './names.ts';
import { baseOf, builtIn, isBuiltIn, simpleOf } from './simple-types.ts';
import type { SchemaFile } from './files.ts';
import type { Declared, Part, Reading } from './types.ts';

export interface Particle extends Part {
  readonly required: boolean;
  readonly schema: Node;
}

/** an array as SOAP 1.1 encodes it: whatever its items are called */
export interface EncodedArray {
  readonly items: Node;
}

interface Where {
  readonly at: SchemaFile;
  readonly reading: Reading;
  /** within a choice, or a group that may be absent */
  readonly optional: boolean;
  /** within a group that repeats */
  readonly many: boolean;
  readonly depth: number;
}

export function particlesOf(xml: Xml, at: SchemaFile, reading: Reading): readonly Particle[] | EncodedArray {
  const [content] = inside(xml, XSD, 'complexContent');
  const restriction = content && inside(content, XSD, 'restriction')[0];
  const base = restriction && qnameIn(restriction, restriction.attributes['base'] ?? '');
  if (restriction !== undefined && base?.ns === SOAP_ENCODING && base.local === 'Array') return encodedArray(restriction, at, reading);
  return partsOf(xml, { at, reading, optional: false, many: false, depth: 0 });
}

/** `wsdl:arrayType="tns:Person[]"` */
function encodedArray(restriction: Xml, at: SchemaFile, reading: Reading): EncodedArray {
  const [attribute] = inside(restriction, XSD, 'attribute');
  const given = Object.entries(attribute?.attributes ?? {}).find(([name]) => /(^|:)arrayType$/.test(name));
  const name = attribute && given && attribute.scope && qnameIn(attribute, given[1].replace(/\[[^\]]*\]$/, ''));
  return { items: name === undefined ? {} : reading.ofType(name, at) };
}

function partsOf(xml: Xml, where: Where): readonly Particle[] {
  where.reading.step(where.depth);
  const own = xml.children.filter(({ ns }) => ns === XSD);
  return own.flatMap((one): readonly Particle[] => {
    switch (one.local) {
      case 'element':
        return elementOf(one, where);
      case 'sequence':
      case 'all':
      case 'choice':
        return partsOf(one, within(one, where));
      case 'attribute':
        return attributeOf(one, where);
      case 'group':
      case 'attributeGroup':
        return referred(one, where);
      case 'complexContent':
      case 'simpleContent':
        return derived(one, where);
      default:
        return [];
    }
  });
}

const repeats = (xml: Xml): boolean => !['0', '1', undefined].includes(xml.attributes['maxOccurs']);

function within(xml: Xml, where: Where): Where {
  return {
    ...where,
    optional: where.optional || xml.local === 'choice' || xml.attributes['minOccurs'] === '0',
    many: where.many || repeats(xml),
    depth: where.depth + 1,
  };
}

function elementOf(xml: Xml, where: Where): readonly Particle[] {
  const { at, reading } = where;
  if (xml.attributes['maxOccurs'] === '0') return [];
  const ref = xml.attributes['ref'] === undefined ? undefined : qnameIn(xml, xml.attributes['ref']);
  const name = ref?.local ?? xml.attributes['name'];
  // the schema of a schema: data that describes itself, nothing that a step could name
  if (name === undefined || ref?.ns === XSD) return [];
  const one = ref === undefined ? reading.valueOf({ xml, at }) : reading.ofElement(ref, at);
  const many = where.many || repeats(xml);
  const required = !where.optional && xml.attributes['minOccurs'] !== '0';
  const namespace = ref === undefined ? (isQualified(xml, at, 'element') ? at.targetNamespace : '') : ref.ns || at.targetNamespace;
  return [{ name, in: 'element', namespace, required, schema: many ? { type: 'array', items: one } : one }];
}

function isQualified(xml: Xml, { xml: schema }: SchemaFile, kind: 'element' | 'attribute'): boolean {
  return (xml.attributes['form'] ?? schema.attributes[`${kind}FormDefault`]) === 'qualified';
}

function attributeOf(xml: Xml, { at, reading }: Where): readonly Particle[] {
  if (xml.attributes['use'] === 'prohibited') return [];
  const ref = xml.attributes['ref'] === undefined ? undefined : qnameIn(xml, xml.attributes['ref']);
  const found: Declared | undefined = ref === undefined ? { xml, at } : reading.find('attribute', ref, at);
  const name = found?.xml.attributes['name'];
  // attributes of other namespaces (xml:lang, arrayType) say nothing about the business
  if (found === undefined || name === undefined || (ref !== undefined && ref.ns === WSDL)) return [];
  const required = xml.attributes['use'] === 'required';
  return [{ name, in: 'attribute', namespace: '', required, schema: reading.valueOf(found) }];
}

function referred(xml: Xml, where: Where): readonly Particle[] {
  const name = qnameIn(xml, xml.attributes['ref'] ?? '');
  const found = name === undefined ? undefined : where.reading.find(xml.local, name, where.at);
  return found === undefined ? [] : partsOf(found.xml, { ...within(xml, where), at: found.at });
}

/** An extension adds to its base; a restriction says everything anew, unless it says nothing. */
function derived(content: Xml, where: Where): readonly Particle[] {
  const [xml] = inside(content, XSD, 'extension', 'restriction');
  if (xml === undefined) return [];
  const own = partsOf(xml, { ...where, depth: where.depth + 1 });
  const base = qnameIn(xml, xml.attributes['base'] ?? '');
  const inherited = base === undefined ? [] : baseParts(base, xml, where);
  const isNew = xml.local === 'restriction' && own.some((one) => one.in === 'element');
  return isNew ? own : [...inherited, ...own];
}

function baseParts(name: QName, xml: Xml, where: Where): readonly Particle[] {
  const { reading, at } = where;
  const text = (schema: Node): readonly Particle[] => [{ name: 'value', in: 'text', namespace: '', required: true, schema }];
  const named = (base: QName): Node => reading.ofType(base, at);
  if (isBuiltIn(name))
    return name.local === 'anyType' ? [] : text(xml.local === 'restriction' ? baseOf(xml, 'base', named) : builtIn(name));
  const simple = reading.find('simpleType', name, at);
  if (simple !== undefined) return text(simpleOf(simple.xml, (base) => reading.ofType(base, simple.at)));
  const complex = reading.find('complexType', name, at);
  return complex === undefined ? [] : partsOf(complex.xml, { ...where, at: complex.at, depth: where.depth + 1 });
}
