/** One entry per operation about cases, jobs, tasks and what is deployed: what the client asks, and what must come of it. */
import { expect } from '@jest/globals';
import type { List, Shown, World } from './world.ts';

export type Operation = (world: World) => Promise<void>;

const first = (list: readonly Shown[]): Shown => list[0] ?? {};
const key = (row: Shown, field: string): string => String(row[field]);
const state = async (world: World, processInstanceKey: string) => (await world.call('getProcessInstance', { processInstanceKey }))['state'];
const task = async (world: World, processInstanceKey: string) => first(await world.find('searchUserTasks', { processInstanceKey }));
const element = async (world: World, processInstanceKey: string, elementId: string) =>
  key(first(await world.find('searchElementInstances', { processInstanceKey, elementId })), 'elementInstanceKey');

/** a case with an incident: its only job ran out of tries */
async function stuck(world: World): Promise<{ readonly processInstanceKey: string; readonly incidentKey: string }> {
  const processInstanceKey = await world.begin('weighing');
  const job = await world.take('weigh');
  await world.call('failJob', { jobKey: job['jobKey'], retries: 0, errorMessage: 'the scale is broken' });
  const incident = first(await world.find('searchIncidents', { processInstanceKey, state: 'ACTIVE' }));
  return { processInstanceKey, incidentKey: key(incident, 'incidentKey') };
}

export const cluster: Readonly<Record<string, Operation>> = {
  getTopology: async ({ call }) => expect((await call('getTopology'))['partitionsCount']).toBe(1),
  getStatus: async ({ call }) => expect(await call('getStatus')).toBeUndefined(),
  getLicense: async ({ call }) => expect((await call('getLicense'))['licenseType']).toBe('Apache-2.0'),
  getAuthentication: async ({ call }) => expect((await call('getAuthentication'))['username']).toBe('admin'),
  pinClock: async ({ call }) => void (await call('pinClock', { timestamp: Date.now() + 60_000 })),
  resetClock: async ({ call }) => void (await call('resetClock')),
  evaluateExpression: async ({ call }) =>
    expect((await call('evaluateExpression', { expression: '=1 + area', variables: { area: 2 } }))['result']).toBe(3),
};

export const definitions: Readonly<Record<string, Operation>> = {
  createDeployment: async ({ definition }) => expect(definition('review')).toMatch(/^\d+$/),
  searchProcessDefinitions: async ({ find }) => {
    expect((await find('searchProcessDefinitions', { processDefinitionId: 'review' })).map((one) => one['hasStartForm'])).toEqual([true]);
  },
  getProcessDefinition: async ({ call, definition }) => {
    expect((await call('getProcessDefinition', { processDefinitionKey: definition('review') }))['name']).toBe('The review');
  },
  getProcessDefinitionXml: async ({ call, definition }) => {
    expect(await call<string>('getProcessDefinitionXml', { processDefinitionKey: definition('review') })).toContain('<bpmn:userTask');
  },
  getStartProcessForm: async ({ call, definition }) => {
    expect((await call('getStartProcessForm', { processDefinitionKey: definition('review') }))['formId']).toBe('ask');
  },
  searchDecisionDefinitions: async ({ find }) => {
    const found = await find('searchDecisionDefinitions', { decisionDefinitionId: 'fee' });
    expect(found.map((one) => one['decisionRequirementsName'])).toEqual(['Fees']);
  },
  getDecisionDefinition: async ({ call, find }) => {
    const { decisionDefinitionKey } = first(await find('searchDecisionDefinitions', {}));
    expect((await call('getDecisionDefinition', { decisionDefinitionKey }))['decisionDefinitionId']).toBe('fee');
  },
  getDecisionDefinitionXml: async ({ call, find }) => {
    const { decisionDefinitionKey } = first(await find('searchDecisionDefinitions', {}));
    expect(await call<string>('getDecisionDefinitionXml', { decisionDefinitionKey })).toContain('decisionTable');
  },
  searchDecisionRequirements: async ({ find }) => {
    expect((await find('searchDecisionRequirements', {})).map((one) => one['decisionRequirementsId'])).toEqual(['fees']);
  },
  getDecisionRequirements: async ({ call, find }) => {
    const { decisionRequirementsKey } = first(await find('searchDecisionRequirements', {}));
    expect((await call('getDecisionRequirements', { decisionRequirementsKey }))['decisionRequirementsId']).toBe('fees');
  },
  getDecisionRequirementsXml: async ({ call, find }) => {
    const { decisionRequirementsKey } = first(await find('searchDecisionRequirements', {}));
    expect(await call<string>('getDecisionRequirementsXml', { decisionRequirementsKey })).toContain('decisionTable');
  },
  evaluateDecision: async ({ call }) => {
    const answer = await call('evaluateDecision', { decisionDefinitionId: 'fee', variables: { area: 20 } });
    expect(answer['output']).toBe('10');
  },
  searchDecisionInstances: async ({ find }) => {
    expect((await find('searchDecisionInstances', { decisionDefinitionId: 'fee' })).map((one) => one['result'])).toContain('10');
  },
  getResource: async ({ call, house }) => {
    const resource = first((await house.runtime.store.search('resources', { filter: { kind: 'resource' }, limit: 1 })).items);
    expect((await call('getResource', { resourceKey: resource['resourceKey'] }))['resourceName']).toBe('notes.txt');
  },
  getResourceContent: async ({ call, house }) => {
    const resource = first((await house.runtime.store.search('resources', { filter: { kind: 'resource' }, limit: 1 })).items);
    expect(await call<Blob | string>('getResourceContent', { resourceKey: resource['resourceKey'] })).toBeDefined();
  },
};

