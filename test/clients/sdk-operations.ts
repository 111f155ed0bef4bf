/** What the REST client of the older SDK is asked for: one entry per operation that it has and we serve. */
import { expect } from '@jest/globals';
import { files as deployed } from './diagrams.ts';
import type { Sdk } from './sdk-world.ts';

type Operation = (sdk: Sdk) => Promise<void>;
const page = { from: 0, limit: 10 };
type Operations = Readonly<Record<string, Operation>>;

export const cases: Operations = {
  getTopology: async ({ client }) => expect((await client.getTopology()).gatewayVersion).toMatch(/^8\./),
  getLicenseStatus: async ({ client }) => expect(await client.getLicenseStatus()).toMatchObject({ validLicense: true }),
  createProcessInstance: async ({ client }) => {
    const made = await client.createProcessInstance({ processDefinitionId: 'review', variables: { a: 1 } });
    expect([made.processDefinitionId, typeof made.processInstanceKey]).toEqual(['review', 'string']);
  },
  createProcessInstanceWithResult: async ({ client, work }) => {
    const running = client.createProcessInstanceWithResult({ processDefinitionId: 'weighing', variables: { parcel: 1 } });
    await work('weigh', (job) => job.complete({ weight: 5 }));
    expect((await running).variables).toEqual({ parcel: 1, weight: 5 });
  },
  searchProcessInstances: async ({ client, begin }) => {
    const processInstanceKey = await begin('review');
    const { items } = await client.searchProcessInstances({ filter: { processInstanceKey } });
    expect(items.map((one) => [one.processInstanceKey, one.state])).toEqual([[processInstanceKey, 'ACTIVE']]);
  },
  cancelProcessInstance: async ({ client, begin, stateOf }) => {
    const processInstanceKey = await begin('review');
    await client.cancelProcessInstance({ processInstanceKey });
    expect(await stateOf(processInstanceKey)).toBe('TERMINATED');
  },
  migrateProcessInstance: async ({ client, begin, definitions }) => {
    const processInstanceKey = await begin('review');
    const mappingInstructions = [{ sourceElementId: 'read', targetElementId: 'check' }];
    const targetProcessDefinitionKey = definitions.get('second') ?? '';
    await client.migrateProcessInstance({ processInstanceKey, targetProcessDefinitionKey, mappingInstructions });
    const { items } = await client.searchUserTasks({ filter: { processInstanceKey } });
    expect(items.map((task) => [task.elementId, task.processDefinitionId])).toEqual([['check', 'second']]);
  },
  modifyProcessInstance: async ({ client, begin, stateOf }) => {
    const processInstanceKey = await begin('review');
    const [task] = (await client.searchElementInstances({ filter: { processInstanceKey, elementId: 'read' } })).items;
    await client.modifyProcessInstance({
      processInstanceKey,
      activateInstructions: [{ elementId: 'end' }] as never,
      terminateInstructions: [{ elementInstanceKey: String(task?.elementInstanceKey) }],
    });
    expect(await stateOf(processInstanceKey)).toBe('COMPLETED');
  },
  searchElementInstances: async ({ client, begin }) => {
    const { items } = await client.searchElementInstances({ filter: { processInstanceKey: await begin('review') } });
    expect(items.map((one) => one.elementId).sort()).toEqual(['read', 'start']);
  },
  getElementInstance: async ({ client, begin }) => {
    const [one] = (await client.searchElementInstances({ filter: { processInstanceKey: await begin('review'), elementId: 'read' } })).items;
    expect(await client.getElementInstance(String(one?.elementInstanceKey))).toMatchObject({ elementId: 'read', state: 'ACTIVE' });
  },
  updateElementInstanceVariables: async ({ client, begin }) => {
    const processInstanceKey = await begin('review');
    await client.updateElementInstanceVariables({ elementInstanceKey: processInstanceKey, variables: { colour: 'red' } });
    const { items } = await client.searchVariables({ filter: { processInstanceKey, name: 'colour' } });
    expect(items.map(({ value }) => value)).toEqual(['"red"']);
  },
  getVariable: async ({ client, begin }) => {
    const [one] = (await client.searchVariables({ filter: { processInstanceKey: await begin('review', { size: 3 }) } })).items;
    expect((await client.getVariable({ variableKey: String(one?.variableKey) })).value).toBe(3);
  },
  searchVariables: async ({ client, begin }) => {
    const { items } = await client.searchVariables({ filter: { processInstanceKey: await begin('review', { size: 3 }) } });
    expect(items.map(({ name }) => name)).toEqual(['size']);
  },
};

