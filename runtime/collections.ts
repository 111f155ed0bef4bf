/**
 * What the store keeps besides instance states and events: rows, in named collections, each with its indexed fields.
 * One table of the truth: the adapters make their schema and indexes from it, the server its searches.
 * Field names are those of Camunda's REST v2 results, so that a search answers rows almost as they are;
 * fields of ours that Camunda has no word for come after the line `// ours`.
 *
 * Field types: `key` and `text` compare as text/number of the same kind, `time` is milliseconds since 1970 UTC (a number), `list` a list of texts.
 * Only fields listed here can be filtered and sorted by; `json` fields ride along.
 */

import { alertCollections } from './alert-collections.ts';
import { batchCollections } from './batch-collections.ts';
import { clusterCollections } from './cluster-collections.ts';
import { exchangeCollections } from './exchange-collections.ts';
import { identityCollections } from './identity-collections.ts';
import { registryCollections } from './registry-collections.ts';
import { retentionCollections } from './retention-collections.ts';

export type FieldType = 'key' | 'text' | 'number' | 'flag' | 'time' | 'list' | 'json';
export type Row = { readonly [field: string]: unknown };

export interface Collection {
  readonly fields: Readonly<Record<string, FieldType>>;
  /** each a compound index, most selective use first; the primary key is always indexed. `-field`: descending. A list may stand first: one entry for each of its members */
  readonly indexes: readonly (readonly string[])[];
  /** rows are named by this key field: `put(collection, row[key], row)`. Absent: by any text. */
  readonly key?: string;
  /** every row's key lies within its process instance's (`instanceKeyOf(key)`, or the text key begins with it and `_`): an instance's rows are found by their keys alone */
  readonly within?: 'processInstanceKey';
  /** fields that few rows have (flags: few are true): indexes with one of them hold only these rows */
  readonly sparse?: readonly string[];
  /** field → the one value that is searched for everywhere: indexes that begin with the field hold only rows with this value */
  readonly only?: Readonly<Record<string, string>>;
}

