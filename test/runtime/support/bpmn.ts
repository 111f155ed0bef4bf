/** Small diagrams as text, for tests of the runtime: what matters is between `<process>` and `</process>`. */
export function bpmn(id: string, body: string, roots = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="test">
${roots}<bpmn:process id="${id}" name="${id} by name" isExecutable="true">${body}</bpmn:process></bpmn:definitions>`;
}

export function flow(source: string, target: string): string {
  return `<bpmn:sequenceFlow id="${source}_${target}" sourceRef="${source}" targetRef="${target}"/>`;
}

export function serviceTask(id: string, type: string, retries = 3): string {
  return `<bpmn:serviceTask id="${id}" name="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="${type}" retries="${retries}"/></bpmn:extensionElements></bpmn:serviceTask>`;
}

export function message(id: string, name: string, correlationKey?: string): string {
  const subscription =
    correlationKey === undefined
      ? ''
      : `<bpmn:extensionElements><zeebe:subscription correlationKey="${correlationKey}"/></bpmn:extensionElements>`;
  return `<bpmn:message id="${id}" name="${name}">${subscription}</bpmn:message>`;
}

/** start → each of these → end */
export function line(id: string, elements: readonly (readonly [id: string, xml: string])[], roots = ''): string {
  const ids = ['start', ...elements.map(([name]) => name), 'end'];
  const flows = ids.slice(1).map((target, index) => flow(ids[index] ?? '', target));
  return bpmn(
    id,
    ['<bpmn:startEvent id="start"/>', ...elements.map(([, xml]) => xml), '<bpmn:endEvent id="end"/>', ...flows].join(''),
    roots,
  );
}

export const agencyCall = (id: string, agency: string): readonly [string, string] => [
  id,
  `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call"/><zeebe:taskHeaders><zeebe:header key="agency" value="${agency}"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>`,
];
