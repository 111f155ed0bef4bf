/** Variables of the whole cluster: FEEL finds them as `camunda.vars.…` in every process. Settings, not data of cases: analysts of every agency read them. */
import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import { json, parseBody, shown, textParam } from '../input.ts';
import { keepsCluster, readsCluster } from '../policy.ts';
import { accepted, Problem } from '../problem.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { showClusterVariable, TENANT } from './show.ts';
import { clusterVariables } from './tables.ts';

/** characters of one value as JSON */
export const MAX_CLUSTER_VALUE = 65_536;

const value = json.refine(
  (given) => JSON.stringify(given).length <= MAX_CLUSTER_VALUE,
  `Expected at most ${MAX_CLUSTER_VALUE} characters of JSON`,
);
const creation = z.object({
  name: z
    .string()
    .max(256)
    .regex(/^[\p{L}_][\p{L}\p{N}_]*$/u, 'Expected a name that FEEL can read behind a dot: letters, digits and _, no digit first'),
  value,
});
const update = z.object({ value });

type Scope = 'GLOBAL' | 'TENANT';

/** The address names the tenant; without one it is about all of them. */
function scopeOf({ params }: Asked): Scope {
  const tenantId = params['tenantId'];
  if (tenantId === undefined) return 'GLOBAL';
  if (tenantId === TENANT) return 'TENANT';
  throw new Problem('NOT_FOUND', `Expected the only tenant ${TENANT}, but there is another`);
}

function stamped(asked: Asked, name: string, given: unknown): Row {
  const scope = scopeOf(asked);
  const tenant = scope === 'TENANT' ? { tenantId: TENANT } : {};
  const by = { updatedAt: asked.context.now(), updatedBy: asked.reader.username };
  return { name, scope, ...tenant, value: JSON.stringify(given), ...by };
}

const keyOf = (asked: Asked, name: string): string => `${scopeOf(asked)}/${name}`;

async function create(asked: Asked) {
  const { name, value: given } = parseBody(asked, creation);
  const row = stamped(asked, name, given);
  const change = { collection: 'clusterVariables', key: keyOf(asked, name), wish: 'create', row } as const;
  return ok(showClusterVariable(accepted(await asked.context.runtime.changeCluster(change)).row));
}

async function replace(asked: Asked) {
  const name = textParam(asked, 'name');
  const given = parseBody(asked, update).value;
  const row = () => stamped(asked, name, given);
  const change = { collection: 'clusterVariables', key: keyOf(asked, name), wish: 'update', row } as const;
  return ok(showClusterVariable(accepted(await asked.context.runtime.changeCluster(change)).row));
}

async function remove(asked: Asked) {
  const key = keyOf(asked, textParam(asked, 'name'));
  accepted(await asked.context.runtime.changeCluster({ collection: 'clusterVariables', key, wish: 'delete' }));
  return noContent();
}

async function get(asked: Asked) {
  const name = textParam(asked, 'name');
  const row = await asked.context.runtime.store.get('clusterVariables', keyOf(asked, name));
  if (row === undefined) throw new Problem('NOT_FOUND', `Expected a cluster variable ${shown(name)}, but there is none`);
  return ok(showClusterVariable(row));
}

const all = ['/v2/cluster-variables/global', '/v2/cluster-variables/tenants/:tenantId'] as const;
export const clusterVariableRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/cluster-variables/search',
    allow: readsCluster,
    searches: clusterVariables,
    query: ['truncateValues'],
    handler: (asked) => search(asked, clusterVariables, { scope: {} }),
  },
  ...all.flatMap((path): readonly Route[] => [
    { method: 'post', path, creates: true, allow: keepsCluster, records: 'house', body: creation, handler: create },
    { method: 'get', path: `${path}/:name`, allow: readsCluster, handler: get },
    { method: 'put', path: `${path}/:name`, allow: keepsCluster, records: 'house', body: update, handler: replace },
    { method: 'delete', path: `${path}/:name`, allow: keepsCluster, records: 'house', handler: remove },
  ]),
];
