/** Deployed files that are no diagram, decision or form: what a linked job needs. Diagrams and their like have addresses of their own. */
import type { Row } from '../../runtime/collections.ts';
import { keyParam } from '../input.ts';
import { staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { showResource } from './show.ts';
import { resources } from './tables.ts';

const ONLY = { kind: 'resource' } as const;

async function found(asked: Asked): Promise<Row> {
  const key = keyParam(asked, 'resourceKey');
  const row = await asked.context.runtime.store.get('resources', key);
  if (row?.['kind'] === ONLY.kind) return row;
  throw new Problem('NOT_FOUND', `Expected a resource with the key ${key}, but there is none`);
}

function bytesOf(row: Row): Buffer {
  return Buffer.from(String(row['text'] ?? ''), row['encoding'] === 'base64' ? 'base64' : 'utf8');
}

/** A stranger's file must never run in our pages: it is JSON, plain text, or bytes to be saved. */
async function content(asked: Asked): Promise<Reply> {
  const row = await found(asked);
  if (row['encoding'] === 'base64') return saved(row);
  const isJson = /\.(?:json|rpa)$/.test(String(row['resourceName']));
  const type = isJson ? 'application/json' : 'text/plain';
  return { status: 200, text: String(row['text'] ?? ''), headers: { ...SAFE, 'content-type': `${type}; charset=utf-8` } };
}

function saved(row: Row): Reply {
  const name = encodeURIComponent(String(row['resourceName']).split(/[/\\]/).at(-1) ?? '');
  const headers = { ...SAFE, 'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename*=UTF-8''${name}` };
  return { status: 200, bytes: bytesOf(row), headers };
}

const SAFE = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" } as const;

export const resourceRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/resources/search',
    allow: staff,
    searches: resources,
    handler: (asked) => search(asked, resources, { scope: ONLY }),
  },
  { method: 'get', path: '/v2/resources/:resourceKey', allow: staff, handler: async (asked) => ok(showResource(await found(asked))) },
  { method: 'get', path: '/v2/resources/:resourceKey/content', allow: staff, handler: content },
  { method: 'get', path: '/v2/resources/:resourceKey/content/binary', allow: staff, handler: async (asked) => saved(await found(asked)) },
];