export const jobs: Operations = {
  activateJobs: async ({ begin, take }) => {
    const processInstanceKey = await begin('weighing', { parcel: 7 });
    const job = await take('weigh');
    expect([job.processInstanceKey, job.variables, job.elementId]).toEqual([processInstanceKey, { parcel: 7 }, 'weigh']);
    await job.complete({});
  },
  completeJob: async ({ client, begin, take, stateOf }) => {
    const processInstanceKey = await begin('weighing');
    await client.completeJob({ jobKey: (await take('weigh')).jobKey, variables: { weight: 1 } });
    expect(await stateOf(processInstanceKey)).toBe('COMPLETED');
  },
  failJob: async ({ client, begin, take, stateOf }) => {
    const processInstanceKey = await begin('weighing');
    await client.failJob({ jobKey: (await take('weigh')).jobKey, retries: 1, errorMessage: 'again', retryBackOff: 0 });
    await (await take('weigh')).complete({});
    expect(await stateOf(processInstanceKey)).toBe('COMPLETED');
  },
  errorJob: async ({ client, begin, take, stateOf }) => {
    const processInstanceKey = await begin('weighing');
    await client.errorJob({ jobKey: (await take('weigh')).jobKey, errorCode: 'HEAVY', errorMessage: 'too much', variables: {} });
    expect(await stateOf(processInstanceKey)).toBe('COMPLETED');
    const { items } = await client.searchElementInstances({ filter: { processInstanceKey, elementId: 'refused' } });
    expect(items.length).toBe(1);
  },
  updateJob: async ({ client, begin, take }) => {
    await begin('weighing');
    const job = await take('weigh');
    await client.updateJob({ jobKey: job.jobKey, retries: 9, timeout: 60_000 });
    await client.failJob({ jobKey: job.jobKey, retries: 2, errorMessage: '', retryBackOff: 0 });
    const again = await take('weigh');
    expect(again.retries).toBe(2);
    await again.complete({});
  },
  createJobWorker: async ({ begin, work, stateOf }) => {
    const processInstanceKey = await begin('weighing', { parcel: 8 });
    expect(await work('weigh', (job) => job.complete({ weight: 2 }))).toBe(processInstanceKey);
    expect(await stateOf(processInstanceKey)).toBe('COMPLETED');
  },
  searchIncidents: async ({ client, begin, take }) => {
    const processInstanceKey = await begin('weighing');
    await client.failJob({ jobKey: (await take('weigh')).jobKey, retries: 0, errorMessage: 'no weights', retryBackOff: 0 });
    const { items } = await client.searchIncidents({ filter: { processInstanceKey } });
    expect(items.map((one) => [one.errorType, one.errorMessage])).toEqual([['JOB_NO_RETRIES', 'no weights']]);
    await client.cancelProcessInstance({ processInstanceKey });
  },
  resolveIncident: async ({ client, begin, take, stateOf }) => {
    const processInstanceKey = await begin('weighing');
    const { jobKey } = await take('weigh');
    await client.failJob({ jobKey, retries: 0, errorMessage: 'no weights', retryBackOff: 0 });
    const [incident] = (await client.searchIncidents({ filter: { processInstanceKey } })).items;
    await client.updateJob({ jobKey, retries: 1 });
    await client.resolveIncident(String(incident?.incidentKey));
    await (await take('weigh')).complete({});
    expect(await stateOf(processInstanceKey)).toBe('COMPLETED');
  },
};

