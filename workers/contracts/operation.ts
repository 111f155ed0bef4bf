/** One operation as the house can call it: JSON in, JSON out. What it cannot call says why. */
import { callbackIn, withoutAddress, type Callback } from './callbacks.ts';
import { fieldsOf, isName, type Field } from './fields.ts';
import { isNode, listAt, nodeAt, resolved, textAt, type Node } from './nodes.ts';

export interface ContractOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly documentation?: string;
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  /** `404=NOT_FOUND`: business errors by status, as the header `errors` takes them */
  readonly errors: readonly string[];
  /** a repeat does no harm: by its method, its Idempotency-Key, or `x-alur-safe` */
  readonly repeatable: boolean;
  /** its answer comes later, to an address that the house names */
  readonly callback?: Callback;
  /** why the house cannot call it; absent: it can */
  readonly unusable?: string;
}

export interface ReadOperation {
  readonly operation: ContractOperation;
  /** the operation as OpenAPI 3.1, without what the house does not use */
  readonly node: Node;
}

export interface Place {
  readonly document: Node;
  readonly path: string;
  readonly method: string;
  /** the path's item, resolved */
  readonly item: Node;
}

class Unusable extends Error {}

const JSON_TYPE = /^(?:[^;]*[/+]json\b|\*\/\*)/i;

export function readOperation(place: Place, operationId: string): ReadOperation {
  const { document, path, method, item } = place;
  const given = nodeAt(item, method);
  const base = {
    operationId,
    method: method.toUpperCase(),
    path,
    summary: (textAt(given, 'summary') ?? textAt(given, 'description') ?? `${method.toUpperCase()} ${path}`).slice(0, 120),
    ...described(given),
  };
  try {
    const parameters = parametersOf(place, given);
    const body = bodyOf(document, given);
    const responses = responsesOf(document, given);
    const { summary, description } = base;
    const words = Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('x-')));
    const { callback, node: callbacks } = callbackIn(document, given);
    const node: Node = {
      ...words,
      operationId,
      summary,
      ...(description && { description }),
      parameters,
      ...body,
      responses,
      ...(callbacks && { callbacks }),
    };
    const inputs = withoutAddress(inputsOf(document, node), callback);
    const operation = { ...base, inputs, outputs: outputsOf(document, responses), errors: errorsOf(responses) };
    return { operation: { ...operation, repeatable: isRepeatable(method, node), ...(callback && { callback }) }, node };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return { operation: { ...base, inputs: [], outputs: [], errors: [], repeatable: false, unusable: error.message }, node: {} };
  }
}

function described(given: Node): Pick<ContractOperation, 'description' | 'documentation'> {
  const description = textAt(given, 'description');
  const url = textAt(nodeAt(given, 'externalDocs'), 'url');
  return {
    ...(description === undefined ? {} : { description: description.slice(0, 500) }),
    ...(url !== undefined && /^https?:/.test(url) ? { documentation: url } : {}),
  };
}

const SIMPLE = new Set(['string', 'integer', 'number', 'boolean', 'array', 'any']);

/** Path and query parameters, and the promise of an Idempotency-Key. Other headers belong to the connection. */
function parametersOf({ document, path, item }: Place, given: Node): readonly Node[] {
  const own = listAt(given, 'parameters').map((one) => resolved(document, one));
  const shared = listAt(item, 'parameters').map((one) => resolved(document, one));
  const inherited = shared.filter((one) => !own.some((mine) => mine['name'] === one['name'] && mine['in'] === one['in']));
  const all = [...inherited, ...own].flatMap((one) => parameterOf(document, one));
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!);
  const missing = names.filter((name) => !all.some((one) => one['in'] === 'path' && one['name'] === name));
  return [...all, ...missing.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))];
}

function parameterOf(document: Node, one: Node): readonly Node[] {
  const { name, in: place, description } = one;
  const isKey = place === 'header' && String(name).toLowerCase() === 'idempotency-key';
  if (place !== 'path' && place !== 'query' && !isKey) return [];
  const required = one['required'] === true || place === 'path';
  const schema = one['schema'] ?? {};
  const [field] = fieldsOf(schema, { document, place: 'x', required });
  const plain = one['content'] === undefined && one['style'] !== 'deepObject' && field !== undefined && SIMPLE.has(field.type);
  if (plain && field.place === 'x') return [{ name, in: place, required, ...(description ? { description } : {}), schema }];
  if (required) throw new Unusable(`its ${String(place)} parameter ${String(name)} is an object, and only plain values can be sent there`);
  return [];
}