export const cases: Readonly<Record<string, Operation>> = {
  createProcessInstance: async ({ begin }) => expect(await begin('review')).toMatch(/^\d+$/),
  searchProcessInstances: async ({ begin, find }) => {
    const processInstanceKey = await begin('review');
    expect((await find('searchProcessInstances', { processInstanceKey, state: 'ACTIVE' })).length).toBe(1);
  },
  getProcessInstance: async (world) => expect(await state(world, await world.begin('review'))).toBe('ACTIVE'),
  cancelProcessInstance: async (world) => {
    const processInstanceKey = await world.begin('review');
    await world.call('cancelProcessInstance', { processInstanceKey });
    expect(await state(world, processInstanceKey)).toBe('TERMINATED');
  },
  deleteProcessInstance: async ({ begin, call, find }) => {
    const processInstanceKey = await begin('review');
    await call('cancelProcessInstance', { processInstanceKey });
    await call('deleteProcessInstance', { processInstanceKey });
    expect(await find('searchProcessInstances', { processInstanceKey })).toEqual([]);
  },
  getProcessInstanceSequenceFlows: async ({ begin, call }) => {
    const answer = await call<List>('getProcessInstanceSequenceFlows', { processInstanceKey: await begin('review') });
    expect(answer.items.map((one) => one['elementId'])).toEqual(['start-read']);
  },
  getProcessInstanceStatistics: async ({ begin, call }) => {
    const answer = await call<List>('getProcessInstanceStatistics', { processInstanceKey: await begin('review') });
    expect(answer.items.find((one) => one['elementId'] === 'read')).toMatchObject({ active: 1, incidents: 0 });
  },
  getProcessInstanceCallHierarchy: async ({ begin, call }) => {
    const processInstanceKey = await begin('review');
    const answer = await call<readonly Shown[]>('getProcessInstanceCallHierarchy', { processInstanceKey });
    expect(answer.map((one) => one['processInstanceKey'])).toEqual([processInstanceKey]);
  },
  modifyProcessInstance: async ({ begin, call, find }) => {
    const processInstanceKey = await begin('review');
    await call('modifyProcessInstance', { processInstanceKey, activateInstructions: [{ elementId: 'read' }] });
    expect((await find('searchUserTasks', { processInstanceKey })).length).toBe(2);
  },
  migrateProcessInstance: async (world) => {
    const processInstanceKey = await world.begin('review');
    await world.call('migrateProcessInstance', {
      processInstanceKey,
      targetProcessDefinitionKey: world.definition('flood'),
      mappingInstructions: [{ sourceElementId: 'read', targetElementId: 'close-gate' }],
    });
    expect((await task(world, processInstanceKey))['elementId']).toBe('close-gate');
  },
  resolveProcessInstanceIncidents: async (world) => {
    const { processInstanceKey } = await stuck(world);
    await world.call('resolveProcessInstanceIncidents', { processInstanceKey });
    expect(await world.find('searchIncidents', { processInstanceKey, state: 'ACTIVE' })).toEqual([]);
    await world.call('cancelProcessInstance', { processInstanceKey });
  },
  searchProcessInstanceIncidents: async (world) => {
    const { processInstanceKey, incidentKey } = await stuck(world);
    const found = await world.find('searchProcessInstanceIncidents', undefined, { processInstanceKey });
    expect(found.map((one) => one['incidentKey'])).toEqual([incidentKey]);
    await world.call('cancelProcessInstance', { processInstanceKey });
  },
  activateAdHocSubProcessActivities: async (world) => {
    const processInstanceKey = await world.begin('free');
    const adHocSubProcessInstanceKey = await element(world, processInstanceKey, 'box');
    await world.call('activateAdHocSubProcessActivities', { adHocSubProcessInstanceKey, elements: [{ elementId: 'one' }] });
    expect((await task(world, processInstanceKey))['elementId']).toBe('one');
  },
  evaluateConditionals: async ({ call }) => {
    const answer = await call<{ readonly processInstances: readonly Shown[] }>('evaluateConditionals', { variables: { level: 4 } });
    expect(answer.processInstances.length).toBe(1);
  },
};

