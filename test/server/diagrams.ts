/** Small diagrams of the tests. */
const head = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs" targetNamespace="http://alur.example">`;

const properties = (list: Readonly<Record<string, string>>): string =>
  `<zeebe:properties>${Object.entries(list)
    .map(([name, value]) => `<zeebe:property name="${name}" value="${value}" />`)
    .join('')}</zeebe:properties>`;

/** A citizen applies; Dinas Alpha decides in a user task; a worker of Dinas Alpha does the rest; the citizen confirms. */
export const permit = `${head}
<bpmn:process id="permit" name="Izin Uji" isExecutable="true">
  <bpmn:extensionElements>${properties({ 'alur:owner': 'alpha', 'alur:service': 'true', 'alur:reference': 'IZIN', 'alur:label.en': 'Test permit', 'alur:description': 'Izin untuk uji' })}</bpmn:extensionElements>
  <bpmn:laneSet id="lanes"><bpmn:lane id="laneAlpha" name="Alpha"><bpmn:extensionElements>${properties({ 'alur:agency': 'alpha' })}</bpmn:extensionElements>
    <bpmn:flowNodeRef>start</bpmn:flowNodeRef><bpmn:flowNodeRef>decide</bpmn:flowNodeRef><bpmn:flowNodeRef>provision</bpmn:flowNodeRef><bpmn:flowNodeRef>end</bpmn:flowNodeRef></bpmn:lane>
    <bpmn:lane id="laneCitizen" name="Warga"><bpmn:flowNodeRef>confirm</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
  <bpmn:startEvent id="start" name="Permohonan masuk"><bpmn:extensionElements><zeebe:formDefinition formId="permit-apply" />${properties({ 'alur:phase': 'Pengajuan', 'alur:phase.en': 'Application', 'alur:label.en': 'Application received' })}</bpmn:extensionElements><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
  <bpmn:userTask id="decide" name="Putuskan"><bpmn:extensionElements><zeebe:userTask /><zeebe:formDefinition formId="permit-decide" />${properties({ 'alur:phase': 'Pemeriksaan', 'alur:phase.en': 'Review', 'alur:label.en': 'Decide' })}</bpmn:extensionElements><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
  <bpmn:serviceTask id="provision" name="Pasang"><bpmn:extensionElements><zeebe:taskDefinition type="provision" retries="3" />${properties({ 'alur:phase': 'Pemasangan', 'alur:phase.en': 'Installation' })}</bpmn:extensionElements><bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing></bpmn:serviceTask>
  <bpmn:userTask id="confirm" name="Konfirmasi"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition assignee="=applicant.username" /><zeebe:formDefinition formId="permit-confirm" />${properties({ 'alur:phase': 'Selesai', 'alur:phase.en': 'Done' })}</bpmn:extensionElements><bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing></bpmn:userTask>
  <bpmn:endEvent id="end" name="Izin terbit"><bpmn:extensionElements>${properties({ 'alur:outcome': 'Izin terbit', 'alur:outcome.en': 'Permit issued' })}</bpmn:extensionElements><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>
  <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="decide" /><bpmn:sequenceFlow id="f2" sourceRef="decide" targetRef="provision" />
  <bpmn:sequenceFlow id="f3" sourceRef="provision" targetRef="confirm" /><bpmn:sequenceFlow id="f4" sourceRef="confirm" targetRef="end" />
</bpmn:process></bpmn:definitions>`;

/** One script: for synchronous starts. */
export const double = `${head}
<bpmn:process id="double" name="Double" isExecutable="true">
  <bpmn:startEvent id="start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
  <bpmn:scriptTask id="twice"><bpmn:extensionElements><zeebe:script expression="=n * 2" resultVariable="result" /></bpmn:extensionElements><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:scriptTask>
  <bpmn:endEvent id="end"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
  <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="twice" /><bpmn:sequenceFlow id="f2" sourceRef="twice" targetRef="end" />
</bpmn:process></bpmn:definitions>`;

const form = (id: string, components: readonly object[]): string =>
  JSON.stringify({
    id,
    type: 'default',
    schemaVersion: 18,
    executionPlatform: 'Camunda Cloud',
    executionPlatformVersion: '8.9.0',
    components,
  });

export const permitFiles = {
  'permit.bpmn': permit,
  'permit-apply.form': form('permit-apply', [
    { type: 'textfield', key: 'nik', label: 'NIK', validate: { required: true, pattern: '^[0-9]{16}$' } },
    { type: 'number', key: 'size', label: 'Luas', decimalDigits: 0, validate: { min: 1, max: 1000 } },
    {
      type: 'select',
      key: 'kind',
      label: 'Jenis',
      values: [
        { label: 'Rumah', value: 'house' },
        { label: 'Toko', value: 'shop' },
      ],
    },
    { type: 'textfield', key: 'shopName', label: 'Nama toko', conditional: { hide: '=kind != "shop"' }, validate: { required: true } },
  ]),
  'permit-decide.form': form('permit-decide', [{ type: 'checkbox', key: 'approved', label: 'Setuju' }]),
  'permit-confirm.form': form('permit-confirm', [{ type: 'checkbox', key: 'works', label: 'Berfungsi', validate: { required: true } }]),
};

export const answers = { nik: '3573010101010001', size: 40, kind: 'house' };
