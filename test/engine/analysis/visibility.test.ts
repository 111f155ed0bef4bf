import { describe, expect, test } from '@jest/globals';
import { visibilityOf } from '../../../engine/analysis/visibility.ts';
import type { Visibility } from '../../../engine/analysis/visibility.ts';
import { formNames } from '../../../engine/analysis/form-names.ts';
import { compile } from '../../../engine/index.ts';

const lane = (agency: string, ...ids: readonly string[]) =>
  `<bpmn:lane id="lane-${agency}"><bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:agency" value="${agency}" /></zeebe:properties></bpmn:extensionElements>${ids.map((id) => `<bpmn:flowNodeRef>${id}</bpmn:flowNodeRef>`).join('')}</bpmn:lane>`;
const io = (...mappings: readonly string[]) => `<zeebe:ioMapping>${mappings.join('')}</zeebe:ioMapping>`;
const input = (source: string, target: string) => `<zeebe:input source="${source}" target="${target}" />`;
const output = (source: string, target: string) => `<zeebe:output source="${source}" target="${target}" />`;

/** one-stop office owns; fire service has one task; environment has a gateway, a decision and a call */
const diagram = (properties = '') => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="x">
<bpmn:process id="p" isExecutable="true">
  <bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:owner" value="office" />${properties}</zeebe:properties></bpmn:extensionElements>
  <bpmn:laneSet id="lanes">${lane('office', 'start', 'pay')}${lane('fire', 'inspect')}${lane('green', 'split', 'rule', 'screen', 'end', 'end2')}</bpmn:laneSet>
  <bpmn:startEvent id="start"><bpmn:extensionElements><zeebe:formDefinition formId="apply" /></bpmn:extensionElements></bpmn:startEvent>
  <bpmn:serviceTask id="pay" name="Bayar"><bpmn:extensionElements><zeebe:taskDefinition type="pay" />${io(input('={nik: nik}', 'body'), output('=response.bill', 'bill'))}</bpmn:extensionElements></bpmn:serviceTask>
  <bpmn:userTask id="inspect"><bpmn:extensionElements><zeebe:userTask /><zeebe:formDefinition formId="fire" /></bpmn:extensionElements></bpmn:userTask>
  <bpmn:businessRuleTask id="rule"><bpmn:extensionElements><zeebe:calledDecision decisionId="risk" resultVariable="riskClass" /></bpmn:extensionElements></bpmn:businessRuleTask>
  <bpmn:serviceTask id="screen" name="Saring"><bpmn:extensionElements><zeebe:taskDefinition type="call" />${io(input('=location', 'body'))}</bpmn:extensionElements></bpmn:serviceTask>
  <bpmn:exclusiveGateway id="split" default="f6" />
  <bpmn:endEvent id="end" /><bpmn:endEvent id="end2" />
  <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="pay" /><bpmn:sequenceFlow id="f2" sourceRef="pay" targetRef="inspect" />
  <bpmn:sequenceFlow id="f3" sourceRef="inspect" targetRef="rule" /><bpmn:sequenceFlow id="f4" sourceRef="rule" targetRef="screen" />
  <bpmn:sequenceFlow id="f7" sourceRef="screen" targetRef="split" />
  <bpmn:sequenceFlow id="f5" sourceRef="split" targetRef="end"><bpmn:conditionExpression>=floors > 3</bpmn:conditionExpression></bpmn:sequenceFlow>
  <bpmn:sequenceFlow id="f6" sourceRef="split" targetRef="end2" />
