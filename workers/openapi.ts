/** An agency's OpenAPI document as a caller reads it: how an operation is called, and what its answers must look like. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Node = { readonly [name: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly place: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly check: ValidateFunction;
}

export interface Operation {
  readonly agency: string;
  readonly operationId: string;
  readonly method: string;
  /** `/parcels/{parcelNumber}` */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly bodyRequired: boolean;
  readonly checkBody: ValidateFunction | undefined;
  /** schema of the JSON answer by status */
  readonly answers: ReadonlyMap<number, ValidateFunction>;
  /** the agency promises: the same Idempotency-Key, its effect once */
  readonly takesIdempotencyKey: boolean;
  /** `x-alur-safe: true`: only reads, although its method does not say so (personal data has to travel in a body) */
  readonly onlyReads: boolean;
  /** `x-alur-success`, FEEL over `response`: what makes an answer with a good status a success; agencies answer 200 with an error inside */
  readonly success: string | undefined;
  /** the answer comes later, to an address that the request names: where, and what it must look like */
  readonly callback?: { readonly place: string; readonly check: ValidateFunction };
  /** `x-alur-error-code`, FEEL over `response`: the agency's own code, where its problem document does not stand in `code` or `title` */
  readonly errorCode: string | undefined;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** operationId → operation of one agency's OpenAPI 3.1 document. Throws an Error when a reference leads out of it or a schema is none. */
export function readOperations(agency: string, document: Node): ReadonlyMap<string, Operation> {
  const ajv = new Ajv2020({ strict: false, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, 'x-anything': {} }, 'openapi');
  const reader = { agency, document, compile: (pointer: string) => ajv.compile({ $ref: `openapi#${pointer}` }) };
  const operations = new Map<string, Operation>();
  for (const [path, item] of Object.entries(document['paths'] as Node)) {
    for (const method of METHODS) {
      if ((item as Node)[method] === undefined) continue;
      const operation = operationOf(reader, path, method);
      operations.set(operation.operationId, operation);
    }
  }
  return operations;
}

interface Reader {
  readonly agency: string;
  readonly document: Node;
  readonly compile: (pointer: string) => ValidateFunction;
}

function operationOf(reader: Reader, path: string, method: string): Operation {
  const item = `/paths/${escaped(path)}`;
  const node = find(reader.document, `${item}/${method}`).node;
  const shared = parametersAt(reader, `${item}/parameters`);
  const parameters = [...shared, ...parametersAt(reader, `${item}/${method}/parameters`)];
  const body = node['requestBody'] === undefined ? undefined : find(reader.document, `${item}/${method}/requestBody`);
  return {
    agency: reader.agency,
    operationId: String(node['operationId']),
    method: method.toUpperCase(),
    path,
    parameters,
    bodyRequired: body?.node['required'] === true,
    checkBody: body && reader.compile(`${body.pointer}/content/${escaped('application/json')}/schema`),
    answers: answersOf(reader, `${item}/${method}/responses`),
    takesIdempotencyKey: parameters.some(({ place, name }) => place === 'header' && name.toLowerCase() === 'idempotency-key'),
    onlyReads: node['x-alur-safe'] === true,
    success: textOf(node['x-alur-success']),
    errorCode: textOf(node['x-alur-error-code']),
    ...callbackOf(reader, `${item}/${method}/callbacks`),
  };
}

/** The first of the operation's callbacks whose address the request names: `{$request.body#/callbackUrl}`. */
function callbackOf(reader: Reader, pointer: string): Pick<Operation, 'callback'> {
  for (const name of Object.keys(find(reader.document, pointer).node ?? {})) {
    const at = find(reader.document, `${pointer}/${escaped(name)}`);
    for (const [expression, item] of Object.entries(at.node)) {
      const place = placeOfCallback(expression);
      const method = METHODS.find((one) => (item as Node | undefined)?.[one] !== undefined);
      if (place === undefined || method === undefined) continue;
      const body = find(reader.document, `${at.pointer}/${escaped(expression)}/${method}/requestBody`);
      const type = Object.keys((body.node?.['content'] as Node | undefined) ?? {}).find((one) => /[/+]json\b/.test(one));
      const check = type === undefined ? reader.compile('/x-anything') : reader.compile(`${body.pointer}/content/${escaped(type)}/schema`);
      return { callback: { place, check } };
    }
  }
  return {};
}

/** `{$request.header.x}`, `{$request.query.x}`, `{$request.body#/x}` as the header callbackPlace writes it; undefined: another expression. */
export function placeOfCallback(expression: string): string | undefined {
  const [, place, name = ''] = /^\{\$request\.(?:(header|query)\.|(?=body#))(.+)\}$/.exec(expression.trim()) ?? [];
  if (place !== undefined) return `${place}:${name}`;
  return name.startsWith('body#/') ? `body:${name.slice('body#'.length)}` : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function parametersAt(reader: Reader, pointer: string): readonly Parameter[] {
  const list = find(reader.document, pointer).node as unknown as readonly unknown[] | undefined;
  return (list ?? []).map((_, index) => {
    const { node, pointer: real } = find(reader.document, `${pointer}/${index}`);
    return {
      name: String(node['name']),
      place: node['in'] as Parameter['place'],
      required: node['required'] === true,
      check: reader.compile(`${real}/schema`),
    };
  });
}

function answersOf(reader: Reader, pointer: string): ReadonlyMap<number, ValidateFunction> {
  const answers = new Map<number, ValidateFunction>();
  for (const status of Object.keys(find(reader.document, pointer).node ?? {})) {
    const answer = find(reader.document, `${pointer}/${status}`);
    const type = Object.keys((answer.node['content'] as Node | undefined) ?? {}).find((name) => /[/+]json\b/.test(name));
    if (type !== undefined && /^\d{3}$/.test(status))
      answers.set(Number(status), reader.compile(`${answer.pointer}/content/${escaped(type)}/schema`));
  }
  return answers;
}

const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The node at a JSON pointer (parts percent-encoded), references followed; `pointer` is where it really stands. */
function find(document: Node, pointer: string, hops = 0): { readonly node: Node; readonly pointer: string } {
  const steps = pointer.split('/').slice(1);
  const names = steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  const node = names.reduce<unknown>((at, name) => (at as Node | undefined)?.[name], document) as Node;
  const reference = node?.['$ref'];
  if (typeof reference !== 'string') return { node, pointer };
  if (hops > 8 || !reference.startsWith('#/'))
    throw new Error('Expected references to stay inside the document, but one leads out or round');
  return find(document, reference.slice(1), hops + 1);
}
