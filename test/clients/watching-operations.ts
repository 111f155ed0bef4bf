/** Statistics, audit, and what was decided: one entry per operation. */
import { expect } from '@jest/globals';
import { files } from './diagrams.ts';
import type { Operation } from './engine-operations.ts';
import type { List, Shown } from './world.ts';

const first = (list: readonly Shown[]): Shown => list[0] ?? {};
// one look at the clock: two a millisecond apart would be a third hour
const period = (now = Date.now()) => ({ from: new Date(now - 3_600_000).toISOString(), to: new Date(now + 3_600_000).toISOString() });
const weighing = () => ({ filter: { ...period(), jobType: 'weigh' } });

export const statistics: Readonly<Record<string, Operation>> = {
  getProcessDefinitionInstanceStatistics: async ({ begin, call }) => {
    await begin('review');
    const { items } = await call<List>('getProcessDefinitionInstanceStatistics', {});
    const one = items.find((item) => item['processDefinitionId'] === 'review');
    expect(Number(one?.['activeInstancesWithoutIncidentCount'])).toBeGreaterThan(0);
  },
  getProcessDefinitionInstanceVersionStatistics: async ({ begin, call }) => {
    await begin('review');
    const { items } = await call<List>('getProcessDefinitionInstanceVersionStatistics', { filter: { processDefinitionId: 'review' } });
    expect(items.map((one) => one['processDefinitionVersion'])).toEqual([1]);
  },
  getProcessDefinitionMessageSubscriptionStatistics: async ({ begin, call }) => {
    await begin('news', { parcel: 'z' });
    const { items } = await call<List>('getProcessDefinitionMessageSubscriptionStatistics', {});
    expect(items.map((one) => one['processDefinitionId'])).toEqual(['news']);
  },
  getProcessDefinitionStatistics: async ({ begin, call, definition }) => {
    await begin('review');
    const { items } = await call<List>('getProcessDefinitionStatistics', { processDefinitionKey: definition('review') });
    expect(Number(items.find((one) => one['elementId'] === 'read')?.['active'])).toBeGreaterThan(0);
  },
  getProcessInstanceStatisticsByError: async ({ begin, call, take }) => {
    const processInstanceKey = await begin('weighing');
    await call('failJob', { jobKey: (await take('weigh'))['jobKey'], retries: 0, errorMessage: 'no weights' });
    const { items } = await call<List>('getProcessInstanceStatisticsByError', {});
    const { errorHashCode } = items.find((one) => String(one['errorMessage']).includes('no weights')) ?? {};
    const found = await call<List>('getProcessInstanceStatisticsByDefinition', { filter: { errorHashCode } });
    expect(found.items.map((one) => [one['processDefinitionId'], one['activeInstancesWithErrorCount']])).toEqual([['weighing', 1]]);
    await call('cancelProcessInstance', { processInstanceKey });
  },
  getProcessInstanceStatisticsByDefinition: async ({ call }) => {
    expect((await call<List>('getProcessInstanceStatisticsByDefinition', { filter: { errorHashCode: 1 } })).items).toEqual([]);
  },
  getGlobalJobStatistics: async ({ call }) => {
    const answer = await call<{ readonly completed: Shown }>('getGlobalJobStatistics', { ...period(), jobType: 'weigh' });
    expect(Number(answer.completed['count'])).toBeGreaterThan(0);
  },
  getJobTypeStatistics: async ({ call }) => {
    expect((await call<List>('getJobTypeStatistics', { filter: period() })).items.map((one) => one['jobType'])).toEqual(['weigh']);
  },
  getJobWorkerStatistics: async ({ call }) => {
    expect((await call<List>('getJobWorkerStatistics', weighing())).items.map((one) => one['worker'])).toContain('tester');
  },
  getJobTimeSeriesStatistics: async ({ call }) => {
    const { items } = await call<List>('getJobTimeSeriesStatistics', { filter: { ...weighing().filter, resolution: 'PT1H' } });
    expect(items.length).toBe(2);
  },
  getJobErrorStatistics: async ({ call }) => {
    const { items } = await call<List>('getJobErrorStatistics', weighing());
    expect(items.map((one) => one['errorMessage'])).toContain('no weights');
  },
  getUsageMetrics: async ({ call }) => {
    const { from, to } = period();
    expect(Number((await call('getUsageMetrics', { startTime: from, endTime: to }))['processInstances'])).toBeGreaterThan(0);
  },
  getSystemConfiguration: async ({ call }) => expect(await call('getSystemConfiguration')).toHaveProperty('jobMetrics'),
};

