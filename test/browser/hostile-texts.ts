/** A service in which every text that somebody may write tries to run: names, documentation, form, options, answers, file names, reasons, failures. */
import type { Alur } from '../../server/start.ts';
import { callerFor } from './portal-support.ts';
import type { Call } from './portal-support.ts';

/** Runs as soon as anything reads it as a page; `mark` tells where it stood. No slash: it must fit into a file's name too. */
export const evil = (mark: string): string => `<img src=x data-evil onerror="window.evil='${mark}'">MARK-${mark}`;
const worse = (mark: string): string =>
  `${evil(mark)}<script data-evil>window.evil='${mark}'</script><svg data-evil onload="window.evil='${mark}'"></svg>[tekan](javascript:window.evil='${mark}')<a href="javascript:window.evil='${mark}'">tekan</a>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const property = (name: string, value: string): string => `<zeebe:property name="${name}" value="${escaped(value)}" />`;
const extension = (...inner: readonly string[]): string => `<bpmn:extensionElements>${inner.join('')}</bpmn:extensionElements>`;
const properties = (...given: readonly string[]): string => `<zeebe:properties>${given.join('')}</zeebe:properties>`;
const documentation = (mark: string): string => `<bpmn:documentation>${escaped(worse(mark))}</bpmn:documentation>`;
const inputs = (values: Readonly<Record<string, string>>): string =>
  `<zeebe:ioMapping>${Object.entries(values)
    .map(([target, source]) => `<zeebe:input source="${escaped(source)}" target="${target}" />`)
    .join('')}</zeebe:ioMapping>`;

function lane(agency: string, ids: readonly string[]): string {
  const inner = extension(properties(property('alur:agency', agency), property('alur:label.en', evil('lane-en'))));
  return `<bpmn:lane id="lane-${agency}" name="${escaped(evil('lane'))}">${inner}${ids.map((id) => `<bpmn:flowNodeRef>${id}</bpmn:flowNodeRef>`).join('')}</bpmn:lane>`;
}

interface Step {
  readonly id: string;
  readonly kind: string;
  readonly inside: string;
  readonly at: readonly [number, number];
}
const steps: readonly Step[] = [
  { id: 'start', kind: 'startEvent', at: [0, 1], inside: extension('<zeebe:formDefinition formId="jahat" />') },
  { id: 'fork', kind: 'parallelGateway', at: [1, 1], inside: '' },
  {
    id: 'check',
    kind: 'userTask',
    at: [2, 0],
    inside:
      documentation('documentation') +
      extension(
        '<zeebe:userTask /><zeebe:formDefinition formId="jahat" />',
        properties(property('alur:label.en', worse('element-en')), property('alur:phase', evil('phase'))),
      ),
  },
  {
    id: 'answer',
    kind: 'userTask',
    at: [2, 1],
    inside: extension(
      '<zeebe:userTask /><zeebe:formDefinition formId="jahat" /><zeebe:assignmentDefinition assignee="=applicant.username" />',
    ),
  },
  { id: 'fails', kind: 'serviceTask', at: [2, 2], inside: extension('<zeebe:taskDefinition type="hostile-work" />') },
  {
    id: 'mail',
    kind: 'serviceTask',
    at: [2, 3],
    inside: extension(
      '<zeebe:taskDefinition type="notify" />',
      inputs({ to: '=applicant.username', subject: `="${worse('subject').replaceAll('"', '\\"')}"`, text: '=answer' }),
    ),
  },
  {
    id: 'issue',
    kind: 'serviceTask',
    at: [2, 4],
    inside: extension(
      '<zeebe:taskDefinition type="permit-pdf" />',
      inputs({ title: '=answer', holder: '=answer', number: '=answer', fields: '=[{label: answer, labelEn: answer, value: answer}]' }),
    ),
  },
  { id: 'end', kind: 'endEvent', at: [3, 1], inside: '' },
];
const links: readonly (readonly [string, string])[] = [
  ['start', 'fork'],
  ...['check', 'answer', 'fails', 'mail', 'issue'].flatMap((id) => [['fork', id] as const, [id, 'end'] as const]),
];

const sizeOf = (kind: string): readonly [number, number] => (/Event$/.test(kind) ? [36, 36] : /Gateway$/.test(kind) ? [50, 50] : [100, 80]);

export function hostileDiagram(): string {
  const elements = steps.map(
    ({ id, kind, inside }) => `<bpmn:${kind} id="${id}" name="${escaped(worse(`name-${id}`))}">${inside}</bpmn:${kind}>`,
  );
  const flows = links.map(
    ([from, to]) =>
      `<bpmn:sequenceFlow id="${from}-${to}" name="${escaped(evil(`flow-${from}`))}" sourceRef="${from}" targetRef="${to}" />`,
  );
  const shapes = steps.map(({ id, kind, at: [x, y] }) => {
    const [width, height] = sizeOf(kind);
    return `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${150 + x * 180 - width / 2}" y="${100 + y * 110 - height / 2}" width="${width}" height="${height}" /></bpmndi:BPMNShape>`;
  });
  const own = extension(
    properties(
      property('alur:owner', 'diskominfo'),
      property('alur:service', 'true'),
      property('alur:label.en', worse('process-en')),
      property('alur:description', worse('description')),
    ),
  );
  const lanes = `<bpmn:laneSet id="lanes">${lane('diskominfo', ['start', 'fork', 'check', 'fails', 'mail', 'issue', 'end'])}${lane('citizen', ['answer'])}</bpmn:laneSet>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:test">
  <bpmn:process id="jahat" name="${escaped(worse('process'))}" isExecutable="true">${documentation('process-documentation')}${own}${lanes}${[...elements, ...flows].join('\n')}</bpmn:process>
  <bpmndi:BPMNDiagram id="x"><bpmndi:BPMNPlane id="y" bpmnElement="jahat">${shapes.join('\n')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;
}

export const hostileForm = JSON.stringify({
  id: 'jahat',
  type: 'default',
  components: [
    { type: 'text', text: `${worse('form-text')} {{answer}}` },
    { type: 'html', content: worse('form-html') },
    { type: 'image', source: "javascript:window.evil='image'", alt: evil('form-alt') },
    { type: 'image', source: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='parent.evil=1'/>", alt: evil('form-alt') },
    { type: 'iframe', url: "javascript:parent.evil='iframe'", label: evil('form-iframe') },
    { type: 'button', label: evil('form-button'), action: 'submit' },
    { type: 'textfield', key: 'answer', label: worse('form-label'), description: worse('form-hint'), properties: { 'label.en': evil('form-label-en') } },
    { type: 'select', key: 'choice', label: evil('form-select'), values: [{ value: 'a', label: worse('form-option') }] },
    { type: 'radio', key: 'one', label: evil('form-radio'), values: [{ value: 'a', label: worse('form-radio-option') }] },
    { type: 'checklist', key: 'many', label: evil('form-checklist'), values: [{ value: 'a', label: worse('form-check-option') }] },
    { type: evil('form-kind'), key: 'unknown', label: evil('form-unknown') },
    { type: 'table', label: evil('form-table'), dataSource: '=rows', columns: [{ key: 'a', label: evil('form-column') }] },
  ],
}); // prettier-ignore

export interface Hostile {
  readonly reference: string;
  readonly processInstanceKey: string;
  readonly tasks: Readonly<Record<'check' | 'answer', string>>;
  readonly citizen: Call;
}

/** Publishes it and brings one case to where every text stands somewhere. */
export async function openHostile(alur: Alur): Promise<Hostile> {
  const files = [
    { name: 'jahat.bpmn', text: hostileDiagram() },
    { name: 'jahat.form', text: hostileForm },
  ];
  const made = await alur.runtime.deploy(files, { id: 'test', agency: 'diskominfo' });
  if (!made.ok) throw new Error(JSON.stringify(made));
  const [admin, citizen] = await Promise.all([callerFor(alur, 'admin'), callerFor(alur, 'warga')]);
  await admin('PATCH', '/api/v1/accounts/petugas.diskominfo', { name: evil('person') });
  await admin('POST', '/api/v1/accounts', { username: 'jahat', name: evil('new-person'), agency: 'diskominfo', roles: ['clerk'] });
  const applied = (await citizen('POST', '/api/v1/applications', {
    processDefinitionId: 'jahat',
    variables: { answer: worse('answer'), choice: 'a' },
  })) as { reference: string; processInstanceKey: string };
  return { ...applied, citizen, tasks: await bringOn(alur, applied.processInstanceKey) };
}

async function bringOn(alur: Alur, processInstanceKey: string): Promise<Hostile['tasks']> {
  const { store } = alur.runtime;
  const [operator, integrator, clerk] = await Promise.all(
    ['operator', 'integrator', 'petugas.diskominfo'].map(async (name) => await callerFor(alur, name)),
  );
  const jobs = (await integrator?.('POST', '/v2/jobs/activation', {
    type: 'hostile-work',
    worker: evil('worker'),
    timeout: 60_000,
    maxJobsToActivate: 1,
  })) as { jobs: readonly { jobKey: string }[] };
  await integrator?.('POST', `/v2/jobs/${jobs.jobs[0]?.jobKey ?? ''}/failure`, { retries: 0, errorMessage: worse('incident') });
  await operator?.('PUT', `/v2/element-instances/${processInstanceKey}/variables`, {
    variables: { [evil('variable-name')]: worse('variable'), rows: [{ a: worse('cell') }] },
  });
  await operator?.('POST', `/api/v1/cases/${processInstanceKey}/legal-hold`, { reason: worse('reason') });
  const task = async (elementId: string): Promise<string> =>
    String((await store.search('userTasks', { filter: { processInstanceKey, elementId } })).items[0]?.['userTaskKey']);
  const tasks = { check: await task('check'), answer: await task('answer') };
  await clerk?.('POST', `/v2/user-tasks/${tasks.check}/assignment`, { assignee: 'petugas.diskominfo' });
  await clerk?.('PUT', `/api/v1/drafts/task-${tasks.check}`, { values: { answer: worse('draft') } });
  await file(alur, processInstanceKey);
  return tasks;
}

async function file(alur: Alur, processInstanceKey: string): Promise<void> {
  const bytes = new TextEncoder().encode(worse('bytes'));
  await alur.runtime.store.putBlob('jahat', bytes);
  const row = {
    documentId: 'jahat',
    name: `${evil('file')}.html`,
    contentType: 'text/html',
    size: bytes.length,
    processInstanceKey,
    createdAt: 1,
    createdBy: 'petugas.diskominfo',
    agencies: ['diskominfo'],
    citizen: 'warga',
  };
  await alur.runtime.store.write([{ op: 'put', collection: 'documents', key: 'jahat', row }]);
}
