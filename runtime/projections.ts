/**
 * Events of one commit → rows that searches answer. Pure. A new event type does not compile without a line in here.
 * Rows are merged, so that one commit writes each row once however often it changed.
 */
import type { Event, EventType, TaskFields } from '../engine/index.ts';
import type { Row } from './collections.ts';
import { decisionRows } from './decision-rows.ts';
import type { RowChange } from './ports.ts';
import { Changes } from './row-changes.ts';
import type { Projected } from './row-changes.ts';

export function project(of: Projected): readonly RowChange[] {
  const changes = new Changes(of);
  for (const event of of.events) (projections[event.t] as (event: Event, changes: Changes) => void)(event, changes);
  const { at: lastUpdated, auditHead } = of;
  changes.patch('processInstances', of.state.key, auditHead === undefined ? { lastUpdated } : { lastUpdated, auditHead });
  return changes.all();
}

/** One row for all flows of a commit: takenFlows (taken-flows.ts) tells them one by one. */
function flowTaken({ flow }: Of<'flow-taken'>, changes: Changes): void {
  const { flows, instance, of } = changes;
  if (flows.includes(flow)) return;
  flows.push(flow);
  if (flows.length > 1) return;
  const { processInstanceKey, processDefinitionKey, processDefinitionId } = instance;
  const sequenceFlowId = `${String(processInstanceKey)}_${of.version}`;
  changes.put('sequenceFlows', sequenceFlowId, { processInstanceKey, processDefinitionKey, processDefinitionId, sequenceFlowId, flows });
}

const nothing = (): void => undefined;

