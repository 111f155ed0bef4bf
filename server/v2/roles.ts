/** The seven roles, and who has them. What a role may do is the policy's own (server/policy.ts), the same for everybody: roles are given, never made. */
import { listBody, listed } from '../matches.ts';
import { accountScope, keepsAccounts, readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { roles } from '../reader.ts';
import type { Role } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { changeAccount, refuseOwn, roleParam, rolesOf } from './account-changes.ts';
import { members } from './tables.ts';

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

async function give(asked: Asked) {
  const role = roleParam(asked);
  await changeAccount(asked, (row) => {
    if (rolesOf(row).includes(role)) throw new Problem('ALREADY_EXISTS', 'Expected somebody without this role, but they have it');
    return { roles: [...rolesOf(row), role] };
  });
  return noContent();
}

async function take(asked: Asked) {
  const role = roleParam(asked);
  await changeAccount(asked, (row) => {
    if (!rolesOf(row).includes(role)) throw new Problem('NOT_FOUND', 'Expected somebody with this role, but they have it not');
    if (role === 'admin') refuseOwn(asked, row);
    return { roles: rolesOf(row).filter((one) => one !== role) };
  });
  return noContent();
}

/** A group has no roles, people have: those lists are empty, and say so truly. */
export function none(asked: Asked) {
  return listed(asked, [], ['roleId', 'groupId', 'name', 'mappingRuleId', 'claimName', 'claimValue']);
}

const one = '/v2/roles/:roleId';
const member = `${one}/users/:username` as const;
const emptied = (asked: Asked) => (roleParam(asked), none(asked));
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
    path: `${one}/users/search`,
    allow: readsAccounts,
    searches: members,
    handler: (asked) => search(asked, members, { scope: accountScope(asked.reader), fixed: { roles: { $hasAny: [roleParam(asked)] } } }),
  },
  { method: 'put', path: member, allow: keepsAccounts, records: 'house', reads: 'nothing', handler: give },
  { method: 'delete', path: member, allow: keepsAccounts, records: 'house', handler: take },
  { method: 'post', path: `${one}/groups/search`, allow: readsAccounts, body: listBody, handler: emptied },
  { method: 'post', path: `${one}/mapping-rules/search`, allow: readsAccounts, body: listBody, handler: emptied },
];
