/** Deployed files that are no diagram, decision or form: what a linked job needs. Diagrams and their like have addresses of their own. */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import type { Batch } from '../../runtime/runtime.ts';
import { allRows } from '../all-rows.ts';
import { decisionScope } from '../case-sight.ts';
import { keyParam, parseBody } from '../input.ts';
import { caseScope, deploys, repairs, staff } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { mayOwn } from '../reach.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and, search } from '../search.ts';
import { begin } from './batches.ts';
import { NO_CASE } from './decisions.ts';
import { showResource } from './show.ts';
import { resources } from './tables.ts';

const ONLY = { kind: 'resource' } as const;
const STANDING: Filter = { ...ONLY, withdrawn: { $exists: false } };
/** items of one batch */
const MOST = 10_000;

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

const deletion = z.object({ deleteHistory: z.boolean().nullish(), operationReference: z.number().int().min(1).nullish() });

/** Taken back (runtime/withdraw.ts). With `deleteHistory`, also the cases of a process as they end, or what a diagram of decisions evaluated for no case. */
async function remove(asked: Asked) {
  const { context, reader } = asked;
  const resourceKey = keyParam(asked, 'resourceKey');
  const forgetsCases = parseBody(asked, deletion, {}).deleteHistory === true;
  if (forgetsCases && !repairs.holds(reader))
    throw new Problem('FORBIDDEN', `Expected somebody who may delete cases (${repairs.says}), but ${reader.username} may not`);
  const { kind } = accepted(await context.runtime.withdraw(resourceKey, { mayOwn: mayOwn(reader), forgetsCases }));
  return ok({ resourceKey, batchOperation: forgetsCases ? await forgetHistory(asked, kind, resourceKey) : null });
}

async function forgetHistory(asked: Asked, kind: string, key: string) {
  if (kind !== 'process' && kind !== 'decisions') return null;
  const items = kind === 'process' ? await endedCases(asked, key) : await evaluations(asked, key);
  const type = kind === 'process' ? 'DELETE_PROCESS_INSTANCE' : 'DELETE_DECISION_INSTANCE';
  return (await begin(asked, { type, items })).body;
}

/** Those that are more than one batch takes, and those that end later, go with the hourly tidying. */
async function endedCases({ context, reader }: Asked, processDefinitionKey: string): Promise<Batch['items']> {
  const filter: Filter = { processDefinitionKey, parentProcessInstanceKey: { $exists: false }, endDate: { $exists: true } };
  const found = await context.runtime.store.search('processInstances', { filter, scope: caseScope(reader), limit: MOST });
  return found.items.map((row) => ({ itemKey: String(row['processInstanceKey']), processInstanceKey: String(row['processInstanceKey']) }));
}

async function evaluations(asked: Asked, decisionRequirementsKey: string): Promise<Batch['items']> {
  const { store } = asked.context.runtime;
  const decisions = await allRows(store, 'decisionDefinitions', { decisionRequirementsKey });
  const of: Filter = { decisionDefinitionKey: { $in: decisions.map((row) => row['decisionDefinitionKey']) } };
  const rows = await allRows(store, 'decisionInstances', and([of, NO_CASE, await decisionScope(asked)]));
  return [...new Set(rows.map((row) => String(row['decisionEvaluationKey'])))].slice(0, MOST).map((itemKey) => ({ itemKey }));
}

export const resourceRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/resources/search',
    allow: staff,
    searches: resources,
    handler: (asked) => search(asked, resources, { scope: STANDING }),
  },
  { method: 'get', path: '/v2/resources/:resourceKey', allow: staff, handler: async (asked) => ok(showResource(await found(asked))) },
  { method: 'get', path: '/v2/resources/:resourceKey/content', allow: staff, handler: content },
  { method: 'post', path: '/v2/resources/:resourceKey/deletion', allow: deploys, records: 'house', body: deletion, handler: remove },
  { method: 'get', path: '/v2/resources/:resourceKey/content/binary', allow: staff, handler: async (asked) => saved(await found(asked)) },
];
