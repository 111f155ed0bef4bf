/** Who takes part in a case: agencies through their lanes, one named clerk, and the citizen, who is a party but no agency. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readAgencies } from '../../server/agencies.ts';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHouse } from './house.ts';
import type { Caller, House } from './house.ts';

const property = (name: string, value: string): string =>
  `<zeebe:properties><zeebe:property name="${name}" value="${value}" /></zeebe:properties>`;
const lane = (agency: string, ...ids: readonly string[]): string =>
  `<bpmn:lane id="lane-${agency}" name="${agency}"><bpmn:extensionElements>${property('alur:agency', agency)}</bpmn:extensionElements>${ids.map((id) => `<bpmn:flowNodeRef>${id}</bpmn:flowNodeRef>`).join('')}</bpmn:lane>`;
const userTask = (id: string, assignee = ''): string =>
  `<bpmn:userTask id="${id}" name="Langkah ${id}"><bpmn:extensionElements><zeebe:userTask />${assignee && `<zeebe:assignmentDefinition assignee="${assignee}" />`}${property('alur:label.en', `Step ${id}`)}</bpmn:extensionElements></bpmn:userTask>`;
const flow = (from: string, to: string): string => `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;

/** the citizen asks; one clerk looks, wherever the diagram puts the two citizen's tasks; a machine tells the citizen */
const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs" targetNamespace="http://alur.example">
<bpmn:process id="parties" name="Pihak" isExecutable="true">
  <bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:owner" value="alpha" /><zeebe:property name="alur:service" value="true" /></zeebe:properties></bpmn:extensionElements>
  <bpmn:laneSet id="lanes">${lane('alpha', 'look', 'astray', 'end')}${lane('citizen', 'start', 'correct', 'tell', 'confirm')}</bpmn:laneSet>
  <bpmn:startEvent id="start" name="Diajukan"><bpmn:extensionElements><zeebe:formDefinition formId="parties-apply" /></bpmn:extensionElements></bpmn:startEvent>
  ${userTask('look', 'clerk.alpha')}${userTask('correct', '=applicant.username')}${userTask('astray', '=applicant.username')}
  <bpmn:serviceTask id="tell" name="Beri tahu"><bpmn:extensionElements><zeebe:taskDefinition type="tell" /></bpmn:extensionElements></bpmn:serviceTask>
  ${userTask('confirm')}
  <bpmn:endEvent id="end" name="Selesai" />
  ${flow('start', 'look')}${flow('look', 'correct')}${flow('correct', 'astray')}${flow('astray', 'tell')}${flow('tell', 'confirm')}${flow('confirm', 'end')}