export const elements: Readonly<Record<string, Operation>> = {
  searchElementInstances: async ({ begin, find }) => {
    const found = await find('searchElementInstances', { processInstanceKey: await begin('review'), state: 'ACTIVE' });
    expect(found.map((one) => one['type'])).toContain('USER_TASK');
  },
  getElementInstance: async (world) => {
    const elementInstanceKey = await element(world, await world.begin('review'), 'read');
    expect((await world.call('getElementInstance', { elementInstanceKey }))['elementId']).toBe('read');
  },
  createElementInstanceVariables: async ({ begin, call, find }) => {
    const processInstanceKey = await begin('review');
    await call('createElementInstanceVariables', { elementInstanceKey: processInstanceKey, variables: { area: 12 } });
    expect((await find('searchVariables', { processInstanceKey, name: 'area' })).map((one) => one['value'])).toEqual(['12']);
  },
  searchElementInstanceIncidents: async (world) => {
    const { processInstanceKey } = await stuck(world);
    const elementInstanceKey = await element(world, processInstanceKey, 'weigh');
    expect((await world.find('searchElementInstanceIncidents', undefined, { elementInstanceKey })).length).toBe(1);
    await world.call('cancelProcessInstance', { processInstanceKey });
  },
  searchVariables: async ({ begin, find }) => {
    const found = await find('searchVariables', { processInstanceKey: await begin('review', { name: 'Siti' }) });
    expect(found.map((one) => one['value'])).toEqual(['"Siti"']);
  },
  getVariable: async ({ begin, call, find }) => {
    const { variableKey } = first(await find('searchVariables', { processInstanceKey: await begin('review', { name: 'Siti' }) }));
    expect((await call('getVariable', { variableKey }))['value']).toBe('"Siti"');
  },
  searchIncidents: async ({ find }) => expect(await find('searchIncidents', { state: 'ACTIVE' })).toEqual([]),
  getIncident: async (world) => {
    const { processInstanceKey, incidentKey } = await stuck(world);
    expect((await world.call('getIncident', { incidentKey }))['errorType']).toBe('JOB_NO_RETRIES');
    await world.call('cancelProcessInstance', { processInstanceKey });
  },
  resolveIncident: async (world) => {
    const { processInstanceKey, incidentKey } = await stuck(world);
    const job = first(await world.find('searchJobs', { processInstanceKey }));
    await world.call('updateJob', { jobKey: job['jobKey'], changeset: { retries: 1 } });
    await world.call('resolveIncident', { incidentKey });
    expect((await world.call('getIncident', { incidentKey }))['state']).toBe('RESOLVED');
    await world.call('cancelProcessInstance', { processInstanceKey });
  },
};

export const jobs: Readonly<Record<string, Operation>> = {
  activateJobs: async ({ begin, take, call }) => {
    const processInstanceKey = await begin('weighing');
    expect((await take('weigh'))['processInstanceKey']).toBe(processInstanceKey);
    await call('cancelProcessInstance', { processInstanceKey });
  },
  completeJob: async (world) => {
    const processInstanceKey = await world.begin('weighing');
    await world.call('completeJob', { jobKey: (await world.take('weigh'))['jobKey'], variables: { weight: 3 } });
    expect(await state(world, processInstanceKey)).toBe('COMPLETED');
  },
  failJob: async ({ begin, call, take, find }) => {
    const processInstanceKey = await begin('weighing');
    await call('failJob', { jobKey: (await take('weigh'))['jobKey'], retries: 2, errorMessage: 'again' });
    expect(first(await find('searchJobs', { processInstanceKey }))).toMatchObject({ state: 'FAILED', retries: 2 });
    await call('cancelProcessInstance', { processInstanceKey });
  },
  throwJobError: async (world) => {
    const processInstanceKey = await world.begin('weighing');
    await world.call('throwJobError', { jobKey: (await world.take('weigh'))['jobKey'], errorCode: 'HEAVY' });
    expect(await world.find('searchElementInstances', { processInstanceKey, elementId: 'refused' })).toHaveLength(1);
  },
  updateJob: async ({ begin, call, take, find }) => {
    const processInstanceKey = await begin('weighing');
    await call('updateJob', { jobKey: (await take('weigh'))['jobKey'], changeset: { retries: 7 } });
    expect(first(await find('searchJobs', { processInstanceKey }))['retries']).toBe(7);
    await call('cancelProcessInstance', { processInstanceKey });
  },
  searchJobs: async ({ find }) => expect((await find('searchJobs', { type: 'weigh', state: 'COMPLETED' })).length).toBeGreaterThan(0),
};

