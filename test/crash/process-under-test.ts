/** The real runtime in a process of its own, told what to do by its parent, killed by it at any moment. */
import { openRuntime } from '../../runtime/open.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { JobFailure } from '../../workers/job.ts';
import type { JobHandler } from '../../workers/job.ts';
import { line, bpmn, flow } from '../runtime/support/bpmn.ts';

const [folder = '', agencyUrl = '', queue = 'auto'] = process.argv.slice(2);
const by = { id: 'crash-test' };

const call: JobHandler = async ({ key }, signal) => {
  const answer = await fetch(agencyUrl, { method: 'POST', headers: { 'idempotency-key': key }, signal });
  if (!answer.ok) throw new JobFailure(`agency answers ${answer.status}`);
  return { answer: (await answer.json()) as { readonly number: number } };
};

function agencyCall(id: string): readonly [string, string] {
  const task = `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call" retries="50"/><zeebe:taskHeaders><zeebe:header key="agency" value="${id}"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>`;
  return [id, task];
}
const pause =
  '<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT0.3S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>';
const callChild =
  '<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="child" propagateAllChildVariables="false"/></bpmn:extensionElements></bpmn:callActivity>';
const waits =
  '<bpmn:intermediateCatchEvent id="paid"><bpmn:messageEventDefinition id="m" messageRef="payment"/></bpmn:intermediateCatchEvent>';
const payment =
  '<bpmn:message id="payment" name="payment"><bpmn:extensionElements><zeebe:subscription correlationKey="=invoice"/></bpmn:extensionElements></bpmn:message>';
// two branches at once: an agency, a pause and a message beside a called process that calls an agency too
const [, land] = agencyCall('land');
const parts = [land, pause, waits, callChild].join('');
const flows = [
  ['start', 'fork'],
  ['fork', 'land'],
  ['land', 'pause'],
  ['pause', 'paid'],
  ['paid', 'join'],
  ['fork', 'call'],
  ['call', 'join'],
  ['join', 'end'],
]
  .map(([from = '', to = '']) => flow(from, to))
  .join('');
const parent = bpmn(
  'permit',
  `<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>${parts}${flows}`,
  payment,
);

interface Order {
  readonly id: number;
  readonly what: 'start' | 'pay' | 'open' | 'counts' | 'close';
  readonly invoice?: string;
}

async function obey(runtime: Runtime, order: Order): Promise<unknown> {
  if (order.what === 'start')
    return await runtime.startInstance({ processDefinitionId: 'permit', variables: { invoice: order.invoice ?? '' } }, by);
  if (order.what === 'pay')
    return await runtime.publishMessage(
      { name: 'payment', correlationKey: order.invoice ?? '', timeToLive: 3_600_000, messageId: order.invoice ?? '' },
      by,
    );
  if (order.what === 'open') return (await runtime.store.search('processInstances', { filter: { endDate: null }, limit: 1 })).totalItems;
  if (order.what === 'counts')
    return (await runtime.store.search('processInstances', { limit: 10_000 })).items.map((row) => [
      row['processInstanceKey'],
      row['state'],
      row['rootProcessInstanceKey'],
    ]);
  await runtime.close();
  return 'closed';
}

const redisUrl = process.env['REDIS_URL'];
const place = { databaseUrl: `file:${folder}/alur.sqlite`, data: folder, queue: queue as 'auto', clock: 'real' } as const;
const config = redisUrl === undefined ? place : { ...place, redisUrl };
const log = (level: string, text: string): void => void (level === 'info' || process.stderr.write(`${level}: ${text}\n`));
const runtime = await openRuntime({ config, handlers: new Map([['agency-call', call]]), retryBackOffMs: 50, log });
for (const text of [line('child', [agencyCall('tax')]), parent]) {
  const answer = await runtime.deploy([{ name: 'p.bpmn', text }], by);
  if (!answer.ok) throw new Error(JSON.stringify(answer));
}
process.on('message', (order: Order) => {
  void obey(runtime, order).then((answer) => {
    process.send?.({ id: order.id, answer });
    if (order.what === 'close') process.disconnect();
  });
});
process.send?.({ id: 0, answer: `ready on ${runtime.queue.kind}` });
