/** An agency's WSDL as a contract: its operations, as those of an OpenAPI document are listed. */
import { createHash } from 'node:crypto';
import { readWsdl, type SoapOperation } from '../wsdl.ts';
import { gatherTexts, refuseTypes, type Reach } from '../wsdl-texts.ts';
import { wordsOf } from '../wsdl-words.ts';
import type { Message } from '../wsdl/messages.ts';
import { fieldsOf, merged } from './fields.ts';
import { nodeAt } from './nodes.ts';
import type { ContractOperation } from './operation.ts';
import { fault } from './problem.ts';
import type { ImportedContract } from './read-contract.ts';

/** what calls are made by */
export interface WsdlDocument {
  readonly wsdl: readonly string[];
  readonly operations: readonly string[];
}

export const isXml = (text: string): boolean => /^\uFEFF?\s*</.test(text);

/** Throws ContractProblem. */
export async function readWsdlContract(text: string, reach: Reach): Promise<ImportedContract> {
  if (/^[^<]*<!doctype\s+html/i.test(text)) refuseOtherRoots('html');
  refuseTypes([text]);
  refuseOtherRoots(rootOf(text));
  const texts = await gatherTexts(text, reach);
  const found = await readWsdl('check', texts).catch((error: unknown) => {
    throw fault('', error instanceof Error ? error.message : String(error));
  });
  const { title, addresses, documentation } = wordsOf(texts);
  return {
    format: 'wsdl-1.1',
    title,
    apiVersion: '',
    hash: createHash('sha256').update(texts.join('\n')).digest('hex'),
    servers: addresses,
    operations: [...found.values()].map((one) => operationOf(one, documentation.get(one.operationId))),
    notes: [],
    documentOf: (operationIds) => documentOf(texts, found, operationIds),
  };
}

/** Local name of the first element. */
function rootOf(text: string): string {
  let rest = text.replace(/^\uFEFF/, '').trimStart();
  for (let end = endOf(rest); end !== undefined; end = endOf(rest)) {
    const at = rest.indexOf(end);
    rest = at < 0 ? '' : rest.slice(at + end.length).trimStart();
  }
  return /^<(?:[\w.-]+:)?([\w.-]+)/.exec(rest)?.[1] ?? '';
}

/** of what may stand before it */
const endOf = (text: string): string | undefined => (text.startsWith('<?') ? '?>' : text.startsWith('<!--') ? '-->' : undefined);

function refuseOtherRoots(root: string): void {
  if (root === 'definitions') return;
  const refused = (found: string): Error => fault('', `Expected an OpenAPI document or a WSDL, but ${found}`);
  if (/^html$/i.test(root)) throw refused('it is a web page; give the address of the document itself');
  if (root === 'description') throw refused('it is WSDL 2.0; ask the agency to export it as WSDL 1.1');
  if (root === 'schema') throw refused('it is a schema alone; give the WSDL that uses it');
  throw refused(root === '' ? 'it is XML without an element' : `it is XML that begins with <${root.slice(0, 60)}>`);
}

function operationOf(operation: SoapOperation, documentation: string | undefined): ContractOperation {
  const { operationId, messages, document, faults, onlyReads } = operation;
  const fields = (message: Message | undefined, place: string) => {
    const shape = message === undefined ? {} : merged(document, message.schema);
    return Object.keys(nodeAt(shape, 'properties')).length === 0 ? [] : fieldsOf(shape, { document, place, required: true });
  };
  return {
    operationId,
    method: 'SOAP',
    path: operationId,
    summary: (documentation ?? spaced(operationId)).slice(0, 120),
    ...(documentation === undefined ? {} : { description: documentation.slice(0, 500) }),
    inputs: fields(messages.input, 'body'),
    outputs: fields(messages.output, 'response.body'),
    // whose mistake it was changes the status, and says nothing about which fault it is
    errors: [...faults.values()].flatMap((code) => [`400:${code}=${code}`, `500:${code}=${code}`]),
    repeatable: onlyReads,
  };
}

/** `CekStatusNikah` → `Cek Status Nikah` */
const spaced = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' ');

function documentOf(
  wsdl: readonly string[],
  found: ReadonlyMap<string, SoapOperation>,
  operations: readonly string[],
): WsdlDocument & { readonly [name: string]: unknown } {
  const unknown = operations.find((operationId) => !found.has(operationId));
  if (unknown !== undefined) throw fault('', `Expected the contract to offer the operation ${unknown}, but it does not`);
  return { wsdl, operations: [...new Set(operations)] };
}
