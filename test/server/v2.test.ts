import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { double, permitFiles } from './diagrams.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

let house: House;
let analyst: Caller;
let operator: Caller;
let clerk: Caller;
beforeAll(async () => {
  house = await openHouse();
  [analyst, operator, clerk] = await Promise.all([house.as('analyst'), house.as('operator'), house.as('clerk.alpha')]);
  const deployed = await house.deploy(analyst, { ...permitFiles, 'double.bpmn': double });
  expect([deployed.status, deployed.body['problems']]).toEqual([200, undefined]);
});
afterAll(() => house.close());

const problem = ({ status, body }: Answer) => [status, body['title']];
const items = ({ body }: Answer) => body['items'] as Record<string, unknown>[];
const total = ({ body }: Answer) => (body['page'] as { totalItems: number }).totalItems;

async function startPermit(): Promise<string> {
  const started = await operator('POST', '/v2/process-instances', {
    processDefinitionId: 'permit',
    variables: { applicant: { username: 'warga', name: 'Siti' } },
  });
  expect(started.status).toBe(200);
  return String(started.body['processInstanceKey']);
}

async function taskOf(processInstanceKey: string): Promise<string> {
  const found = await clerk('POST', '/v2/user-tasks/search', { filter: { processInstanceKey, state: 'CREATED' } });
  return String(items(found)[0]?.['userTaskKey']);
}

