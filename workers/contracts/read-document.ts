/** From the text that somebody uploaded to a document that keeps to OpenAPI 3.0, 3.1 or Swagger 2.0, or to exactly what is wrong with it. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { LineCounter, parseDocument } from 'yaml';
import { isNode, pointed, pointerStep, textAt, type Node } from './nodes.ts';
import { ContractProblem, fault, type ContractFault } from './problem.ts';

export type Format = 'openapi-3.1' | 'openapi-3.0' | 'swagger-2.0' | 'wsdl-1.1';

export interface ReadDocument {
  readonly format: Format;
  readonly document: Node;
}

/** characters */
const LONGEST = 2_000_000;
const DEEPEST = 100;
const MOST_FAULTS = 10;

/** Throws ContractProblem. */
export async function readDocument(text: string): Promise<ReadDocument> {
  if (text.length > LONGEST) throw fault('', `Expected a document of up to ${LONGEST} characters, but it has ${text.length}`);
  const parsed = plain(parse(text), 0);
  if (!isNode(parsed)) throw fault('', 'Expected an OpenAPI document, but it is no object with named parts');
  const format = formatOf(parsed);
  const outside = danglingReferences(parsed);
  if (outside.length > 0) throw new ContractProblem(outside.slice(0, MOST_FAULTS));
  const faults = await schemaFaults(parsed);
  if (faults.length > 0) throw new ContractProblem(faults);
  return { format, document: parsed };
}

function parse(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line, col } = lines.linePos(first.pos[0]);
    throw fault(`line ${line}, column ${col}`, `Expected JSON or YAML, but line ${line}, column ${col}: ${first.message}`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw fault('', `Expected a document without endless aliases, but: ${error instanceof Error ? error.message : 'it has them'}`);
  }
}

/** A copy that is a tree, with no key that reaches a prototype. */
function plain(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) throw fault('', `Expected a document of up to ${DEEPEST} levels, but it is nested deeper`);
  if (Array.isArray(value)) return value.map((one) => plain(one, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(entries.map(([name, one]) => [name, plain(one, depth + 1)]));
}

function formatOf(document: Node): Format {
  const swagger = document['swagger'];
  if (String(swagger) === '2.0') return 'swagger-2.0';
  const version = textAt(document, 'openapi');
  if (version !== undefined && /^3\.1(\.|$)/.test(version)) return 'openapi-3.1';
  if (version !== undefined && /^3\.0(\.|$)/.test(version)) return 'openapi-3.0';
  if (version === undefined) {
    const found = swagger === undefined ? 'it names neither `openapi` nor `swagger`' : `it is Swagger ${String(swagger).slice(0, 20)}`;
    throw fault('', `Expected an OpenAPI 3.0 or 3.1 or Swagger 2.0 document, but ${found}`);
  }
  const advice = version.startsWith('3.2') ? '; ask the agency to export it as 3.1' : '';
  throw fault('/openapi', `Expected OpenAPI 3.0 or 3.1 or Swagger 2.0, but it is OpenAPI ${version.slice(0, 20)}${advice}`);
}

/** References that lead out of the document, or nowhere. */
function danglingReferences(document: Node): readonly ContractFault[] {
  const faults: ContractFault[] = [];
  const visit = (value: unknown, place: string): void => {
    if (Array.isArray(value)) return value.forEach((one, index) => visit(one, `${place}/${index}`));
    if (!isNode(value)) return;
    const reference = value['$ref'];
    if (typeof reference === 'string') faults.push(...referenceFaults(document, reference, place));
    for (const [name, one] of Object.entries(value))
      if (!NO_SCHEMA.has(name) || /\/(?:responses|properties|schemas)$/.test(place)) visit(one, place + pointerStep(name));
  };
  visit(document, '');
  return faults;
}
/** what stands there is an answer's text, not the document's */
const NO_SCHEMA = new Set(['example', 'examples', 'default', 'enum', 'const']);

function referenceFaults(document: Node, reference: string, place: string): readonly ContractFault[] {
  const shown = reference.slice(0, 120);
  if (!reference.startsWith('#'))
    return [
      { place, detail: `Expected one document with everything inside, but ${place} leads to ${shown}; bundle it into one file first` },
    ];
  if (pointed(document, reference) === undefined)
    return [{ place, detail: `Expected every reference to lead somewhere, but ${place} leads to ${shown}, which is not there` }];
  return [];
}

async function schemaFaults(document: Node): Promise<readonly ContractFault[]> {
  const answer = (await new Validator().validate(structuredClone(document))) as { readonly valid: boolean; readonly errors?: unknown };
  if (answer.valid) return [];
  if (!Array.isArray(answer.errors))
    return [{ place: '', detail: `Expected a valid document, but: ${String(answer.errors).slice(0, 200)}` }];
  const errors = answer.errors as readonly { readonly instancePath: string; readonly message?: string; readonly params?: Node }[];
  // alternatives fail at every level; the deepest place is the one that somebody can mend
  const deepest = errors.toSorted((left, right) => right.instancePath.length - left.instancePath.length);
  const told = new Map(deepest.map((error) => [error.instancePath, error]));
  return [...told.values()].slice(0, MOST_FAULTS).map(({ instancePath, message, params }) => {
    const extra = Object.values(params ?? {}).filter((value) => typeof value === 'string' && !message?.includes(value));
    const detail = `Expected a valid document, but ${instancePath || 'it'} ${message ?? 'is not'}${extra.length > 0 ? ` (${extra.join(', ').slice(0, 80)})` : ''}`;
    return { place: instancePath, detail };
  });
}
