/** Stand-ins for a called process and a decision: the smallest resources that answer what the mock says. JSON is FEEL. */
import type { Json, Variables } from '../engine/terms.ts';
import type { Resource } from '../runtime/runtime.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function mockChildProcess(id: string, variables: Variables): Resource {
  const outputs = Object.entries(variables).map(
    ([name, value]) => `<zeebe:output source="=${escaped(JSON.stringify(value))}" target="${escaped(name)}" />`,
  );
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="mock" targetNamespace="urn:alur:mock">
  <bpmn:process id="${escaped(id)}" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:extensionElements><zeebe:ioMapping>${outputs.join('')}</zeebe:ioMapping></bpmn:extensionElements><bpmn:outgoing>flow</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="end"><bpmn:incoming>flow</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="flow" sourceRef="start" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>`;
  return {
    name: `mock-${id}.bpmn`,
    text: outputs.length === 0 ? text.replace(/<bpmn:extensionElements>.*<\/bpmn:extensionElements>/, '') : text,
  };
}

export function mockDecision(id: string, output: Json): Resource {
  const name = escaped(id);
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="mock-${name}" name="mock" namespace="urn:alur:mock">
  <decision id="${name}" name="${name}"><variable id="mock-variable" name="result" /><literalExpression id="mock-expression"><text>${escaped(JSON.stringify(output))}</text></literalExpression></decision>
</definitions>`;
  return { name: `mock-${id}.dmn`, text };
}
