/**
 * The interface document (OpenAPI 3.1), made from the table of routes and the very schemas that their handlers check with: nothing in it is written by hand,
 * so nothing in it can fall behind.
 */
import { z } from 'zod';
import { problemCodes } from '../problem-codes.ts';
import type { Route } from '../route.ts';
import type { FilterKind, SearchTable } from '../search.ts';

type Shape = Readonly<Record<string, unknown>>;

export interface About {
  readonly title: string;
  readonly version: string;
  /** only routes below this, e.g. `/v2` */
  readonly prefix: `/${string}`;
  readonly description: string;
}

export function documentOf(routes: readonly Route[], about: About): Shape {
  const mine = routes.filter(({ path }) => path.startsWith(`${about.prefix}/`));
  const paths: Record<string, Record<string, Shape>> = {};
  for (const route of mine) (paths[addressOf(route)] ??= {})[route.method] = operationOf(route, about.prefix);
  return {
    openapi: '3.1.0',
    info: {
      title: about.title,
      version: about.version,
      description: about.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'this server' }],
    tags: [...new Set(mine.map((route) => tagOf(route, about.prefix)))].map((name) => ({ name })),
    paths,
    components: { securitySchemes, schemas: { Problem: problem, Page: page }, responses: { Problem: problemResponse } },
  };
}

