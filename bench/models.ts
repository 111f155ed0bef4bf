/** Diagrams of the runtime's programs. */
import type { Runtime } from '../runtime/runtime.ts';

export const BY = { id: 'bench', agency: 'kominfo' };

const flow = (from: string, to: string): string => `<bpmn:sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}"/>`;

/** start → each of these → end */
function line(id: string, elements: readonly (readonly [id: string, xml: string])[]): string {
  const ids = ['start', ...elements.map(([name]) => name), 'end'];
  const flows = ids.slice(1).map((target, index) => flow(ids[index] ?? '', target));
  const body = ['<bpmn:startEvent id="start"/>', ...elements.map(([, xml]) => xml), '<bpmn:endEvent id="end"/>', ...flows].join('');
  return definitions(id, body);
}

function definitions(id: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="bench"><bpmn:process id="${id}" name="${id}" isExecutable="true">${body}</bpmn:process></bpmn:definitions>`;
}

export const oneJob = line('one-job', [
  [
    'call',
    '<bpmn:serviceTask id="call"><bpmn:extensionElements><zeebe:taskDefinition type="bench" retries="3"/></bpmn:extensionElements></bpmn:serviceTask>',
  ],
]);

/** One call of an agency by the built-in worker; the process has the agency's name. */
export function oneAgencyCall(agency: string): string {
  const headers = `<zeebe:taskHeaders><zeebe:header key="agency" value="${agency}"/><zeebe:header key="operation" value="read"/></zeebe:taskHeaders>`;
  const task = `<bpmn:serviceTask id="call"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call" retries="3"/>${headers}</bpmn:extensionElements></bpmn:serviceTask>`;
  return line(agency, [['call', task]]);
}

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

const serviceTask = (id: string): string =>
  `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="bench" retries="3"/></bpmn:extensionElements></bpmn:serviceTask>`;

/** The typical process of published engine benchmarks: ten service tasks in a row. */
export const tenJobs = line(
  'ten-jobs',
  Array.from({ length: 10 }, (_, n) => [`t${n}`, serviceTask(`t${n}`)]),
);

/** A decision, two branches side by side (one a sub-process, one with an instance per item), a called process: twelve to thirteen elements that wait or decide. */
export const complex = drawing(
  'complex',
  [
    '<bpmn:startEvent id="start"/>',
    '<bpmn:exclusiveGateway id="large" default="f-small"/>',
    serviceTask('check'),
    '<bpmn:scriptTask id="skip"><bpmn:extensionElements><zeebe:script expression="=false" resultVariable="checked"/></bpmn:extensionElements></bpmn:scriptTask>',
    '<bpmn:exclusiveGateway id="joined"/>',
    '<bpmn:parallelGateway id="split"/>',
    `<bpmn:subProcess id="inner"><bpmn:startEvent id="i-start"/>${serviceTask('i-call')}<bpmn:endEvent id="i-end"/>${flow('i-start', 'i-call')}${flow('i-call', 'i-end')}</bpmn:subProcess>`,
    serviceTask('each').replace(
      '</bpmn:serviceTask>',
      '<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1,2,3]" inputElement="item"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:serviceTask>',
    ),
    '<bpmn:parallelGateway id="both"/>',
    '<bpmn:callActivity id="called"><bpmn:extensionElements><zeebe:calledElement processId="one-job" propagateAllChildVariables="false"/></bpmn:extensionElements></bpmn:callActivity>',
    '<bpmn:endEvent id="end"/>',
    '<bpmn:sequenceFlow id="f-large" sourceRef="large" targetRef="check"><bpmn:conditionExpression>=amount &gt; 5</bpmn:conditionExpression></bpmn:sequenceFlow>',
    '<bpmn:sequenceFlow id="f-small" sourceRef="large" targetRef="skip"/>',
  ],
  'start>large check>joined skip>joined joined>split split>inner split>each inner>both each>both both>called called>end',
);

/** `flows`: `from>to`, separated by spaces */
function drawing(id: string, elements: readonly string[], flows: string): string {
  const drawn = flows.split(' ').map((pair) => flow(pair.split('>')[0] ?? '', pair.split('>')[1] ?? ''));
  return definitions(id, [...elements, ...drawn].join(''));
}

/** The variables of one case; about 11 KB, as published benchmarks have it. */
export function payload(n: number): { readonly amount: number; readonly applicant: object; readonly items: readonly object[] } {
  const items = Array.from({ length: 60 }, (_, at) => ({
    id: `item-${n}-${at}`,
    name: 'x'.repeat(120),
    price: at * 100,
    ok: at % 2 === 0,
  }));
  return { amount: n % 10, applicant: { name: `Applicant ${n}`, address: 'y'.repeat(200) }, items };
}

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
