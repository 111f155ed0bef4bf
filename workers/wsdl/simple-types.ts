/** XML Schema's simple types as JSON Schema: text, numbers and truth, with the facets that can be checked. */
import type { Node } from '../contracts/nodes.ts';
import { qnameIn, type QName, type Xml } from '../xml.ts';
import { inside, SOAP_ENCODING, XSD } from './names.ts';

const ZONE = '(?:Z|[+-]\\d\\d:\\d\\d)?';
const TIME = '\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?';
/** their zone may be absent, which JSON Schema's own formats do not allow */
const dated = (pattern: string, example: string): Node => ({
  type: 'string',
  pattern: `^${pattern}${ZONE}$`,
  description: example,
  examples: [example],
});
const whole = (bounds: Node = {}): Node => ({ type: 'integer', ...bounds });

const BUILT_IN: Readonly<Record<string, Node>> = {
  boolean: { type: 'boolean' },
  ...Object.fromEntries(['integer', 'int', 'long', 'short', 'byte'].map((name) => [name, whole()])),
  ...Object.fromEntries(['nonNegativeInteger', 'unsignedLong', 'unsignedInt', 'unsignedShort', 'unsignedByte'].map((name) => [name, whole({ minimum: 0 })])), // prettier-ignore
  positiveInteger: whole({ minimum: 1 }),
  negativeInteger: whole({ maximum: -1 }),
  nonPositiveInteger: whole({ maximum: 0 }),
  ...Object.fromEntries(['decimal', 'float', 'double'].map((name) => [name, { type: 'number' }])),
  date: dated('\\d{4}-\\d\\d-\\d\\d', '2026-01-15'),
  dateTime: dated(`\\d{4}-\\d\\d-\\d\\dT${TIME}`, '2026-01-15T08:00:00+07:00'),
  time: dated(TIME, '08:00:00'),
  anyType: {},
  anySimpleType: {},
};

export const isBuiltIn = ({ ns }: QName): boolean => ns === XSD || ns === SOAP_ENCODING;
/** what is not a number, a truth or a date is text */
export const builtIn = ({ local }: QName): Node => BUILT_IN[local] ?? { type: 'string' };

/** `named`: the schema of a type by its name */
export function simpleOf(xml: Xml, named: (name: QName) => Node): Node {
  const [restriction] = inside(xml, XSD, 'restriction');
  if (restriction !== undefined) return restricted(restriction, named);
  const [list] = inside(xml, XSD, 'list');
  // members of a union may be of any kind: it stays text
  return list === undefined ? { type: 'string' } : { type: 'array', items: baseOf(list, 'itemType', named), 'x-list': true };
}

export function baseOf(xml: Xml, attribute: 'base' | 'itemType', named: (name: QName) => Node): Node {
  const name = qnameIn(xml, xml.attributes[attribute] ?? '');
  const [own] = inside(xml, XSD, 'simpleType');
  if (own !== undefined) return simpleOf(own, named);
  return name === undefined || name.local === '' ? { type: 'string' } : named(name);
}

const BOUNDS = { minInclusive: 'minimum', maxInclusive: 'maximum', minExclusive: 'exclusiveMinimum', maxExclusive: 'exclusiveMaximum', minLength: 'minLength', maxLength: 'maxLength' } as const; // prettier-ignore

function restricted(xml: Xml, named: (name: QName) => Node): Node {
  const base = baseOf(xml, 'base', named);
  const isNumber = base['type'] === 'integer' || base['type'] === 'number';
  const values = (name: string): readonly string[] => inside(xml, XSD, name).map((one) => one.attributes['value'] ?? '');
  const bounds = Object.entries(BOUNDS).flatMap(([facet, word]) => {
    const value = Number(values(facet)[0]);
    // bounds of dates are text: nothing that JSON Schema compares
    return values(facet).length > 0 && Number.isFinite(value) && (isNumber || facet.endsWith('Length')) ? [[word, value]] : [];
  });
  const length = Number(values('length')[0]);
  const choices = values('enumeration').map((one) => (isNumber ? Number(one) : one));
  const patterns = values('pattern');
  return {
    ...base,
    ...(Object.fromEntries(bounds) as Node),
    ...(Number.isFinite(length) ? { minLength: length, maxLength: length } : {}),
    ...(choices.length > 0 && base['type'] !== 'array' ? { enum: choices } : {}),
    ...(patterns.length > 0 && base['type'] === 'string' ? { pattern: `^(?:${patterns.join('|')})$` } : {}),
  };
}
