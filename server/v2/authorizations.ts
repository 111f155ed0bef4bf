/**
 * Who may do what, read off the policy itself: for each role, what each rule answers about it. Nothing here is kept, so nothing here can differ from
 * what is enforced. It is the most that a role gives: a case's own scope (agency, unit, diagram) narrows it.
 */
import type { Row } from '../../runtime/collections.ts';
import { keyParam } from '../input.ts';
import { listBody, listed } from '../matches.ts';
import * as policy from '../policy.ts';
import type { Rule } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY, has, roles } from '../reader.ts';
import type { Role } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';

type Granted = readonly [permissionType: string, rule: Rule];
const resources: Readonly<Record<string, readonly Granted[]>> = {
  PROCESS_DEFINITION: [
    ['READ_PROCESS_DEFINITION', policy.staff],
    ['READ_PROCESS_INSTANCE', policy.staff],
    ['READ_USER_TASK', policy.staff],
    ['CREATE_PROCESS_INSTANCE', policy.startsCases],
    ['CANCEL_PROCESS_INSTANCE', policy.endsCases],
    ['COMPLETE_USER_TASK', policy.worksOnTasks],
    ['CLAIM_USER_TASK', policy.worksOnTasks],
    ['UPDATE_USER_TASK', policy.worksOnTasks],
    ['UPDATE_PROCESS_INSTANCE', policy.worksOnJobs],
    ['MODIFY_PROCESS_INSTANCE', policy.repairs],
    ['DELETE_PROCESS_INSTANCE', policy.repairs],
  ],
  DECISION_DEFINITION: [
    ['READ_DECISION_DEFINITION', policy.staff],
    ['READ_DECISION_INSTANCE', policy.staff],
    ['CREATE_DECISION_INSTANCE', policy.triesOut],
  ],
  DECISION_REQUIREMENTS_DEFINITION: [['READ', policy.staff]],
  RESOURCE: [
    ['READ', policy.staff],
    ['CREATE', policy.deploys],
  ],
  DOCUMENT: [
    ['READ', policy.signedIn],
    ['CREATE', policy.keepsDocuments],
    ['DELETE', policy.keepsDocuments],
  ],
  MESSAGE: [['CREATE', policy.sendsMessages]],
  EXPRESSION: [['EVALUATE', policy.triesOut]],
  BATCH: [
    ['CREATE', policy.repairs],
    ['READ', policy.repairs],
    ['UPDATE', policy.repairs],
  ],
  AUDIT_LOG: [['READ', policy.repairs]],
  CLUSTER_VARIABLE: [
    ['READ', policy.readsCluster],
    ['CREATE', policy.keepsCluster],
    ['UPDATE', policy.keepsCluster],
    ['DELETE', policy.keepsCluster],
  ],
  GLOBAL_LISTENER: [
    ['READ_TASK_LISTENER', policy.readsCluster],
    ['CREATE_TASK_LISTENER', policy.keepsCluster],
    ['UPDATE_TASK_LISTENER', policy.keepsCluster],
    ['DELETE_TASK_LISTENER', policy.keepsCluster],
  ],
  SYSTEM: [['READ_USAGE_METRIC', policy.watches]],
  ...Object.fromEntries(
    ['GROUP', 'ROLE', 'TENANT', 'AUTHORIZATION', 'MAPPING_RULE'].map((type) => [type, [['READ', policy.readsAccounts]]]),
  ),
  USER: [
    ['READ', policy.readsAccounts],
    ['CREATE', policy.keepsAccounts],
    ['UPDATE', policy.keepsAccounts],
    ['DELETE', policy.keepsAccounts],
  ],
};

const sortable = ['ownerId', 'ownerType', 'resourceType', 'resourceId', 'authorizationKey'];
const as = (role: Role) => ({ kind: 'staff', username: '', name: '', agency: CITY, roles: [role] }) as const;

const authorizations = roles
  .flatMap((role) =>
    Object.entries(resources).map(([resourceType, granted]) => ({
      ownerId: role,
      ownerType: 'ROLE',
      resourceType,
      resourceId: '*',
      resourcePropertyName: null,
      permissionTypes: granted.filter(([, rule]) => rule.holds(as(role))).map(([permissionType]) => permissionType),
    })),
  )
  .filter(({ permissionTypes }) => permissionTypes.length > 0)
  .map((one, index) => ({ ...one, authorizationKey: String(index + 1) }));

function get(asked: Asked) {
  const authorizationKey = keyParam(asked, 'authorizationKey');
  const found = authorizations.find((one) => one.authorizationKey === authorizationKey);
  if (found === undefined) throw new Problem('NOT_FOUND', `Expected an authorization with the key ${authorizationKey}, but there is none`);
  return ok(found);
}

/** Clients name a list of resources: all of ours are `*`. */
function search(asked: Asked, rows: readonly Row[] = authorizations) {
  const body = (asked.body ?? {}) as { readonly filter?: Readonly<Record<string, unknown>> | null };
  const { resourceIds, ...filter } = body.filter ?? {};
  const narrowed = Array.isArray(resourceIds) ? { ...filter, resourceId: { $in: resourceIds as unknown[] } } : filter;
  return listed({ ...asked, body: { ...body, filter: narrowed } }, rows, sortable);
}

/** What the reader's own roles give. */
function own(asked: Asked) {
  const mine = authorizations.filter(({ ownerId }) => has(asked.reader, ownerId));
  return ok({ ...(search(asked, mine).body as object), authorizationsEnabled: true });
}

export const authorizationRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/authentication/me/authorizations/search', allow: policy.staff, body: listBody, handler: own },
  { method: 'post', path: '/v2/authorizations/search', allow: policy.readsAccounts, body: listBody, handler: (asked) => search(asked) },
  { method: 'get', path: '/v2/authorizations/:authorizationKey', allow: policy.readsAccounts, handler: get },
];
