/** A virtual agency whose contract is a WSDL: every operation answers with the plainest thing that its types allow. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import soap from 'soap';

type Described = { readonly [name: string]: Described | string };
type Value = boolean | number | string | readonly Value[] | { readonly [name: string]: Value };
export type SoapHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** `texts`: the WSDL, then what it imports by `http://contract.invalid/<n>`. Rejects when it cannot be read. */
export async function virtualSoap(texts: readonly string[]): Promise<SoapHandler> {
  const options = { httpClient: { request: (url: string, _: unknown, done: Done) => done(null, { status: 200 }, texts[Number(/\d+$/.exec(url)?.[0])]) } as never }; // prettier-ignore
  const uri = 'http://contract.invalid/0';
  const wsdl = new soap.WSDL(texts[0] ?? '', uri, options);
  await new Promise<void>((resolve, reject) => wsdl.onReady((error: Error | null) => (error ? reject(error) : resolve())));
  const services = mapped(wsdl.describeServices() as Described, (ports) =>
    mapped(ports, (methods) => mapped(methods, (method) => () => exampleOf((method['output'] ?? {}) as Described))),
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

const DEEPEST = 6;

function exampleOf(described: Described, depth = 0): { readonly [name: string]: Value } {
  const entries = Object.entries(described).filter(([name]) => name !== 'targetNSAlias' && name !== 'targetNamespace');
  return Object.fromEntries(
    entries.map(([name, type]) => {
      const one = typeof type === 'object' ? (depth < DEEPEST ? exampleOf(type, depth + 1) : {}) : scalar(type);
      return name.endsWith('[]') ? [name.slice(0, -2), [one]] : [name, one];
    }),
  );
}

const plain: Readonly<Record<string, Value>> = { boolean: true, date: '2026-01-15', dateTime: '2026-01-15T08:00:00Z', time: '08:00:00Z' };
const NUMBERS = /^(?:int|integer|long|short|byte|decimal|float|double|nonNegativeInteger|positiveInteger|unsigned\w+)$/;

function scalar(type: string): Value {
  const [name = '', base = name, choices = ''] = type.split('|');
  const local = base.replace(/^.*:/, '');
  return plain[local] ?? (NUMBERS.test(local) ? 1 : choices.split(',')[0] || 'contoh');
}