describe('deployments', () => {
  test('[V2-2] what was deployed is found, with its text and its start form', async () => {
    const found = await clerk('POST', '/v2/process-definitions/search', {
      filter: { processDefinitionId: 'permit', isLatestVersion: true },
    });
    const [definition] = items(found);
    expect(definition).toMatchObject({
      name: 'Izin Uji',
      version: 1,
      hasStartForm: true,
      tenantId: '<default>',
      resourceName: 'permit.bpmn',
    });
    const key = String(definition?.['processDefinitionKey']);
    expect((await clerk('GET', `/v2/process-definitions/${key}/xml`)).text).toBe(permitFiles['permit.bpmn']);
    expect((await clerk('GET', `/v2/process-definitions/${key}/form`)).body).toMatchObject({ formId: 'permit-apply', version: 1 });
  });

  test.each([
    ['no XML at all', 'hello', 400, 'INVALID_RESOURCE'],
    ['a DOCTYPE', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', 400, 'INVALID_RESOURCE'],
    ['2 MB', `<x>${' '.repeat(2 * 1024 * 1024)}</x>`, 413, 'BODY_TOO_LARGE'],
  ])('[V2-3] %s is refused and nothing is written', async (_what, text, status, title) => {
    const before = total(await clerk('POST', '/v2/process-definitions/search', {}));
    const answer = await house.deploy(analyst, { 'good.bpmn': double.replace('id="double"', 'id="doubleAgain"'), 'bad.bpmn': text });
    expect(problem(answer)).toEqual([status, title]);
    expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
    expect(total(await clerk('POST', '/v2/process-definitions/search', {}))).toBe(before);
  });

  test('[V2-3] a refused diagram names the element', async () => {
    const answer = await house.deploy(analyst, { 'bad.bpmn': double.replace('expression="=n * 2"', 'expression="=n * * 2"') });
    expect(problem(answer)).toEqual([400, 'INVALID_RESOURCE']);
    expect(answer.body['problems']).toEqual(expect.arrayContaining([expect.objectContaining({ elementId: 'twice', severity: 'error' })]));
  });

  test('[V2-4] a clerk may not publish', async () => {
    expect(problem(await house.deploy(clerk, { 'double.bpmn': double }))).toEqual([403, 'FORBIDDEN']);
  });

  test('[V2-3] JSON where files are expected is refused', async () => {
    expect(problem(await analyst('POST', '/v2/deployments', {}))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe('process instances', () => {
  test('[V2-5] a synchronous start answers the result', async () => {
    const answer = await operator('POST', '/v2/process-instances', {
      processDefinitionId: 'double',
      variables: { n: 21 },
      awaitCompletion: true,
      fetchVariables: ['result'],
    });
    expect(answer.body).toMatchObject({ processDefinitionId: 'double', processDefinitionVersion: 1, variables: { result: 42 } });
  });

  test('[V2-5] a synchronous start that does not end in time says so, and the case goes on', async () => {
    const answer = await operator('POST', '/v2/process-instances', {
      processDefinitionId: 'permit',
      awaitCompletion: true,
      requestTimeout: 50,
    });
    expect(problem(answer)).toEqual([504, 'TIMED_OUT']);
  });

  test.each([
    [{}, 400],
    [{ processDefinitionId: 'permit', processDefinitionKey: '1' }, 400],
    [{ processDefinitionId: ['permit'] }, 400],
    [{ processDefinitionId: 'permit', variables: [] }, 400],
    [{ processDefinitionId: 'no-such-process' }, 404],
    [{ processDefinitionKey: '123456789' }, 404],
  ])('[V2-6] starting with %j is refused with %i', async (body, status) => {
    expect((await operator('POST', '/v2/process-instances', body)).status).toBe(status);
  });

  test('[V2-7] cases are seen by the agencies that take part, and by nobody else', async () => {
    const key = await startPermit();
    expect((await clerk('GET', `/v2/process-instances/${key}`)).body).toMatchObject({
      processInstanceKey: key,
      state: 'ACTIVE',
      hasIncident: false,
      endDate: null,
    });
    const beta = await house.as('clerk.beta');
    expect(problem(await beta('GET', `/v2/process-instances/${key}`))).toEqual([404, 'NOT_FOUND']);
    expect(total(await beta('POST', '/v2/process-instances/search', {}))).toBe(0);
    expect(total(await beta('POST', '/v2/user-tasks/search', {}))).toBe(0);
    expect(total(await beta('POST', '/v2/variables/search', { filter: { processInstanceKey: key } }))).toBe(0);
    expect(total(await clerk('POST', '/v2/variables/search', { filter: { processInstanceKey: key } }))).toBe(1);
    expect(problem(await (await house.as('warga'))('GET', `/v2/process-instances/${key}`))).toEqual([403, 'FORBIDDEN']);
  });

  test('[V2-8] a case is canceled once', async () => {
    const key = await startPermit();
    expect((await operator('POST', `/v2/process-instances/${key}/cancellation`)).status).toBe(204);
    expect((await clerk('GET', `/v2/process-instances/${key}`)).body['state']).toBe('TERMINATED');
    expect((await operator('POST', `/v2/process-instances/${key}/cancellation`)).status).toBeGreaterThanOrEqual(404);
    expect(problem(await clerk('POST', `/v2/process-instances/${key}/cancellation`))).toEqual([403, 'FORBIDDEN']);
  });

  test('[V2-9] statistics tell where the tokens are', async () => {
    const key = await startPermit();
    const { body } = await clerk('GET', `/v2/process-instances/${key}/statistics/element-instances`);
    expect(body['items']).toEqual(
      expect.arrayContaining([
        { elementId: 'decide', active: 1, canceled: 0, incidents: 0, completed: 0 },
        { elementId: 'start', active: 0, canceled: 0, incidents: 0, completed: 1 },
      ]),
    );
    expect(items(await clerk('GET', `/v2/process-instances/${key}/sequence-flows`))).toEqual([
      expect.objectContaining({ elementId: 'f1', sequenceFlowId: `${key}_f1` }),
    ]);
  });
});

describe('user tasks', () => {
  test('[V2-10] a clerk takes a task, a colleague cannot take it too, and it is completed once', async () => {
    const task = await taskOf(await startPermit());
    const colleague = await house.as('clerk2.alpha');
    expect((await clerk('POST', `/v2/user-tasks/${task}/assignment`, { assignee: 'clerk.alpha' })).status).toBe(204);
    expect((await clerk('GET', `/v2/user-tasks/${task}`)).body).toMatchObject({
      assignee: 'clerk.alpha',
      state: 'CREATED',
      elementId: 'decide',
      priority: 50,
    });
    expect((await colleague('POST', `/v2/user-tasks/${task}/assignment`, { assignee: 'clerk2.alpha' })).status).toBe(409);
    expect((await colleague('POST', `/v2/user-tasks/${task}/completion`, { variables: { approved: true } })).status).toBe(409);
    expect((await clerk('POST', `/v2/user-tasks/${task}/completion`, { variables: { approved: true, sneaked: 1 } })).status).toBe(204);
    expect((await clerk('GET', `/v2/user-tasks/${task}`)).body['state']).toBe('COMPLETED');
    expect(problem(await clerk('POST', `/v2/user-tasks/${task}/completion`, { variables: {} }))).toEqual([409, 'INVALID_STATE']);
    const found = await clerk('POST', '/v2/variables/search', { filter: { name: { $in: ['approved', 'sneaked'] } } });
    expect(items(found).map(({ name, value }) => [name, value])).toEqual([['approved', 'true']]);
  });

  test('[V2-11] a wrong answer is refused by field and nothing is written', async () => {
    const task = await taskOf(await startPermit());
    const answer = await clerk('POST', `/v2/user-tasks/${task}/completion`, { variables: { approved: 'yes' } });
    expect(problem(answer)).toEqual([422, 'FORM_INVALID']);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer: '/variables/approved', code: 'notYesNo' })]);
    expect((await clerk('GET', `/v2/user-tasks/${task}`)).body['state']).toBe('CREATED');
  });

  test('[V2-7] others of other agencies do not even learn that it exists', async () => {
    const task = await taskOf(await startPermit());
    const beta = await house.as('clerk.beta');
    expect(problem(await beta('POST', `/v2/user-tasks/${task}/completion`, {}))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await beta('GET', `/v2/user-tasks/${task}`))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await house.nobody('GET', `/v2/user-tasks/${task}`))).toEqual([401, 'UNAUTHENTICATED']);
  });

  test('[V2-10] its form and its variables are served', async () => {
    const task = await taskOf(await startPermit());
    expect((await clerk('GET', `/v2/user-tasks/${task}/form`)).body).toMatchObject({ formId: 'permit-decide' });
    expect(items(await clerk('POST', `/v2/user-tasks/${task}/effective-variables/search`, {})).map(({ name }) => name)).toEqual([
      'applicant',
    ]);
  });

  test.each([
    ['abc', 400],
    ['99999999999999999999', 400],
    ['123456789012', 404],
  ])('[V2-11] the key %s is answered with %i', async (key, status) => {
    expect((await clerk('GET', `/v2/user-tasks/${key}`)).status).toBe(status);
  });
});