export const tasks: Operations = {
  searchUserTasks: async ({ task }) => expect((await task()).elementId).toBe('read'),
  getUserTask: async ({ client, task }) => {
    const { userTaskKey } = await task();
    expect((await client.getUserTask(userTaskKey)).userTaskKey).toBe(userTaskKey);
  },
  assignUserTask: async ({ client, task }) => {
    const { userTaskKey } = await task();
    await client.assignUserTask({ userTaskKey, assignee: 'lead.alpha', allowOverride: true, action: 'give' });
    expect((await client.getUserTask(userTaskKey)).assignee).toBe('lead.alpha');
  },
  assignTask: async ({ client, task }) => {
    const { userTaskKey } = await task();
    await client.assignTask({ userTaskKey, assignee: 'admin' });
    expect((await client.getUserTask(userTaskKey)).assignee).toBe('admin');
  },
  unassignUserTask: async ({ client, task }) => {
    const { userTaskKey } = await task();
    await client.assignUserTask({ userTaskKey, assignee: 'admin' });
    await client.unassignUserTask({ userTaskKey });
    expect((await client.getUserTask(userTaskKey)).assignee ?? null).toBe(null);
  },
  unassignTask: async ({ client, task }) => {
    const { userTaskKey } = await task();
    await client.assignUserTask({ userTaskKey, assignee: 'admin' });
    await client.unassignTask({ userTaskKey });
    expect((await client.getUserTask(userTaskKey)).assignee ?? null).toBe(null);
  },
  updateUserTask: async ({ client, task }) => {
    const { userTaskKey } = await task();
    await client.updateUserTask({ userTaskKey, changeset: { candidateGroups: ['alpha'] } });
    expect((await client.getUserTask(userTaskKey)).candidateGroups).toEqual(['alpha']);
  },
  updateTask: async ({ client, task }) => {
    const { userTaskKey } = await task();
    await client.updateTask({ userTaskKey, changeset: { candidateUsers: ['lead.alpha'] } });
    expect((await client.getUserTask(userTaskKey)).candidateUsers).toEqual(['lead.alpha']);
  },
  searchUserTaskVariables: async ({ client, task }) => {
    const { userTaskKey } = await task({ size: 4 });
    const { items } = await client.searchUserTaskVariables({ userTaskKey });
    expect(items.map(({ name }) => name)).toEqual(['size']);
  },
  completeUserTask: async ({ client, task, stateOf }) => {
    const { userTaskKey, processInstanceKey } = await task();
    await client.completeUserTask({ userTaskKey, variables: { answer: 'yes' } });
    expect(await stateOf(String(processInstanceKey))).toBe('COMPLETED');
  },
};

export const messages: Operations = {
  correlateMessage: async ({ client, begin }) => {
    const processInstanceKey = await begin('news', { parcel: 'p1' });
    const made = await client.correlateMessage({ name: 'arrived', correlationKey: 'p1', variables: { by: 'ship' } });
    expect(made.processInstanceKey).toBe(processInstanceKey);
  },
  publishMessage: async ({ client, begin, stateOf }) => {
    const processInstanceKey = await begin('news', { parcel: 'p2' });
    await client.publishMessage({ name: 'arrived', correlationKey: 'p2', timeToLive: 0, messageId: 'once', variables: {} });
    expect(await stateOf(processInstanceKey)).toBe('COMPLETED');
  },
  broadcastSignal: async ({ client }) => {
    expect((await client.broadcastSignal({ signalName: 'nobody-waits', variables: {} })).signalKey).toMatch(/^\d+$/);
  },
};

