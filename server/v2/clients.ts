/**
 * Programs as members: a machine client (server/api/machine-clients.ts) belongs to one agency and has roles, as a person does. It never administers.
 * Programs of other issuers are no clients of ours: mapping rules say what their tokens may do.
 */
import { changeClient, clientScope } from '../identity/client-rows.ts';
import { keepsAccounts } from '../policy.ts';
import { Problem } from '../problem.ts';
import { programRoles } from '../reader.ts';
import { membershipRoutes } from './memberships.ts';

export const clientRoutes = membershipRoutes({
  word: 'clients',
  param: ':clientId',
  noun: 'a client',
  table: { collection: 'machineClients', filters: { clientId: 'text' }, sorts: ['clientId'], show: ({ clientId }) => ({ clientId }) },
  scope: clientScope,
  keeps: keepsAccounts,
  change: changeClient,
  refuseGiving(role) {
    if (!(programRoles as readonly string[]).includes(role))
      throw new Problem('INVALID_STATE', 'Expected a role that a program may have, but administrators are people');
  },
});