describe('jobs', () => {
  async function toJob(): Promise<string> {
    const key = await startPermit();
    await clerk('POST', `/v2/user-tasks/${await taskOf(key)}/completion`, { variables: { approved: true } });
    return key;
  }
  const activate = (caller: Caller, more = {}) =>
    caller('POST', '/v2/jobs/activation', { type: 'provision', timeout: 60_000, maxJobsToActivate: 100, requestTimeout: -1, ...more });

  test('[V2-12] a worker gets a job with every field that clients demand, and completes it once', async () => {
    const key = await toJob();
    const integrator = await house.as('integrator');
    const { body } = await activate(integrator, { worker: 'w1' });
    const job = (body['jobs'] as Record<string, unknown>[]).find((one) => one['processInstanceKey'] === key);
    for (const field of [
      'businessId',
      'customHeaders',
      'deadline',
      'elementId',
      'elementInstanceKey',
      'jobKey',
      'kind',
      'leaseToken',
      'listenerEventType',
      'physicalTenantId',
      'priority',
      'processDefinitionId',
      'processDefinitionKey',
      'processDefinitionVersion',
      'processInstanceKey',
      'retries',
      'rootProcessInstanceKey',
      'tags',
      'tenantId',
      'type',
      'userTask',
      'variables',
      'worker',
    ])
      expect(Object.keys(job ?? {})).toContain(field);
    expect(job).toMatchObject({
      type: 'provision',
      elementId: 'provision',
      kind: 'BPMN_ELEMENT',
      retries: 3,
      worker: 'w1',
      tenantId: '<default>',
      processDefinitionVersion: 1,
    });
    const address = `/v2/jobs/${String(job?.['jobKey'])}`;
    expect((await integrator('PATCH', address, { changeset: { timeout: 120_000 } })).status).toBe(204);
    expect((await integrator('POST', `${address}/completion`, { variables: { done: true } })).status).toBe(204);
    expect([404, 409]).toContain((await integrator('POST', `${address}/completion`, {})).status);
  });

  test('[V2-13] a job without retries becomes an incident, which an operator resolves', async () => {
    const key = await toJob();
    const { body } = await activate(operator);
    const job = (body['jobs'] as Record<string, unknown>[]).find((one) => one['processInstanceKey'] === key);
    expect((await operator('POST', `/v2/jobs/${String(job?.['jobKey'])}/failure`, { retries: 0, errorMessage: 'no power' })).status).toBe(
      204,
    );
    const [incident] = items(await clerk('POST', '/v2/incidents/search', { filter: { processInstanceKey: key, state: 'ACTIVE' } }));
    expect(incident).toMatchObject({ errorType: 'JOB_NO_RETRIES', elementId: 'provision' });
    const address = `/v2/incidents/${String(incident?.['incidentKey'])}`;
    expect(problem(await clerk('POST', `${address}/resolution`))).toEqual([403, 'FORBIDDEN']);
    expect((await operator('PATCH', `/v2/jobs/${String(job?.['jobKey'])}`, { changeset: { retries: 1 } })).status).toBe(204);
    expect((await operator('POST', `${address}/resolution`)).status).toBe(204);
    expect((await clerk('GET', address)).body['state']).toBe('RESOLVED');
  });

  test('[V2-4] clerks get no jobs, and the attempt is written down', async () => {
    expect(problem(await activate(clerk))).toEqual([403, 'FORBIDDEN']);
    const { items: lines } = await house.runtime.store.search('audit', {
      filter: { by: 'clerk.alpha', outcome: 'denied', subject: 'POST /v2/jobs/activation' },
    });
    expect(lines).toEqual([expect.objectContaining({ agency: 'alpha', action: 'call' })]);
  });
});

