/** Claims of the identity provider are mapped by configuration: as rules that a call could list there are none, and the lists say so truly. */
import { listBody } from '../matches.ts';
import { readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';
import { groupParam } from './groups.ts';
import { none } from './roles.ts';

export const mappingRuleRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/mapping-rules/search', allow: readsAccounts, body: listBody, handler: none },
  {
    method: 'get',
    path: '/v2/mapping-rules/:mappingRuleId',
    allow: readsAccounts,
    handler: () => {
      throw new Problem('NOT_FOUND', 'Expected a mapping rule, but there are none: claims are mapped by configuration');
    },
  },
  {
    method: 'post',
    path: '/v2/groups/:groupId/mapping-rules/search',
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => (groupParam(asked), none(asked)),
  },
  {
    method: 'post',
    path: '/v2/groups/:groupId/roles/search',
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => (groupParam(asked), none(asked)),
  },
];
