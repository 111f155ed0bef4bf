/** Rows of the store as `/v2` shows them: the fields that clients expect, null where there is nothing, times as ISO 8601. */
import { collections } from '../../runtime/collections.ts';
import type { CollectionName, Row } from '../../runtime/collections.ts';

export const TENANT = '<default>';

function shower(
  collection: CollectionName,
  fields: readonly string[],
  more: (row: Row) => object = () => ({}),
): (row: Row) => Record<string, unknown> {
  const types: Readonly<Record<string, string>> = collections[collection].fields;
  return (row) => {
    const shown = fields.map((field) => [field, types[field] === 'time' ? iso(row[field]) : (row[field] ?? null)] as const);
    return { ...Object.fromEntries(shown), tenantId: TENANT, ...more(row) };
  };
}

/** milliseconds → ISO 8601; null when there is no time */
export function iso(value: unknown): string | null {
  return typeof value === 'number' ? new Date(value).toISOString() : null;
}

/** rows that do not keep their outermost case: batches and the like are about outermost cases */
function rootOf(row: Row): object {
  return { rootProcessInstanceKey: row['rootProcessInstanceKey'] ?? row['processInstanceKey'] ?? null };
}

const definition = ['processDefinitionId', 'processDefinitionKey'];
const inCase = [...definition, 'processInstanceKey', 'rootProcessInstanceKey'];

