/** Task listeners and variables of the whole cluster, over HTTP on the real runtime. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MOST_TASK_LISTENERS } from '../../runtime/cluster.ts';
import { diagram, el, end, ext, flow, gateway, message, onMessage, path, start, userTask, zeebe } from '../support/bpmn.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

let house: House;
let admin: Caller;
let integrator: Caller;
beforeAll(async () => {
  house = await openHouse();
  [admin, integrator] = await Promise.all([house.as('admin'), house.as('integrator')]);
});
afterAll(() => house.close());

const problem = ({ status, body }: Answer) => [status, body['title']];
const items = ({ body }: Answer) => body['items'] as Record<string, unknown>[];
const variables = '/v2/cluster-variables';
const listeners = '/v2/global-task-listeners';

async function deploy(id: string, xml: string): Promise<void> {
  const answer = await house.deploy(admin, { [`${id}.bpmn`]: xml.replace('<bpmn:process id="p"', `<bpmn:process id="${id}"`) });
  expect([answer.status, answer.body['problems']]).toEqual([200, undefined]);
}
async function begin(processDefinitionId: string, given: object = {}): Promise<string> {
  return String((await admin('POST', '/v2/process-instances', { processDefinitionId, variables: given })).body['processInstanceKey']);
}
const completed = async (key: string) =>
  items(await admin('POST', '/v2/element-instances/search', { filter: { processInstanceKey: key, state: 'COMPLETED' } })).map(
    ({ elementId }) => elementId,
  );
const put = (name: string, value: unknown) => integrator('PUT', `${variables}/global/${name}`, { value });

describe('cluster variables', () => {
  test('[V2-90] a changed value decides the next case, without a deployment', async () => {
    await deploy(
      'limited',
      diagram(
        start('s'),
        gateway('exclusive', 'g', { default: 'g-small' }),
        end('large'),
        end('small'),
        path('s g'),
        flow('g', 'large', '=amount > camunda.vars.env.LIMIT'),
        flow('g', 'small'),
      ),
    );
    expect((await integrator('POST', `${variables}/global`, { name: 'LIMIT', value: 10 })).status).toBe(200);
    expect(await completed(await begin('limited', { amount: 15 }))).toContain('large');
    expect((await put('LIMIT', 100)).status).toBe(200);
    expect(await completed(await begin('limited', { amount: 15 }))).toContain('small');
    await integrator('POST', `${variables}/tenants/%3Cdefault%3E`, { name: 'LIMIT', value: 1 });
    expect(await completed(await begin('limited', { amount: 15 }))).toContain('large');
    const evaluated = await integrator('POST', '/v2/expression/evaluation', { expression: '=camunda.vars' });
    expect(evaluated.body['result']).toEqual({ cluster: { LIMIT: 100 }, tenant: { LIMIT: 1 }, env: { LIMIT: 1 } });
  });

  test('[V2-90] a message start whose name is one of them follows it', async () => {
    const named = message('arrived').replace('name="arrived"', 'name="=camunda.vars.env.NEWS"');
    await deploy('heard', diagram(named, start('s', onMessage('arrived')), end('e'), path('s e')));
    const cases = async () =>
      items(await admin('POST', '/v2/process-instances/search', { filter: { processDefinitionId: 'heard' } })).length;
    await integrator('POST', `${variables}/global`, { name: 'NEWS', value: 'one' });
    await integrator('POST', '/v2/messages/publication', { name: 'one' });
    expect(await cases()).toBe(1);
    await put('NEWS', 'two');
    await integrator('POST', '/v2/messages/publication', { name: 'one' });
    expect(await cases()).toBe(1);
    await integrator('POST', '/v2/messages/publication', { name: 'two' });
    expect(await cases()).toBe(2);
  });

  test('[V2-90] what is there, what is not, and what FEEL could not name is told apart', async () => {
    const create = (body: object, at = 'global') => integrator('POST', `${variables}/${at}`, body);
    expect((await create({ name: 'TAKEN', value: 1 })).status).toBe(200);
    expect(problem(await create({ name: 'TAKEN', value: 2 }))).toEqual([409, 'ALREADY_EXISTS']);
    for (const name of ['', 'a b', '1a', 'a.b', 'a-b', 'x'.repeat(257)])
      expect(problem(await create({ name, value: 1 }))).toEqual([400, 'INVALID_ARGUMENT']);
    expect(problem(await create({ name: 'VALUELESS' }))).toEqual([400, 'INVALID_ARGUMENT']);
    expect(problem(await create({ name: 'LARGE', value: 'x'.repeat(65_536) }))).toEqual([400, 'INVALID_ARGUMENT']);
    expect(problem(await create({ name: 'A', value: 1 }, 'tenants/other'))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await put('NONE', 1))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await integrator('DELETE', `${variables}/global/NONE`))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await integrator('GET', `${variables}/global/NONE`))).toEqual([404, 'NOT_FOUND']);
    expect((await integrator('DELETE', `${variables}/global/TAKEN`)).status).toBe(204);
    expect(problem(await integrator('POST', `${variables}/search`, { filter: { kind: 'x' } }))).toEqual([400, 'UNKNOWN_FIELD']);
  });

  test('[V2-90] analysts of an agency read them, and only integrators of the whole city change them', async () => {
    const analyst = await house.as('analyst');
    expect((await analyst('POST', `${variables}/search`, {})).status).toBe(200);
    expect((await analyst('POST', `${variables}/global`, { name: 'X', value: 1 })).status).toBe(403);
    expect((await (await house.as('clerk.alpha'))('POST', `${variables}/search`, {})).status).toBe(403);
    expect((await house.nobody('POST', `${variables}/search`, {})).status).toBe(401);
    const audited = await house.runtime.store.search('audit', { filter: { by: 'integrator', action: 'call', outcome: 'done' } });
    expect(audited.items.map(({ subject }) => subject)).toContain(`POST ${variables}/global`);
  });
});

describe('global task listeners', () => {
  const ask = async (type: string) =>
    (await integrator('POST', '/v2/jobs/activation', { type, timeout: 60_000, maxJobsToActivate: 5, requestTimeout: -1 })).body[
      'jobs'
    ] as Record<string, unknown>[];
  const answer = async (type: string, result: object = {}) => {
    const [job] = await ask(type);
    const body = { result: { type: 'userTask', denied: false, ...result } };
    return (await integrator('POST', `/v2/jobs/${String(job?.['jobKey'])}/completion`, body)).status;
  };
  const task = async (key: string) => items(await admin('POST', '/v2/user-tasks/search', { filter: { processInstanceKey: key } }))[0] ?? {};

  test('[V2-91] one is asked about the tasks of every process from the next change on, running cases included', async () => {
    await deploy('older', diagram(start('s'), userTask('a', zeebe('formDefinition', { externalReference: 'x' })), end('e'), path('s a e')));
    const running = await begin('older');
    const made = await integrator('POST', listeners, {
      id: 'policy',
      type: 'check',
      eventTypes: ['assigning', 'completing'],
      priority: 60,
    });
    expect([made.status, made.body['source']]).toEqual([201, 'API']);
    const address = `/v2/user-tasks/${String((await task(running))['userTaskKey'])}`;
    await admin('POST', `${address}/assignment`, { assignee: 'ani', action: 'give' });
    const [job] = await ask('check');
    expect(job).toMatchObject({ kind: 'TASK_LISTENER', listenerEventType: 'ASSIGNING' });
    expect(job?.['userTask']).toEqual({
      userTaskKey: (await task(running))['userTaskKey'],
      action: 'give',
      assignee: 'ani',
      candidateGroups: [],
      candidateUsers: [],
      changedAttributes: ['assignee'],
      dueDate: null,
      followUpDate: null,
      formKey: null,
      priority: 50,
    });
    const denial = { result: { type: 'userTask', denied: true, deniedReason: 'on leave' } };
    expect((await integrator('POST', `/v2/jobs/${String(job?.['jobKey'])}/completion`, denial)).status).toBe(204);
    expect((await task(running))['assignee']).toBe(null);
    await admin('POST', `${address}/assignment`, { assignee: 'ani' });
    expect(await answer('check', { corrections: { assignee: 'budi' } })).toBe(204);
    expect((await task(running))['assignee']).toBe('budi');
  });

  test('[V2-91] changed and removed it takes effect at once', async () => {
    expect((await integrator('PUT', `${listeners}/policy`, { eventTypes: ['completing'], type: 'check2' })).body).toMatchObject({
      type: 'check2',
      priority: 60,
      eventTypes: ['completing'],
    });
    const key = await begin('older');
    const address = `/v2/user-tasks/${String((await task(key))['userTaskKey'])}`;
    await admin('POST', `${address}/assignment`, { assignee: 'ani' });
    expect((await task(key))['assignee']).toBe('ani');
    expect((await integrator('DELETE', `${listeners}/policy`)).status).toBe(204);
    expect((await admin('POST', `${address}/completion`, {})).status).toBe(204);
    expect((await task(key))['state']).toBe('COMPLETED');
    expect(problem(await integrator('GET', `${listeners}/policy`))).toEqual([404, 'NOT_FOUND']);
  });

  test('[V2-91] what is no listener, is there twice, or is one too many is refused', async () => {
    const create = (body: object) => integrator('POST', listeners, { id: 'x', type: 't', eventTypes: ['all', 'creating'], ...body });
    const wrong = [{ id: '' }, { type: '' }, { eventTypes: [] }, { eventTypes: ['create'] }, { retries: 0 }, { priority: 101 }];
    for (const body of wrong) expect(problem(await create(body))).toEqual([400, 'INVALID_ARGUMENT']);
    expect((await create({})).body['eventTypes']).toEqual(['all']);
    expect(problem(await create({}))).toEqual([409, 'ALREADY_EXISTS']);
    expect(problem(await integrator('PUT', `${listeners}/none`, { type: 't' }))).toEqual([404, 'NOT_FOUND']);
    expect(problem(await integrator('DELETE', `${listeners}/none`))).toEqual([404, 'NOT_FOUND']);
    const keys = Array.from({ length: MOST_TASK_LISTENERS - 1 }, (_one, index) => `l${index}`);
    const collection = 'globalTaskListeners';
    const put = keys.map((key) => ({ op: 'put', collection, key, row: { listenerId: key, eventTypes: ['canceling'] } }) as const);
    await house.runtime.store.write(put);
    expect(problem(await create({ id: 'more' }))).toEqual([400, 'INVALID_ARGUMENT']);
    expect((await (await house.as('operator'))('POST', listeners, {})).status).toBe(403);
    expect((await (await house.as('analyst'))('GET', `${listeners}/x`)).status).toBe(200);
    await house.runtime.store.write(keys.map((key) => ({ op: 'delete', collection, key }) as const));
    expect((await integrator('DELETE', `${listeners}/x`)).status).toBe(204);
  });

  test('[V2-91] a case that was cancelled waits for its canceling listener; other kinds of tasks have none', async () => {
    await integrator('POST', listeners, { id: 'last', type: 'bye', eventTypes: ['canceling'] });
    await deploy('plain', diagram(start('s'), el('manualTask', 'm', [ext()]), userTask('a'), end('e'), path('s m a e')));
    const key = await begin('plain');
    await (
      await house.as('operator')
    )('POST', `/v2/process-instances/${key}/cancellation`, {});
    expect((await admin('GET', `/v2/process-instances/${key}`)).body['state']).toBe('ACTIVE');
    expect(await answer('bye')).toBe(204);
    expect((await admin('GET', `/v2/process-instances/${key}`)).body['state']).toBe('TERMINATED');
  });
});
