import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openHouse } from './house.ts';
import type { Caller, House } from './house.ts';

const inner = (id: string, task: string) =>
  `<bpmn:userTask id="${id}" name="${task}"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask>`;
/** Dinas Alpha checks; it may ask its head for help, or find that the place does not exist. */
const check = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs" targetNamespace="http://alur.example">
<bpmn:escalation id="x" escalationCode="help" /><bpmn:error id="e" errorCode="noPlace" />
<bpmn:process id="check" name="Cek" isExecutable="true">
  <bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:owner" value="alpha" /><zeebe:property name="alur:agency" value="alpha" /></zeebe:properties></bpmn:extensionElements>
  <bpmn:startEvent id="s" />${inner('look', 'Periksa')}${inner('advise', 'Beri arahan')}${inner('close', 'Tutup berkas')}
  <bpmn:boundaryEvent id="ask" name="Minta arahan" attachedToRef="look" cancelActivity="false"><bpmn:escalationEventDefinition escalationRef="x" /></bpmn:boundaryEvent>
  <bpmn:boundaryEvent id="none" name="Lokasi tidak ada" attachedToRef="look"><bpmn:errorEventDefinition errorRef="e" /></bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="look" /><bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="advise" /><bpmn:sequenceFlow id="f3" sourceRef="none" targetRef="close" />
</bpmn:process></bpmn:definitions>`;

let house: House;
let clerk: Caller;
let look: string;
beforeAll(async () => {
  house = await openHouse();
  clerk = await house.as('clerk.alpha');
  expect((await house.deploy(await house.as('analyst'), { 'check.bpmn': check })).status).toBe(200);
  expect((await (await house.as('operator'))('POST', '/v2/process-instances', { processDefinitionId: 'check' })).status).toBe(200);
  [look] = await keysOf('Periksa');
});
afterAll(() => house.close());

async function keysOf(name: string): Promise<[string]> {
  const { body } = await clerk('POST', '/v2/user-tasks/search', { filter: { name, state: 'CREATED' } });
  return (body['items'] as { userTaskKey: string }[]).map(({ userTaskKey }) => userTaskKey) as [string];
}

test('[API17] a task says what may be raised in it', async () => {
  const { body } = await clerk('GET', `/api/v1/tasks/${look}`);
  expect(body['raises']).toEqual([
    { kind: 'escalation', code: 'help', interrupting: false, name: 'Minta arahan', nameEn: null },
    { kind: 'error', code: 'noPlace', interrupting: true, name: 'Lokasi tidak ada', nameEn: null },
  ]);
});

test.each([
  ['an unknown code', 'escalation', { escalationCode: 'other' }, 409],
  ['a missing code', 'escalation', { message: 'why' }, 400],
  ['variables', 'error', { errorCode: 'noPlace', variables: { decided: true } }, 400],
] as const)('[API17] %s is refused', async (_what, kind, body, status) => {
  expect((await clerk('POST', `/api/v1/tasks/${look}/${kind}`, body)).status).toBe(status);
  expect(await keysOf('Periksa')).toEqual([look]);
});

test("[API17] another agency's clerk raises nothing", async () => {
  const other = await house.as('clerk.beta');
  expect((await other('POST', `/api/v1/tasks/${look}/escalation`, { escalationCode: 'help' })).status).toBe(404);
});

test('[API17] an escalation opens the next task beside it, an error ends the task; the reason goes along', async () => {
  expect((await clerk('POST', `/api/v1/tasks/${look}/escalation`, { escalationCode: 'help', message: 'Batas tanah?' })).status).toBe(204);
  expect(await keysOf('Beri arahan')).toHaveLength(1);
  expect(await keysOf('Periksa')).toEqual([look]);
  expect((await clerk('POST', `/api/v1/tasks/${look}/error`, { errorCode: 'noPlace', message: 'Tanah kosong' })).status).toBe(204);
  expect(await keysOf('Periksa')).toEqual([]);
  expect(await keysOf('Tutup berkas')).toHaveLength(1);
  const { body } = await (await house.as('operator'))('POST', '/v2/variables/search', {});
  const said = (body['items'] as { name: string; value: string }[]).map(({ name, value }) => [name, JSON.parse(value)]);
  expect(said).toEqual(
    expect.arrayContaining([
      ['escalationMessage', 'Batas tanah?'],
      ['errorMessage', 'Tanah kosong'],
    ]),
  );
  expect((await clerk('POST', `/api/v1/tasks/${look}/error`, { errorCode: 'noPlace' })).status).toBe(409);
});