export const definitions: Operations = {
  deployResources: async ({ definitions: deployed }) => expect([...deployed.keys()]).toContain('review'),
  searchProcessDefinitions: async ({ client }) => {
    const { items } = await client.searchProcessDefinitions({ filter: { processDefinitionId: 'review' } });
    expect(items.map((one) => [one.processDefinitionId, one.version])).toEqual([['review', 1]]);
  },
  getProcessDefinition: async ({ client, definitions: deployed }) =>
    expect((await client.getProcessDefinition(deployed.get('review') ?? '')).processDefinitionId).toBe('review'),
  getProcessDefinitionXML: async ({ client, definitions: deployed }) =>
    expect(await client.getProcessDefinitionXML(deployed.get('review') ?? '')).toContain('The review'),
  evaluateDecision: async ({ client }) => {
    const answer = await client.evaluateDecision({ decisionDefinitionId: 'fee', variables: { area: 200 } });
    expect(answer.output).toBe('50');
  },
  pinInternalClock: async ({ client, house }) => {
    await client.pinInternalClock(Date.parse('2030-01-01T00:00:00Z'));
    const started = await client.createProcessInstance({ processDefinitionId: 'review', variables: {} });
    const row = await house.runtime.store.get('processInstances', started.processInstanceKey);
    await client.resetClock();
    expect(row?.['startDate']).toBe(Date.parse('2030-01-01T00:00:00Z'));
  },
  resetClock: async ({ client }) => void (await client.resetClock()),
};

export const others: Operations = {
  createUser: async ({ client }) => {
    await client.createUser({ username: 'sdk.baru', password: 'horse staple battery', name: 'Baru', email: 'baru@kota.example' });
    const { items } = await client.searchUsers({ page, filter: { username: 'sdk.baru' } });
    expect(items.map(({ email }) => email)).toEqual(['baru@kota.example']);
  },
  searchUsers: async ({ client }) => {
    const { items } = await client.searchUsers({ page, filter: { username: 'clerk.alpha' }, sort: [{ field: 'username' }] });
    expect(items.map(({ name }) => name)).toEqual(['Andi']);
  },
  searchUsersForTenant: async ({ client }) => {
    const { items } = await client.searchUsersForTenant('<default>', { page, filter: {}, sort: [{ field: 'username' }] });
    expect(items.map(({ username }) => username)).toContain('clerk.alpha');
  },
  deployResourcesFromFiles: async ({ client, stored }) => {
    const { forms } = await client.deployResourcesFromFiles([stored('small.form', JSON.stringify({ id: 'small', components: [] }))]);
    expect(forms.map(({ formId }) => formId)).toEqual(['small']);
  },
  deleteResource: async ({ client }) => {
    const content = (deployed['review.bpmn'] ?? '').replaceAll('"review"', '"passing"');
    const { processes } = await client.deployResources([{ name: 'passing.bpmn', content }]);
    await client.deleteResource({ resourceKey: processes[0]?.processDefinitionKey ?? '' });
    await expect(client.createProcessInstance({ processDefinitionId: 'passing', variables: {} })).rejects.toThrow(/404/);
  },
  uploadDocument: async ({ document }) =>
    expect((await document()).metadata).toMatchObject({ fileName: 'peta.txt', contentType: 'text/plain' }),
  downloadDocument: async ({ client, document }) => {
    const { documentId, contentHash } = await document();
    expect((await client.downloadDocument({ documentId, contentHash })).toString()).toBe('peta');
  },
  createDocumentLink: async ({ client, house, document }) => {
    const { documentId, contentHash } = await document();
    const { url } = (await client.createDocumentLink({ documentId, contentHash, timeToLive: 60_000 })) as { readonly url: string };
    const { pathname, search } = new URL(url);
    expect((await house.nobody('GET', pathname + search)).text).toBe('peta');
  },
  deleteDocument: async ({ client, document }) => {
    const { documentId, contentHash } = await document();
    await client.deleteDocument({ documentId });
    await expect(client.downloadDocument({ documentId, contentHash })).rejects.toThrow();
  },
  uploadDocuments: async ({ client, files }) => {
    const made = await client.uploadDocuments({ files: files(['satu.txt', 'dua.txt']) });
    expect(made.createdDocuments.map(({ metadata }) => metadata.fileName)).toEqual(['satu.txt', 'dua.txt']);
  },
};

export const refused: Operations = {
  modifyAuthorization: async ({ client }) => {
    await expect(
      client.modifyAuthorization({ ownerKey: '1', action: 'ADD', resourceType: 'USER', permissions: [] } as never),
    ).rejects.toThrow(/501/);
  },
};
