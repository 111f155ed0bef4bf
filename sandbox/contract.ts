/**
 * An agency's OpenAPI document as the sandbox reads it: which operation a request means, and whether the request keeps to the document.
 * Written apart from the workers' own reader on purpose: if one of them misreads a document, the tests between them fail.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

type Node = { readonly [name: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly place: 'path' | 'query' | 'header';
  readonly required: boolean;
  /** text from the wire is read as this type before it is checked */
  readonly type: string;
  readonly check: ValidateFunction;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: readonly Parameter[];
  readonly bodyRequired: boolean;
  readonly checkBody: ValidateFunction | undefined;
  /** checks of the answers' JSON by status, for the sandbox's own tests */
  readonly answers: ReadonlyMap<number, ValidateFunction>;
}

export interface Call {
  readonly path: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string | number | boolean>;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: unknown;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Throws when the file is no OpenAPI document that we can read: that is our own fault, the documents are shipped. */
export function readContract(file: string): readonly Operation[] {
  const document = parse(readFileSync(file, 'utf8')) as Node;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');
  const compile = (pointer: string): ValidateFunction => ajv.compile({ $ref: `openapi#${pointer}` });
  return Object.entries(document['paths'] as Node).flatMap(([path, item]) =>
    METHODS.filter((method) => (item as Node)[method] !== undefined).map((method) => {
      const place = { document, pointer: pointerTo('paths', path, method), compile };
      return operationOf(place, path, method);
    }),
  );
}

interface Place {
  readonly document: Node;
  readonly pointer: string;
  readonly compile: (pointer: string) => ValidateFunction;
}

function operationOf(place: Place, path: string, method: string): Operation {
  const node = at(place.document, place.pointer);
  const parameters = ((node['parameters'] as readonly Node[] | undefined) ?? []).map((_, index) =>
    parameterOf(place, `${place.pointer}/parameters/${index}`),
  );
  const body = node['requestBody'] as Node | undefined;
  return {
    operationId: String(node['operationId']),
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{([^}]+)\}/g, '(?<$1>[^/]+)')}$`),
    parameters,
    bodyRequired: body?.['required'] === true,
    checkBody: body === undefined ? undefined : place.compile(`${place.pointer}/requestBody/content/${escaped('application/json')}/schema`),
    answers: answersOf(place, node),
  };
}

function parameterOf(place: Place, pointer: string): Parameter {
  const { node, pointer: real } = resolved(place.document, pointer);
  const schema = resolved(place.document, `${real}/schema`);
  return {
    name: String(node['name']),
    place: node['in'] as Parameter['place'],
    required: node['required'] === true,
    type: String(schema.node['type'] ?? 'string'),
    check: place.compile(`${real}/schema`),
  };
}

function answersOf(place: Place, node: Node): ReadonlyMap<number, ValidateFunction> {
  const answers = new Map<number, ValidateFunction>();
  for (const status of Object.keys((node['responses'] as Node | undefined) ?? {})) {
    const { node: answer, pointer } = resolved(place.document, `${place.pointer}/responses/${status}`);
    const content = Object.keys((answer['content'] as Node | undefined) ?? {})[0];
    if (content !== undefined) answers.set(Number(status), place.compile(`${pointer}/content/${escaped(content)}/schema`));
  }
  return answers;
}

const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const pointerTo = (...parts: readonly string[]): string => parts.map((part) => `/${escaped(part)}`).join('');

function at(document: Node, pointer: string): Node {
  const parts = pointer.split('/').slice(1);
  return parts.reduce<unknown>(
    (node, part) => (node as Node)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  ) as Node;
}

/** Follows references inside the document, a bounded number of them. */
function resolved(document: Node, pointer: string, hops = 0): { readonly node: Node; readonly pointer: string } {
  const node = at(document, pointer);
  const reference = node?.['$ref'];
  if (typeof reference !== 'string') return { node, pointer };
  if (hops > 8 || !reference.startsWith('#'))
    throw new Error(`Expected a short chain of references inside the document, but ${pointer} leads elsewhere`);
  return resolved(document, reference.slice(1), hops + 1);
}

/** Reads one request against its operation. Answers the call, or what is wrong with it as places (never values). */
export function readCall(
  operation: Operation,
  raw: { readonly url: URL; readonly headers: NodeJS.Dict<string | string[]>; readonly body: unknown },
): { readonly call: Call } | { readonly faults: readonly string[] } {
  const groups = operation.pattern.exec(raw.url.pathname)?.groups ?? {};
  const path = new Map<string, string>();
  const query = new Map<string, string | number | boolean>();
  const headers = new Map<string, string>();
  const faults: string[] = [];
  const known = new Set(operation.parameters.filter((p) => p.place === 'query').map((p) => p.name));
  for (const name of raw.url.searchParams.keys()) if (!known.has(name)) faults.push(`/query/${name} is not known`);
  for (const parameter of operation.parameters) {
    const text = textOf(parameter, groups, raw);
    const value = text === undefined ? undefined : typed(text, parameter.type);
    if (value === undefined) {
      if (parameter.required) faults.push(`/${parameter.place}/${parameter.name} is missing`);
    } else if (!parameter.check(value)) faults.push(`/${parameter.place}/${parameter.name} is not valid`);
    else if (parameter.place === 'path') path.set(parameter.name, String(value));
    else if (parameter.place === 'query') query.set(parameter.name, value);
    else headers.set(parameter.name.toLowerCase(), String(value));
  }
  faults.push(...bodyFaults(operation, raw.body));
  return faults.length > 0 ? { faults } : { call: { path, query, headers, body: raw.body } };
}

function bodyFaults(operation: Operation, body: unknown): readonly string[] {
  if (operation.checkBody === undefined) return [];
  if (body === undefined) return operation.bodyRequired ? ['/body is missing'] : [];
  if (operation.checkBody(body)) return [];
  return (operation.checkBody.errors ?? []).map((error) => `/body${error.instancePath} ${error.message ?? 'is not valid'}`);
}

function textOf(
  parameter: Parameter,
  groups: NodeJS.Dict<string>,
  raw: { readonly url: URL; readonly headers: NodeJS.Dict<string | string[]> },
): string | undefined {
  if (parameter.place === 'path') return decoded(groups[parameter.name]);
  if (parameter.place === 'query') return raw.url.searchParams.get(parameter.name) ?? undefined;
  const header = raw.headers[parameter.name.toLowerCase()];
  return Array.isArray(header) ? header[0] : header;
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return '';
  }
}

function typed(text: string, type: string): string | number | boolean {
  if (type === 'number' || type === 'integer') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