describe('searches', () => {
  test.each([
    [{ filter: { nope: 1 } }, 'UNKNOWN_FIELD'],
    [{ filter: { state: { $where: 'x' } } }, 'INVALID_ARGUMENT'],
    [{ filter: { state: 7 } }, 'INVALID_ARGUMENT'],
    [{ filter: { processInstanceKey: 'abc' } }, 'INVALID_ARGUMENT'],
    [{ filter: { startDate: { $gt: 'yesterday' } } }, 'INVALID_ARGUMENT'],
    [{ filter: [] }, 'INVALID_ARGUMENT'],
    [{ sort: [{ field: 'passwordHash' }] }, 'UNKNOWN_FIELD'],
    [{ page: { limit: 0 } }, 'INVALID_ARGUMENT'],
    [{ page: { limit: 10_001 } }, 'INVALID_ARGUMENT'],
    [{ page: { from: 1, after: 'x' } }, 'INVALID_ARGUMENT'],
    [{ page: { after: 'not-a-cursor' } }, 'INVALID_ARGUMENT'],
  ])('[V2-14] %j is refused: %s', async (body, title) => {
    expect(problem(await operator('POST', '/v2/process-instances/search', body))).toEqual([400, title]);
  });

  test('[V2-14] pages follow each other without gaps, forwards by cursor and by offset', async () => {
    for (let count = 0; count < 3; count += 1) await startPermit();
    const sort = [{ field: 'startDate', order: 'DESC' }];
    const all = items(await operator('POST', '/v2/process-instances/search', { sort })).map((row) => row['processInstanceKey']);
    const first = await operator('POST', '/v2/process-instances/search', { sort, page: { limit: 2 } });
    const second = await operator('POST', '/v2/process-instances/search', {
      sort,
      page: { limit: 2, after: (first.body['page'] as { endCursor: string }).endCursor },
    });
    expect([...items(first), ...items(second)].map((row) => row['processInstanceKey'])).toEqual(all.slice(0, 4));
    const offset = await operator('POST', '/v2/process-instances/search', { sort, page: { from: 2, limit: 2 } });
    expect(items(offset)).toEqual(items(second));
  });

  test('[V2-14] operators of the filter work, and by variables', async () => {
    const key = await startPermit();
    const one = async (filter: object) =>
      items(await operator('POST', '/v2/process-instances/search', { filter: { processInstanceKey: key, ...filter } })).length;
    expect(await one({ state: { $in: ['ACTIVE'] }, processDefinitionId: { $like: 'per*' }, endDate: { $exists: false } })).toBe(1);
    expect(await one({ state: { $neq: 'ACTIVE' } })).toBe(0);
    expect(await one({ startDate: { $gt: '2200-01-01T00:00:00Z' } })).toBe(0);
    expect(await one({ variables: [{ name: 'applicant', value: { $like: '*warga*' } }] })).toBe(1);
    expect(await one({ variables: [{ name: 'applicant', value: '1' }] })).toBe(0);
    expect(await one({ $or: [{ state: 'COMPLETED' }, { hasIncident: false }] })).toBe(1);
  });
});

