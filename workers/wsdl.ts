/** An agency's WSDL as a caller reads it: its operations, and JSON Schemas of what they take and answer. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { XMLParser } from 'fast-xml-parser';
import soap from 'soap';
import type { Operation } from './openapi.ts';

export type Wsdl = InstanceType<typeof soap.WSDL>;

export interface SoapOperation extends Operation {
  readonly soap: { readonly wsdl: Wsdl; readonly service: string; readonly port: string };
}

export interface Schema {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

type Described = { readonly [name: string]: Described | string };

/**
 * operationId (the WSDL's operation name) → operation. Rejects with an Error that says what is wrong: no XML, an import from elsewhere
 * (fetching it would aim this server at any address), or no SOAP port.
 */
export async function readWsdl(agency: string, text: string): Promise<ReadonlyMap<string, SoapOperation>> {
  refuseImports(text);
  const wsdl = await opened(text);
  const optional = optionalNames(text);
  const operations = new Map<string, SoapOperation>();
  for (const [service, ports] of Object.entries(wsdl.describeServices() as Described))
    for (const [port, methods] of Object.entries(ports as Described))
      for (const [name, method] of Object.entries(methods as Described))
        if (!operations.has(name))
          operations.set(name, { ...operationOf(agency, name, method as Described, optional), soap: { wsdl, service, port } });
  if (operations.size === 0) throw new Error('Expected a WSDL with a SOAP port and operations, but it has none');
  return operations;
}

function operationOf(
  agency: string,
  name: string,
  method: Described,
  optional: ReadonlySet<string>,
): Operation & { readonly input: Schema; readonly output: Schema } {
  const ajv = new Ajv2020({ strict: false });
  const schemaAt = (place: string): Schema => schemaOf((method[place] ?? {}) as Described, optional);
  const [input, output] = [schemaAt('input'), schemaAt('output')];
  const compiled = (schema: Schema): ValidateFunction => ajv.compile(schema);
  return {
    agency,
    operationId: name,
    method: 'POST',
    path: '',
    parameters: [],
    bodyRequired: true,
    checkBody: compiled(input),
    answers: new Map([[200, compiled(output)]]),
    // SOAP has no word for it: the key travels as a header, and whether the agency heeds it is for its connection to say
    takesIdempotencyKey: false,
    onlyReads: /^(get|read|find|list|query|search|check|lookup|cek|cari|ambil|lihat)/i.test(name),
    success: undefined,
    errorCode: 'response.body.code',
    input,
    output,
  };
}

/** DANGER: the library would fetch what a document imports. */
function refuseImports(text: string): void {
  if (/<!DOCTYPE/i.test(text)) throw new Error('Expected a WSDL without document type, but it has one');
  if (/<(?:[\w.-]+:)?(?:import|include)\b[^>]*\b(?:schemaLocation|location)\s*=/i.test(text))
    throw new Error('Expected one WSDL file with its schemas inside, but it imports from elsewhere; put the schemas into it');
}

function opened(text: string): Promise<Wsdl> {
  return new Promise((resolve, reject) => {
    try {
      const wsdl = new soap.WSDL(text, 'service.wsdl', {});
      wsdl.onReady((error: Error | null) => (error ? reject(unreadable(error)) : resolve(wsdl)));
    } catch (error) {
      reject(unreadable(error));
    }
  });
}

const unreadable = (error: unknown): Error =>
  new Error(
    `Expected a WSDL 1.1 document, but it cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
  );

/** Names of elements that may be absent or nil. By name only: an element that is optional anywhere is nowhere demanded. */
function optionalNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (node === null || typeof node !== 'object') return;
    const { name, minOccurs, nillable } = node as { readonly name?: unknown; readonly minOccurs?: unknown; readonly nillable?: unknown };
    if (typeof name === 'string' && (minOccurs === '0' || nillable === 'true')) names.add(name);
    Object.values(node).forEach(visit);
  };
  visit(new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', processEntities: false }).parse(text));
  return names;
}

const NUMBERS = /^(?:int|integer|long|short|byte|decimal|float|double|nonNegativeInteger|positiveInteger|unsigned\w+)$/;

function schemaOf(described: Described, optional: ReadonlySet<string>): Schema {
  const entries = Object.entries(described).filter(([name]) => name !== 'targetNSAlias' && name !== 'targetNamespace');
  const properties = Object.fromEntries(entries.map(([name, type]) => [name.replace(/\[\]$/, ''), typed(name, type, optional)]));
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.has(name)) };
}

function typed(name: string, type: Described | string, optional: ReadonlySet<string>): Schema {
  const one = typeof type === 'object' ? schemaOf(type, optional) : { type: scalar(type) };
  return name.endsWith('[]') ? { type: 'array', items: one } : one;
}

function scalar(type: string): string {
  const local = type.split('|')[0]!.replace(/^.*:/, '');
  if (NUMBERS.test(local)) return 'number';
  return local === 'boolean' ? 'boolean' : 'string';
}