</bpmn:process></bpmn:definitions>`;
const field = (key: string, more: object = {}) => ({ type: 'textfield', key, ...more });
const forms: Record<string, { components: readonly object[] }> = {
  apply: { components: ['nik', 'location', 'area', 'floors', 'phone'].map((key) => field(key)) },
  fire: { components: [field('location', { readonly: true }), field('area', { readonly: true }), field('verdict', { label: 'Hasil' })] },
};

async function view(properties = ''): Promise<Visibility> {
  const compiled = await compile(diagram(properties));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled));
  return visibilityOf(compiled.processes[0]!, { form: (id) => forms[id] as never, decision: () => ['area', 'location'] });
}
const seenBy = ({ variables }: Visibility, agency: string) =>
  variables.filter(({ agencies }) => agencies.includes(agency)).map(({ name }) => name);

describe('what an agency sees follows from the diagram', () => {
  test('[AN30] the fields of its forms, what they answer, and nothing else', async () => {
    expect(seenBy(await view(), 'fire')).toEqual(['area', 'location', 'verdict']);
  });

  test('[AN30] what conditions, decisions and input mappings in its lane read, and what its steps write', async () => {
    expect(seenBy(await view(), 'green')).toEqual(['area', 'floors', 'location', 'riskClass']);
  });

  test("[AN31] what a step calls something inside itself is no other agency's, whatever its name", async () => {
    // both services have an input `body`, one with the NIK in it
    const { variables } = await view();
    expect(variables.map(({ name }) => name)).not.toContain('body');
    expect(variables.find(({ name }) => name === 'nik')?.agencies).toEqual([]);
  });

  test('[AN32] what has no name in the diagram is the owner’s only, and said so', async () => {
    expect((await view()).unnamed).toEqual([{ elementId: 'screen', elementName: 'Saring' }]);
  });

  test.each([
    ['fire', ['fire']],
    ['fire, green', ['fire', 'green']],
    ['*', ['fire', 'green']],
    ['', []],
  ])('[AN33] the process may say otherwise: alur:visible.area = "%s"', async (value, expected) => {
    const { variables } = await view(`<zeebe:property name="alur:visible.area" value="${value}" />`);
    expect(variables.find(({ name }) => name === 'area')?.agencies).toEqual(expected);
  });

  test('[AN34] numbers that name a person are of their class by name or by declaration', async () => {
    const { variables } = await view('<zeebe:property name="alur:class.phone" value="identity" />');
    expect(variables.filter(({ identity }) => identity).map(({ name }) => name)).toEqual(['nik', 'phone']);
  });

  test('[AN35] how a decision was made is for those who see all of its inputs and its result', async () => {
    expect((await view()).decisions).toEqual([{ decisionId: 'risk', agencies: ['green'] }]);
    expect((await view('<zeebe:property name="alur:visible.area" value="" />')).decisions).toEqual([{ decisionId: 'risk', agencies: [] }]);
  });

  test('[AN30] every sight says which step and why', async () => {
    const area = (await view()).variables.find(({ name }) => name === 'area');
    expect(area?.sights).toContainEqual({ agency: 'fire', because: 'reads', elementId: 'inspect', elementName: 'inspect' });
  });
});

describe('the names of a form', () => {
  test('[AN36] keys, expressions, placeholders and lists count; prose does not', () => {
    const { reads, writes } = formNames({
      components: [
        { type: 'textfield', key: 'a', label: 'secret prose', conditional: { hide: '=b > 1' } },
        { type: 'text', text: 'Halo {{c}}, bukan d' },
        { type: 'select', key: 'e', valuesKey: 'f' },
        { type: 'dynamiclist', path: 'rows', components: [{ type: 'number', key: 'inner' }] },
        { type: 'number', key: 'g', readonly: true },
        { type: 'expression', key: 'h', expression: '=i + 1' },
      ],
    });
    expect([...reads].toSorted()).toEqual(['a', 'b', 'c', 'e', 'f', 'g', 'h', 'i', 'rows']);
    expect([...writes].toSorted()).toEqual(['a', 'e', 'rows']);
  });

  test('[AN36] what is no form names nothing', () => {
    for (const schema of [null, 'x', 1, [], {}, { components: 'x' }, { components: [null, 1] }])
      expect(formNames(schema as never).reads.size).toBe(0);
  });
});
