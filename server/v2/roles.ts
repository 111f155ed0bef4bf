/** The seven roles, and who has them. What a role may do is the policy's own (server/policy.ts), the same for everybody: roles are given, never made. */
import { listBody, listed } from '../matches.ts';
import { readsAccounts } from '../policy.ts';
import { roles } from '../reader.ts';
import type { Role } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { roleParam } from './account-changes.ts';

const names: Record<Role, readonly [name: string, description: string]> = {
  analyst: ['Analyst', 'Draws and publishes services'],
  clerk: ['Clerk', "Works on the unit's tasks"],
  supervisor: ['Supervisor', 'Leads a unit: gives tasks, takes them over, ends cases'],
  integrator: ['Integrator', 'Runs workers, sends messages and signals'],
  operator: ['Operator', 'Repairs what is stuck'],
  evaluator: ['Evaluator', 'Watches how services perform'],
  admin: ['Administrator', 'May do everything, within the own agency or for the whole city'],
};

function shown(roleId: Role) {
  const [name, description] = names[roleId];
  return { roleId, name, description };
}

/** A group has no roles, people have: those lists are empty, and say so truly. */
export function none(asked: Asked) {
  return listed(asked, [], ['roleId', 'groupId', 'name']);
}

const one = '/v2/roles/:roleId';
export const roleRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/roles/search',
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => listed(asked, roles.map(shown), ['roleId', 'name']),
  },
  { method: 'get', path: one, allow: readsAccounts, handler: (asked) => ok(shown(roleParam(asked))) },
  {
    method: 'post',
    path: `${one}/groups/search`,
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => (roleParam(asked), none(asked)),
  },
];
