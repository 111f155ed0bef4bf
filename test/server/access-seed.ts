/** Three agencies on one server: alpha owns cases full of marks, beta takes part in one of them, gamma in none. */
import { accountRow } from '../../server/accounts.ts';
import type { AppOptions } from '../../server/app.ts';
import type { Person } from '../../server/demo-accounts.ts';
import { roles } from '../../server/reader.ts';
import { Sessions } from '../../server/sessions.ts';
import { callerOf, hashed, openHouse } from './house.ts';
import type { Caller, House } from './house.ts';

/** must never reach anybody outside alpha */
export const SECRET = 'TANDA-RAHASIA-ALPHA';
/** is in the case that beta takes part in, but no step of beta reads it */
export const HIDDEN = 'TANDA-TERSEMBUNYI';
export const NIK = '3573010101900001';

const property = (name: string, value: string) => `<zeebe:property name="${name}" value="${value}" />`;
const properties = (...given: readonly string[]) => `<zeebe:properties>${given.join('')}</zeebe:properties>`;
const lane = (agency: string, ...ids: readonly string[]) =>
  `<bpmn:lane id="lane-${agency}" name="${agency}"><bpmn:extensionElements>${properties(property('alur:agency', agency))}</bpmn:extensionElements>${ids.map((id) => `<bpmn:flowNodeRef>${id}</bpmn:flowNodeRef>`).join('')}</bpmn:lane>`;
const flow = (from: string, to: string) => `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;

/** A case that stops at a task of `worker`, a job, a message, a decision's result and an incident of the owner at once. */
const diagram = (id: string, owner: string, worker: string) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs-${id}" targetNamespace="http://alur.example">
<bpmn:message id="m-${id}" name="news-${id}"><bpmn:extensionElements><zeebe:subscription correlationKey="=secret" /></bpmn:extensionElements></bpmn:message>
<bpmn:process id="${id}" name="Proses ${id}" isExecutable="true">
  <bpmn:extensionElements>${properties(property('alur:owner', owner), property('alur:service', 'true'))}</bpmn:extensionElements>
  <bpmn:laneSet id="lanes-${id}">${owner === worker ? lane(owner, 'start', 'fork', 'task', 'job', 'wait', 'broken') : lane(owner, 'start', 'fork', 'job', 'wait', 'broken') + lane(worker, 'task')}</bpmn:laneSet>
  <bpmn:startEvent id="start" />
  <bpmn:parallelGateway id="fork" />
  <bpmn:userTask id="task" name="Periksa"><bpmn:extensionElements><zeebe:userTask /><zeebe:formDefinition formId="form-${id}" /></bpmn:extensionElements></bpmn:userTask>
  <bpmn:serviceTask id="job" name="Hitung"><bpmn:extensionElements><zeebe:taskDefinition type="work-${id}" /><zeebe:ioMapping><zeebe:input source="=secret" target="place" /></zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>
  <bpmn:intermediateCatchEvent id="wait" name="Tunggu"><bpmn:messageEventDefinition id="wait-m" messageRef="m-${id}" /></bpmn:intermediateCatchEvent>
  <bpmn:exclusiveGateway id="broken" name="Buntu" />
  <bpmn:endEvent id="end" />
  ${flow('start', 'fork')}${flow('fork', 'task')}${flow('fork', 'job')}${flow('fork', 'wait')}${flow('fork', 'broken')}
  <bpmn:sequenceFlow id="broken-end" sourceRef="broken" targetRef="end"><bpmn:conditionExpression>=secret = "no"</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>`;

const form = (id: string) =>
  JSON.stringify({
    id: `form-${id}`,
    type: 'default',
    components: [
      { type: 'textfield', key: 'place', label: 'Lokasi', properties: { 'label.en': 'Location' } },
      { type: 'textfield', key: 'nik', label: 'NIK' },
    ],
  });

export interface Seeds {
  readonly house: House;
  /** signed in as `role.agency`, `warga` or `warga2` */
  as(name: string): Caller;
  /** name of an id in an address or a body → ids of alpha's own case, and of the shared one */
  readonly ids: ReadonlyMap<string, { readonly own: string; readonly shared: string }>;
  readonly cases: { readonly own: string; readonly shared: string; readonly betas: string };
  /** the citizen's own case */
  readonly reference: string;
}

