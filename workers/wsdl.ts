/** An agency's WSDL as a caller reads it: its operations, and JSON Schemas of what they take and answer. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import soap from 'soap';
import type { Operation } from './openapi.ts';
import { PLACE, refuseOthers } from './wsdl-texts.ts';
import { wordsOf, type WsdlWords } from './wsdl-words.ts';

export type Wsdl = InstanceType<typeof soap.WSDL>;

export interface SoapOperation extends Operation {
  readonly soap: { readonly wsdl: Wsdl; readonly service: string; readonly port: string };
  readonly input: Schema;
  readonly output: Schema;
  /** what it refuses by: the elements of its faults → the error code of each */
  readonly faults: ReadonlyMap<string, string>;
}

export interface Schema {
  readonly type: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
}

type Described = { readonly [name: string]: Described | string };

/**
 * operationId (the WSDL's operation name) → operation. `texts`: the WSDL and what it imports (wsdl-texts.ts). Rejects with an Error that says what is
 * wrong: no XML, an import from elsewhere (opening it would aim this server at any address or file), or no SOAP port.
 */
export async function readWsdl(agency: string, texts: readonly string[]): Promise<ReadonlyMap<string, SoapOperation>> {
  refuseOthers(texts);
  const wsdl = await opened(texts);
  const words = read(texts);
  const operations = new Map<string, SoapOperation>();
  for (const [service, ports] of Object.entries(wsdl.describeServices() as Described))
    for (const [port, methods] of Object.entries(ports as Described))
      for (const [name, method] of Object.entries(methods as Described))
        if (!operations.has(name))
          operations.set(name, { ...operationOf(agency, name, method as Described, words), soap: { wsdl, service, port } });
  if (operations.size === 0) throw new Error('Expected a WSDL with a SOAP port and operations, but it has none');
  return operations;
}

function operationOf(agency: string, name: string, method: Described, { optional, faults }: WsdlWords): Omit<SoapOperation, 'soap'> {
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
    faults: new Map((faults.get(name) ?? []).map((element) => [element, codeOf(element)])),
  };
}

/** `NikTidakDikenal` → `NIK_TIDAK_DIKENAL`, as error codes are written */
const codeOf = (element: string): string =>
  element.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_').toUpperCase().slice(0, 60); // prettier-ignore

function opened(texts: readonly string[]): Promise<Wsdl> {
  const textAt = (url: string): string | undefined => texts[Number(url.slice(PLACE.length))];
  // what it asks for are the other texts, and nothing else
  const httpClient = {
    request: (url: string, _data: unknown, done: (error: unknown, response?: object, body?: string) => void) =>
      textAt(url) === undefined ? done(new Error('it imports from elsewhere')) : done(null, { status: 200 }, textAt(url)),
  };
  return new Promise((resolve, reject) => {
    try {
      const wsdl = new soap.WSDL(texts[0] ?? '', `${PLACE}0`, { httpClient: httpClient as never });
      wsdl.onReady((error: Error | null) => (error ? reject(unreadable(error)) : resolve(wsdl)));
    } catch (error) {
      reject(unreadable(error));
    }
  });
}

function read(texts: readonly string[]): WsdlWords {
  try {
    return wordsOf(texts);
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (error: unknown): Error =>
  new Error(
    `Expected a WSDL 1.1 document, but it cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
  );

const NUMBERS = /^(?:int|integer|long|short|byte|decimal|float|double|nonNegativeInteger|positiveInteger|unsigned\w+)$/;

function schemaOf(described: Described, optional: ReadonlySet<string>): Schema {
  const entries = Object.entries(described).filter(([name]) => name !== 'targetNSAlias' && name !== 'targetNamespace');
  const properties = Object.fromEntries(entries.map(([name, type]) => [name.replace(/\[\]$/, ''), typed(name, type, optional)]));
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.has(name)) };
}

function typed(name: string, type: Described | string, optional: ReadonlySet<string>): Schema {
  const one = typeof type === 'object' ? schemaOf(type, optional) : scalar(type);
  return name.endsWith('[]') ? { type: 'array', items: one } : one;
}

/** `xs:string`, or `tns:Sex|xs:string|L,P`: its name, its base, and what is allowed */
function scalar(type: string): Schema {
  const [name = '', base = name, choices = ''] = type.split('|');
  const local = base.replace(/^.*:/, '');
  if (NUMBERS.test(local)) return { type: 'number' };
  if (local === 'boolean') return { type: 'boolean' };
  return choices === '' ? { type: 'string' } : { type: 'string', enum: choices.split(',') };
}
