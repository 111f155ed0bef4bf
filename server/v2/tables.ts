/** The lists of `/v2`: which filters and orders each knows. */
import type { Filter } from '../../runtime/ports.ts';
import { withinCases } from '../case-reads.ts';
import { troubleScope, variableScope } from '../case-sight.ts';
import { identityNames, seesIdentity } from '../identity-mask.ts';
import { and, record, wantedOf, wrong } from '../search.ts';
import type { FilterKind, Lookup, SearchTable } from '../search.ts';
import type { Asked } from '../route.ts';
import * as show from './show.ts';

function kinds(kind: FilterKind, names: string): Record<string, FilterKind> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}

const MOST = 10_000;

/** a filter on what a case holds must not tell what the reader does not see */
const scopes = { variables: knownVariables, elementInstances: withinCases, incidents: troubleScope } as const;

async function knownVariables(asked: Asked): Promise<Filter> {
  const scope = await variableScope(asked);
  return seesIdentity(asked.reader) ? scope : and([scope, { name: { $notIn: [...identityNames(asked.context.runtime.definitions)] } }]);
}

async function casesWith(
  asked: Asked,
  filter: Filter,
  collection: 'variables' | 'elementInstances' | 'incidents',
): Promise<readonly unknown[]> {
  const found = await asked.context.runtime.store.search(collection, { filter, scope: await scopes[collection](asked), limit: MOST });
  return [...new Set(found.items.map((row) => row['processInstanceKey']))];
}

/** `[{name, value}]`: each variable must be there with such a value (JSON text) in the case */
const byVariables: Lookup = async (asked, value) => {
  if (!Array.isArray(value) || value.length > 20) throw wrong('/filter/variables', 'a list of at most 20 variables', value);
  let keys: Set<unknown> | undefined;
  for (const [index, entry] of value.entries()) {
    const path = `/filter/variables/${index}`;
    const { name, value: wanted } = record(path, entry);
    const found = await casesWith(
      asked,
      { name: wantedOf(`${path}/name`, 'text', name), value: wantedOf(`${path}/value`, 'text', wanted) },
      'variables',
    );
    keys = new Set(keys === undefined ? found : found.filter((key) => keys?.has(key)));
  }
  return keys === undefined ? {} : { processInstanceKey: { $in: [...keys] } };
};

const byElement =
  (field: 'elementId' | 'state'): Lookup =>
  async (asked, value) => ({
    processInstanceKey: { $in: await casesWith(asked, { [field]: wantedOf(`/filter/${field}`, 'text', value) }, 'elementInstances') },
  });

const byIncidentMessage: Lookup = async (asked, value) => ({
  processInstanceKey: {
    $in: await casesWith(asked, { state: 'ACTIVE', errorMessage: wantedOf('/filter/errorMessage', 'text', value) }, 'incidents'),
  },
});

/** nothing is ever truncated */
const truncated: Lookup = (_asked, value) => Promise.resolve(value === true ? { name: { $in: [] } } : {});

const latest: Lookup = (_asked, value) => Promise.resolve({ isLatest: wantedOf('/filter/isLatestVersion', 'flag', value) });

function table(
  collection: SearchTable['collection'],
  shower: SearchTable['show'],
  options: Omit<SearchTable, 'collection' | 'show' | 'sorts'> & { readonly sorts?: readonly string[] },
): SearchTable {
  const sorts =
    options.sorts ??
    Object.entries(options.filters).flatMap(([name, kind]) => (kind === 'member' || typeof kind === 'object' ? [] : [name]));
  return { collection, show: shower, ...options, sorts: [...sorts, 'tenantId'].filter((name) => name !== 'tenantId') };
}

