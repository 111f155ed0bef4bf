import { DmnModdle } from 'dmn-moddle';
import { flatten } from '../compile/flat.ts';
import type { FlatTree } from '../compile/flat.ts';
import { deeperThan } from '../compile/prescan.ts';
import type { DecisionProblem } from './problem.ts';

/** An element of the model as dmn-moddle reads it. Look at it through the functions below: what a file leaves out is undefined. */
export interface Element {
  readonly $type: string;
  readonly [name: string]: unknown;
}

export const textOf = (element: Element | undefined, name: string): string | undefined => {
  const value = element?.[name];
  return typeof value === 'string' ? value : undefined;
};
export const childOf = (element: Element | undefined, name: string): Element | undefined => {
  const value = element?.[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Element) : undefined;
};
export const childrenOf = (element: Element | undefined, name: string): readonly Element[] => {
  const value = element?.[name];
  return Array.isArray(value) ? (value as Element[]) : [];
};

/** DMN 1.3 is what the reader knows; the versions before and after differ for us in the namespace and in what EXTRA_TYPES adds. */
const NAMESPACES: readonly (readonly [RegExp, string])[] = [
  [
    /http:\/\/www\.omg\.org\/spec\/DMN\/20151101\/dmn\.xsd|https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20180521|20211108|20230324|20240513)\/MODEL\//g,
    'https://www.omg.org/spec/DMN/20191111/MODEL/',
  ],
  [
    /https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20180521|20211108|20230324|20240513)\/DMNDI\//g,
    'https://www.omg.org/spec/DMN/20191111/DMNDI/',
  ],
];

const child = (name: string): object => ({ name, type: 'ChildExpression', xml: { serialize: 'property' } });
const iterator = [{ name: 'iteratorVariable', isAttr: true, type: 'String' }, child('in')];
const boxed = (name: string, properties: readonly object[]): object => ({ name, superClass: ['Expression'], properties });
/** Boxed expressions of DMN 1.4 and 1.5. */
const EXTRA_TYPES: readonly object[] = [
  {
    name: 'ChildExpression',
    properties: [
      { name: 'id', isAttr: true, type: 'String' },
      { name: 'value', type: 'Expression' },
    ],
  },
  boxed('Conditional', [child('if'), child('then'), child('else')]),
  boxed('Filter', [child('in'), child('match')]),
  boxed('For', [...iterator, child('return')]),
  boxed('Every', [...iterator, child('satisfies')]),
  boxed('Some', [...iterator, child('satisfies')]),
];

const LENGTH_LIMIT = 5_000_000;
/** boxed expressions within each other take two or three each */
const DEPTH_LIMIT = 128;
let moddle: DmnModdle | null = null;

function reader(): DmnModdle {
  if (moddle) return moddle;
  const known = JSON.parse(JSON.stringify(new DmnModdle().getPackage('dmn'))) as { types: object[] };
  const extended = { ...known, types: [...known.types, ...EXTRA_TYPES] };
  moddle = new DmnModdle({ dmn: extended });
  return moddle;
}

const DRAWING: ReadonlySet<string> = new Set(['dmnDI']);

/** Reads the XML of a decision model into what any channel can carry. `lenient`: without what cannot be read in it, as it was once accepted. */
export async function readModel(
  xml: string,
  lenient = false,
): Promise<{ ok: true; tree: FlatTree } | { ok: false; problem: DecisionProblem }> {
  if (xml.length > LENGTH_LIMIT)
    return refused(`Expected a decision model of at most ${LENGTH_LIMIT} characters, but it has ${xml.length}.`);
  if (/<!DOCTYPE/i.test(xml)) return refused('Expected a decision model without a document type, but it declares one.');
  const deep = deeperThan(xml, DEPTH_LIMIT);
  if (deep !== undefined) return refused(`Expected at most ${DEPTH_LIMIT} levels of nesting, but line ${deep} is deeper.`);
  try {
    const text = NAMESPACES.reduce((made, [from, to]) => made.replace(from, to), xml);
    const { rootElement, warnings } = await reader().fromXML(text);
    // WHAT THE PARSER CANNOT READ IT LEAVES OUT: a decision with a broken id would be gone without a word
    const lost = warnings.find(({ message }) => !/^unknown attribute/.test(message));
    if (lost && !lenient)
      return refused(`Expected DMN that can be read, but: ${lost.message.replaceAll(/\s+/g, ' ').trim().slice(0, 500)}`);
    if (rootElement?.$type !== 'dmn:Definitions') return refused('Expected DMN definitions, but the file holds something else.');
    return { ok: true, tree: flatten(rootElement, DRAWING) };
  } catch (problem) {
    return refused(`Expected well-formed DMN, but it cannot be read: ${problem instanceof Error ? problem.message : String(problem)}`);
  }
}

function refused(message: string): { ok: false; problem: DecisionProblem } {
  return { ok: false, problem: { code: 'INVALID_XML', message, hint: 'Export the model again as DMN 1.3 from the modeler.' } };
}
