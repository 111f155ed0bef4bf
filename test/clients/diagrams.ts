/** What the official clients deploy in these tests: one process for each thing that they can be asked for. */
const definitions = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="http://alur.example">${body}</bpmn:definitions>`;
const ext = (body: string) => `<bpmn:extensionElements>${body}</bpmn:extensionElements>`;
const flow = (from: string, to: string) => `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}" />`;
const job = (id: string, more = '') =>
  `<bpmn:serviceTask id="${id}" name="${id}">${ext(`<zeebe:taskDefinition type="${id}" retries="3" />${more}`)}</bpmn:serviceTask>`;
const userTask = (id: string, more = '') => `<bpmn:userTask id="${id}" name="${id}">${ext(`<zeebe:userTask />${more}`)}</bpmn:userTask>`;
const process = (id: string, body: string, before = '', after = '') =>
  definitions(`${before}<bpmn:process id="${id}" name="The ${id}" isExecutable="true">${body}</bpmn:process>${after}`);
const start = '<bpmn:startEvent id="start" />';
const end = '<bpmn:endEvent id="end" />';

const form = (id: string, key: string) =>
  JSON.stringify({ id, type: 'default', schemaVersion: 18, components: [{ type: 'textfield', key, label: key }] });

export const files: Readonly<Record<string, string>> = {
  'review.bpmn': process(
    'review',
    `<bpmn:startEvent id="start">${ext('<zeebe:formDefinition formId="ask" />')}</bpmn:startEvent>${userTask('read', '<zeebe:formDefinition formId="answer" />')}${end}${flow('start', 'read')}${flow('read', 'end')}`,
  ),
  'weighing.bpmn': process(
    'weighing',
    `${start}${job('weigh')}${end}<bpmn:boundaryEvent id="heavy" attachedToRef="weigh"><bpmn:errorEventDefinition id="heavy-e" errorRef="too-heavy" /></bpmn:boundaryEvent><bpmn:endEvent id="refused" />${flow('start', 'weigh')}${flow('weigh', 'end')}${flow('heavy', 'refused')}`,
    '<bpmn:error id="too-heavy" name="too heavy" errorCode="HEAVY" />',
  ),
  'news.bpmn': process(
    'news',
    `${start}<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="wait-m" messageRef="arrived" /></bpmn:intermediateCatchEvent>${end}${flow('start', 'wait')}${flow('wait', 'end')}`,
    `<bpmn:message id="arrived" name="arrived">${ext('<zeebe:subscription correlationKey="=parcel" />')}</bpmn:message>`,
  ),
  'free.bpmn': process(
    'free',
    `${start}<bpmn:adHocSubProcess id="box">${userTask('one')}${userTask('two')}</bpmn:adHocSubProcess>${end}${flow('start', 'box')}${flow('box', 'end')}`,
  ),
  'flood.bpmn': process(
    'flood',
    `<bpmn:startEvent id="start"><bpmn:conditionalEventDefinition id="start-c"><bpmn:condition xsi:type="bpmn:tFormalExpression">=level &gt; 3</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent>${userTask('close-gate')}${end}${flow('start', 'close-gate')}${flow('close-gate', 'end')}`,
  ),
  'ask.form': form('ask', 'question'),
  'answer.form': form('answer', 'answer'),
  'fee.dmn': `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="fees" name="Fees" namespace="http://alur.example"><decision id="fee" name="Fee"><decisionTable id="table" hitPolicy="UNIQUE"><input id="i"><inputExpression id="ie" typeRef="number"><text>area</text></inputExpression></input><output id="o" name="fee" typeRef="number" /><rule id="small"><inputEntry id="e1"><text>&lt; 100</text></inputEntry><outputEntry id="o1"><text>10</text></outputEntry></rule><rule id="large"><inputEntry id="e2"><text>&gt;= 100</text></inputEntry><outputEntry id="o2"><text>50</text></outputEntry></rule></decisionTable></decision></definitions>`,
  'notes.txt': 'Nothing to see here',
};
