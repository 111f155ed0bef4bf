/** What a migration leaves behind in the lists, over HTTP on the real runtime. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { diagram, end, path, start, sub, userTask } from '../support/bpmn.ts';
import { openHouse } from './house.ts';
import type { Answer, Caller, House } from './house.ts';

let house: House;
let operator: Caller;
beforeAll(async () => {
  house = await openHouse();
  operator = await house.as('operator');
});
afterAll(() => house.close());

const items = ({ body }: Answer) => body['items'] as Record<string, unknown>[];
const named = (id: string, xml: string): string => xml.replace('<bpmn:process id="p"', `<bpmn:process id="${id}"`);

async function deploy(id: string, xml: string): Promise<string> {
  const answer = await house.deploy(await house.as('admin'), { [`${id}.bpmn`]: named(id, xml) });
  expect([answer.status, answer.body['problems']]).toEqual([200, undefined]);
  const deployments = answer.body['deployments'] as { processDefinition: { processDefinitionKey: string } }[];
  return deployments[0]?.processDefinition.processDefinitionKey ?? '';
}

async function begin(processDefinitionId: string, more: object = {}): Promise<string> {
  const started = await operator('POST', '/v2/process-instances', { processDefinitionId, ...more });
  expect([started.status, started.body['detail']]).toEqual([200, undefined]);
  return String(started.body['processInstanceKey']);
}

const on = (key: string, word: string, body: unknown = {}) => operator('POST', `/v2/process-instances/${key}/${word}`, body);

test('[RT25] rows of what had ended keep their definition; those of what goes on name the new one and their new scope', async () => {
  const source = await deploy('before', diagram(start('s'), userTask('a'), userTask('b'), end('e'), path('s a b e')));
  const target = await deploy(
    'after',
    diagram(start('s'), userTask('a'), sub('u', start('us'), userTask('b'), path('us b')), end('e'), path('s a u e')),
  );
  const key = await begin('before');
  const tasks = await operator('POST', '/v2/user-tasks/search', { filter: { processInstanceKey: key, state: 'CREATED' } });
  const admin = await house.as('admin');
  const task = String(items(tasks)[0]?.['userTaskKey']);
  await operator('POST', `/v2/user-tasks/${task}/assignment`, { assignee: 'admin' });
  expect((await admin('POST', `/v2/user-tasks/${task}/completion`, {})).status).toBe(204);
  expect((await on(key, 'migration', { targetProcessDefinitionKey: target, mappingInstructions: [] })).status).toBe(204);
  const { body } = await operator('POST', '/v2/element-instances/search', { filter: { processInstanceKey: key } });
  const rows = body['items'] as readonly Record<string, unknown>[];
  const row = (id: string) => rows.find(({ elementId }) => elementId === id);
  expect(row('a')).toMatchObject({ state: 'COMPLETED', processDefinitionKey: source, processDefinitionId: 'before' });
  expect(row('u')).toMatchObject({ state: 'ACTIVE', type: 'SUB_PROCESS', processDefinitionKey: target });
  expect(row('b')).toMatchObject({ state: 'ACTIVE', processDefinitionKey: target, processDefinitionId: 'after' });
  const inside = await operator('POST', '/v2/element-instances/search', {
    filter: { elementInstanceScopeKey: row('u')?.['elementInstanceKey'] },
  });
  expect(items(inside).map(({ elementId }) => elementId)).toEqual(['b']);
});
