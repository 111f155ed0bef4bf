/** Groups are the agencies, as tasks name them (`candidateGroups`), and the city itself. A person belongs to one of them at a time. */
import { textParam } from '../input.ts';
import { listBody, listed } from '../matches.ts';
import { readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY, isCityWide } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { none } from './roles.ts';

export interface Group {
  readonly [field: string]: string | null;
  readonly groupId: string;
  readonly name: string;
  readonly description: string | null;
}

/** the agencies that the reader keeps */
export function groupsFor({ context, reader }: Asked): readonly Group[] {
  const city = { groupId: CITY, name: context.agencies.nameOf(CITY) ?? CITY, description: null };
  const all = context.agencies.all.map(({ agencyId, name, description }) => ({
    groupId: agencyId,
    name,
    description: description ?? null,
  }));
  return isCityWide(reader) ? [city, ...all] : all.filter(({ groupId }) => groupId === reader.agency);
}

/** The agency that the address names. */
export function groupParam(asked: Asked): Group {
  const found = groupsFor(asked).find(({ groupId }) => groupId === textParam(asked, 'groupId'));
  if (found === undefined) throw new Problem('NOT_FOUND', 'Expected the id of an agency, but there is none for you');
  return found;
}

const one = '/v2/groups/:groupId';
export const groupRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/groups/search',
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => listed(asked, groupsFor(asked), ['groupId', 'name']),
  },
  { method: 'get', path: one, allow: readsAccounts, handler: (asked) => ok(groupParam(asked)) },
  {
    method: 'post',
    path: `${one}/roles/search`,
    allow: readsAccounts,
    body: listBody,
    handler: (asked) => (groupParam(asked), none(asked)),
  },
];