function bodyOf(document: Node, given: Node): { readonly requestBody?: Node } {
  if (given['requestBody'] === undefined) return {};
  const body = resolved(document, given['requestBody']);
  const content = nodeAt(body, 'content');
  const type = Object.keys(content).find((one) => JSON_TYPE.test(one));
  if (type === undefined)
    throw new Unusable(`it takes ${Object.keys(content).join(', ').slice(0, 100) || 'nothing named'}, and only JSON can be sent`);
  const media = nodeAt(content, type);
  return {
    requestBody: { required: body['required'] === true, content: { 'application/json': { ...media, schema: media['schema'] ?? {} } } },
  };
}

/** By three digits each; `2XX` and `default` are good answers where no other is documented. */
function responsesOf(document: Node, given: Node): Node {
  const responses = nodeAt(given, 'responses');
  const named = Object.keys(responses).filter((status) => /^\d{3}$/.test(status));
  const whole = named.some((status) => status.startsWith('2')) ? [] : ['200', '201', '202', '204'];
  const fallback = responses['2XX'] ?? responses['2xx'] ?? responses['default'];
  const good = fallback === undefined ? [] : whole;
  const entries = [...named.map((status) => [status, responses[status]] as const), ...good.map((status) => [status, fallback] as const)];
  return Object.fromEntries(entries.map(([status, one]) => [status, answerOf(resolved(document, one), status)])) as Node;
}

function answerOf(answer: Node, status: string): Node {
  const content = nodeAt(answer, 'content');
  const types = Object.keys(content);
  const type = types.find((one) => JSON_TYPE.test(one));
  const { description = '' } = answer;
  const code = textAt(answer, 'x-error-code');
  const words = { description, ...(code === undefined ? {} : { 'x-error-code': code }) };
  if (type === undefined && types.length > 0 && status.startsWith('2'))
    throw new Unusable(`it answers ${types.join(', ').slice(0, 100)}, and only JSON can be read`);
  if (type === undefined || status === '204') return words;
  const media = nodeAt(content, type);
  return { ...words, content: { 'application/json': { ...media, schema: media['schema'] ?? {} } } };
}

function inputsOf(document: Node, node: Node): readonly Field[] {
  const ofParameters = (place: 'path' | 'query'): readonly Field[] => {
    const own = listAt(node, 'parameters')
      .filter(isNode)
      .filter((one) => one['in'] === place);
    const fields = own.flatMap((one) => {
      const [field] = fieldsOf(one['schema'], { document, place: `${place}.${String(one['name'])}`, required: one['required'] === true });
      const description = textAt(one, 'description');
      return field === undefined
        ? []
        : [{ ...field, label: String(one['name']).slice(0, 80), ...(description && { description: description.slice(0, 300) }) }];
    });
    // a name that no mapping can write: all of them are one context
    if (own.every((one) => isName(String(one['name'])))) return fields;
    const names = own.map((one) => String(one['name'])).join(', ');
    return [{ place, type: 'object', required: fields.some(({ required }) => required), label: place, description: names.slice(0, 300) }];
  };
  const body = isNode(node['requestBody']) ? node['requestBody'] : undefined;
  const schema = body && nodeAt(nodeAt(body, 'content'), 'application/json')['schema'];
  const ofBody = body === undefined ? [] : fieldsOf(schema, { document, place: 'body', required: body['required'] === true });
  return [...ofParameters('path'), ...ofParameters('query'), ...ofBody];
}

function outputsOf(document: Node, responses: Node): readonly Field[] {
  const status = Object.keys(responses)
    .toSorted()
    .find((one) => one.startsWith('2'));
  const content = status === undefined ? {} : nodeAt(nodeAt(responses, status), 'content');
  const schema = nodeAt(content, 'application/json')['schema'];
  return schema === undefined ? [] : fieldsOf(schema, { document, place: 'response.body', required: true });
}

/** what the business decides about; other refusals are somebody's mistake and stay failures */
const BUSINESS = new Map([['404', 'NOT_FOUND'], ['409', 'CONFLICT'], ['410', 'GONE']]); // prettier-ignore

function errorsOf(responses: Node): readonly string[] {
  return Object.entries(responses).flatMap(([status, answer]) => {
    if (!/^[45]/.test(status) || !isNode(answer)) return [];
    const code = textAt(answer, 'x-error-code') ?? BUSINESS.get(status);
    return code === undefined ? [] : [`${status}=${code.replace(/[^A-Za-z0-9_.-]/g, '_')}`];
  });
}

function isRepeatable(method: string, node: Node): boolean {
  const takesKey = listAt(node, 'parameters').some((one) => isNode(one) && one['in'] === 'header');
  return takesKey || node['x-alur-safe'] === true || (method !== 'post' && method !== 'patch');
}
