/**
 * One SOAP operation, with the rules of any other call: the envelope goes through the same sender, and the answer comes back as JSON, so that
 * contract check, success condition and error codes work as they do for OpenAPI. A fault is status 400 (the sender's fault) or 500.
 */
import { XMLParser } from 'fast-xml-parser';
import soap from 'soap';
import type { AgencyRequest } from './build-request.ts';
import { JobFailure, type Job, type Json } from './job.ts';
import type { RawAnswer } from './send.ts';
import type { SoapOperation } from './wsdl.ts';

/** sends the envelope; the caller adds credentials and headers */
export type Deliver = (request: AgencyRequest) => Promise<RawAnswer>;

type Method = (args: object, done: (error: unknown, result: unknown) => void, options: object, headers: object) => void;

/** The answer as JSON; `headers` are those of HTTP. Throws what `deliver` throws, and a JobFailure for a body that the contract does not know. */
export async function callSoap(operation: SoapOperation, job: Job, deliver: Deliver): Promise<RawAnswer> {
  const { wsdl, service, port } = operation.soap;
  const delivery: { answer?: RawAnswer; failed?: unknown } = {};
  const httpClient = {
    // the library calls back with what it should parse; faults are read below, so it sees only good answers
    request: (
      _url: string,
      envelope: string,
      done: (error: unknown, response?: object, body?: string) => void,
      headers: Readonly<Record<string, string>>,
    ) => {
      deliver(requestOf(envelope, headers, job)).then(
        (answer) => (
          (delivery.answer = answer),
          done(null, { status: 200, headers: {} }, isFault(answer) ? EMPTY : answer.bytes.toString('utf8'))
        ),
        (error: unknown) => ((delivery.failed = error), done(error)),
      );
    },
  };
  const client = new soap.Client(wsdl, 'http://agency.invalid/', { httpClient: httpClient as never });
  const method = (client[service] as Record<string, Record<string, Method>>)[port]![operation.operationId]!;
  const result = await new Promise<unknown>((resolve) =>
    method(argumentsOf(operation, job), (error, found) => resolve(error ? undefined : found), {}, {}),
  );
  if (delivery.failed !== undefined) throw delivery.failed;
  return asJson(operation, delivery.answer!, result);
}

const EMPTY = '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body/></soap:Envelope>';

function argumentsOf(operation: SoapOperation, job: Job): object {
  const takesNothing = Object.keys(propertiesOf(operation)).length === 0;
  const body = job.variables['body'] ?? (takesNothing ? {} : null);
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw broken('the body is not a context');
  if (operation.checkBody?.(body) === false) {
    const [error] = operation.checkBody.errors ?? [];
    throw broken(`the body${error?.instancePath ?? ''} ${error?.message ?? 'does not match'}`);
  }
  const stranger = Object.keys(body).find((name) => !Object.hasOwn(propertiesOf(operation), name));
  if (stranger !== undefined) throw broken(`the agency knows no field ${stranger}`);
  return body;
}

const propertiesOf = ({ input }: SoapOperation): object => input.properties ?? {};

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
function asJson({ faults }: SoapOperation, answer: RawAnswer, result: unknown): RawAnswer {
  const fault = isFault(answer) ? readFault(answer, faults) : undefined;
  if (fault !== undefined)
    return { ...answer, status: fault.ours ? 400 : 500, type: 'application/json', bytes: Buffer.from(JSON.stringify(fault)) };
  if (answer.status !== 200) return answer;
  const json = plain(result);
  return json === undefined ? answer : { ...answer, type: 'application/json', bytes: Buffer.from(JSON.stringify(json)) };
}

function plain(value: unknown): Json | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  try {
    return JSON.parse(JSON.stringify(value), (name, entry: Json): Json | undefined =>
      name === '__proto__' || name === 'attributes' ? undefined : entry,
    ) as Json;
  } catch {
    // deeper than a stack: no honest answer
    return undefined;
  }
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