const projections: { readonly [T in EventType]: (event: Extract<Event, { readonly t: T }>, changes: Changes) => void } = {
  'instance-created': instanceCreated,
  'instance-completed': (event, changes) => ended(changes, 'COMPLETED', event.at),
  'instance-terminated': (event, changes) => ended(changes, 'TERMINATED', event.at),
  'instance-suspended': (_event, changes) => suspended(changes, true),
  'instance-resumed': (_event, changes) => suspended(changes, false),
  'instance-migrated': migrated,
  'business-id-assigned': ({ businessId }, changes) => changes.patch('processInstances', changes.of.state.key, { businessId }),
  'propagated-to-parent': nothing,
  'element-activated': elementActivated,
  'element-completed': ({ n, at }, changes) => elementEnded(changes, n, { state: 'COMPLETED', endDate: at }),
  'element-terminated': ({ n, at }, changes) => elementEnded(changes, n, { state: 'TERMINATED', endDate: at }),
  'flow-taken': flowTaken,
  'variable-set': ({ n, scope, name, value }, changes) => {
    const { processInstanceKey, rootProcessInstanceKey } = changes.instance;
    const row = {
      variableKey: changes.key(n),
      name,
      value: JSON.stringify(value),
      scopeKey: changes.key(scope),
      processInstanceKey,
      rootProcessInstanceKey,
    };
    changes.put('variables', changes.key(n), { ...row, lastUpdated: changes.of.at });
  },
  'job-created': jobCreated,
  'job-completed': ({ n, at }, changes) => jobEnded(changes, n, { state: 'COMPLETED', endTime: at }),
  'job-failed': ({ n, retries, message, retryAt, at }, changes) =>
    changes.patch('jobs', changes.key(n), {
      state: 'FAILED',
      retries,
      errorMessage: message,
      hasFailedWithRetriesLeft: retries > 0,
      availableAt: retryAt ?? at,
      deadline: null,
      leaseToken: null,
    }),
  'job-error-thrown': ({ n, code, message, at }, changes) =>
    jobEnded(changes, n, { state: 'ERROR_THROWN', errorCode: code, errorMessage: message, endTime: at }),
  'job-updated': ({ n, retries, priority }, changes) =>
    changes.patch('jobs', changes.key(n), {
      ...(retries === undefined ? {} : { retries, state: 'RETRIES_UPDATED' }),
      ...(priority === undefined ? {} : { priority }),
    }),
  'job-canceled': ({ n, at }, changes) => jobEnded(changes, n, { state: 'CANCELED', endTime: at }),
  'user-task-created': userTaskCreated,
  'user-task-assigned': ({ n, assignee, at }, changes) =>
    changes.patch('userTasks', changes.key(n), { assignee, state: 'CREATED', lastUpdated: at }),
  'user-task-updated': (event, changes) =>
    changes.patch('userTasks', changes.key(event.n), { ...taskFields(event.changes), state: 'CREATED', lastUpdated: event.at }),
  'user-task-completed': ({ n, by, at }, changes) =>
    changes.patch('userTasks', changes.key(n), { state: 'COMPLETED', completionDate: at, completedBy: by, lastUpdated: at }),
  'user-task-canceled': ({ n, at }, changes) =>
    changes.patch('userTasks', changes.key(n), { state: 'CANCELED', completionDate: at, lastUpdated: at }),
  'timer-scheduled': ({ n, el, element, dueAt, repeat }, changes) => {
    const { processInstanceKey, processDefinitionKey } = changes.instance;
    const place = { processInstanceKey, processDefinitionKey, elementId: element, elementInstanceKey: changes.key(el) };
    changes.put('timers', changes.key(n), {
      timerKey: changes.key(n),
      ...place,
      dueAt,
      repeat,
      suspended: changes.of.state.status === 'suspended',
    });
  },
  'timer-fired': ({ n }, changes) => changes.delete('timers', changes.key(n)),
  'timer-canceled': ({ n }, changes) => changes.delete('timers', changes.key(n)),
  'subscription-opened': ({ n, el, element, kind, name, correlationKey, interrupting, at }, changes) =>
    changes.put('subscriptions', changes.key(n), {
      ...changes.at(el),
      elementId: element,
      messageSubscriptionKey: changes.key(n),
      kind,
      messageSubscriptionState: 'CREATED',
      messageName: name,
      correlationKey,
      businessId: changes.of.state.businessId,
      lastUpdatedDate: at,
      interrupting,
      createdAt: at,
    }),
  'subscription-correlated': ({ n, at }, changes) =>
    changes.patch('subscriptions', changes.key(n), {
      lastUpdatedDate: at,
      ...(changes.of.state.subscriptions.has(n) ? {} : { messageSubscriptionState: 'CORRELATED' }),
    }),
  'subscription-closed': subscriptionClosed,
  'child-requested': nothing,
  'child-cancel-requested': nothing,
  'user-task-thrown': nothing,
  'signal-broadcast': nothing,
  'decision-evaluated': decisionEvaluated,
  'incident-raised': incidentRaised,
  'incident-resolved': incidentResolved,
  internal: internal,
};

type Of<T extends EventType> = Extract<Event, { readonly t: T }>;

function instanceCreated(event: Of<'instance-created'>, changes: Changes): void {
  const { row } = changes.of.definition;
  const { parent } = event;
  changes.of.names.elements.set(0, event.processId);
  changes.put('processInstances', event.key, {
    ...changes.instance,
    ...definitionFields(row),
    startDate: event.at,
    state: 'ACTIVE',
    hasIncident: false,
    incidents: 0,
    startedBy: event.by.id,
    ownerAgency: row['ownerAgency'],
    agencies: row['agencies'],
    ...(parent && { parentProcessInstanceKey: parent.processInstanceKey, parentElementInstanceKey: parent.elementInstanceKey }),
    ...(event.businessId !== undefined && { businessId: event.businessId }),
    ...(event.tags && { tags: event.tags }),
  });
}

function definitionFields(row: Row): Row {
  return { processDefinitionName: row['name'], processDefinitionVersion: row['version'], processDefinitionVersionTag: row['versionTag'] };
}

function ended(changes: Changes, state: string, endDate: number): void {
  changes.patch('processInstances', changes.of.state.key, { state, endDate, hasIncident: false, incidents: 0 });
}

function suspended(changes: Changes, now: boolean): void {
  const { state } = changes.of;
  changes.patch('processInstances', state.key, { state: now ? 'SUSPENDED' : 'ACTIVE' });
  for (const n of state.jobs.keys()) changes.patch('jobs', changes.key(n), { suspended: now });
  for (const n of state.timers.keys()) changes.patch('timers', changes.key(n), { suspended: now });
}

