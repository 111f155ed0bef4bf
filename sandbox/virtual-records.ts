/** What a virtual agency remembers: records by the address they are found at. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { at, exampleOf, type Value } from './virtual-examples.ts';

type Node = { readonly [name: string]: unknown };
type Fields = { readonly [name: string]: Value };

export interface Operation {
  readonly method: string;
  /** `/books/{bookId}` */
  readonly path: string;
  readonly names: readonly string[];
  readonly pattern: RegExp;
  readonly node: Node;
  readonly checkBody: ValidateFunction | undefined;
}

export interface Answer {
  readonly status: number;
  /** absent: the answer has none */
  readonly body?: Value;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Shelf {
  /** by address, e.g. `/books/B-000001`; null: it was deleted */
  readonly records: Map<string, Fields | null>;
  /** by idempotency key: a repeat is answered in the same way and done once */
  readonly answers: Map<string, Answer>;
  counter: number;
}

export interface Request {
  readonly operation: Operation;
  /** of the path's parameters, in their order */
  readonly values: readonly string[];
  readonly path: string;
  readonly body: unknown;
  readonly key: string;
}

interface World {
  readonly operations: readonly Operation[];
  readonly document: Node;
  readonly shelf: Shelf;
}

const MOST_RECORDS = 10_000;
const isFields = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);

export function answerFrom(asked: Request, world: World): Answer {
  const id = asked.key === '' ? undefined : `${asked.operation.method} ${asked.path} ${asked.key}`;
  const given = id === undefined ? undefined : world.shelf.answers.get(id);
  if (given !== undefined) return given;
  const answer = made(asked, world);
  if (id !== undefined && asked.operation.method !== 'GET' && world.shelf.answers.size < MOST_RECORDS) world.shelf.answers.set(id, answer);
  return answer;
}

function made(asked: Request, world: World): Answer {
  const { operation, path } = asked;
  const good = goodAnswer(operation, world.document);
  const item = itemName(operation.path);
  if (item !== undefined) return ofItem(asked, world, { ...good, item });
  const below = world.operations
    .map(({ path: one }) => one)
    .find((one) => itemName(one) !== undefined && collectionOf(one) === operation.path);
  if (operation.method === 'POST') return below === undefined ? good : posted(asked, world, { ...good, item: itemName(below)! });
  if (operation.method === 'GET' && below !== undefined) return { ...good, ...withBody(listed(good.body, recordsIn(world.shelf, path))) };
  return good;
}

const itemName = (path: string): string | undefined => /\{([^}]+)\}$/.exec(path)?.[1];
const collectionOf = (path: string): string => path.replace(/\/\{[^}]+\}$/, '');
const withBody = (body: Value | undefined): { readonly body?: Value } => (body === undefined ? {} : { body });

/** The first good answer that the document describes, as it describes it. */
function goodAnswer({ node }: Operation, document: Node): Answer {
  const responses = (node['responses'] ?? {}) as Node;
  const status = Object.keys(responses).toSorted().find((one) => one.startsWith('2')) ?? '204'; // prettier-ignore
  const content = at(document, responses[status])['content'] as Node | undefined;
  const media = content?.['application/json'];
  return { status: Number(status), ...(media === undefined ? {} : { body: exampleOf(document, media as Node) }) };
}

interface Good extends Answer {
  /** name of the path's last parameter */
  readonly item: string;
}

function ofItem({ operation, path, values, body }: Request, { shelf, document }: World, good: Good): Answer {
  const known = shelf.records.get(path);
  const id = values.at(-1) ?? '';
  if (known === null || (known === undefined && id === 'unknown')) return missing(operation, document);
  const { status, item } = good;
  if (operation.method === 'DELETE') {
    shelf.records.set(path, null);
    return { status, ...withBody(good.body) };
  }
  if (!isFields(good.body)) return { status, ...withBody(good.body) };
  const record = {
    ...good.body,
    ...known,
    ...identity(good.body, item, id),
    ...(operation.method !== 'GET' && isFields(body) ? shared(good.body, body) : {}),
  };
  if (operation.method !== 'GET' && shelf.records.size < MOST_RECORDS) shelf.records.set(path, record);
  return { status, body: record };
}

function posted({ path, body }: Request, { shelf }: World, good: Good): Answer {
  const { status, item } = good;
  if (!isFields(good.body)) return { status, ...withBody(good.body) };
  shelf.counter += 1;
  const sample = good.body[identityName(good.body, item) ?? ''];
  const id = typeof sample === 'number' ? 1_000 + shelf.counter : `SANDBOX-${String(shelf.counter).padStart(6, '0')}`;
  const own = identity(good.body, item, id);
  const record = { ...good.body, ...(isFields(body) ? shared(good.body, body) : {}), ...own };
  if (shelf.records.size < MOST_RECORDS) shelf.records.set(`${path}/${encodeURIComponent(String(id))}`, record);
  return { status, body: record };
}

/** what was sent and the answer has too */
const shared = (answer: Fields, sent: Fields): Fields =>
  Object.fromEntries(Object.entries(sent).filter(([name]) => Object.hasOwn(answer, name)));

const identityName = (record: Fields, item: string): string | undefined =>
  [item, 'id', 'number', 'code'].find((name) => Object.hasOwn(record, name));

/** The field that the address names, of the type that it has in the example. */
function identity(record: Fields, item: string, id: string | number): Fields {
  const name = identityName(record, item);
  if (name === undefined) return {};
  return {
    [name]:
      typeof record[name] === 'number' && Number.isFinite(Number(id))
        ? Number(id)
        : typeof record[name] === 'number'
          ? record[name]
          : String(id),
  };
}

function recordsIn(shelf: Shelf, path: string): readonly Fields[] {
  const own = [...shelf.records].filter(([place]) => place.startsWith(`${path}/`) && !place.slice(path.length + 1).includes('/'));
  return own.flatMap(([, record]) => (record === null ? [] : [record]));
}

/** The example of a list, with what was posted in place of its items. */
function listed(example: Value | undefined, records: readonly Fields[]): Value | undefined {
  if (records.length === 0 || example === undefined) return example;
  if (Array.isArray(example)) return records;
  if (!isFields(example)) return example;
  const name = Object.keys(example).find((one) => Array.isArray(example[one]));
  return name === undefined ? example : { ...example, [name]: records };
}

function missing({ node }: Operation, document: Node): Answer {
  const described = at(document, ((node['responses'] ?? {}) as Node)['404'])['content'] as Node | undefined;
  const media = described?.['application/json'];
  return {
    status: 404,
    body:
      media === undefined
        ? { type: 'about:blank', title: 'NOT_FOUND', status: 404, code: 'NOT_FOUND' }
        : exampleOf(document, media as Node),
  };
}