export const showProcessDefinition = shower(
  'processDefinitions',
  [...definition, 'name', 'resourceName', 'version', 'versionTag', 'hasStartForm'],
  (row) => ({
    hasStartForm: row['hasStartForm'] ?? false,
    state: row['state'] ?? 'ACTIVE',
  }),
);
export const showProcessInstance = shower(
  'processInstances',
  [
    ...inCase,
    'processDefinitionName',
    'processDefinitionVersion',
    'processDefinitionVersionTag',
    'parentProcessInstanceKey',
    'parentElementInstanceKey',
    'startDate',
    'endDate',
    'state',
    'businessId',
    // ours
    'lastUpdated',
  ],
  (row) => ({
    processDefinitionName: row['processDefinitionName'] ?? row['processDefinitionId'],
    hasIncident: row['hasIncident'] ?? false,
    tags: row['tags'] ?? [],
  }),
);
export const showElementInstance = shower(
  'elementInstances',
  [...inCase, 'elementInstanceKey', 'elementId', 'type', 'state', 'startDate', 'endDate', 'incidentKey'],
  (row) => ({
    elementName: row['elementName'] ?? row['elementId'],
    hasIncident: row['hasIncident'] ?? false,
  }),
);
export const showVariable = shower(
  'variables',
  ['variableKey', 'name', 'value', 'scopeKey', 'processInstanceKey', 'rootProcessInstanceKey'],
  () => ({ isTruncated: false }),
);
const CLUSTER_VARIABLE = ['name', 'scope', 'value'];
const tenantOf = (row: Row): object => ({ tenantId: row['tenantId'] ?? null });
export const showClusterVariable = shower('clusterVariables', CLUSTER_VARIABLE, tenantOf);
export const showFoundClusterVariable = shower('clusterVariables', CLUSTER_VARIABLE, (row) => ({ ...tenantOf(row), isTruncated: false }));
/** a listener is of no tenant */
export function showTaskListener(row: Row): object {
  const { listenerId: id, type, eventTypes, retries, afterNonGlobal, priority, source } = row;
  return { id, type, eventTypes, retries, afterNonGlobal, priority, source };
}
export const showIncident = shower('incidents', [
  ...inCase,
  'incidentKey',
  'errorType',
  'errorMessage',
  'elementId',
  'elementInstanceKey',
  'creationTime',
  'state',
  'jobKey',
]);
export const showUserTask = shower(
  'userTasks',
  [
    ...inCase,
    'userTaskKey',
    'name',
    'state',
    'assignee',
    'elementId',
    'elementInstanceKey',
    'processDefinitionVersion',
    'processName',
    'formKey',
    'externalFormReference',
    'creationDate',
    'completionDate',
    'dueDate',
    'followUpDate',
    'businessId',
  ],
  (row) => ({
    candidateGroups: row['candidateGroups'] ?? [],
    candidateUsers: row['candidateUsers'] ?? [],
    customHeaders: row['customHeaders'] ?? {},
    priority: row['priority'] ?? 50,
    tags: row['tags'] ?? [],
  }),
);
export const showJob = shower(
  'jobs',
  [
    ...inCase,
    'jobKey',
    'type',
    'state',
    'retries',
    'deadline',
    'deniedReason',
    'elementId',
    'elementInstanceKey',
    'endTime',
    'errorCode',
    'errorMessage',
    'isDenied',
    'creationTime',
    'priority',
  ],
  (row) => ({
    customHeaders: row['customHeaders'] ?? {},
    hasFailedWithRetriesLeft: row['hasFailedWithRetriesLeft'] ?? false,
    kind: row['kind'] ?? 'BPMN_ELEMENT',
    listenerEventType: row['listenerEventType'] ?? 'UNSPECIFIED',
    lastUpdateTime: iso(row['endTime'] ?? row['creationTime']),
    worker: row['worker'] ?? '',
  }),
);
export const showDecisionDefinition = shower('decisionDefinitions', [
  'decisionDefinitionId',
  'decisionDefinitionKey',
  'name',
  'version',
  'decisionRequirementsId',
  'decisionRequirementsKey',
  'decisionRequirementsName',
  'decisionRequirementsVersion',
]);
export const showDecisionRequirements = shower('decisionRequirements', [
  'decisionRequirementsId',
  'decisionRequirementsKey',
  'decisionRequirementsName',
  'version',
  'resourceName',
]);
export const showForm = shower('forms', ['formKey', 'formId', 'version', 'resourceName']);
export const showResource = shower('resources', ['resourceKey', 'resourceId', 'resourceName', 'version', 'versionTag']);
export const showDecisionInstance = shower(
  'decisionInstances',
  [
    'decisionEvaluationInstanceKey',
    'decisionEvaluationKey',
    'state',
    'evaluationDate',
    'evaluationFailure',
    'decisionDefinitionId',
    'decisionDefinitionType',
    'result',
    'processDefinitionKey',
    'processInstanceKey',
    'decisionDefinitionKey',
    'elementInstanceKey',
    'businessId',
  ],
  (row) => ({
    decisionDefinitionName: row['decisionDefinitionName'] ?? row['decisionDefinitionId'],
    decisionDefinitionVersion: row['decisionDefinitionVersion'] ?? 1,
    rootDecisionDefinitionKey: row['rootDecisionDefinitionKey'] ?? row['decisionDefinitionKey'],
    ...rootOf(row),
  }),
);
export const showSequenceFlow = shower('sequenceFlows', [...definition, 'processInstanceKey', 'elementId', 'sequenceFlowId'], rootOf);
export const showSubscription = shower('subscriptions', [
  ...inCase,
  'messageSubscriptionKey',
  'elementId',
  'elementInstanceKey',
  'messageSubscriptionState',
  'lastUpdatedDate',
  'messageName',
  'correlationKey',
  'businessId',
]);
export const showCorrelation = shower(
  'messageCorrelations',
  [
    ...definition,
    'processInstanceKey',
    'correlationKey',
    'correlationTime',
    'elementId',
    'elementInstanceKey',
    'messageKey',
    'messageName',
    'subscriptionKey',
    'businessId',
  ],
  // a message that starts a case has no subscription of the case; there are no partitions
  (row) => ({
    correlationKey: row['correlationKey'] ?? '',
    subscriptionKey: row['subscriptionKey'] ?? row['messageKey'],
    partitionId: 1,
    ...rootOf(row),
  }),
);
export const showBatch = shower(
  'batchOperations',
  [
    'batchOperationKey',
    'batchOperationType',
    'state',
    'startDate',
    'endDate',
    'operationsTotalCount',
    'operationsFailedCount',
    'operationsCompletedCount',
  ],
  (row) => ({ errors: [], actorType: row['startedBy'] === undefined ? null : 'USER', actorId: row['startedBy'] ?? null }),
);
export const showBatchItem = shower(
  'batchOperationItems',
  ['batchOperationKey', 'itemKey', 'processInstanceKey', 'operationType', 'state', 'processedDate', 'errorMessage'],
  // an evaluation of no case: clients demand a number
  (row) => ({ ...rootOf(row), processInstanceKey: row['processInstanceKey'] ?? '-1' }),
);

export function showUser(row: Row): { readonly username: unknown; readonly name: unknown; readonly email: unknown } {
  return { username: row['username'], name: row['name'] ?? null, email: row['email'] || null };
}
