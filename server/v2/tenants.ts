/**
 * One tenant, `<default>`: a case belongs to several agencies here, and who sees what of it follows from the diagram. A tenant, which owns a case
 * alone, has nothing to bound. The agencies are groups. Everybody on the staff is in the one tenant.
 */
import { textParam } from '../input.ts';
import { listBody, listed } from '../matches.ts';
import { readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { roles } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { groupsFor } from './groups.ts';
import { TENANT } from './show.ts';

const tenant = { tenantId: TENANT, name: 'Default', description: null };

/** The tenant that the address names: there is one. */
export function tenantParam(asked: Asked): typeof tenant {
  if (textParam(asked, 'tenantId') === TENANT) return tenant;
  throw new Problem('NOT_FOUND', `Expected the only tenant ${TENANT}, but there is another`);
}

const one = '/v2/tenants/:tenantId';
export const tenantRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/tenants/search',
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => listed(asked, [tenant], ['tenantId', 'name']),
  },
  { method: 'get', path: one, allow: readsAccounts, handler: (asked) => ok(tenantParam(asked)) },
  {
    method: 'post',
    path: `${one}/groups/search`,
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => {
      tenantParam(asked);
      const groups = groupsFor(asked).map(({ groupId }) => ({ groupId }));
      return listed(asked, groups, ['groupId']);
    },
  },
  {
    method: 'post',
    path: `${one}/roles/search`,
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => {
      tenantParam(asked);
      const all = roles.map((roleId) => ({ roleId, name: roleId, description: null }));
      return listed(asked, all, ['roleId', 'name']);
    },
  },
];