export const processDefinitions = table('processDefinitions', show.showProcessDefinition, {
  filters: {
    ...kinds('text', 'name resourceName versionTag processDefinitionId'),
    ...kinds('key', 'processDefinitionKey'),
    version: 'number',
    hasStartForm: 'flag',
  },
  lookups: { isLatestVersion: latest },
});
export const processInstances = table('processInstances', show.showProcessInstance, {
  filters: {
    ...kinds('text', 'processDefinitionId processDefinitionName processDefinitionVersionTag state businessId'),
    ...kinds('key', 'processInstanceKey processDefinitionKey parentProcessInstanceKey parentElementInstanceKey rootProcessInstanceKey'),
    ...kinds('time', 'startDate endDate'),
    processDefinitionVersion: 'number',
    hasIncident: 'flag',
    tags: 'member',
  },
  lookups: {
    variables: byVariables,
    elementId: byElement('elementId'),
    elementInstanceState: byElement('state'),
    errorMessage: byIncidentMessage,
  },
});
export const elementInstances = table('elementInstances', show.showElementInstance, {
  filters: {
    ...kinds('text', 'processDefinitionId state type elementId elementName'),
    ...kinds('key', 'elementInstanceKey processInstanceKey processDefinitionKey incidentKey rootProcessInstanceKey'),
    ...kinds('time', 'startDate endDate'),
    hasIncident: 'flag',
    elementInstanceScopeKey: ['scopeKey', 'key'],
  },
});
export const variables = table('variables', show.showVariable, {
  filters: { ...kinds('text', 'name value'), ...kinds('key', 'variableKey scopeKey processInstanceKey rootProcessInstanceKey') },
  lookups: { isTruncated: truncated },
});
export const incidents = table('incidents', show.showIncident, {
  filters: {
    ...kinds('text', 'processDefinitionId errorType errorMessage elementId state'),
    ...kinds('key', 'incidentKey processDefinitionKey processInstanceKey elementInstanceKey jobKey rootProcessInstanceKey'),
    creationTime: 'time',
  },
});
export const userTasks = table('userTasks', show.showUserTask, {
  filters: {
    ...kinds('text', 'state assignee elementId name processDefinitionId businessId'),
    ...kinds('key', 'userTaskKey processDefinitionKey processInstanceKey elementInstanceKey rootProcessInstanceKey'),
    ...kinds('time', 'creationDate completionDate followUpDate dueDate'),
    priority: 'number',
    candidateGroup: ['candidateGroups', 'member'],
    candidateUser: ['candidateUsers', 'member'],
    tags: 'member',
  },
  lookups: { processInstanceVariables: byVariables, localVariables: byVariables },
});
export const jobs = table('jobs', show.showJob, {
  filters: {
    ...kinds('text', 'type worker state kind listenerEventType errorCode errorMessage deniedReason elementId processDefinitionId'),
    ...kinds('key', 'jobKey elementInstanceKey processInstanceKey processDefinitionKey rootProcessInstanceKey'),
    ...kinds('time', 'deadline endTime creationTime'),
    ...kinds('number', 'retries priority'),
    ...kinds('flag', 'hasFailedWithRetriesLeft isDenied'),
  },
});
export const decisionDefinitions = table('decisionDefinitions', show.showDecisionDefinition, {
  filters: {
    ...kinds('text', 'decisionDefinitionId name decisionRequirementsId'),
    ...kinds('key', 'decisionDefinitionKey decisionRequirementsKey'),
    version: 'number',
  },
  lookups: { isLatestVersion: latest },
});
export const resources = table('resources', show.showResource, {
  filters: { ...kinds('text', 'resourceId resourceName versionTag'), ...kinds('key', 'resourceKey deploymentKey'), version: 'number' },
  lookups: { isLatestVersion: latest },
});
export const decisionRequirements = table('decisionRequirements', show.showDecisionRequirements, {
  filters: {
    ...kinds('text', 'decisionRequirementsId decisionRequirementsName resourceName'),
    decisionRequirementsKey: 'key',
    version: 'number',
  },
});
export const decisionInstances = table('decisionInstances', show.showDecisionInstance, {
  filters: {
    ...kinds(
      'text',
      'decisionEvaluationInstanceKey state evaluationFailure decisionDefinitionId decisionDefinitionName decisionDefinitionType businessId',
    ),
    ...kinds('key', 'decisionEvaluationKey processDefinitionKey processInstanceKey decisionDefinitionKey elementInstanceKey'),
    evaluationDate: 'time',
    decisionDefinitionVersion: 'number',
  },
});
/** elements that wait for something, for /v2/element-instances/wait-states/search */
export const waitingElements = table('elementInstances', show.showElementInstance, {
  filters: {
    ...kinds('text', 'elementId processDefinitionId'),
    ...kinds('key', 'elementInstanceKey processInstanceKey rootProcessInstanceKey processDefinitionKey'),
    elementType: ['type', 'text'],
  },
});
export const clusterVariables: SearchTable = {
  collection: 'clusterVariables',
  show: show.showFoundClusterVariable,
  filters: kinds('text', 'name value scope tenantId'),
  lookups: { isTruncated: truncated },
  sorts: ['name', 'value', 'tenantId', 'scope'],
};

/** each entry of the filter must fit one of the listener's events, as they were given */
const byEventTypes: Lookup = (_asked, value) => {
  if (!Array.isArray(value) || value.length > 10) throw wrong('/filter/eventTypes', 'a list of at most 10 events', value);
  return Promise.resolve(and(value.map((entry, index) => ({ eventTypes: wantedOf(`/filter/eventTypes/${index}`, 'member', entry) }))));
};

export const taskListeners: SearchTable = {
  collection: 'globalTaskListeners',
  show: show.showTaskListener,
  filters: { id: ['listenerId', 'text'], ...kinds('text', 'type source'), ...kinds('number', 'retries priority'), afterNonGlobal: 'flag' },
  lookups: { eventTypes: byEventTypes },
  sorts: ['id', 'type', 'afterNonGlobal', 'priority', 'source'],
};
export const batches = table('batchOperations', show.showBatch, {
  filters: {
    ...kinds('key', 'batchOperationKey'),
    ...kinds('text', 'state'),
    ...kinds('time', 'startDate endDate'),
    operationType: ['batchOperationType', 'text'],
  },
});
export const batchItems = table('batchOperationItems', show.showBatchItem, {
  filters: {
    ...kinds('key', 'batchOperationKey itemKey processInstanceKey'),
    ...kinds('text', 'state operationType'),
    processedDate: 'time',
  },
});
export const correlations = table('messageCorrelations', show.showCorrelation, {
  filters: {
    ...kinds('text', 'processDefinitionId elementId messageName correlationKey businessId'),
    ...kinds('key', 'messageKey processDefinitionKey processInstanceKey elementInstanceKey subscriptionKey'),
    correlationTime: 'time',
  },
});
export const subscriptions = table('subscriptions', show.showSubscription, {
  filters: {
    ...kinds('text', 'processDefinitionId elementId messageSubscriptionState messageName correlationKey businessId'),
    ...kinds('key', 'messageSubscriptionKey processDefinitionKey processInstanceKey elementInstanceKey'),
    lastUpdatedDate: 'time',
  },
});

export const users: SearchTable = {
  collection: 'users',
  filters: kinds('text', 'username name email'),
  sorts: ['username', 'name', 'email'],
  show: show.showUser,
};

/** people as members of something */
export const members: SearchTable = {
  collection: 'users',
  filters: { username: 'text' },
  sorts: ['username'],
  show: ({ username }) => ({ username }),
};
