/** Swagger 2.0 and OpenAPI 3.0 as OpenAPI 3.1, so that everything behind it knows one dialect. */
import { isNode, listAt, nodeAt, resolved, textAt, type Node } from './nodes.ts';
import type { Format } from './read-document.ts';

export function upgrade(format: Format, document: Node): Node {
  if (format === 'openapi-3.1') return document;
  const three = format === 'swagger-2.0' ? fromSwagger(document) : document;
  return { ...(modern(three, '') as Node), openapi: '3.1.0' };
}

/** where values stand instead of schemas */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** 3.0's schemas say `nullable`, and `true` beside a bound: 3.1 says it in types and bounds. */
function modern(value: unknown, parent: string): unknown {
  if (Array.isArray(value)) return value.map((one) => modern(one, ''));
  if (!isNode(value)) return value;
  const named = parent === 'properties' || parent === 'schemas' || parent === 'responses';
  const entries = Object.entries(value).map(([name, one]) => [name, VALUES.has(name) && !named ? one : modern(one, name)] as const);
  const node = Object.fromEntries(entries) as Record<string, unknown>;
  return named ? node : nullable(bounded(node));
}

function bounded(node: Record<string, unknown>): Record<string, unknown> {
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    // prettier-ignore
    if (typeof node[flag] !== 'boolean') continue;
    const exclusive = node[flag];
    delete node[flag];
    if (!exclusive || node[bound] === undefined) continue;
    node[flag] = node[bound];
    delete node[bound];
  }
  return node;
}

function nullable(node: Record<string, unknown>): Record<string, unknown> {
  const { nullable: isNullable, ...rest } = node;
  if (typeof isNullable !== 'boolean') return node;
  if (!isNullable) return rest;
  if (typeof rest['type'] !== 'string') return { anyOf: [rest, { type: 'null' }] };
  const values = Array.isArray(rest['enum']) ? { enum: [...(rest['enum'] as readonly unknown[]), null] } : {};
  return { ...rest, ...values, type: [rest['type'], 'null'] };
}

// ---------------------------------------------------------------- Swagger 2.0

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const SCHEMA_WORDS = ['type', 'format', 'enum', 'items', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'default', 'minItems', 'maxItems', 'exclusiveMinimum', 'exclusiveMaximum'] as const; // prettier-ignore

function fromSwagger(swagger: Node): Node {
  const paths = Object.fromEntries(
    Object.entries(nodeAt(swagger, 'paths')).map(([path, item]) => [path, itemFrom(swagger, resolved(swagger, item))]),
  );
  const document = {
    openapi: '3.0.3',
    info: nodeAt(swagger, 'info'),
    servers: serversOf(swagger),
    paths,
    components: { schemas: nodeAt(swagger, 'definitions') },
  };
  return moved(document) as Node;
}

const serversOf = (swagger: Node): readonly Node[] => {
  const host = textAt(swagger, 'host');
  if (host === undefined) return [];
  const schemes = listAt(swagger, 'schemes');
  return [{ url: `${schemes.includes('https') || schemes.length === 0 ? 'https' : 'http'}://${host}${textAt(swagger, 'basePath') ?? ''}` }];
};

/** references to definitions lead to components */
function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (!isNode(value)) return value;
  const entries = Object.entries(value).map(([name, one]) =>
    name === '$ref' && typeof one === 'string' ? [name, one.replace('#/definitions/', '#/components/schemas/')] : [name, moved(one)],
  );
  return Object.fromEntries(entries) as Node;
}

function itemFrom(swagger: Node, item: Node): Node {
  const shared = listAt(item, 'parameters');
  const operations = METHODS.filter((method) => isNode(item[method])).map((method) => [
    method,
    operationFrom(swagger, item[method] as Node, shared),
  ]);
  return Object.fromEntries(operations) as Node;
}

function operationFrom(swagger: Node, operation: Node, shared: readonly unknown[]): Node {
  const own = listAt(operation, 'parameters').map((one) => resolved(swagger, one));
  const inherited = shared.map((one) => resolved(swagger, one)).filter((one) => !own.some((mine) => same(mine, one)));
  const all = [...inherited, ...own];
  const body = all.find((one) => one['in'] === 'body');
  const form = all.filter((one) => one['in'] === 'formData');
  const takes = mediaTypes(swagger, operation, 'consumes');
  const { consumes: _consumes, produces: _produces, schemes: _schemes, ...rest } = operation;
  return {
    ...rest,
    parameters: all.filter((one) => !['body', 'formData'].includes(String(one['in']))).map(parameterFrom),
    ...(body === undefined ? {} : { requestBody: { required: body['required'] === true, content: contentOf(takes, body['schema']) } }),
    ...(form.length === 0 ? {} : { requestBody: { required: true, content: contentOf(['multipart/form-data'], {}) } }),
    responses: responsesFrom(swagger, operation),
  };
}

const same = (left: Node, right: Node): boolean => left['name'] === right['name'] && left['in'] === right['in'];

function mediaTypes(swagger: Node, operation: Node, name: 'consumes' | 'produces'): readonly string[] {
  const own = listAt(operation, name);
  const types = own.length > 0 ? own : listAt(swagger, name);
  return types.length > 0 ? types.map(String) : ['application/json'];
}

const contentOf = (types: readonly string[], schema: unknown): Node =>
  Object.fromEntries(types.map((type) => [type, { schema: schema ?? {} }]));

function parameterFrom(parameter: Node): Node {
  const words = SCHEMA_WORDS.filter((word) => parameter[word] !== undefined).map((word) => [word, parameter[word]]);
  const { name, in: place, description } = parameter;
  return { name, in: place, description, required: parameter['required'] === true, schema: Object.fromEntries(words) as Node };
}

function responsesFrom(swagger: Node, operation: Node): Node {
  const types = mediaTypes(swagger, operation, 'produces');
  const entries = Object.entries(nodeAt(operation, 'responses')).map(([status, given]) => {
    const { schema, examples, headers: _headers, ...answer } = resolved(swagger, given);
    if (schema === undefined) return [status, answer];
    const content = types.map((type) => {
      const example = isNode(examples) ? examples[type] : undefined;
      return [type, { schema, ...(example === undefined ? {} : { example }) }];
    });
    return [status, { ...answer, content: Object.fromEntries(content) as Node }];
  });
  return Object.fromEntries(entries) as Node;
}