export const records: Readonly<Record<string, Operation>> = {
  searchAuditLogs: async ({ begin, find }) => {
    const processInstanceKey = await begin('review');
    const found = await find('searchAuditLogs', { processInstanceKey });
    expect(found.map((one) => [one['actorId'], one['operationType'], one['result']])).toEqual([['admin', 'CREATE', 'SUCCESS']]);
  },
  getAuditLog: async ({ call, find }) => {
    const { auditLogKey, entityKey } = first(await find('searchAuditLogs', { actorId: 'admin' }));
    expect((await call('getAuditLog', { auditLogKey }))['entityKey']).toBe(entityKey);
  },
  searchUserTaskAuditLogs: async ({ begin, call, find }) => {
    const { userTaskKey } = first(await find('searchUserTasks', { processInstanceKey: await begin('review') }));
    await call('assignUserTask', { userTaskKey, assignee: 'admin' });
    const found = await find('searchUserTaskAuditLogs', {}, { userTaskKey });
    expect(found.map((one) => one['operationType'])).toContain('ASSIGN');
  },
  getDecisionInstance: async ({ call, find }) => {
    const { decisionEvaluationInstanceKey } = first(await find('searchDecisionInstances', { decisionDefinitionId: 'fee' }));
    const answer = await call<{ readonly matchedRules: readonly Shown[] }>('getDecisionInstance', { decisionEvaluationInstanceKey });
    expect(answer.matchedRules.map((rule) => rule['ruleId'])).toEqual(['small']);
  },
  deleteDecisionInstance: async ({ call, find }) => {
    const { decisionEvaluationKey } = await call('evaluateDecision', { decisionDefinitionId: 'fee', variables: { area: 200 } });
    await call('deleteDecisionInstance', { decisionEvaluationKey });
    expect(await find('searchDecisionInstances', { decisionEvaluationKey })).toEqual([]);
  },
  deleteDecisionInstancesBatchOperation: async ({ call, find }) => {
    const { decisionEvaluationKey } = await call('evaluateDecision', { decisionDefinitionId: 'fee', variables: { area: 300 } });
    const { batchOperationKey } = await call('deleteDecisionInstancesBatchOperation', { filter: { decisionEvaluationKey } });
    const items = await find('searchBatchOperationItems', { batchOperationKey });
    expect(items.map(({ itemKey, state }) => [itemKey, state])).toEqual([[decisionEvaluationKey, 'COMPLETED']]);
    expect(await find('searchDecisionInstances', { decisionEvaluationKey })).toEqual([]);
  },
  deleteResource: async ({ call, find }) => {
    const text = files['review.bpmn']?.replaceAll('"review"', '"passing"') ?? '';
    const made = await call<{ readonly processes: readonly Shown[] }>('createDeployment', {
      resources: [new File([text], 'passing.bpmn')],
    });
    const { processDefinitionKey: resourceKey } = first(made.processes);
    const { processInstanceKey } = await call('createProcessInstance', { processDefinitionKey: resourceKey });
    await call('cancelProcessInstance', { processInstanceKey });
    const { batchOperation } = await call('deleteResource', { resourceKey, deleteHistory: true });
    expect((batchOperation as Shown)['batchOperationType']).toBe('DELETE_PROCESS_INSTANCE');
    expect(await find('searchProcessDefinitions', { processDefinitionId: 'passing' })).toEqual([]);
    expect(await find('searchProcessInstances', { processInstanceKey })).toEqual([]);
    await expect(call('createProcessInstance', { processDefinitionKey: resourceKey })).rejects.toThrow(/404|NOT_FOUND/);
  },
};
