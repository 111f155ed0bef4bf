import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCamundaClient, ElementId } from '@camunda8/orchestration-cluster-api';
import { permitFiles } from './diagrams.ts';
import { openHouse, password } from './house.ts';
import type { House } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

describe('the official client works unchanged', () => {
  test('[V2-1] it deploys, starts, works a job, completes a user task and searches; each search is right at once', async () => {
    // given
    const client = createCamundaClient({
      config: {
        CAMUNDA_REST_ADDRESS: house.url,
        CAMUNDA_AUTH_STRATEGY: 'BASIC',
        CAMUNDA_BASIC_AUTH_USERNAME: 'admin',
        CAMUNDA_BASIC_AUTH_PASSWORD: password,
      },
    });
    const consistency = { consistency: { waitUpToMs: 0 } };
    expect((await client.getTopology()).gatewayVersion).toMatch(/^8\./);

    // when
    const files = Object.entries(permitFiles).map(([name, text]) => new File([text], name));
    const deployment = await client.createDeployment({ resources: files });
    const { processDefinitionKey, processDefinitionId } = deployment.processes[0]!;
    const { processInstanceKey } = await client.createProcessInstance({
      processDefinitionKey,
      variables: { applicant: { username: 'warga', name: 'Siti' } },
    });
    const tasks = await client.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' } }, consistency);
    const { userTaskKey } = tasks.items[0]!;
    await client.assignUserTask({ userTaskKey, assignee: 'admin' });
    await client.completeUserTask({ userTaskKey, variables: { approved: true } });
    const worked = new Promise<string>((done) => {
      client.createJobWorker({
        jobType: 'provision',
        workerName: 'test',
        maxParallelJobs: 1,
        jobTimeoutMs: 30_000,
        pollIntervalMs: 20,
        jobHandler: async (job) => {
          const receipt = await job.complete({ speed: 100 });
          done(String(job.processInstanceKey));
          return receipt;
        },
      });
    });

    // then
    expect(String(processDefinitionId)).toBe('permit');
    expect(await worked).toBe(processInstanceKey);
    await Promise.resolve(client.stopAllWorkers());
    const variables = await client.searchVariables({ filter: { processInstanceKey, name: 'speed' } }, consistency);
    expect(variables.items.map(({ value }) => value)).toEqual(['100']);
    const instance = await client.getProcessInstance({ processInstanceKey }, consistency);
    expect(instance.state).toBe('ACTIVE');
    const open = await client.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' } }, consistency);
    expect(open.items.map(({ elementId }) => String(elementId))).toEqual(['confirm']);
    await client.cancelProcessInstance({ processInstanceKey });
    expect((await client.getProcessInstance({ processInstanceKey }, consistency)).state).toBe('TERMINATED');
  }, 60_000);

  test('[V2-1] it modifies, migrates and resolves, alone and in batches, and sees what came of it', async () => {
    // given
    const client = createCamundaClient({
      config: {
        CAMUNDA_REST_ADDRESS: house.url,
        CAMUNDA_AUTH_STRATEGY: 'BASIC',
        CAMUNDA_BASIC_AUTH_USERNAME: 'admin',
        CAMUNDA_BASIC_AUTH_PASSWORD: password,
      },
    });
    const consistency = { consistency: { waitUpToMs: 0 } };
    const files = Object.entries(permitFiles).map(([name, text]) => new File([text], name));
    const { processDefinitionKey } = (await client.createDeployment({ resources: files })).processes[0]!;
    const variables = { applicant: { username: 'warga', name: 'Siti' } };
    const { processInstanceKey } = await client.createProcessInstance({ processDefinitionKey, variables });

    // when
    const [task] = (await client.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' } }, consistency)).items;
    await client.modifyProcessInstance({
      processInstanceKey,
      activateInstructions: [{ elementId: ElementId.assumeExists('provision') }],
      terminateInstructions: [{ elementInstanceKey: task!.elementInstanceKey! }],
    });
    await client.migrateProcessInstance({ processInstanceKey, targetProcessDefinitionKey: processDefinitionKey, mappingInstructions: [] });
    const hierarchy = await client.getProcessInstanceCallHierarchy({ processInstanceKey }, consistency);
    const { batchOperationKey } = await client.cancelProcessInstancesBatchOperation({ filter: { processInstanceKey } });
    const batch = await client.getBatchOperation({ batchOperationKey: batchOperationKey! }, consistency);
    const worked = await client.searchBatchOperationItems({ filter: { batchOperationKey: batchOperationKey! } }, consistency);
    const subscriptions = await client.searchMessageSubscriptions({}, consistency);
    const correlated = await client.searchCorrelatedMessageSubscriptions({}, consistency);

    // then
    expect(hierarchy.map((entry) => String(entry.processInstanceKey))).toEqual([String(processInstanceKey)]);
    expect([batch.state, batch.operationsCompletedCount]).toEqual(['COMPLETED', 1]);
    expect(worked.items?.map(({ state }) => state)).toEqual(['COMPLETED']);
    expect([subscriptions.items, correlated.items]).toEqual([[], []]);
    expect((await client.getProcessInstance({ processInstanceKey }, consistency)).state).toBe('TERMINATED');
  }, 60_000);
});