export const collections = {
  processInstances: {
    sparse: ['parentElementInstanceKey', 'parentProcessInstanceKey', 'businessId', 'hasIncident', 'endDate'],
    key: 'processInstanceKey',
    fields: {
      processInstanceKey: 'key',
      processDefinitionId: 'text',
      processDefinitionName: 'text',
      processDefinitionVersion: 'number',
      processDefinitionVersionTag: 'text',
      processDefinitionKey: 'key',
      parentProcessInstanceKey: 'key',
      parentElementInstanceKey: 'key',
      rootProcessInstanceKey: 'key',
      startDate: 'time',
      endDate: 'time',
      /* ACTIVE | COMPLETED | TERMINATED | SUSPENDED */ state: 'text',
      hasIncident: 'flag',
      businessId: 'text',
      tags: 'list',
      // ours
      startedBy: 'text',
      ownerAgency: 'text',
      /* every agency whose lanes or calls the process has, with the owner */ agencies: 'list',
      lastUpdated: 'time',
      incidents: 'number',
      /* version and hash of the newest record of the case's audit chain, `3:ab…` */ auditHead: 'text',
    },
    indexes: [
      ['state', 'startDate'],
      ['processDefinitionKey', 'state'],
      ['processDefinitionId', 'state'],
      ['parentElementInstanceKey'],
      ['parentProcessInstanceKey'],
      ['businessId'],
      ['startedBy', 'startDate'],
      ['startDate'],
      ['hasIncident', 'startDate'],
      // whose time is over: ended ones only, numbers only
      ['processDefinitionKey', 'endDate'],
    ],
  },
  elementInstances: {
    only: { state: 'ACTIVE' },
    within: 'processInstanceKey',
    key: 'elementInstanceKey',
    fields: {
      elementInstanceKey: 'key',
      processInstanceKey: 'key',
      rootProcessInstanceKey: 'key',
      processDefinitionKey: 'key',
      processDefinitionId: 'text',
      elementId: 'text',
      elementName: 'text',
      /* Camunda's type names, e.g. USER_TASK */ type: 'text',
      /* ACTIVE | COMPLETED | TERMINATED */ state: 'text',
      startDate: 'time',
      endDate: 'time',
      hasIncident: 'flag',
      incidentKey: 'key',
      // ours
      scopeKey: 'key',
      agency: 'text',
    },
    indexes: [
      ['processInstanceKey', 'startDate'],
      // NO TEXT IN AN INDEX OF EVERY ROW: twelve elements were twelve places to write at per case, and cost more than the rows themselves
      ['processDefinitionKey', 'state'],
      ['state', 'elementId'],
    ],
  },
  sequenceFlows: {
    within: 'processInstanceKey',
    fields: {
      processInstanceKey: 'key',
      processDefinitionKey: 'key',
      processDefinitionId: 'text',
      /* of one flow, in files of an earlier time */ elementId: 'text',
      /* the row's own key */ sequenceFlowId: 'text',
      // ours
      /* every flow that one commit took: takenFlows (taken-flows.ts) tells them one by one */ flows: 'list',
    },
    indexes: [['processInstanceKey']],
  },
  variables: {
    within: 'processInstanceKey',
    key: 'variableKey',
    fields: {
      variableKey: 'key',
      name: 'text',
      /* JSON text */ value: 'text',
      scopeKey: 'key',
      processInstanceKey: 'key',
      rootProcessInstanceKey: 'key',
      /* ours */ lastUpdated: 'time',
    },
    indexes: [
      ['processInstanceKey', 'name'],
      ['scopeKey', 'name'],
    ],
  },
  jobs: {
    sparse: ['open', 'heldFor'],
    key: 'jobKey',
    fields: {
      jobKey: 'key',
      type: 'text',
      worker: 'text',
      /* CREATED | COMPLETED | FAILED | RETRIES_UPDATED | CANCELED | ERROR_THROWN | TIMED_OUT */ state: 'text',
      kind: 'text',
      listenerEventType: 'text',
      retries: 'number',
      deadline: 'time',
      errorCode: 'text',
      errorMessage: 'text',
      isDenied: 'flag',
      deniedReason: 'text',
      hasFailedWithRetriesLeft: 'flag',
      endTime: 'time',
      creationTime: 'time',
      elementId: 'text',
      elementInstanceKey: 'key',
      processInstanceKey: 'key',
      rootProcessInstanceKey: 'key',
      processDefinitionKey: 'key',
      processDefinitionId: 'text',
      priority: 'number',
      customHeaders: 'json',
      // ours: open = can still be completed; a job may be leased when open, retries > 0, availableAt <= now and its deadline is over or absent
      open: 'flag',
      availableAt: 'time',
      leaseToken: 'text',
      agency: 'text',
      attempt: 'number',
      /* the attempt before this one ended without a word: its lease ran out */ unreported: 'flag',
      suspended: 'flag',
      /* the agency that it waits for in the store, out of every queue; and since when */ heldFor: 'text',
      heldSince: 'time',
      /* its call is made and what remains needs none: no gate holds it back */ called: 'flag',
    },
    indexes: [
      ['type', 'open', '-priority', 'availableAt'],
      ['processInstanceKey'],
      ['open', 'availableAt'],
      ['state', 'creationTime'],
      ['heldFor', 'creationTime'],
    ],
  },
  userTasks: {
    sparse: ['assignee'],
    key: 'userTaskKey',
    fields: {
      userTaskKey: 'key',
      name: 'text',
      /* CREATING | CREATED | ASSIGNING | UPDATING | COMPLETING | COMPLETED | CANCELING | CANCELED | FAILED */ state: 'text',
      assignee: 'text',
      elementId: 'text',
      elementInstanceKey: 'key',
      candidateGroups: 'list',
      candidateUsers: 'list',
      processDefinitionId: 'text',
      processDefinitionKey: 'key',
      processDefinitionVersion: 'number',
      processName: 'text',
      processInstanceKey: 'key',
      rootProcessInstanceKey: 'key',
      formKey: 'key',
      externalFormReference: 'text',
      creationDate: 'time',
      completionDate: 'time',
      dueDate: 'time',
      followUpDate: 'time',
      priority: 'number',
      customHeaders: 'json',
      businessId: 'text',
      tags: 'list',
      // ours
      agency: 'text',
      completedBy: 'text',
      lastUpdated: 'time',
    },
    indexes: [
      ['state', 'dueDate', '-priority', 'creationDate'],
      ['assignee', 'state', 'dueDate', '-priority', 'creationDate'],
      ['agency', 'state', 'dueDate', '-priority', 'creationDate'],
      ['candidateGroups', 'state', 'dueDate', '-priority', 'creationDate'],
      ['candidateUsers', 'state', 'dueDate', '-priority', 'creationDate'],
      ['processInstanceKey', 'state'],
      ['state', 'creationDate'],
    ],
  },
  incidents: {
    key: 'incidentKey',
    fields: {
      incidentKey: 'key',
      errorType: 'text',
      errorMessage: 'text',
      elementId: 'text',
      elementInstanceKey: 'key',
      creationTime: 'time',
      /* ACTIVE | RESOLVED */ state: 'text',
      jobKey: 'key',
      processDefinitionId: 'text',
      processDefinitionKey: 'key',
      processInstanceKey: 'key',
      rootProcessInstanceKey: 'key',
      /* ours */ agency: 'text',
      resolvedAt: 'time',
    },
    indexes: [['state', 'creationTime'], ['processInstanceKey', 'state'], ['processDefinitionKey', 'state'], ['jobKey']],
  },
  subscriptions: {
    key: 'messageSubscriptionKey',
    fields: {
      messageSubscriptionKey: 'key',
      /* message | signal | condition */ kind: 'text',
      /* CREATED | CORRELATED | DELETED */ messageSubscriptionState: 'text',
      messageName: 'text',
      correlationKey: 'text',
      elementId: 'text',
      elementInstanceKey: 'key',
      processInstanceKey: 'key',
      processDefinitionKey: 'key',
      processDefinitionId: 'text',
      lastUpdatedDate: 'time',
      rootProcessInstanceKey: 'key',
      /* of the case when it began to wait */ businessId: 'text',
      // ours
      interrupting: 'flag',
      createdAt: 'time',
    },
    indexes: [['kind', 'messageName', 'correlationKey', 'messageSubscriptionState'], ['processInstanceKey']],
  },
  /** published messages that still wait (time to live) or are being correlated */
  messages: {
    key: 'messageKey',
    fields: {
      messageKey: 'key',
      name: 'text',
      correlationKey: 'text',
      messageId: 'text',
      expiresAt: 'time',
      publishedAt: 'time',
      /* absent: not yet to all who waited when it was kept */ offeredAt: 'time',
      variables: 'json',
      businessId: 'text',
      /* dedupe text of name|correlationKey|messageId while alive */ dedupe: 'text',
    },
    indexes: [['name', 'correlationKey', 'publishedAt'], ['expiresAt'], ['offeredAt', 'publishedAt'], ['dedupe']],
  },
  /** one row per message and process that it was correlated to (key: messageKey/processDefinitionId) */
  messageCorrelations: {
    fields: {
      messageKey: 'key',
      processDefinitionId: 'text',
      processInstanceKey: 'key',
      processDefinitionKey: 'key',
      elementId: 'text',
      elementInstanceKey: 'key',
      messageName: 'text',
      correlationKey: 'text',
      correlationTime: 'time',
      subscriptionKey: 'key',
      businessId: 'text',
    },
    indexes: [['processInstanceKey'], ['messageKey']],
  },
  /** what has happened for start events that need several things to happen. Key: JSON list of process, element, part and correlation key */
  startParts: {
    fields: {
      processDefinitionId: 'text',
      elementId: 'text',
      /* `message <name>`, `signal <name>`, `timer` or `condition` */ part: 'text',
      correlationKey: 'text',
      /* names what happened */ occurrence: 'text',
      happenedAt: 'time',
      variables: 'json',
      messageKey: 'key',
      businessId: 'text',
      by: 'json',
    },
    indexes: [['processDefinitionId', 'elementId', 'happenedAt']],
  },
  timers: {
    key: 'timerKey',
    fields: {
      timerKey: 'key',
      /* instance timers; absent for a timer start event */ processInstanceKey: 'key',
      processDefinitionKey: 'key',
      elementId: 'text',
      elementInstanceKey: 'key',
      dueAt: 'time',
      repeat: 'number',
      suspended: 'flag',
    },
    indexes: [['dueAt'], ['processInstanceKey']],
  },
  processDefinitions: {
    key: 'processDefinitionKey',
    fields: {
      processDefinitionKey: 'key',
      processDefinitionId: 'text',
      name: 'text',
      version: 'number',
      versionTag: 'text',
      resourceName: 'text',
      deploymentKey: 'key',
      hasStartForm: 'flag',
      isLatest: 'flag',
      deployedAt: 'time',
      // ours
      ownerAgency: 'text',
      agencies: 'list',
      /* offered in the portal */ service: 'flag',
      checksum: 'text',
      resourceKey: 'key',
      deployedBy: 'text',
      /* who sees which variable: engine/analysis/visibility.ts */ visibility: 'json',
      /* takes no new cases: runtime/withdraw.ts */ withdrawn: 'flag',
      /* its ended cases go too */ forgetsCases: 'flag',
    },
    indexes: [['processDefinitionId', 'version'], ['isLatest', 'name'], ['deployedAt']],
  },
  decisionDefinitions: {
    key: 'decisionDefinitionKey',
    fields: {
      decisionDefinitionKey: 'key',
      decisionDefinitionId: 'text',
      name: 'text',
      version: 'number',
      decisionRequirementsKey: 'key',
      decisionRequirementsId: 'text',
      isLatest: 'flag',
      versionTag: 'text',
      deploymentKey: 'key',
      // ours
      withdrawn: 'flag',
    },
    indexes: [['decisionDefinitionId', 'version'], ['decisionRequirementsKey'], ['isLatest', 'name']],
  },
  decisionRequirements: {
    key: 'decisionRequirementsKey',
    fields: {
      decisionRequirementsKey: 'key',
      decisionRequirementsId: 'text',
      decisionRequirementsName: 'text',
      version: 'number',
      resourceName: 'text',
      deploymentKey: 'key',
      isLatest: 'flag',
      checksum: 'text',
      resourceKey: 'key',
      /* keys of the versions of other models that it uses, in the order of its imports */ imports: 'json',
      withdrawn: 'flag',
    },
    indexes: [['decisionRequirementsId', 'version']],
  },
  forms: {
    key: 'formKey',
    fields: {
      formKey: 'key',
      formId: 'text',
      version: 'number',
      versionTag: 'text',
      resourceName: 'text',
      deploymentKey: 'key',
      isLatest: 'flag',
      checksum: 'text',
      resourceKey: 'key',
      withdrawn: 'flag',
    },
    indexes: [['formId', 'version']],
  },
  /** the deployed text itself; `text` is not searchable. Files that are no diagram, decision or form (kind `resource`) are versioned here too */
  resources: {
    fields: {
      resourceKey: 'key',
      resourceName: 'text',
      kind: 'text',
      deploymentKey: 'key',
      text: 'json',
      /* of kind `resource` only */ resourceId: 'text',
      version: 'number',
      versionTag: 'text',
      isLatest: 'flag',
      checksum: 'text',
      /* base64: `text` stands for bytes that are no text */ encoding: 'text',
      withdrawn: 'flag',
    },
    indexes: [['deploymentKey'], ['kind', 'resourceId', 'version']],
  },
  decisionInstances: {
    fields: {
      /* evaluation key and place among its decisions, `123-1` */ decisionEvaluationInstanceKey: 'text',
      decisionEvaluationKey: 'key',
      state: 'text',
      evaluationDate: 'time',
      evaluationFailure: 'text',
      decisionDefinitionId: 'text',
      decisionDefinitionName: 'text',
      decisionDefinitionVersion: 'number',
      decisionDefinitionType: 'text',
      result: 'text',
      processDefinitionKey: 'key',
      processInstanceKey: 'key',
      decisionDefinitionKey: 'key',
      elementInstanceKey: 'key',
      businessId: 'text',
      evaluatedInputs: 'json',
      matchedRules: 'json',
    },
    indexes: [
      ['processInstanceKey'],
      ['decisionDefinitionKey', 'evaluationDate'],
      ['decisionEvaluationInstanceKey'],
      ['decisionEvaluationKey'],
    ],
  },
  ...batchCollections,
  ...clusterCollections,
  ...exchangeCollections,
  ...registryCollections,
  ...alertCollections,
  ...identityCollections,
  ...retentionCollections,
  agencies: { fields: { agencyId: 'text', name: 'text', kind: 'text', profile: 'json' }, indexes: [['name']] },
  users: {
    fields: {
      username: 'text',
      name: 'text',
      email: 'text',
      realm: 'text' /* staff | citizen */,
      agency: 'text',
      roles: 'list',
      passwordHash: 'json',
      disabled: 'flag',
      failedSignIns: 'number',
      lockedUntil: 'time',
      // ours
      phone: 'text',
      /* email | phone: signs in with codes */ contact: 'text',
      /* id of the provider that made it: agency and roles are its mapping rules' */ managedBy: 'text',
      /* somebody else knows it: the next sign-in sets another */ passwordTemporary: 'flag',
      lastSignIn: 'time',
    },
    indexes: [['realm', 'name'], ['agency'], ['username']],
  },
  /** key: hash of the cookie's secret */
  sessions: {
    fields: {
      sessionHash: 'text',
      username: 'text',
      createdAt: 'time',
      seenAt: 'time',
      expiresAt: 'time',
      /* id of the identity provider that vouched for the person */ provider: 'text',
      /* what signing out there needs, sealed */ idToken: 'json',
    },
    indexes: [['username'], ['expiresAt']],
  },
  documents: {
    fields: {
      documentId: 'text',
      name: 'text',
      contentType: 'text',
      size: 'number',
      sha256: 'text',
      processInstanceKey: 'key',
      businessId: 'text',
      createdAt: 'time',
      createdBy: 'text',
      /* who may read: agencies, and the applicant */ agencies: 'list',
      citizen: 'text',
      expiresAt: 'time',
      metadata: 'json',
    },
    indexes: [['processInstanceKey'], ['businessId'], ['documentId'], ['expiresAt']],
  },
  /** drafts of half-filled forms, per user and task or service */
  drafts: {
    fields: { draftKey: 'text', username: 'text', savedAt: 'time', values: 'json' },
    indexes: [['username', 'savedAt'], ['savedAt']],
  },
  /** answers of creating requests, by user, route and Idempotency-Key */
  idempotency: { fields: { id: 'text', bodyHash: 'text', status: 'number', answer: 'json', createdAt: 'time' }, indexes: [['createdAt']] },
  /** counters for reference numbers, e.g. WIFI-2026 */
  sequences: { fields: { name: 'text', value: 'number' }, indexes: [] },
  /** denied and sensitive reads, sign-ins, commands to no case: what no instance's own history holds. Key: `chain/seq`; append only, hash-chained */
  audit: {
    fields: {
      auditKey: 'text',
      at: 'time',
      by: 'text',
      agency: 'text',
      action: 'text',
      subject: 'text',
      outcome: 'text',
      reason: 'text',
      // ours
      onBehalfOf: 'text',
      /* key of a case, or `house` */ chain: 'text',
      seq: 'number',
      hash: 'text',
    },
    indexes: [['at'], ['subject', 'at'], ['by', 'at'], ['chain', 'seq']],
  },
  /** the newest record of each audit chain (key: chain) */
  auditHeads: { fields: { chain: 'text', seq: 'number', hash: 'text' }, indexes: [] },
  /** who stands in for whom, from when until when */
  substitutions: {
    fields: {
      substitutionId: 'text',
      /* usernames */ absent: 'text',
      substitute: 'text',
      agency: 'text',
      roles: 'list',
      from: 'time',
      until: 'time',
      reason: 'text',
      createdBy: 'text',
      createdAt: 'time',
      endedAt: 'time',
    },
    indexes: [
      ['substitute', 'until'],
      ['absent', 'until'],
      ['agency', 'until'],
    ],
  },
} as const satisfies Record<string, Collection>;

export type CollectionName = keyof typeof collections;
