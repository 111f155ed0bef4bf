/** Diagrams of the runtime's programs. */
import type { Runtime } from '../runtime/runtime.ts';

export const BY = { id: 'bench', agency: 'kominfo' };

const flow = (from: string, to: string): string => `<bpmn:sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`;

/** start → each of these → end */
function line(id: string, elements: readonly (readonly [id: string, xml: string])[]): string {
  const ids = ['start', ...elements.map(([name]) => name), 'end'];
  const flows = ids.slice(1).map((target, index) => flow(ids[index] ?? '', target));
  const body = ['<bpmn:startEvent id="start"/>', ...elements.map(([, xml]) => xml), '<bpmn:endEvent id="end"/>', ...flows].join('');
  return `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="bench"><bpmn:process id="${id}" name="${id}" isExecutable="true">${body}</bpmn:process></bpmn:definitions>`;
}

export const oneJob = line('one-job', [
  [
    'call',
    '<bpmn:serviceTask id="call"><bpmn:extensionElements><zeebe:taskDefinition type="bench" retries="3"/></bpmn:extensionElements></bpmn:serviceTask>',
  ],
]);

export const tenScripts = line(
  'ten-scripts',
  Array.from({ length: 10 }, (_, n) => [
    `s${n}`,
    `<bpmn:scriptTask id="s${n}"><bpmn:extensionElements><zeebe:script expression="=${n} + 1" resultVariable="r${n}"/></bpmn:extensionElements></bpmn:scriptTask>`,
  ]),
);

export const oneTask = line('one-task', [
  ['check', '<bpmn:userTask id="check" name="Check"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>'],
]);

/** Throws when a diagram is refused. */
export async function deployAll(runtime: Runtime, files: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
  const answer = await runtime.deploy(files, BY);
  if (!answer.ok) throw new Error(`${answer.reason} ${JSON.stringify(answer.problems)}`);
}

/** Throws when the start is refused. */
export async function startOne(runtime: Runtime, processDefinitionId: string, variables = {}): Promise<string> {
  const started = await runtime.startInstance({ processDefinitionId, variables }, BY);
  if (!started.ok) throw new Error(started.reason);
  return started.processInstanceKey;
}
