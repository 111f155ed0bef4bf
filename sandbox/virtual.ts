/**
 * A virtual agency: any OpenAPI 3.1 document or WSDL served as if its agency were there. Answers come from the document's examples, else from its
 * schemas; what was posted to a collection is found in it afterwards. Faults can be switched. Every answer says that it is a sandbox.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Fault } from './agency-server.ts';
import { virtualSoap, type SoapAnswers } from './virtual-soap.ts';
import { answerFrom, type Answer, type Operation, type Request, type Shelf } from './virtual-records.ts';

type Node = { readonly [name: string]: unknown };

export interface VirtualAgency {
  readonly agencyId: string;
  readonly url: string;
  readonly fault: Fault;
  setFault(fault: Fault): void;
}

export interface VirtualAgencies {
  readonly agencies: readonly VirtualAgency[];
  /** Base URL of the agency's sandbox, which is started when it is first asked for and again when its contract is another one. */
  urlOf(agencyId: string, contract: VirtualContract): Promise<string>;
  close(): Promise<void>;
}

export interface VirtualContract {
  readonly hash: string;
  /** OpenAPI 3.1, or `{wsdl: texts}` */
  readonly document: Node;
  /** what the operations of a WSDL answer */
  readonly answers?: () => Promise<SoapAnswers>;
}

export interface VirtualOptions {
  /** milliseconds of the fault `slow`; default 3,000 */
  readonly slowMs?: number;
}

interface Running extends VirtualAgency {
  readonly hash: string;
  close(): Promise<void>;
}

export function createVirtualAgencies(options: VirtualOptions = {}): VirtualAgencies {
  const running = new Map<string, Running>();
  const starting = new Map<string, Promise<Running>>();

  const restart = async (agencyId: string, contract: VirtualContract): Promise<Running> => {
    const before = running.get(agencyId);
    const made = await start(agencyId, { ...contract, slowMs: options.slowMs ?? 3_000 });
    if (before !== undefined) made.setFault(before.fault);
    running.set(agencyId, made);
    await before?.close();
    return made;
  };

  return {
    get agencies() {
      return [...running.values()];
    },
    async urlOf(agencyId, contract) {
      const { hash } = contract;
      const known = running.get(agencyId);
      if (known?.hash === hash) return known.url;
      const id = `${agencyId} ${hash}`;
      const begun = starting.get(id) ?? restart(agencyId, contract).finally(() => starting.delete(id));
      starting.set(id, begun);
      return (await begun).url;
    },
    close: async () => void (await Promise.all([...running.values()].map((one) => one.close()))),
  };
}

interface Plan extends VirtualContract {
  readonly slowMs: number;
}

async function start(agencyId: string, { hash, document, answers, slowMs }: Plan): Promise<Running> {
  const state: { fault: Fault } = { fault: 'none' };
  const server = createServer(await answering({ agencyId, document, answers, slowMs, state }));
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', done);
  });
  server.unref();
  return {
    agencyId,
    hash,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get fault() {
      return state.fault;
    },
    setFault: (fault) => void (state.fault = fault),
    close: () => closed(server),
  };
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void;
interface Made {
  readonly agencyId: string;
  readonly document: Node;
  readonly answers: VirtualContract['answers'];
  readonly slowMs: number;
  readonly state: { readonly fault: Fault };
}

async function answering({ agencyId, document, answers, slowMs, state }: Made): Promise<Answering> {
  if (Array.isArray(document['wsdl']))
    return overSoap(
      { agencyId, slowMs, state },
      await virtualSoap(document['wsdl'] as readonly string[], (await answers?.()) ?? new Map()),
    );
  const operations = operationsIn(document);
  const shelf: Shelf = { records: new Map(), answers: new Map(), counter: 0 };
  return (request, response) => {
    handle(request, { agencyId, operations, document, shelf, slowMs, fault: state.fault })
      .then((answer) => send(response, agencyId, answer))
      .catch(() => send(response, agencyId, problem(500, 'SANDBOX_BROKEN')));
  };
}

function overSoap({ agencyId, slowMs, state }: Omit<Made, 'document' | 'answers'>, serve: Answering): Answering {
  return (request, response) => {
    response.setHeader('x-alur-sandbox', agencyId);
    if (state.fault === 'down') return void response.writeHead(503, { 'retry-after': '2' }).end();
    if (state.fault === 'wrong-body') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    if (state.fault === 'slow') return void setTimeout(() => serve(request, response), slowMs).unref();
    return serve(request, response);
  };
}

const closed = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

function operationsIn(document: Node): readonly Operation[] {
  const ajv = new Ajv2020({ strict: false, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');
  return Object.entries(document['paths'] as Node).flatMap(([path, item]) =>
    METHODS.filter((method) => (item as Node)[method] !== undefined).map((method) => {
      const node = (item as Readonly<Record<string, Node>>)[method]!;
      const place = `openapi#/paths/${escaped(path)}/${method}/requestBody/content/${escaped('application/json')}/schema`;
      const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
      const text = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('([^/]+)'); // prettier-ignore
      const checkBody: ValidateFunction | undefined = node['requestBody'] === undefined ? undefined : ajv.compile({ $ref: place });
      return { method: method.toUpperCase(), path, names, pattern: new RegExp(`^${text}$`), node, checkBody };
    }),
  );
}

interface World {
  readonly agencyId: string;
  readonly operations: readonly Operation[];
  readonly document: Node;
  readonly shelf: Shelf;
  readonly slowMs: number;
  readonly fault: Fault;
}

async function handle(request: IncomingMessage, world: World): Promise<Answer> {
  if (world.fault === 'down') return { ...problem(503, 'UNAVAILABLE'), headers: { 'retry-after': '2' } };
  if (world.fault === 'slow') await sleep(world.slowMs, undefined, { ref: false });
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const found = world.operations.filter(({ pattern }) => pattern.test(url.pathname));
  // `/books/new` before `/books/{id}`
  const operation = found
    .filter(({ method }) => method === request.method)
    .toSorted((left, right) => left.names.length - right.names.length)[0];
  if (operation === undefined) return problem(found.length > 0 ? 405 : 404, found.length > 0 ? 'METHOD_NOT_ALLOWED' : 'PATH_UNKNOWN');
  const body = await bodyOf(request);
  if (body === undefined) return problem(400, 'REQUEST_INVALID');
  if (operation.checkBody !== undefined && body.value !== undefined && !operation.checkBody(body.value))
    return problem(400, 'REQUEST_INVALID');
  if (world.fault === 'wrong-body') return { status: 200, body: { error: { code: 500, message: 'ORA-12541: TNS:no listener' } } };
  const values = operation.pattern.exec(url.pathname)?.slice(1).map(decoded) ?? [];
  const asked: Request = { operation, values, path: url.pathname, body: body.value, key: String(request.headers['idempotency-key'] ?? '') };
  return answerFrom(asked, world);
}

const BODY_LIMIT = 1_000_000;

async function bodyOf(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  try {
    return { value: size === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown) };
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const problem = (status: number, code: string): Answer => ({ status, body: { type: 'about:blank', title: code, status, code } });

function send(response: ServerResponse, agencyId: string, { status, body, headers = {} }: Answer): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  const content = body === undefined ? {} : { 'content-type': `${type}; charset=utf-8` };
  response.writeHead(status, { ...content, 'cache-control': 'no-store', 'x-alur-sandbox': agencyId, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