export const agencies = ['alpha', 'beta', 'gamma'] as const;

/** every role in every agency; whoever may do everything in another agency is a stranger all the same */
const staff: readonly Person[] = [
  ...agencies.flatMap((agency) =>
    roles.filter((role) => role !== 'admin').map((role) => ({ username: `${role}.${agency}`, name: role, agency, roles: [role] })),
  ),
  { username: 'admin.gamma', name: 'admin', agency: 'gamma', roles: ['admin'] as const },
].map((person) => ({ ...person, realm: 'staff' }));

async function openSessions({ runtime: { store }, url }: House): Promise<ReadonlyMap<string, Caller>> {
  const passwordHash = await hashed;
  await store.write(
    staff.map((person) => ({ op: 'put', collection: 'users', key: person.username, row: accountRow(person, passwordHash) })),
  );
  const sessions = new Sessions(store, { now: Date.now, secure: false });
  const callers = new Map<string, Caller>();
  for (const name of [...staff.map(({ username }) => username), 'warga', 'warga2', 'admin'])
    callers.set(name, callerOf(url, { cookie: (await sessions.open(name)).split(';')[0] ?? '' }));
  return callers;
}

/** `storeUrl`: address of the database, given the house's folder; default: memory */
export async function openSeeds(storeUrl?: (folder: string) => string, options: Partial<AppOptions> = {}): Promise<Seeds> {
  const house = await openHouse(options, storeUrl);
  const callers = await openSessions(house);
  const as = (name: string): Caller => callers.get(name) ?? house.nobody;
  for (const [id, owner, worker] of [
    ['own', 'alpha', 'alpha'],
    ['shared', 'alpha', 'beta'],
    ['betas', 'beta', 'beta'],
  ] as const) {
    const made = await house.deploy(as('admin'), { [`${id}.bpmn`]: diagram(id, owner, worker), [`${id}.form`]: form(id) });
    if (made.status !== 200) throw new Error(made.text);
  }
  const start = async (id: string, variables: object, businessId: string) =>
    String(
      (await as('admin')('POST', '/v2/process-instances', { processDefinitionId: id, variables, businessId })).body['processInstanceKey'],
    );
  const cases = {
    own: await start('own', { secret: SECRET, place: SECRET, nik: NIK }, `${SECRET}-1`),
    shared: await start('shared', { secret: HIDDEN, place: 'Jalan Ijen', nik: NIK }, 'BERSAMA-1'),
    betas: await start('betas', { secret: 'beta', place: 'beta', nik: NIK }, 'BETA-1'),
  };
  const ids = await idsOf(house, cases);
  const applied = await as('warga')('POST', '/api/v1/applications', { processDefinitionId: 'own', variables: {} });
  await as('clerk.alpha')('PUT', `/api/v1/drafts/task-${ids.get('userTaskKey')?.own ?? ''}`, { values: { note: SECRET } });
  return { house, as, ids, cases, reference: String(applied.body['reference']) };
}