export const tasks: Readonly<Record<string, Operation>> = {
  searchUserTasks: async ({ begin, find }) => {
    expect((await find('searchUserTasks', { processInstanceKey: await begin('review'), state: 'CREATED' })).length).toBe(1);
  },
  getUserTask: async (world) => {
    const { userTaskKey } = await task(world, await world.begin('review'));
    expect((await world.call('getUserTask', { userTaskKey }))['elementId']).toBe('read');
  },
  updateUserTask: async (world) => {
    const { userTaskKey } = await task(world, await world.begin('review'));
    await world.call('updateUserTask', { userTaskKey, changeset: { priority: 80 } });
    expect((await world.call('getUserTask', { userTaskKey }))['priority']).toBe(80);
  },
  assignUserTask: async (world) => {
    const { userTaskKey } = await task(world, await world.begin('review'));
    await world.call('assignUserTask', { userTaskKey, assignee: 'admin' });
    expect((await world.call('getUserTask', { userTaskKey }))['assignee']).toBe('admin');
  },
  unassignUserTask: async (world) => {
    const { userTaskKey } = await task(world, await world.begin('review'));
    await world.call('assignUserTask', { userTaskKey, assignee: 'admin' });
    await world.call('unassignUserTask', { userTaskKey });
    expect((await world.call('getUserTask', { userTaskKey }))['assignee']).toBeNull();
  },
  completeUserTask: async (world) => {
    const processInstanceKey = await world.begin('review');
    await world.call('completeUserTask', {
      userTaskKey: (await task(world, processInstanceKey))['userTaskKey'],
      variables: { answer: 'yes' },
    });
    expect(await state(world, processInstanceKey)).toBe('COMPLETED');
  },
  getUserTaskForm: async (world) => {
    const { userTaskKey } = await task(world, await world.begin('review'));
    expect((await world.call('getUserTaskForm', { userTaskKey }))['formId']).toBe('answer');
  },
  searchUserTaskVariables: async (world) => {
    const { userTaskKey } = await task(world, await world.begin('review', { area: 5 }));
    expect((await world.find('searchUserTaskVariables', {}, { userTaskKey })).map((one) => one['name'])).toEqual(['area']);
  },
  searchUserTaskEffectiveVariables: async (world) => {
    const { userTaskKey } = await task(world, await world.begin('review', { area: 5 }));
    expect((await world.find('searchUserTaskEffectiveVariables', {}, { userTaskKey })).map((one) => one['name'])).toEqual(['area']);
  },
};

export const messages: Readonly<Record<string, Operation>> = {
  publishMessage: async (world) => {
    const processInstanceKey = await world.begin('news', { parcel: 'a' });
    await world.call('publishMessage', { name: 'arrived', correlationKey: 'a', timeToLive: 1000 });
    expect(await state(world, processInstanceKey)).toBe('COMPLETED');
  },
  correlateMessage: async ({ begin, call }) => {
    const processInstanceKey = await begin('news', { parcel: 'b' });
    expect((await call('correlateMessage', { name: 'arrived', correlationKey: 'b' }))['processInstanceKey']).toBe(processInstanceKey);
  },
  broadcastSignal: async ({ call }) => expect((await call('broadcastSignal', { signalName: 'noon' }))['signalKey']).toMatch(/^\d+$/),
  searchMessageSubscriptions: async ({ begin, find }) => {
    const processInstanceKey = await begin('news', { parcel: 'c' });
    const found = await find('searchMessageSubscriptions', { processInstanceKey });
    expect(found.map((one) => one['messageName'])).toEqual(['arrived']);
  },
  searchCorrelatedMessageSubscriptions: async ({ find }) => {
    expect((await find('searchCorrelatedMessageSubscriptions', { messageName: 'arrived' })).length).toBeGreaterThan(0);
  },
};

