/**
 * One SOAP operation, with the rules of any other call: the envelope goes through the same sender, and the answer comes back as JSON, so that
 * contract check, success condition and error codes work as they do for OpenAPI. A fault is status 400 (the sender's fault) or 500.
 */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { XMLParser } from 'fast-xml-parser';
import soap from 'soap';
import type { AgencyRequest } from './build-request.ts';
import { merged } from './contracts/fields.ts';
import { JobFailure, type Job } from './job.ts';
import type { RawAnswer } from './send.ts';
import type { SoapOperation } from './wsdl.ts';
import { writeContent, writeElement } from './wsdl/body.ts';
import { elementInBody, readBody } from './wsdl/envelope.ts';
import { XmlProblem } from './xml.ts';

/** sends the envelope; the caller adds credentials and headers */
export type Deliver = (request: AgencyRequest) => Promise<RawAnswer>;

type Method = (args: object, done: () => void, options: object, headers: object) => void;

/** The answer as JSON; `headers` are those of HTTP. Throws what `deliver` throws, and a JobFailure for a body that the contract does not know. */
export async function callSoap(operation: SoapOperation, job: Job, deliver: Deliver): Promise<RawAnswer> {
  const { wsdl, service, port } = operation.soap;
  const delivery: { answer?: RawAnswer; failed?: unknown } = {};
  const httpClient = {
    // the library calls back with what it should parse; answers are read below, by their schemas, so it sees an empty one
    request: (
      _url: string,
      envelope: string,
      done: (error: unknown, response?: object, body?: string) => void,
      headers: Readonly<Record<string, string>>,
    ) => {
      deliver(requestOf(envelope, headers, job)).then(
        (answer) => ((delivery.answer = answer), done(null, { status: 200, headers: {} }, EMPTY)),
        (error: unknown) => ((delivery.failed = error), done(error)),
      );
    },
  };
  const forceSoap12Headers = operation.messages.version === '1.2';
  const client = new soap.Client(wsdl, 'http://agency.invalid/', { httpClient: httpClient as never, forceSoap12Headers });
  const method = (client[service] as Record<string, Record<string, Method>>)[port]![operation.operationId]!;
  const written = writtenBody(operation, job);
  await new Promise<void>((resolve) => method(written, () => resolve(), {}, {}));
  if (delivery.failed !== undefined) throw delivery.failed;
  return asJson(operation, delivery.answer!);
}

const EMPTY = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body/></soap:Envelope>';

/** The library puts it into the envelope as it is: order, namespaces and attributes are the schemas' own. */
function writtenBody(operation: SoapOperation, job: Job): object {
  const { document, messages } = operation;
  const { style, input } = messages;
  const { properties } = merged(document, input.schema) as { readonly properties?: object };
  const takesNothing = Object.keys(properties ?? {}).length === 0;
  const body = job.variables['body'] ?? (takesNothing ? {} : null);
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw broken('the body is not a context');
  if (operation.checkBody?.(body) === false) throw broken(sentenceOf(operation.checkBody.errors?.[0]));
  try {
    // in the style `rpc` the library itself names the operation
    return style === 'rpc'
      ? { $xml: writeContent(document, input.schema, body) }
      : { _xml: writeElement(document, { name: input.name, schema: input.schema, value: body }) };
  } catch (error) {
    throw error instanceof XmlProblem ? broken(error.message) : error;
  }
}

function sentenceOf(error: ErrorObject | undefined): string {
  const { additionalProperty } = (error?.params ?? {}) as { readonly additionalProperty?: string };
  if (additionalProperty !== undefined) return `the agency knows no field ${additionalProperty}`;
  return `the body${error?.instancePath ?? ''} ${error?.message ?? 'does not match'}`;
}

const broken = (what: string): JobFailure =>
  new JobFailure(`Expected a request that keeps to the agency's WSDL, but ${what}`, { retryable: false });

function requestOf(envelope: string, headers: Readonly<Record<string, string>>, job: Job): AgencyRequest {
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const reference: Record<string, string> =
    job.businessId === null ? {} : { 'x-case-reference': job.businessId.replace(/[^\x20-\x7e]/g, '?') };
  return {
    method: 'POST',
    target: '',
    headers: { ...lowered, accept: 'text/xml', 'idempotency-key': job.idempotencyKey ?? job.key, ...reference },
    body: envelope,
  };
}

const isFault = (answer: RawAnswer): boolean => answer.status !== 200 || /<(?:[\w-]+:)?Fault[\s>]/.test(answer.bytes.toString('utf8'));

/** An answer that cannot be read keeps its own type: the judge finds no JSON in it and says so. */
function asJson({ faults, messages, document }: SoapOperation, answer: RawAnswer): RawAnswer {
  const fault = isFault(answer) ? readFault(answer, faults) : undefined;
  if (fault !== undefined)
    return { ...answer, status: fault.ours ? 400 : 500, type: 'application/json', bytes: Buffer.from(JSON.stringify(fault)) };
  if (answer.status !== 200) return answer;
  // nothing is answered: an empty envelope says as much as none
  if (messages.output === undefined) return { ...answer, bytes: Buffer.alloc(0) };
  const json = readBody(document, messages.output, elementInBody(answer.bytes.toString('utf8')));
  return json === undefined ? answer : { ...answer, type: 'application/json', bytes: Buffer.from(JSON.stringify(json)) };
}

const faultParser = new XMLParser({ ignoreAttributes: true, removeNSPrefix: true, parseTagValue: false, processEntities: false });

interface Fault {
  readonly code: string;
  readonly ours: boolean;
  /** the agency's own, where the contract names the fault */
  readonly detailCode?: string;
}

/** `code`: that of a fault which the contract names, else the agency's own from the detail, else SOAP's. Texts are left out: they could hold personal data. */
function readFault({ bytes }: RawAnswer, faults: SoapOperation['faults']): Fault | undefined {
  try {
    const fault = ((faultParser.parse(bytes.toString('utf8')) as Tree)['Envelope'] as Tree)['Body'] as Tree;
    const { faultcode, Code, detail, Detail } = fault['Fault'] as Tree;
    const soapCode = String(faultcode ?? (Code as Tree)['Value']).replace(/^.*:/, '');
    const told = (detail ?? Detail) as Tree | undefined;
    const own = codeIn(told);
    const named = Object.keys(told ?? {}).map((element) => faults.get(element)).find((code) => code !== undefined); // prettier-ignore
    const code = named ?? own ?? soapCode.toUpperCase();
    const ours = /^(?:Client|Sender)/i.test(soapCode);
    return named === undefined || own === undefined ? { code, ours } : { code, ours, detailCode: own };
  } catch {
    return undefined;
  }
}

type Tree = { readonly [name: string]: unknown };

/** The first element whose name ends in "code". */
function codeIn(tree: Tree | undefined, depth = 0): string | undefined {
  if (tree === undefined || tree === null || typeof tree !== 'object' || depth > 4) return undefined;
  const named = Object.entries(tree).find(([name, value]) => /(?:code|kode)$/i.test(name) && typeof value === 'string');
  if (named !== undefined) return String(named[1]);
  return Object.values(tree)
    .map((value) => codeIn(value as Tree, depth + 1))
    .find((code) => code !== undefined);
}
