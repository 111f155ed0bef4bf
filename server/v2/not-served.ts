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

function refuse(): never {
  throw new Problem(
    'NOT_IMPLEMENTED',
    'Expected a call that this server serves, but it does not serve this one yet; see docs/api.md for those it does',
  );
}

export const notServedRoutes: readonly Route[] = families.flatMap((family) =>
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
