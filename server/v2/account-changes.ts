/** Accounts as an administrator reaches them: within the own scope, one change after the other, and never what would leave the house without its keeper. */
import type { Row } from '../../runtime/collections.ts';
import { createLanes } from '../../runtime/lanes.ts';
import type { RowChange } from '../../runtime/ports.ts';
import { textParam } from '../input.ts';
import { accountScope } from '../policy.ts';
import { Problem } from '../problem.ts';
import { roles } from '../reader.ts';
import type { Role } from '../reader.ts';
import type { Asked } from '../route.ts';

const lanes = createLanes();

/** The account that the address names; NOT_FOUND also for people of other agencies and for citizens. */
export async function readableAccount(asked: Asked): Promise<Row> {
  const username = textParam(asked, 'username');
  const found = await asked.context.runtime.store.search('users', { filter: { username }, scope: accountScope(asked.reader), limit: 1 });
  const row = found.items[0];
  if (row === undefined) throw new Problem('NOT_FOUND', 'Expected an account with this user name, but there is none for you');
  return row;
}

/** Reads and changes one account with nobody in between. `change` answers the fields to write. */
export function changeAccount(asked: Asked, change: (row: Row) => Row): Promise<Row> {
  return inTurn(asked, async () => {
    const row = await readableAccount(asked);
    const fields = change(row);
    await write(asked, [{ op: 'patch', collection: 'users', key: String(row['username']), fields }]);
    return { ...row, ...fields };
  });
}

/** One change of accounts at a time. Whoever stopped being an administrator while waiting may no longer: two cannot remove each other. */
export function inTurn<T>(asked: Asked, work: () => Promise<T>): Promise<T> {
  return lanes.run('accounts', async () => {
    const own = await asked.context.runtime.store.get('users', asked.reader.username);
    if (own !== undefined && (own['disabled'] === true || !rolesOf(own).includes('admin')))
      throw new Problem('FORBIDDEN', 'Expected an administrator, but you are none any more');
    return work();
  });
}

export async function write({ context }: Asked, changes: readonly RowChange[]): Promise<void> {
  await context.runtime.store.write(changes);
}

/** Nobody takes from themselves what they need to undo it. */
export function refuseOwn({ reader }: Asked, row: Row): void {
  if (row['username'] === reader.username)
    throw new Problem('INVALID_STATE', 'Expected the account of somebody else, but nobody may take these rights from themselves');
}

/** What a provider's mapping rules give is theirs to change. */
export function refuseManaged(row: Row): void {
  if (row['managedBy'] !== undefined)
    throw new Problem(
      'INVALID_STATE',
      `Expected an account that is kept here, but its agency and roles come from ${String(row['managedBy'])}: change the mapping rules`,
    );
}

export function rolesOf(row: Row): readonly Role[] {
  return (row['roles'] ?? []) as readonly Role[];
}

/** The role that the address names. */
export function roleParam(asked: Asked): Role {
  const roleId = textParam(asked, 'roleId');
  const role = roles.find((one) => one === roleId);
  if (role === undefined) throw new Problem('NOT_FOUND', `Expected one of the roles ${roles.join(', ')}, but there is another`);
  return role;
}
