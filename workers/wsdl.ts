/** An agency's WSDL as a caller reads it: its operations, and JSON Schemas of what they take and answer. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import soap from 'soap';
import type { Node } from './contracts/nodes.ts';
import { withoutHarm } from './contracts/patterns.ts';
import { ContractProblem } from './contracts/problem.ts';
import type { Operation } from './openapi.ts';
import { filesOf } from './wsdl/files.ts';
import { messagesOf, placesIn, type Message, type Messages, type Place, type Service } from './wsdl/messages.ts';
import { readTypes } from './wsdl/types.ts';
import { PLACE, refuseOthers } from './wsdl-texts.ts';
import { wordsOf, type WsdlWords } from './wsdl-words.ts';

export type Wsdl = InstanceType<typeof soap.WSDL>;

export interface SoapOperation extends Operation {
  readonly soap: { readonly wsdl: Wsdl; readonly service: string; readonly port: string };
  readonly messages: Messages;
  /** that the messages' schemas stand in */
  readonly document: Node;
  /** what it refuses by: the elements of its faults → the error code of each */
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * operationId (the WSDL's operation name) → operation. `texts`: the WSDL and what it imports (wsdl-texts.ts). Rejects with an Error that says what is
 * wrong: no XML, an import from elsewhere (opening it would aim this server at any address or file), or no SOAP port.
 */
export async function readWsdl(agency: string, texts: readonly string[]): Promise<ReadonlyMap<string, SoapOperation>> {
  refuseOthers(texts);
  // before the library: it unfolds without a limit what types hold of each other
  const { words, document, offered } = read(texts);
  const wsdl = await opened(texts);
  const operations = new Map<string, SoapOperation>();
  for (const { place, messages } of offered) {
    const { service, port, name } = place;
    if (!operations.has(name) && isKnown(wsdl, place))
      operations.set(name, { ...operationOf({ agency, name, messages, document }, words), soap: { wsdl, service, port } });
  }
  if (operations.size === 0) throw new Error('Expected a WSDL with a SOAP port and operations, but it has none');
  return operations;
}

/** The library leaves out ports that are not reached by HTTP. */
function isKnown(wsdl: Wsdl, { service, port }: Place): boolean {
  const { services } = wsdl as unknown as { readonly services?: Readonly<Record<string, { readonly ports: object }>> };
  return Object.hasOwn(services?.[service]?.ports ?? {}, port);
}

interface Made {
  readonly agency: string;
  readonly name: string;
  readonly messages: Messages;
  readonly document: Node;
}

function operationOf({ agency, name, messages, document }: Made, { faults }: WsdlWords): Omit<SoapOperation, 'soap'> {
  const ajv = new Ajv2020({ strict: false });
  // no number of JavaScript keeps more digits than a message says: those fail, instead of becoming others
  const compiled = ({ schema }: Message): ValidateFunction =>
    ajv.compile({ ...(withoutHarm(schema, () => undefined) as Node), ...document });
  const { input, output } = messages;
  return {
    agency,
    operationId: name,
    method: 'POST',
    path: '',
    parameters: [],
    bodyRequired: true,
    checkBody: compiled(input),
    answers: new Map(output === undefined ? [] : [[200, compiled(output)]]),
    // SOAP has no word for it: the key travels as a header, and whether the agency heeds it is for its connection to say
    takesIdempotencyKey: false,
    onlyReads: /^(get|read|find|list|query|search|check|lookup|cek|cari|ambil|lihat)/i.test(name),
    success: undefined,
    errorCode: 'response.body.code',
    messages,
    document,
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

interface Read {
  readonly words: WsdlWords;
  readonly document: Node;
  readonly offered: readonly { readonly place: Place; readonly messages: Messages }[];
}

function read(texts: readonly string[]): Read {
  try {
    const files = filesOf(texts);
    const service: Service = { files, types: readTypes(files.schemas) };
    const offered = placesIn(files).flatMap((place) => {
      const messages = messagesOf(service, place);
      return messages === undefined ? [] : [{ place, messages }];
    });
    // types are read as messages ask for them: they are whole only now
    const document = withoutHarm({ components: { schemas: service.types.components } }, () => undefined) as Node;
    return { words: wordsOf(texts), document, offered };
  } catch (error) {
    throw error instanceof ContractProblem ? error : unreadable(error);
  }
}

const unreadable = (error: unknown): Error =>
  new Error(
    `Expected a WSDL 1.1 document, but it cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
  );
