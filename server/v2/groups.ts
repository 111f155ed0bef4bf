/** Groups are the agencies, as tasks name them (`candidateGroups`), and the city itself. A person belongs to one of them at a time. */
import type { Filter } from '../../runtime/ports.ts';
import { textParam } from '../input.ts';
import { listBody, listed } from '../matches.ts';
import { accountScope, keepsAccounts, readsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { CITY, isCityWide } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { changeAccount, refuseOwn } from './account-changes.ts';
import { members } from './tables.ts';

interface Group {
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

/** What holds a search of members: those of this agency, within what the reader keeps. */
function membersOf(asked: Asked): { readonly scope: Filter; readonly fixed: Filter } {
  return { scope: accountScope(asked.reader), fixed: { agency: groupParam(asked).groupId } };
}

async function join(asked: Asked) {
  const { groupId } = groupParam(asked);
  await changeAccount(asked, (row) => {
    if (row['agency'] === groupId) throw new Problem('ALREADY_EXISTS', 'Expected somebody who is not of this agency yet, but they are');
    if (row['agency'])
      throw new Problem('INVALID_STATE', 'Expected somebody without an agency, but they belong to another one; take them out first');
    return { agency: groupId };
  });
  return noContent();
}

async function leave(asked: Asked) {
  const { groupId } = groupParam(asked);
  await changeAccount(asked, (row) => {
    if (row['agency'] !== groupId) throw new Problem('NOT_FOUND', 'Expected somebody of this agency, but they are not');
    refuseOwn(asked, row);
    return { agency: '' };
  });
  return noContent();
}

const one = '/v2/groups/:groupId';
const member = `${one}/users/:username` as const;
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
    path: `${one}/users/search`,
    allow: readsAccounts,
    searches: members,
    handler: (asked) => search(asked, members, membersOf(asked)),
  },
  { method: 'put', path: member, allow: keepsAccounts, records: 'house', reads: 'nothing', handler: join },
  { method: 'delete', path: member, allow: keepsAccounts, records: 'house', handler: leave },
];
