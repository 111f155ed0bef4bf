/**
 * XML Schema as JSON Schema. Beside what a value may be, each object says how it is written: `x-xml`, its parts in the order that the agency
 * expects, each an element, an attribute or the text itself, with its namespace.
 */
import type { Node } from '../contracts/nodes.ts';
import { fault } from '../contracts/problem.ts';
import { qnameIn, type QName, type Xml } from '../xml.ts';
import type { SchemaFile } from './files.ts';
import { documentationOf, inside, XSD } from './names.ts';
import { particlesOf, type Particle } from './particles.ts';
import { builtIn, isBuiltIn, simpleOf } from './simple-types.ts';

export interface Part {
  readonly name: string;
  readonly in: 'element' | 'attribute' | 'text';
  readonly namespace: string;
}

export interface Types {
  ofElement(name: QName): Node;
  ofType(name: QName): Node;
  /** schemas that others refer to */
  readonly components: Readonly<Record<string, Node>>;
  /** names that nothing declares; anything passes for them */
  readonly missing: ReadonlySet<string>;
}

export interface Declared {
  readonly xml: Xml;
  readonly at: SchemaFile;
}

/** What the readers of parts need of each other. */
export interface Reading {
  find(kind: string, name: QName, at: SchemaFile): Declared | undefined;
  ofType(name: QName, at?: SchemaFile): Node;
  ofElement(name: QName, at?: SchemaFile): Node;
  /** of an element, by what stands in it */
  valueOf(declared: Declared): Node;
  /** throws ContractProblem when a schema unfolds to more than anybody means, or within itself */
  step(depth: number): void;
}

/** groups that hold each other twice unfold without end; types that are based on themselves too */
const MOST_STEPS = 100_000;
const DEEPEST = 300;

export function readTypes(files: readonly SchemaFile[]): Types {
  const declared = indexOf(files);
  const components: Record<string, Node> = {};
  const keys = new Map<Xml, string>();
  const missing = new Set<string>();

  const find: Reading['find'] = (kind, { ns, local }, at) =>
    // a schema without a namespace is part of who includes it
    declared.get(`${kind} ${ns} ${local}`) ?? (ns === '' ? declared.get(`${kind} ${at.targetNamespace} ${local}`) : undefined);

  /** kept once, referred to from everywhere: types may hold themselves */
  const kept = ({ xml, at }: Declared, node: Xml): Node => {
    const key = keys.get(node) ?? freshKey(xml.attributes['name'] ?? 'type', components);
    if (!keys.has(node)) {
      keys.set(node, key);
      components[key] = {};
      components[key] = complexOf(node, at, reading);
    }
    return { $ref: `#/components/schemas/${key}` };
  };

  const absent = ({ ns, local }: QName): Node => {
    missing.add(ns === '' ? local : `${local} (${ns})`);
    return {};
  };

  const named = (name: QName, at: SchemaFile): Node => {
    const simple = find('simpleType', name, at);
    if (simple !== undefined) return simpleOf(simple.xml, (base) => reading.ofType(base, simple.at));
    const complex = find('complexType', name, at);
    return complex === undefined ? absent(name) : kept(complex, complex.xml);
  };

  const spent = { steps: 0, depth: 0 };
  const reading: Reading = {
    find,
    ofType(name, at = NOWHERE) {
      if (isBuiltIn(name)) return builtIn(name);
      if (spent.depth > DEEPEST) return {};
      spent.depth += 1;
      const schema = named(name, at);
      spent.depth -= 1;
      return schema;
    },
    step(depth) {
      spent.steps += 1;
      if (spent.steps > MOST_STEPS || depth > DEEPEST)
        throw fault('', `Expected schemas that unfold to up to ${MOST_STEPS} parts, but these become more`);
    },
    ofElement(name, at = NOWHERE) {
      const element = find('element', name, at);
      if (element === undefined) return name.ns === XSD ? {} : absent(name);
      const [own] = inside(element.xml, XSD, 'complexType');
      return own === undefined ? reading.valueOf(element) : kept(element, own);
    },
    valueOf: ({ xml, at }) => valueOf(xml, at, reading),
  };
  return { ofElement: (name) => reading.ofElement(name), ofType: (name) => reading.ofType(name), components, missing };
}

const NOWHERE: SchemaFile = { xml: { local: '', ns: '', attributes: {}, children: [], text: '', scope: {} }, targetNamespace: '' };

function indexOf(files: readonly SchemaFile[]): ReadonlyMap<string, Declared> {
  const found = new Map<string, Declared>();
  for (const at of files)
    for (const xml of at.xml.children.flatMap((one) => (one.local === 'redefine' ? one.children : [one])))
      if (xml.ns === XSD && xml.attributes['name'] !== undefined)
        found.set(`${xml.local} ${at.targetNamespace} ${xml.attributes['name']}`, { xml, at });
  return found;
}

function freshKey(name: string, taken: Readonly<Record<string, Node>>): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_');
  let key = plain;
  for (let number = 2; Object.hasOwn(taken, key); number += 1) key = `${plain}-${number}`;
  return key;
}

function valueOf(xml: Xml, at: SchemaFile, reading: Reading): Node {
  const description = documentationOf(xml);
  const schema = typeOf(xml, at, reading);
  // what a reference leads to has words of its own
  const words = description === undefined || '$ref' in schema ? schema : { ...schema, description };
  return xml.attributes['nillable'] === 'true' ? orNull(words) : words;
}

function typeOf(xml: Xml, at: SchemaFile, reading: Reading): Node {
  const name = qnameIn(xml, xml.attributes['type'] ?? '');
  if (xml.attributes['type'] !== undefined) return name === undefined ? {} : reading.ofType(name, at);
  const [simple] = inside(xml, XSD, 'simpleType');
  if (simple !== undefined) return simpleOf(simple, (base) => reading.ofType(base, at));
  const [complex] = inside(xml, XSD, 'complexType');
  return complex === undefined ? {} : complexOf(complex, at, reading);
}

function orNull(schema: Node): Node {
  if ('$ref' in schema) return { anyOf: [schema, { type: 'null' }] };
  if (typeof schema['type'] !== 'string') return schema;
  const choices = schema['enum'] === undefined ? {} : { enum: [...(schema['enum'] as readonly unknown[]), null] };
  return { ...schema, type: [schema['type'], 'null'], ...choices };
}

function complexOf(xml: Xml, at: SchemaFile, reading: Reading): Node {
  const particles = particlesOf(xml, at, reading);
  return 'items' in particles ? { type: 'array', items: particles.items, 'x-soap-array': true } : objectOf(particles);
}

export function objectOf(particles: readonly Particle[]): Node {
  const known = new Map<string, Particle>();
  for (const one of particles) if (!known.has(one.name) && one.name !== '__proto__') known.set(one.name, one);
  const parts: readonly Part[] = [...known.values()].map((one) => ({ name: one.name, in: one.in, namespace: one.namespace }));
  return {
    type: 'object',
    properties: Object.fromEntries([...known].map(([name, { schema }]) => [name, schema])) as Node,
    required: [...known.values()].filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
    'x-xml': parts,
  };
}