async function idsOf({ runtime }: House, cases: Seeds['cases']): Promise<Seeds['ids']> {
  const { store } = runtime;
  const one = async (collection: Parameters<typeof store.search>[0], field: string, filter: object = {}) => {
    const pick = async (processInstanceKey: string) =>
      String((await store.search(collection, { filter: { processInstanceKey, ...filter }, limit: 1 })).items[0]?.[field]);
    return { own: await pick(cases.own), shared: await pick(cases.shared) };
  };
  for (const key of ['own', 'shared'] as const) await keepDocument(store, key, cases[key]);
  const batch = await runtime.startBatch({ type: 'RESOLVE_INCIDENT', items: [] }, { id: 'operator.alpha', agency: 'alpha' });
  const batchOperationKey = 'batchOperationKey' in batch ? String(batch.batchOperationKey) : '';
  const substitution = {
    substitutionId: 'stand-in',
    absent: 'clerk.alpha',
    substitute: 'evaluator.alpha',
    agency: 'alpha',
    roles: ['clerk'],
  };
  const times = { from: Date.now() - 1000, until: Date.now() + 10_000_000, reason: SECRET };
  await store.write([{ op: 'put', collection: 'substitutions', key: 'stand-in', row: { ...substitution, ...times } }]);
  await keepProgram(store);
  const element = await one('elementInstances', 'elementInstanceKey', { elementId: 'job' });
  return new Map(
    Object.entries({
      processInstanceKey: { own: cases.own, shared: cases.shared },
      instanceId: { own: cases.own, shared: cases.shared },
      auditLogKey: { own: `${cases.own}000001`, shared: `${cases.shared}000001` },
      decisionEvaluationKey: { own: cases.own, shared: cases.shared },
      decisionEvaluationInstanceKey: { own: `${cases.own}-1`, shared: `${cases.shared}-1` },
      parentProcessInstanceKey: { own: cases.own, shared: cases.shared },
      rootProcessInstanceKey: { own: cases.own, shared: cases.shared },
      parentElementInstanceKey: element,
      elementInstanceKey: element,
      elementInstanceScopeKey: { own: cases.own, shared: cases.shared },
      scopeKey: { own: cases.own, shared: cases.shared },
      adHocSubProcessInstanceKey: element,
      userTaskKey: await one('userTasks', 'userTaskKey'),
      jobKey: await one('jobs', 'jobKey'),
      variableKey: await one('variables', 'variableKey', { name: 'secret' }),
      incidentKey: await one('incidents', 'incidentKey'),
      messageSubscriptionKey: await one('subscriptions', 'messageSubscriptionKey'),
      subscriptionKey: await one('subscriptions', 'messageSubscriptionKey'),
      itemKey: await one('incidents', 'incidentKey'),
      documentId: { own: 'DOC-own', shared: 'DOC-shared' },
      batchOperationKey: { own: batchOperationKey, shared: batchOperationKey },
      substitutionId: { own: 'stand-in', shared: 'stand-in' },
      reference: { own: `${SECRET}-1`, shared: 'BERSAMA-1' },
      businessId: { own: `${SECRET}-1`, shared: 'BERSAMA-1' },
      username: { own: 'clerk.alpha', shared: 'clerk.alpha' },
      groupId: { own: 'alpha', shared: 'alpha' },
      roleId: { own: 'clerk', shared: 'clerk' },
      tenantId: { own: '<default>', shared: '<default>' },
      authorizationKey: { own: '1', shared: '2' },
      mappingRuleId: { own: 'rule-alpha', shared: 'rule-alpha' },
      clientId: { own: 'client.alpha', shared: 'client.alpha' },
      token: { own: 'none', shared: 'none' },
      draftKey: { own: `task-${(await one('userTasks', 'userTaskKey')).own}`, shared: 'service-shared' },
    }),
  );
}

async function keepProgram(store: House['runtime']['store']): Promise<void> {
  const client = {
    clientId: 'client.alpha',
    name: SECRET,
    agency: 'alpha',
    roles: ['clerk'],
    secretHash: '',
    generation: 1,
    disabled: false,
  };
  const rule = { mappingRuleId: 'rule-alpha', name: SECRET, claimName: 'sub', claimValue: SECRET, agency: 'alpha', roles: ['clerk'] };
  await store.write([
    { op: 'put', collection: 'machineClients', key: client.clientId, row: client },
    { op: 'put', collection: 'mappingRules', key: rule.mappingRuleId, row: rule },
  ]);
}

async function keepDocument(store: House['runtime']['store'], key: 'own' | 'shared', processInstanceKey: string): Promise<void> {
  const documentId = `DOC-${key}`;
  const row = {
    documentId,
    name: `${SECRET}.pdf`,
    contentType: 'application/pdf',
    size: 3,
    processInstanceKey,
    agencies: ['alpha'],
    citizen: 'warga',
  };
  await store.putBlob(documentId, Buffer.from(SECRET));
  await store.write([{ op: 'put', collection: 'documents', key: documentId, row }]);
}