/**
 * `changes.instance` names the target already: the state after the event decides which definition is looked up. What has ended keeps the
 * definition on which it ran: it never was part of the new one.
 */
function migrated(event: Of<'instance-migrated'>, changes: Changes): void {
  const { names, state, definition } = changes.of;
  const { processDefinitionKey, processDefinitionId } = changes.instance;
  const target = { processDefinitionKey, processDefinitionId };
  changes.patch('processInstances', state.key, {
    ...target,
    ...definitionFields(definition.row),
    ownerAgency: definition.row['ownerAgency'],
    agencies: definition.row['agencies'],
  });
  for (const [n, element] of event.elements) {
    names.elements.set(n, element);
    changes.patch('elementInstances', changes.key(n), {
      ...target,
      elementId: element,
      elementName: definition.elements.get(element)?.name,
      agency: changes.agency(element),
    });
  }
  for (const [n, { el }] of state.jobs)
    changes.patch('jobs', changes.key(n), { ...target, elementId: changes.element(el), agency: changes.answering(changes.element(el)) });
  for (const [n, { el }] of state.tasks)
    changes.patch('userTasks', changes.key(n), {
      ...target,
      elementId: changes.element(el),
      agency: changes.agency(changes.element(el)),
      name: definition.elements.get(changes.element(el))?.name ?? changes.element(el),
      processName: definition.row['name'],
      processDefinitionVersion: definition.row['version'],
    });
  for (const [n, { el }] of state.incidents) changes.patch('incidents', changes.key(n), { ...target, elementId: changes.element(el) });
  for (const [n, scope] of event.scopes ?? []) changes.patch('elementInstances', changes.key(n), { scopeKey: changes.key(scope) });
  for (const [n, { element }] of state.timers) changes.patch('timers', changes.key(n), { processDefinitionKey, elementId: element });
  for (const [n, { element }] of state.subscriptions) changes.patch('subscriptions', changes.key(n), { ...target, elementId: element });
}

function elementActivated(event: Of<'element-activated'>, changes: Changes): void {
  const { n, element } = event;
  const { instance } = changes;
  changes.of.names.elements.set(n, element);
  const known = changes.of.definition.elements.get(element);
  const key = changes.key(n);
  // ONE LITERAL: the most frequent row of all
  changes.put('elementInstances', key, {
    elementInstanceKey: key,
    processInstanceKey: instance['processInstanceKey'],
    rootProcessInstanceKey: instance['rootProcessInstanceKey'],
    processDefinitionKey: instance['processDefinitionKey'],
    processDefinitionId: instance['processDefinitionId'],
    elementId: element,
    elementName: known?.name ?? element,
    type: event.body ? 'MULTI_INSTANCE_BODY' : (known?.type ?? 'UNSPECIFIED'),
    state: 'ACTIVE',
    startDate: event.at,
    hasIncident: false,
    scopeKey: changes.key(event.scope),
    agency: changes.agency(element),
  });
}

function elementEnded(changes: Changes, n: number, fields: Row): void {
  changes.patch('elementInstances', changes.key(n), fields);
  changes.of.names.elements.delete(n);
}

function jobCreated(event: Of<'job-created'>, changes: Changes): void {
  const place = changes.at(event.el);
  changes.put('jobs', changes.key(event.n), {
    ...place,
    jobKey: changes.key(event.n),
    type: event.jobType,
    state: 'CREATED',
    kind: event.kind,
    listenerEventType: event.listener ?? 'UNSPECIFIED',
    retries: event.retries,
    customHeaders: event.headers,
    priority: event.priority ?? 0,
    creationTime: event.at,
    availableAt: event.at,
    open: true,
    attempt: 0,
    hasFailedWithRetriesLeft: false,
    isDenied: false,
    agency: changes.answering(String(place['elementId'])),
    suspended: changes.of.state.status === 'suspended',
  });
}