describe('the rest', () => {
  test('[V2-15] bad bodies are told apart', async () => {
    const json = { 'content-type': 'application/json' };
    expect(problem(await operator('POST', '/v2/process-instances', '{"a":', json))).toEqual([400, 'MALFORMED_JSON']);
    expect(problem(await operator('POST', '/v2/process-instances', '{}', { 'content-type': 'text/plain' }))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ]);
    expect(problem(await operator('POST', '/v2/process-instances', JSON.stringify({ a: 'x'.repeat(5_000_000) }), json))).toEqual([
      413,
      'BODY_TOO_LARGE',
    ]);
    expect(problem(await operator('POST', '/v2/process-instances', '['.repeat(5000) + ']'.repeat(5000), json))).toEqual([
      400,
      'INVALID_ARGUMENT',
    ]);
    expect(
      problem(await operator('POST', '/v2/process-instances', '{"variables":{"__proto__":{"x":1}},"processDefinitionId":"double"}', json)),
    ).toEqual([400, 'INVALID_ARGUMENT']);
  });

  test('[V2-15] unknown addresses are 404, known ones that are not served 501', async () => {
    expect(problem(await operator('GET', '/v2/no-such-thing'))).toEqual([404, 'NO_SUCH_ROUTE']);
    expect(problem(await operator('POST', '/v2/tenants', {}))).toEqual([501, 'NOT_IMPLEMENTED']);
  });

  test('[V2-16] expressions are evaluated', async () => {
    expect((await analyst('POST', '/v2/expression/evaluation', { expression: '=a + 1', variables: { a: 1 } })).body).toMatchObject({
      result: 2,
    });
    expect((await analyst('POST', '/v2/expression/evaluation', { expression: '=1 +' })).status).toBe(400);
  });

  test('[V2-17] messages and signals are accepted', async () => {
    expect(
      (await operator('POST', '/v2/messages/publication', { name: 'paid', correlationKey: 'x', timeToLive: 1000 })).body,
    ).toMatchObject({ tenantId: '<default>', messageKey: expect.stringMatching(/^\d+$/) });
    expect((await operator('POST', '/v2/signals/broadcast', { signalName: 'storm' })).body).toMatchObject({
      signalKey: expect.stringMatching(/^\d+$/),
    });
    expect((await operator('POST', '/v2/messages/correlation', { name: 'paid', correlationKey: 'nobody waits' })).status).toBe(404);
  });

  test('[V2-18] the test clock moves and is reset', async () => {
    const later = Date.now() + 86_400_000;
    expect((await operator('PUT', '/v2/clock', { timestamp: later })).status).toBe(204);
    expect(house.runtime.clock.now()).toBeGreaterThanOrEqual(later);
    expect((await operator('POST', '/v2/clock/reset')).status).toBe(204);
    expect(problem(await operator('PUT', '/v2/clock', { timestamp: 'now' }))).toEqual([400, 'INVALID_ARGUMENT']);
  });
});