async function batchOf(world: World, operation: string, argument: object): Promise<Shown> {
  const { batchOperationKey } = await world.call(operation, argument);
  return await world.call('getBatchOperation', { batchOperationKey });
}
const done = { state: 'COMPLETED', operationsCompletedCount: 1, operationsFailedCount: 0 };

/** a batch that a stop left half-done, so that it does not end before it is asked about */
const halfDone = async ({ house, begin }: World, state: string): Promise<string> => {
  const { store } = house.runtime;
  const itemKey = await begin('review');
  const batchOperationKey = String(BigInt(itemKey) + 77n);
  const counts = { operationsTotalCount: 1, operationsFailedCount: 0, operationsCompletedCount: 0 };
  const by = { id: 'admin' };
  const row = { batchOperationKey, batchOperationType: 'CANCEL_PROCESS_INSTANCE', state, startDate: 0, ...counts, by, startedBy: 'admin' };
  const item = { batchOperationKey, itemKey, processInstanceKey: itemKey, operationType: row.batchOperationType, state: 'ACTIVE' };
  await store.write([
    { op: 'put', collection: 'batchOperations', key: batchOperationKey, row },
    { op: 'put', collection: 'batchOperationItems', key: `${batchOperationKey}/${itemKey}`, row: item },
  ]);
  return batchOperationKey;
};

export const batches: Readonly<Record<string, Operation>> = {
  suspendBatchOperation: async (world) => {
    const batchOperationKey = await halfDone(world, 'ACTIVE');
    await world.call('suspendBatchOperation', { batchOperationKey });
    expect((await world.call('getBatchOperation', { batchOperationKey }))['state']).toBe('SUSPENDED');
  },
  resumeBatchOperation: async (world) => {
    const batchOperationKey = await halfDone(world, 'SUSPENDED');
    await world.call('resumeBatchOperation', { batchOperationKey });
    await world.house.runtime.settled();
    expect((await world.call('getBatchOperation', { batchOperationKey }))['state']).toBe('COMPLETED');
  },
  cancelBatchOperation: async (world) => {
    const batchOperationKey = await halfDone(world, 'SUSPENDED');
    await world.call('cancelBatchOperation', { batchOperationKey });
    expect((await world.call('getBatchOperation', { batchOperationKey }))['state']).toBe('CANCELED');
  },
  cancelProcessInstancesBatchOperation: async (world) => {
    const filter = { processInstanceKey: await world.begin('review') };
    expect(await batchOf(world, 'cancelProcessInstancesBatchOperation', { filter })).toMatchObject(done);
    expect(await batchOf(world, 'deleteProcessInstancesBatchOperation', { filter })).toMatchObject(done);
  },
  deleteProcessInstancesBatchOperation: async (world) => {
    const filter = { processInstanceKey: '1' };
    expect(await batchOf(world, 'deleteProcessInstancesBatchOperation', { filter })).toMatchObject({ operationsTotalCount: 0 });
  },
  resolveIncidentsBatchOperation: async (world) => {
    const { processInstanceKey } = await stuck(world);
    expect(await batchOf(world, 'resolveIncidentsBatchOperation', { filter: { processInstanceKey } })).toMatchObject(done);
    await world.call('cancelProcessInstance', { processInstanceKey });
  },
  migrateProcessInstancesBatchOperation: async (world) => {
    const migrationPlan = {
      targetProcessDefinitionKey: world.definition('flood'),
      mappingInstructions: [{ sourceElementId: 'read', targetElementId: 'close-gate' }],
    };
    const filter = { processInstanceKey: await world.begin('review') };
    expect(await batchOf(world, 'migrateProcessInstancesBatchOperation', { filter, migrationPlan })).toMatchObject(done);
  },
  modifyProcessInstancesBatchOperation: async (world) => {
    const filter = { processInstanceKey: await world.begin('review') };
    const moveInstructions = [{ sourceElementId: 'read', targetElementId: 'end' }];
    expect(await batchOf(world, 'modifyProcessInstancesBatchOperation', { filter, moveInstructions })).toMatchObject(done);
  },
  getBatchOperation: async (world) => {
    const filter = { processInstanceKey: await world.begin('review') };
    expect(await batchOf(world, 'cancelProcessInstancesBatchOperation', { filter })).toMatchObject(done);
  },
  searchBatchOperations: async ({ find }) =>
    expect((await find('searchBatchOperations', { state: 'COMPLETED' })).length).toBeGreaterThan(0),
  searchBatchOperationItems: async ({ find }) => {
    expect((await find('searchBatchOperationItems', { state: 'COMPLETED' })).length).toBeGreaterThan(0);
  },
};