</bpmn:process></bpmn:definitions>`;
const form = JSON.stringify({
  id: 'parties-apply',
  type: 'default',
  schemaVersion: 18,
  components: [{ type: 'textfield', key: 'wish', label: 'Wish' }],
});

let house: House;
let citizen: Caller;
let clerk: Caller;
let lead: Caller;
let admin: Caller;
let reference: string;
let processInstanceKey: string;
beforeAll(async () => {
  house = await openHouse();
  [citizen, clerk, lead, admin] = await Promise.all([
    house.as('warga'),
    house.as('clerk2.alpha'),
    house.as('lead.alpha'),
    house.as('admin'),
  ]);
  expect((await house.deploy(await house.as('analyst'), { 'parties.bpmn': diagram, 'parties-apply.form': form })).status).toBe(200);
  const made = await citizen('POST', '/api/v1/applications', { processDefinitionId: 'parties', variables: { wish: 'x' } });
  ({ reference, processInstanceKey } = made.body as { reference: string; processInstanceKey: string });
});
afterAll(() => house.close());

interface Listed {
  readonly userTaskKey: string;
  readonly elementId: string;
  readonly assignee: string | null;
}
const tasks = async (caller: Caller, view = 'unit'): Promise<readonly Listed[]> =>
  (await caller('GET', `/api/v1/tasks?view=${view}`)).body['items'] as readonly Listed[];
const track = async (caller: Caller = citizen): Promise<Record<string, unknown>> =>
  (await caller('GET', caller === citizen ? `/api/v1/applications/${reference}` : `/api/v1/cases/${processInstanceKey}`)).body;
const ownTask = async (): Promise<string> => ((await track())['tasks'] as { userTaskKey: string }[])[0]?.userTaskKey ?? '';
const answer = async (caller: Caller = citizen): Promise<number> =>
  (await caller('POST', `/api/v1/applications/${reference}/tasks/${await ownTask()}/completion`, { variables: {} })).status;

describe('a task that one clerk was named for', () => {
  test('[AP1] is not in the unit, but whoever leads the unit sees it and gives it to another', async () => {
    expect(await tasks(clerk)).toEqual([]);
    expect(await tasks(await house.as('clerk.beta'))).toEqual([]);
    const [task] = await tasks(lead);
    expect(task).toMatchObject({ elementId: 'look', assignee: 'clerk.alpha' });
    const address = `/v2/user-tasks/${task!.userTaskKey}/assignment`;
    expect((await clerk('POST', address, { assignee: 'clerk2.alpha' })).status).toBe(404);
    expect((await lead('POST', address, { assignee: 'clerk2.alpha' })).status).toBe(204);
    expect(await tasks(clerk, 'mine')).toMatchObject([{ elementId: 'look', assignee: 'clerk2.alpha' }]);
    expect(await tasks(await house.as('clerk.alpha'), 'mine')).toEqual([]);
    expect((await clerk('POST', `/v2/user-tasks/${task!.userTaskKey}/completion`, {})).status).toBe(204);
  });
});

describe('the citizen is a party of the case and no agency of it', () => {
  test('[AP2] the service names its agencies only', async () => {
    const { body } = await house.nobody('GET', '/api/v1/services/parties');
    expect(body['agencies']).toEqual([{ agencyId: 'alpha', name: 'Dinas Alpha', nameEn: 'Alpha Office' }]);
  });

  test('[AP3] a step of the citizen says "you" to the applicant and "citizen" to staff', async () => {
    expect((await track())['waitingFor']).toMatchObject({ kind: 'you', agency: 'citizen', agencyName: 'Anda', agencyNameEn: 'You' });
    expect((await track(lead))['waitingFor']).toMatchObject({
      kind: 'agency',
      agency: 'citizen',
      agencyName: 'Warga',
      agencyNameEn: 'Citizen',
      stepEn: 'Step correct',
    });
    const names = async (caller: Caller) =>
      ((await track(caller))['timeline'] as { step: string; agencyName: string }[]).map(({ step, agencyName }) => [step, agencyName]);
    expect(await names(citizen)).toEqual([
      ['Diajukan', 'Anda'],
      ['Langkah look', 'Dinas Alpha'],
      ['Langkah correct', 'Anda'],
    ]);
    expect((await names(lead)).map(([, name]) => name)).toEqual(['Warga', 'Dinas Alpha', 'Warga']);
  });

  test("[AP4] a citizen's task is in nobody's list, wherever it is drawn: not the unit's, not the supervisor's, not the administrator's", async () => {
    for (const expected of ['correct', 'astray']) {
      for (const caller of [clerk, lead, admin])
        for (const view of ['unit', 'mine', 'overdue'])
          expect({ expected, view, list: await tasks(caller, view) }).toEqual({ expected, view, list: [] });
      expect((await lead('GET', `/api/v1/tasks/${await ownTask()}`)).status).toBe(404);
      expect(((await track())['tasks'] as { name: string }[])[0]?.name).toBe(`Langkah ${expected}`);
      expect(await answer()).toBe(204);
    }
  });

  test("[AP4] what a machine does in the citizen's lane is the owner's", async () => {
    expect((await track())['waitingFor']).toMatchObject({ kind: 'agency', agency: 'alpha' });
    expect((await track())['timeline']).toContainEqual(expect.objectContaining({ step: 'Beri tahu', agency: 'alpha' }));
    const integrator = await house.as('integrator');
    const { body } = await integrator('POST', '/v2/jobs/activation', {
      type: 'tell',
      timeout: 60_000,
      maxJobsToActivate: 1,
      requestTimeout: -1,
    });
    const [job] = body['jobs'] as { jobKey: string }[];
    expect((await integrator('POST', `/v2/jobs/${job!.jobKey}/completion`, {})).status).toBe(204);
  });

  test("[AP4] a task in the citizen's lane that names nobody is the applicant's, and no other citizen's", async () => {
    for (const caller of [clerk, lead, admin]) expect(await tasks(caller)).toEqual([]);
    const other = await house.as('warga2');
    expect((await other('POST', `/api/v1/applications/${reference}/tasks/${await ownTask()}/completion`, { variables: {} })).status).toBe(
      404,
    );
    expect(await answer()).toBe(204);
    expect((await track())['state']).toBe('completed');
  });

  test('[AP2] no agency may be called citizen', () => {
    const folder = mkdtempSync(join(tmpdir(), 'alur-agencies-'));
    mkdirSync(join(folder, 'citizen'));
    writeFileSync(join(folder, 'citizen/agency.json'), JSON.stringify({ agencyId: 'citizen', name: 'x', nameEn: 'x', kind: 'agency' }));
    expect(() => readAgencies(folder)).toThrow('must not be one of the words');
    rmSync(folder, { recursive: true });
  });
});

describe('the history of a case', () => {
  test('[AP5] tells operators who did what, without any value', async () => {
    const { status, body, text } = await (await house.as('operator'))('GET', `/api/v1/cases/${processInstanceKey}/history`);
    const items = body['items'] as {
      command: string;
      by: string;
      agency: string | null;
      events: { event: string; step: string | null }[];
    }[];
    expect({ status, first: items[0] }).toMatchObject({ status: 200, first: { command: 'create-instance', by: 'warga', agency: null } });
    const completed = items.find(({ command }) => command === 'complete-user-task');
    expect(completed).toMatchObject({ by: 'clerk2.alpha', agency: 'alpha' });
    expect(completed?.events).toContainEqual(expect.objectContaining({ event: 'element-completed', step: 'Langkah look' }));
    expect(text).not.toMatch(/"value"|Siti/);
  });

  test('[AP5] is closed to everybody else', async () => {
    for (const caller of [clerk, lead, citizen, await house.as('evaluator')])
      expect((await caller('GET', `/api/v1/cases/${processInstanceKey}/history`)).status).toBe(403);
  });
});