const securitySchemes = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'alur_session',
    description: "The browser session. Changing requests need the page's own origin.",
  },
  basic: { type: 'http', scheme: 'basic', description: 'For programs (CAMUNDA_AUTH_STRATEGY=BASIC).' },
  oauth: {
    type: 'oauth2',
    description: 'For programs (CAMUNDA_AUTH_STRATEGY=OAUTH), with tokens of ours or of an issuer that the installation names.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
  },
};
const problem = {
  type: 'object',
  description: 'RFC 9457. `title` is the code, `detail` a sentence for people.',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string', enum: Object.keys(problemCodes) },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'the address that was asked, without its query' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } } },
    },
    problems: { type: 'array', items: { type: 'object' }, description: 'of a refused diagram: where, and what to do' },
  },
};
const page = {
  type: 'object',
  required: ['totalItems', 'hasMoreTotalItems', 'startCursor', 'endCursor'],
  properties: {
    totalItems: { type: 'integer' },
    hasMoreTotalItems: { type: 'boolean' },
    startCursor: { type: ['string', 'null'] },
    endCursor: { type: ['string', 'null'] },
  },
};
const problemResponse = {
  description: 'It was not done; the problem says why.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** `/v2/jobs/:jobKey` → `/v2/jobs/{jobKey}` */
export function addressOf({ path }: Route): string {
  return path.replace(/[:*]([A-Za-z]+)/g, '{$1}');
}

function tagOf({ path }: Route, prefix: string): string {
  return path.slice(prefix.length + 1).split('/')[0] ?? '';
}

function operationOf(route: Route, prefix: string): Shape {
  const params = [...route.path.matchAll(/[:*]([A-Za-z]+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: name.endsWith('Key') ? { type: 'string', description: 'a decimal number as text' } : { type: 'string' },
  }));
  const queries = (route.query ?? []).map((name) => ({ name, in: 'query', required: false, schema: { type: 'string' } }));
  const headers = route.creates ? [idempotencyKey] : [];
  const ways = prefix === '/api/v1' ? [{ session: [] }] : [{ session: [] }, { basic: [] }, { oauth: [] }];
  return {
    operationId: idOf(route),
    summary: route.summary ?? summaryOf(route, prefix),
    description: `Who: ${route.allow.says}.`,
    tags: [tagOf(route, prefix)],
    ...(params.length + queries.length + headers.length === 0 ? {} : { parameters: [...params, ...queries, ...headers] }),
    ...bodyOf(route),
    responses: {
      '2XX': successOf(route),
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
    security: route.allow.says.startsWith('Anyone') ? [{}, ...ways] : ways,
  };
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Repeated with the same body, the call creates once and answers the same; with another body it is refused (422).',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

function idOf({ method, path }: Route): string {
  return `${method}${path.replace(/[^A-Za-z0-9]+([A-Za-z0-9]?)/g, (_all, next: string) => next.toUpperCase())}`;
}

function summaryOf({ method, path }: Route, prefix: string): string {
  const words = path
    .slice(prefix.length + 1)
    .split('/')
    .filter((part) => !/^[:*]/.test(part))
    .map((part) => part.replaceAll('-', ' '));
  const verbs = { get: 'Get', post: 'Do', put: 'Put', patch: 'Change', delete: 'Delete' } as const;
  return `${verbs[method]}: ${words.join(', ')}`;
}

function successOf(route: Route): Shape {
  if (route.searches === undefined) return { description: 'Done.' };
  const schema = {
    type: 'object',
    required: ['items', 'page'],
    properties: { items: { type: 'array', items: { type: 'object' } }, page: { $ref: '#/components/schemas/Page' } },
  };
  return { description: 'One page of what the reader may see.', content: { 'application/json': { schema } } };
}

function bodyOf(route: Route): Shape {
  if (route.reads === 'files') return { requestBody: { required: true, content: { 'multipart/form-data': { schema: files } } } };
  if (route.reads === 'documents') return { requestBody: { required: true, content: { 'multipart/form-data': { schema: documents } } } };
  const schema = route.body ?? (route.searches === undefined ? undefined : searchSchema(route.searches));
  if (schema === undefined) return {};
  return {
    requestBody: {
      required: route.body !== undefined && !schema.safeParse({}).success,
      content: { 'application/json': { schema: jsonSchema(schema) } },
    },
  };
}

const files = {
  type: 'object',
  required: ['resources'],
  properties: { resources: { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } } },
};

const part = { type: 'string', contentMediaType: 'application/octet-stream' };
const documents = {
  type: 'object',
  properties: {
    file: part,
    files: { type: 'array', items: part },
    metadata: { type: 'object' },
    metadataList: { type: 'array', items: { type: 'object' } },
  },
};

/** What a JSON value may be is said where JSON Schema has a word for it; what only a function can check stays open. */
function jsonSchema(schema: z.ZodType): Shape {
  const { $schema: _dialect, ...made } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
  return made;
}

const scalars = {
  key: z.string().regex(/^\d{1,19}$/),
  text: z.string(),
  member: z.string(),
  number: z.number(),
  flag: z.boolean(),
  time: z.iso.datetime({ offset: true }),
} satisfies Record<FilterKind, z.ZodType>;

/** The search contract of one list: the same table decides at run time which filters and sorts are known. */
export function searchSchema({ filters, lookups, sorts }: SearchTable): z.ZodType {
  const named = Object.entries(filters).map(([name, kind]) => [name, operators(typeof kind === 'string' ? kind : kind[1])] as const);
  const looked = Object.keys(lookups ?? {}).map((name) => [name, z.unknown().optional()] as const);
  return z.object({
    filter: z.object({ ...Object.fromEntries([...named, ...looked]), tenantId: z.literal('<default>').optional() }).optional(),
    sort: z
      .array(
        z.object({
          field: sorts.length === 0 ? z.string() : z.enum(sorts as [string, ...string[]]),
          order: z.enum(['ASC', 'DESC']).optional(),
        }),
      )
      .optional(),
    page: z
      .object({
        limit: z.number().int().min(1).max(10_000).optional(),
        from: z.number().int().min(0).optional(),
        after: z.string().optional(),
        before: z.string().optional(),
      })
      .optional(),
  });
}

function operators(kind: FilterKind): z.ZodType {
  const one = scalars[kind];
  const list = z.array(one).optional();
  if (kind === 'member') return z.union([one, z.object({ $eq: one.optional(), $in: list })]).optional();
  const optional = one.optional();
  const all = {
    $eq: optional,
    $neq: optional,
    $exists: z.boolean().optional(),
    $gt: optional,
    $gte: optional,
    $lt: optional,
    $lte: optional,
    $in: list,
    $notIn: list,
  };
  return z.union([one, z.object(kind === 'text' ? { ...all, $like: z.string().optional() } : all)]).optional();
}