function jobEnded(changes: Changes, n: number, fields: Row): void {
  changes.patch('jobs', changes.key(n), { ...fields, open: false, deadline: null, leaseToken: null });
}

function userTaskCreated(event: Of<'user-task-created'>, changes: Changes): void {
  const { definition, state } = changes.of;
  const place = changes.at(event.el);
  changes.put('userTasks', changes.key(event.n), {
    ...place,
    elementId: event.element,
    userTaskKey: changes.key(event.n),
    name: definition.elements.get(event.element)?.name ?? event.element,
    state: 'CREATED',
    creationDate: event.at,
    lastUpdated: event.at,
    processDefinitionVersion: definition.row['version'],
    processName: definition.row['name'],
    agency: changes.tasksAgency(event.element, event.fields.assignee),
    priority: 50,
    customHeaders: event.headers,
    formKey: event.formKey,
    externalFormReference: event.externalForm,
    businessId: state.businessId,
    tags: state.tags,
    ...taskFields(event.fields),
  });
}

function taskFields(fields: TaskFields): Row {
  const { dueDate, followUpDate, ...rest } = fields;
  return {
    ...rest,
    ...(dueDate === undefined ? {} : { dueDate: milliseconds(dueDate) }),
    ...(followUpDate === undefined ? {} : { followUpDate: milliseconds(followUpDate) }),
  };
}

function milliseconds(text: string | null): number | null {
  const at = text === null || text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Closed after a correlation it stays what it was: correlated. */
function subscriptionClosed({ n }: Of<'subscription-closed'>, changes: Changes): void {
  const correlated = changes.of.events.some((event) => event.t === 'subscription-correlated' && event.n === n);
  changes.patch('subscriptions', changes.key(n), {
    messageSubscriptionState: correlated ? 'CORRELATED' : 'DELETED',
    lastUpdatedDate: changes.of.at,
  });
}

/** One row per decision that was made, in their order: required ones first. */
function decisionEvaluated(event: Of<'decision-evaluated'>, changes: Changes): void {
  const { processInstanceKey, processDefinitionKey } = changes.instance;
  const { businessId } = changes.of.state;
  for (const row of decisionRows(event, changes.key(event.n)))
    changes.put('decisionInstances', String(row['decisionEvaluationInstanceKey']), {
      ...row,
      processDefinitionKey,
      processInstanceKey,
      elementInstanceKey: changes.key(event.el),
      businessId,
    });
}

function incidentRaised(event: Of<'incident-raised'>, changes: Changes): void {
  const { n, el, element } = event;
  changes.of.names.incidents.set(n, el);
  changes.put('incidents', changes.key(n), {
    ...changes.at(el),
    elementId: element,
    incidentKey: changes.key(n),
    errorType: event.kind,
    errorMessage: event.message,
    creationTime: event.at,
    state: 'ACTIVE',
    agency: changes.answering(element),
    ...(event.job === undefined ? {} : { jobKey: changes.key(event.job) }),
  });
  changes.patch('elementInstances', changes.key(el), { hasIncident: true, incidentKey: changes.key(n) });
  countIncidents(changes);
}

function incidentResolved({ n, at }: Of<'incident-resolved'>, changes: Changes): void {
  const el = changes.of.names.incidents.get(n);
  changes.of.names.incidents.delete(n);
  changes.patch('incidents', changes.key(n), { state: 'RESOLVED', resolvedAt: at });
  if (el !== undefined) changes.patch('elementInstances', changes.key(el), { hasIncident: false, incidentKey: null });
  countIncidents(changes);
}

function countIncidents(changes: Changes): void {
  const { incidents, key } = changes.of.state;
  changes.patch('processInstances', key, { incidents: incidents.size, hasIncident: incidents.size > 0 });
}

/** Of the engine's own book-keeping only one thing shows: a task whose listeners have not agreed yet. */
function internal(event: Of<'internal'>, changes: Changes): void {
  if (event.what !== 'task-pending' || typeof event['n'] !== 'number') return;
  const change = event['change'] as { readonly event?: string } | null;
  changes.patch('userTasks', changes.key(event['n']), { state: change?.event ?? 'CREATED' });
}
