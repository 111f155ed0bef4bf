/** Who may begin a process by hand: `alur:candidateStarterUsers` and `alur:candidateStarterGroups`, names with commas between them. */
import type { Starters } from '../process.ts';
import type { Complaint } from './context.ts';

const NAMES = { users: 'alur:candidateStarterUsers', groups: 'alur:candidateStarterGroups' } as const;

/** Undefined: whoever may begin cases at all. */
export function startersOf(properties: ReadonlyMap<string, string>, complain: (complaint: Complaint) => void): Starters | undefined {
  const [users, groups] = [properties.get(NAMES.users), properties.get(NAMES.groups)].map((list) =>
    list
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  );
  if (users === undefined && groups === undefined) return undefined;
  const starters = { users: users ?? [], groups: groups ?? [] };
  if (starters.users.length + starters.groups.length === 0)
    complain({
      code: 'NO_STARTERS',
      message: `Expected ${NAMES.users} or ${NAMES.groups} to name somebody who may begin the process, but they name nobody.`,
      hint: 'Enter user names or groups (an agency, kota, citizen) with commas between them, or remove the property.',
    });
  return starters;
}
