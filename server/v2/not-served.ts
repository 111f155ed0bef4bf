/** Calls of the interface that we follow but do not serve: they say so, instead of "no such address". Later entries of a path win nothing: served routes come first. */
import { staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import type { Route } from '../route.ts';

const families = [
  'agent-definitions',
  'agent-instances',
  'audit-logs',
  'authentication',
  'authorizations',
  'backups',
  'batch-operation-items',
  'batch-operations',
  'cluster-variables',
  'conditionals',
  'correlated-message-subscriptions',
  'decision-instances',
  'documents',
  'element-instances',
  'exporting',
  'global-task-listeners',
  'groups',
  'incidents',
  'jobs',
  'mapping-rules',
  'mode',
  'process-definitions',
  'process-instances',
  'resources',
  'restore',
  'roles',
  'secrets',
  'setup',
  'system',
  'tenants',
  'user-tasks',
  'users',
] as const;
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const ROLES = 'the roles and what they may do are one table of code (server/policy.ts); they are given to people, not made';
const TENANTS = 'a case belongs to several agencies and the diagram says who sees what: there is one tenant, and everybody is in it';
const RIGHTS = 'what a role may do is one table of code (server/policy.ts), the same for everybody';
const AGENTS = 'no process here is run by an agent that would keep such records';
const BACKUP = "the store's own tools back it up and restore it (docs/operations.md); a call of the interface must not be able to";
const EXPORT = 'lists are read from the one store: nothing is exported that could be paused';
const CLUSTER = 'there is one installation, and what is served of it is served under /v2';
const SECRETS = 'secrets are settings of the installation and never told over HTTP';
const DEFINITIONS =
  'cases are suspended, also many at once; a definition is replaced by a newer version or withdrawn (resources/{key}/deletion)';
const ROLE_OF_GROUP = 'roles are given to people, never to a whole agency';

/** What has no honest counterpart here: which calls, and why. docs/api.md tells the same. */
export const refusals: readonly (readonly [methods: string, path: `/${string}`, why: string])[] = [
  ['post', '/v2/roles', ROLES],
  ['put delete', '/v2/roles/:roleId', ROLES],
  ['put delete', '/v2/roles/:roleId/groups/:groupId', ROLE_OF_GROUP],
  ['post', '/v2/tenants', TENANTS],
  ['put delete', '/v2/tenants/:tenantId', TENANTS],
  ['put delete', '/v2/tenants/:tenantId/users/:username', TENANTS],
  ['put delete', '/v2/tenants/:tenantId/clients/:clientId', TENANTS],
  ['put delete', '/v2/tenants/:tenantId/groups/:groupId', TENANTS],
  ['put delete', '/v2/tenants/:tenantId/roles/:roleId', TENANTS],
  ['put delete', '/v2/tenants/:tenantId/mapping-rules/:mappingRuleId', TENANTS],
  ['post', '/v2/authorizations', RIGHTS],
  ['put patch delete', '/v2/authorizations/:authorizationKey', RIGHTS],
  ['post', '/v2/process-definitions/suspension', DEFINITIONS],
  ['post', '/v2/process-definitions/resumption', DEFINITIONS],
  ['get post', '/v2/agent-definitions/*rest', AGENTS],
  ['get post', '/v2/agent-instances', AGENTS],
  ['get post patch', '/v2/agent-instances/*rest', AGENTS],
  ['get post delete', '/v2/backups/*rest', BACKUP],
  ['get post', '/v2/restore', BACKUP],
  ['patch', '/v2/mode', BACKUP],
  ['get', '/v2/exporting', EXPORT],
  ['post', '/v2/exporting/*rest', EXPORT],
  ['post', '/v2/secrets/*rest', SECRETS],
  ['get post patch delete', '/cluster/v2/*rest', CLUSTER],
  ['post', '/v2/setup/user', 'the first administrator is made at the first start, before anybody can call'],
];

const refused: readonly Route[] = refusals.flatMap(([methods, path, why]) =>
  methods.split(' ').map((method) => ({
    method: method as Route['method'],
    path,
    allow: staff,
    reads: 'nothing' as const,
    handler: () => {
      throw new Problem('NOT_IMPLEMENTED', `Expected a call that this server serves, but it does not serve this one: ${why}`);
    },
  })),
);

function refuse(): never {
  throw new Problem(
    'NOT_IMPLEMENTED',
    'Expected a call that this server serves, but it does not serve this one yet; see docs/api.md for those it does',
  );
}

const others: readonly Route[] = families.flatMap((family) =>
  methods.flatMap((method) =>
    [`/v2/${family}` as const, `/v2/${family}/*rest` as const].map((path) => ({
      method,
      path,
      allow: staff,
      reads: 'nothing' as const,
      handler: refuse,
    })),
  ),
);

const named = new Set(refused.map(({ method, path }) => `${method} ${path}`));
export const notServedRoutes: readonly Route[] = [...refused, ...others.filter(({ method, path }) => !named.has(`${method} ${path}`))];
