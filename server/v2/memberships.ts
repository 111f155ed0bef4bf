/**
 * Who is of which agency (group) and has which role: people, programs and mapping rules alike. Each belongs to one agency at a time and may have
 * several roles; everybody is in the one tenant.
 */
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { readsAccounts } from '../policy.ts';
import type { Rule } from '../policy.ts';
import { Problem } from '../problem.ts';
import type { Reader, Role } from '../reader.ts';
import { noContent } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import type { SearchTable } from '../search.ts';
import { roleParam, rolesOf } from './account-changes.ts';
import { groupParam } from './groups.ts';
import { tenantParam } from './tenants.ts';

export interface Members {
  /** as addresses say it, e.g. `users` */
  readonly word: string;
  /** the member's parameter in addresses */
  readonly param: `:${string}`;
  /** as sentences say it */
  readonly noun: string;
  /** which of them a search lists, and how */
  readonly table: SearchTable;
  readonly scope: (reader: Reader) => Filter;
  /** who changes membership */
  readonly keeps: Rule;
  /** changes the one that the address names; NOT_FOUND outside the reader's scope */
  readonly change: (asked: Asked, change: (row: Row) => Row) => Promise<Row>;
  /** throws where this one may not get the role, or lose the role or agency */
  readonly refuseGiving?: (role: Role) => void;
  readonly refuseTaking?: (asked: Asked, row: Row, what: Role | 'agency') => void;
}

export function membershipRoutes(members: Members): readonly Route[] {
  const { word, param } = members;
  return [
    list(members, '/v2/groups/:groupId', (asked) => ({ agency: groupParam(asked).groupId })),
    ...both(members, `/v2/groups/:groupId/${word}/${param}`, [join, leave]),
    list(members, '/v2/roles/:roleId', (asked) => ({ roles: { $hasAny: [roleParam(asked)] } })),
    ...both(members, `/v2/roles/:roleId/${word}/${param}`, [give, take]),
    list(members, '/v2/tenants/:tenantId', (asked) => (tenantParam(asked), {})),
  ];
}

function list({ word, table, scope }: Members, of: Route['path'], fixed: (asked: Asked) => Filter): Route {
  const handler = (asked: Asked) => search(asked, table, { scope: scope(asked.reader), fixed: fixed(asked) });
  return { method: 'post', path: `${of}/${word}/search`, allow: readsAccounts, searches: table, handler };
}

type Change = (members: Members, asked: Asked) => Promise<unknown>;
function both(members: Members, path: Route['path'], [put, remove]: readonly [Change, Change]): readonly Route[] {
  const handler = (change: Change) => async (asked: Asked) => (await change(members, asked), noContent());
  const common = { path, allow: members.keeps, records: 'house', reads: 'nothing' } as const;
  return [
    { ...common, method: 'put', handler: handler(put) },
    { ...common, method: 'delete', handler: handler(remove) },
  ];
}

function join({ noun, change }: Members, asked: Asked) {
  const { groupId } = groupParam(asked);
  return change(asked, ({ agency }) => {
    if (agency === groupId) throw new Problem('ALREADY_EXISTS', `Expected ${noun} outside this agency, but it is theirs already`);
    if (agency) throw new Problem('INVALID_STATE', `Expected ${noun} without an agency, but another one is theirs; take them out first`);
    return { agency: groupId };
  });
}

function leave({ noun, change, refuseTaking }: Members, asked: Asked) {
  const { groupId } = groupParam(asked);
  return change(asked, (row) => {
    if (row['agency'] !== groupId) throw new Problem('NOT_FOUND', `Expected ${noun} of this agency, but it is not theirs`);
    refuseTaking?.(asked, row, 'agency');
    return { agency: '' };
  });
}

function give({ noun, change, refuseGiving }: Members, asked: Asked) {
  const role = roleParam(asked);
  refuseGiving?.(role);
  return change(asked, (row) => {
    if (rolesOf(row).includes(role)) throw new Problem('ALREADY_EXISTS', `Expected ${noun} without this role, but it is theirs already`);
    return { roles: [...rolesOf(row), role] };
  });
}

function take({ noun, change, refuseTaking }: Members, asked: Asked) {
  const role = roleParam(asked);
  return change(asked, (row) => {
    if (!rolesOf(row).includes(role)) throw new Problem('NOT_FOUND', `Expected ${noun} with this role, but it is not theirs`);
    refuseTaking?.(asked, row, role);
    return { roles: rolesOf(row).filter((one) => one !== role) };
  });
}
