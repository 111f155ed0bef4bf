/** A virtual agency whose contract is a WSDL: every operation answers with the plainest thing that its types allow. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import soap from 'soap';
import { exampleOf } from './virtual-examples.ts';

type Described = { readonly [name: string]: Described | string };
type Node = { readonly [name: string]: unknown };

/** What an operation answers and how it is written; given by the house, which reads the contract's types. */
export interface SoapAnswer {
  readonly schema: unknown;
  readonly document: Node;
  write(value: never): string;
}
export type SoapAnswers = ReadonlyMap<string, SoapAnswer>;
export type SoapHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** `texts`: the WSDL, then what it imports by `http://contract.invalid/<n>`. Rejects when it cannot be read. */
export async function virtualSoap(texts: readonly string[], answers: SoapAnswers): Promise<SoapHandler> {
  const options = { httpClient: { request: (url: string, _: unknown, done: Done) => done(null, { status: 200 }, texts[Number(/\d+$/.exec(url)?.[0])]) } as never }; // prettier-ignore
  const uri = 'http://contract.invalid/0';
  const wsdl = new soap.WSDL(texts[0] ?? '', uri, options);
  await new Promise<void>((resolve, reject) => wsdl.onReady((error: Error | null) => (error ? reject(error) : resolve())));
  const services = mapped(portsOf(wsdl), (ports) =>
    mapped(ports, (methods) => Object.fromEntries(Object.keys(methods).map((name) => [name, () => written(answers.get(name))]))),
  );
  // the library takes a server over: it gets one that never listens
  const inner = createServer();
  const served = { ...options, path: '/', services: services as never, xml: texts[0] ?? '', uri, suppressStack: true };
  await new Promise<void>((resolve) => soap.listen(inner, { ...served, callback: () => resolve() } as never));
  return (request, response) => void inner.emit('request', request, response);
}

type Done = (error: unknown, response?: object, body?: string) => void;

function mapped<T>(node: Described, make: (one: Described) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(node).map(([name, one]) => [name, make(one as Described)]));
}

/** as the library keeps them; its own description of types unfolds those that hold themselves for ever */
function portsOf(wsdl: unknown): Described {
  const { services } = wsdl as { readonly services?: Described };
  return mapped(services ?? {}, ({ ports }) =>
    mapped(ports as Described, (port) => (port['binding'] as Described)['methods']),
  ) as Described;
}

/** the library puts it into the envelope as it is */
const written = (answer: SoapAnswer | undefined): object =>
  answer === undefined ? {} : { _xml: answer.write(exampleOf(answer.document, { schema: answer.schema }) as never) };
