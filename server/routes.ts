/** Every address of the server. Order matters only where a fixed word stands where another route has a key; what is not served comes last. */
import { agencyContractRoutes } from './api/agency-contracts.ts';
import { agencyGateRoutes } from './api/agency-gate.ts';
import { agencyHookRoutes } from './api/agency-hooks.ts';
import { agencyRegisterRoutes } from './api/agency-register.ts';
import { accountRoutes } from './api/account.ts';
import { accountsRoutes } from './api/accounts.ts';
import { alertRoutes } from './api/alerts.ts';
import { applicationRoutes } from './api/applications.ts';
import { callbackRoutes } from './api/callbacks.ts';
import { consoleRoutes } from './api/console.ts';
import { documentRoutes } from './api/documents.ts';
import { draftRoutes } from './api/drafts.ts';
import { exchangeRoutes } from './api/exchanges.ts';
import { agencyHealthRoutes } from './api/health-of-agency.ts';
import { healthRoutes } from './api/health.ts';
import { hookRoutes } from './api/hooks.ts';
import { historyRoutes } from './api/history.ts';
import { retentionRoutes } from './api/retention.ts';
import { wholeRuleRoutes } from './api/mapping-rules.ts';
import { rehearsalRoutes } from './api/rehearsals.ts';
import { sessionRoutes } from './api/session.ts';
import { signInRoutes } from './api/sign-in.ts';
import { serviceRoutes } from './api/services.ts';
import { surroundingsRoutes } from './api/surroundings.ts';
import { substitutionRoutes } from './api/substitutions.ts';
import { machineClientRoutes } from './api/machine-clients.ts';
import { raiseRoutes } from './api/raise.ts';
import { tokenRoutes } from './api/token.ts';
import { taskRoutes } from './api/tasks.ts';
import { visibilityRoutes } from './api/visibility.ts';
import { workshopRoutes } from './api/workshop.ts';
import { govstackRoutes } from './govstack/routes.ts';
import type { Route } from './route.ts';
import { interfaceRoutes } from './openapi/routes.ts';
import { auditLogRoutes } from './v2/audit-logs.ts';
import { authorizationRoutes } from './v2/authorizations.ts';
import { batchRoutes } from './v2/batches.ts';
import { clientRoutes } from './v2/clients.ts';
import { clusterRoutes } from './v2/cluster.ts';
import { clusterVariableRoutes } from './v2/cluster-variables.ts';
import { decisionRoutes } from './v2/decisions.ts';
import { definitionRoutes } from './v2/definitions.ts';
import { resourceRoutes } from './v2/resources.ts';
import { deploymentRoutes } from './v2/deployments.ts';
import { filedDocumentRoutes } from './v2/documents.ts';
import { elementRoutes } from './v2/elements.ts';
import { operationRoutes } from './v2/instance-operations.ts';
import { globalTaskListenerRoutes } from './v2/global-task-listeners.ts';
import { groupChangeRoutes } from './v2/group-changes.ts';
import { groupRoutes } from './v2/groups.ts';
import { instanceRoutes } from './v2/instances.ts';
import { jobRoutes } from './v2/jobs.ts';
import { messageRoutes } from './v2/messages.ts';
import { notServedRoutes } from './v2/not-served.ts';
import { roleRoutes } from './v2/roles.ts';
import { statisticsRoutes } from './v2/statistics.ts';
import { mappingRuleRoutes } from './v2/mapping-rules.ts';
import { tenantRoutes } from './v2/tenants.ts';
import { userRoutes } from './v2/users.ts';
import { waitStateRoutes } from './v2/wait-states.ts';
import { userTaskRoutes } from './v2/user-tasks.ts';

const served: readonly Route[] = [
  ...healthRoutes,
  ...sessionRoutes,
  ...tokenRoutes,
  ...signInRoutes,
  ...accountRoutes,
  ...accountsRoutes,
  ...machineClientRoutes,
  ...wholeRuleRoutes,
  ...serviceRoutes,
  ...applicationRoutes,
  ...taskRoutes,
  ...raiseRoutes,
  ...historyRoutes,
  ...retentionRoutes,
  ...draftRoutes,
  ...documentRoutes,
  ...consoleRoutes,
  ...exchangeRoutes,
  ...agencyHealthRoutes,
  ...agencyGateRoutes,
  ...alertRoutes,
  ...callbackRoutes,
  ...hookRoutes,
  ...agencyHookRoutes,
  ...agencyRegisterRoutes,
  ...agencyContractRoutes,
  ...workshopRoutes,
  ...substitutionRoutes,
  ...visibilityRoutes,
  ...surroundingsRoutes,
  ...rehearsalRoutes,
  ...clusterRoutes,
  ...deploymentRoutes,
  ...decisionRoutes,
  ...statisticsRoutes,
  ...definitionRoutes,
  ...resourceRoutes,
  ...filedDocumentRoutes,
  ...batchRoutes,
  ...operationRoutes,
  ...instanceRoutes,
  ...jobRoutes,
  ...userTaskRoutes,
  ...auditLogRoutes,
  ...waitStateRoutes,
  ...elementRoutes,
  ...messageRoutes,
  ...userRoutes,
  ...groupRoutes,
  ...groupChangeRoutes,
  ...roleRoutes,
  ...clientRoutes,
  ...tenantRoutes,
  ...authorizationRoutes,
  ...mappingRuleRoutes,
  ...clusterVariableRoutes,
  ...globalTaskListenerRoutes,
  ...govstackRoutes,
];

const described: readonly Route[] = [...served, ...interfaceRoutes(() => described)];
const taken = new Set(described.map(({ method, path }) => `${method} ${path}`));

export const routes: readonly Route[] = [...described, ...notServedRoutes.filter(({ method, path }) => !taken.has(`${method} ${path}`))];
