/** An agency whose service is SOAP, over the same state, faults and idempotency keys as the others. A refusal is a SOAP fault with the agency's code. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import soap from 'soap';
import { headersOf, once, type Agency } from './agency-server.ts';
import type { Call } from './contract.ts';

const PATH = '/';

/** `wsdl`: the document's text; every operation of its first service is served */
export function createSoapServer(agency: Agency, wsdl: string): Server {
  const [, service, port] = /<wsdl:service name="(\w+)">\s*<wsdl:port name="(\w+)"/.exec(wsdl) ?? [];
  if (service === undefined || port === undefined) throw new Error('Expected a WSDL with a service and a port, but it has none');
  // the library takes a server over: it gets one that never listens, and is handed what the faults let through
  const inner = createServer();
  soap.listen(inner, { path: PATH, services: { [service]: { [port]: handlersOf(agency) } }, xml: wsdl, suppressStack: true });
  return createServer((request, response) => {
    response.setHeader('x-alur-sandbox', agency.agencyId);
    if (agency.fault === 'down') return response.writeHead(503, { 'retry-after': String(agency.retryAfter) }).end();
    if (agency.fault === 'wrong-body')
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Login</title>');
    return inner.emit('request', request, response);
  });
}

type Handler = (body: unknown, done: unknown, soapHeaders: unknown, request: IncomingMessage) => Promise<unknown>;

const handlersOf = (agency: Agency): Readonly<Record<string, Handler>> =>
  Object.fromEntries(
    Object.keys(agency.behaviour.operations).map(
      (name) => [name, (body, _, __, request) => answer(agency, name, body, request)] as [string, Handler],
    ),
  );

async function answer(agency: Agency, operationId: string, body: unknown, request: IncomingMessage): Promise<unknown> {
  if (agency.fault === 'slow') await sleep(agency.slowMs, undefined, { ref: false });
  const call: Call = { path: new Map(), query: new Map(), headers: headersOf(request), body };
  const { status, body: told } = once(agency, { operationId }, call);
  if (status < 400) return told;
  const { code, title } = told as { readonly code: string; readonly title: string };
  throw { Fault: { faultcode: 'soap:Client', faultstring: title, detail: { code } } };
}
