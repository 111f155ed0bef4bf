/** An agency's contract from its text: what it offers, and the document that calls are made by (OpenAPI 3.1, or the WSDL itself). */
import { createHash } from 'node:crypto';
import { readOperations } from '../openapi.ts';
import { isNode, listAt, nodeAt, resolved, textAt, type Node } from './nodes.ts';
import { readOperation, type ContractOperation, type ReadOperation } from './operation.ts';
import { withoutHarm, type Left } from './patterns.ts';
import { fault } from './problem.ts';
import { readDocument, type Format } from './read-document.ts';
import { isXml, readWsdlContract } from './read-wsdl-contract.ts';
import { upgrade } from './upgrade.ts';
import type { Reach } from '../wsdl-texts.ts';

export interface ImportedContract {
  readonly format: Format;
  readonly title: string;
  readonly apiVersion: string;
  /** SHA-256 of the text as it came */
  readonly hash: string;
  /** base addresses that the document names */
  readonly servers: readonly string[];
  /** everything that it offers */
  readonly operations: readonly ContractOperation[];
  /** things that somebody should know, as sentences */
  readonly notes: readonly string[];
  /** OpenAPI 3.1 with these operations alone, or a WsdlDocument. Throws ContractProblem when one is unknown, cannot be called, or has a schema that is none. */
  documentOf(operationIds: readonly string[]): Node;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const MOST_OPERATIONS = 2_000;

/** `reach`: for what a WSDL imports. Throws ContractProblem: what is wrong, and where. */
export async function readContract(text: string, reach: Reach = {}): Promise<ImportedContract> {
  if (isXml(text)) return await readWsdlContract(text, reach);
  const read = await readDocument(text);
  const left: Left[] = [];
  const document = withoutHarm(upgrade(read.format, read.document), (one) => left.push(one)) as Node;
  const found = operationsIn(document);
  if (found.length === 0) throw fault('/paths', 'Expected a document that offers operations, but it has none');
  const info = nodeAt(document, 'info');
  return {
    format: read.format,
    title: textAt(info, 'title') ?? '',
    apiVersion: String(info['version'] ?? ''),
    hash: createHash('sha256').update(text).digest('hex'),
    servers: listAt(document, 'servers').flatMap((one) => (isNode(one) ? (textAt(one, 'url') ?? []) : [])),
    operations: found.map(({ operation }) => operation),
    notes: notesOf(left),
    documentOf: (operationIds) => documentOf(document, found, operationIds),
  };
}

const notes = {
  pattern: (count: number, texts: string) => `Expected patterns that can be checked quickly, but ${count} cannot; these are not checked: ${texts}`,
  choices: (count: number, texts: string) => `Expected choices of the type that their field has, but ${count} lists have none; these are not checked: ${texts}`,
} as const; // prettier-ignore

function notesOf(left: readonly Left[]): readonly string[] {
  return (['pattern', 'choices'] as const).flatMap((kind) => {
    const texts = [...new Set(left.filter((one) => one.kind === kind).map(({ text }) => text.slice(0, 60)))];
    return texts.length === 0 ? [] : [notes[kind](texts.length, texts.slice(0, 3).join('; '))];
  });
}

function operationsIn(document: Node): readonly ReadOperation[] {
  const taken = new Set<string>();
  const found: ReadOperation[] = [];
  for (const [path, given] of Object.entries(nodeAt(document, 'paths'))) {
    const item = resolved(document, given);
    for (const method of METHODS) {
      if (!isNode(item[method]) || found.length >= MOST_OPERATIONS) continue;
      const operationId = idOf(textAt(item[method], 'operationId') ?? `${method} ${path}`, taken);
      found.push(readOperation({ document, path, method, item }, operationId));
    }
  }
  return found;
}

/** A name of letters, digits, `_`, `.` and `-` that no other operation has. */
function idOf(text: string, taken: Set<string>): string {
  const plain = text.replace(/[^A-Za-z0-9_.]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 120) || 'operation'; // prettier-ignore
  let id = plain;
  for (let number = 2; taken.has(id); number += 1) id = `${plain}-${number}`;
  taken.add(id);
  return id;
}

function documentOf(document: Node, found: readonly ReadOperation[], operationIds: readonly string[]): Node {
  const paths: Record<string, Record<string, Node>> = {};
  for (const operationId of new Set(operationIds)) {
    const one = found.find(({ operation }) => operation.operationId === operationId);
    if (one === undefined) throw fault('/paths', `Expected the contract to offer the operation ${operationId}, but it does not`);
    const { path, method, unusable } = one.operation;
    if (unusable !== undefined) throw fault('/paths', `Expected an operation that can be called, but ${operationId} cannot: ${unusable}`);
    paths[path] = { ...paths[path], [method.toLowerCase()]: one.node };
  }
  const info = nodeAt(document, 'info');
  const picked = { openapi: '3.1.0', info: { title: info['title'] ?? '', version: String(info['version'] ?? '') }, paths };
  const whole = { ...picked, components: reachable(document, paths) };
  try {
    readOperations('check', whole);
  } catch (error) {
    throw fault(
      '/paths',
      `Expected schemas that answers can be checked by, but: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
    );
  }
  return whole;
}

/** The components that are referred to, directly or by others: a call need not carry the rest along. */
function reachable(document: Node, paths: unknown): Node {
  const kept: Record<string, Record<string, unknown>> = {};
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value)) return;
    const reference = value['$ref'];
    if (typeof reference === 'string') follow(reference);
    Object.values(value).forEach(visit);
  };
  const follow = (reference: string): void => {
    const [, place, kind, name] = reference.split('/');
    if (place !== 'components' || kind === undefined || name === undefined) return;
    const plain = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
    const part = nodeAt(nodeAt(document, 'components'), kind)[plain];
    if (part === undefined || Object.hasOwn(kept[kind] ?? {}, plain)) return;
    kept[kind] = { ...kept[kind], [plain]: part };
    visit(part);
  };
  visit(paths);
  return kept;
}
