/** The services that the storm is about: between them they use jobs of agencies, late answers, timers, called processes, people and foreign workers. */
import { bpmn, flow, line, message } from '../../test/runtime/support/bpmn.ts';

const output = (source: string, target: string): string => `<zeebe:output source="${source}" target="${target}"/>`;
const input = (source: string, target: string): string => `<zeebe:input source="${source}" target="${target}"/>`;

/** `body`: FEEL, in quotes that XML allows */
function agencyCall(id: string, agency: string, { operation, body, result }: { operation: string; body: string; result: string }): string {
  const headers = `<zeebe:header key="agency" value="${agency}"/><zeebe:header key="operation" value="${operation}"/><zeebe:header key="timeout" value="PT5S"/>`;
  return `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call" retries="1000"/><zeebe:taskHeaders>${headers}</zeebe:taskHeaders><zeebe:ioMapping>${input(body, 'body')}${result}</zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>`;
}

const wait = (id: string, messageRef: string): string =>
  `<bpmn:intermediateCatchEvent id="${id}"><bpmn:messageEventDefinition id="${id}_m" messageRef="${messageRef}"/></bpmn:intermediateCatchEvent>`;

/** The tax office makes a bill, and tells later that it was paid. */
const bill = agencyCall('bill', 'bapenda', {
  operation: 'createBill',
  body: '={payerName: invoice, payerNik: &quot;3573014203850002&quot;, amount: 1000, description: invoice}',
  result: output('=response.body.billNumber', 'bill'),
});
/** The electoral office takes a notice, and tells later what became of it. */
const notice = agencyCall('notice', 'kpu', {
  operation: 'reportDeath',
  body: '={nik: &quot;3573014203850002&quot;, dateOfDeath: &quot;2026-01-05&quot;, certificateNumber: invoice}',
  result: output('=response.body.requestNumber', 'request'),
});
const pause =
  '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT0.5S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>';
const call =
  '<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="notify-voters" propagateAllChildVariables="false"/></bpmn:extensionElements></bpmn:callActivity>';
const check = '<bpmn:userTask id="check" name="Check"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>';
const outside =
  '<bpmn:serviceTask id="outside"><bpmn:extensionElements><zeebe:taskDefinition type="outside" retries="1000"/></bpmn:extensionElements></bpmn:serviceTask>';

const inner = line('notify-voters', [['notice', notice], ['voted', wait('voted', 'compared')]], message('compared', 'kpu-selesai', '=request')); // prettier-ignore

const flows = [
  ['start', 'fork'], ['fork', 'bill'], ['bill', 'paid'], ['paid', 'pause'], ['pause', 'join'], ['fork', 'call'], ['call', 'join'],
  ['join', 'check'], ['check', 'outside'], ['outside', 'end'],
] as const; // prettier-ignore
/** The bill and its payment and a pause, beside a called process; then a person, then a worker of somebody else. */
const permit = bpmn(
  'permit',
  `<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>${bill}${wait('paid', 'payment')}${pause}${call}${check}${outside}${flows.map(([from, to]) => flow(from, to)).join('')}`,
  message('payment', 'pembayaran-diterima', '=bill'),
);
/** Begun by a message that its sender repeats until somebody takes it. */
const apply = line('apply', [['bill', bill]], message('application', 'application')).replace(
  '<bpmn:startEvent id="start"/>',
  '<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="s" messageRef="application"/></bpmn:startEvent>',
);

export const diagrams: Readonly<Record<string, string>> = { 'notify-voters.bpmn': inner, 'permit.bpmn': permit, 'apply.bpmn': apply };
/** instances of each acknowledged start, the called ones included */
export const INSTANCES: Readonly<Record<'permit' | 'apply', number>> = { permit: 2, apply: 1 };
/** what each instance does at its agency: process → agency */
export const EFFECTS: ReadonlyMap<string, string> = new Map([['permit', 'bapenda'], ['apply', 'bapenda'], ['notify-voters', 'kpu']]); // prettier-ignore
