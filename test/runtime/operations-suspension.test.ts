import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Runtime } from '../../runtime/runtime.ts';
import { bpmn, flow, line, message, serviceTask } from './support/bpmn.ts';
import { by, deployed, openTestRuntime, start, stateOf } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const never = new AbortController().signal;
const timer = (id: string, duration: string): string =>
  `<bpmn:intermediateCatchEvent id="${id}"><bpmn:timerEventDefinition id="${id}_t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const catchMessage = `<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="wait_m" messageRef="paid"/></bpmn:intermediateCatchEvent>`;
const call = `<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="inner"/></bpmn:extensionElements></bpmn:callActivity>`;

describe.each(['memory', 'sqlite'] as const)('operations on %s', (store) => {
  let opened: Opened;
  let runtime: Runtime;
  beforeEach(async () => {
    opened = await openTestRuntime(store);
    runtime = opened.runtime;
  });
  afterEach(async () => await opened.dispose());
  const suspend = async (key: string) => expect((await runtime.execute(key, { type: 'suspend-instance', by })).ok).toBe(true);
  const resume = async (key: string) => expect((await runtime.execute(key, { type: 'resume-instance', by })).ok).toBe(true);

  test('[RT21] a timer of a suspended instance does not fire; resumed, what became due fires', async () => {
    const key = await start(runtime, line('p', [['wait', timer('wait', 'PT1M')]]));
    await suspend(key);
    await runtime.moveClock(runtime.clock.now() + 120_000);
    expect(await stateOf(runtime, key)).toBe('SUSPENDED');
    await resume(key);
    await runtime.settled();
    expect(await stateOf(runtime, key)).toBe('COMPLETED');
  });

  test('[RT21] a built-in job waits for the resumption', async () => {
    const seen: string[] = [];
    await opened.dispose();
    opened = await openTestRuntime(store, { handlers: new Map([['stamp', async (job) => (seen.push(job.key), {})]]) });
    runtime = opened.runtime;
    const key = await start(
      runtime,
      line('p', [
        ['wait', timer('wait', 'PT1M')],
        ['stamp', serviceTask('stamp', 'stamp')],
      ]),
    );
    await suspend(key);
    await runtime.moveClock(runtime.clock.now() + 120_000);
    expect(seen).toEqual([]);
    await resume(key);
    await runtime.settled();
    expect([seen.length, await stateOf(runtime, key)]).toEqual([1, 'COMPLETED']);
  });

  test('[RT21] a buffered message waits for the resumption; one without time to live is nobody’s', async () => {
    const key = await start(runtime, line('p', [['wait', catchMessage]], message('paid', 'payment', '=invoice')), { invoice: 'A' });
    await suspend(key);
    expect((await runtime.correlateMessage({ name: 'payment', correlationKey: 'A' }, by)).ok).toBe(false);
    await runtime.publishMessage({ name: 'payment', correlationKey: 'A', timeToLive: 3_600_000 }, by);
    expect(await stateOf(runtime, key)).toBe('SUSPENDED');
    await resume(key);
    expect(await stateOf(runtime, key)).toBe('COMPLETED');
  });

  test('[RT21] what a called instance brought meanwhile is taken at the resumption', async () => {
    await deployed(runtime, line('inner', [['stamp', serviceTask('stamp', 'stamp')]]), 'inner.bpmn');
    const key = await start(runtime, line('outer', [['call', call]]));
    await suspend(key);
    const [job] = await runtime.activateJobs({ type: 'stamp', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 0 }, never);
    await runtime.execute(String(job?.job['jobKey']), { type: 'complete-job', by, variables: { stamped: true } });
    expect(await stateOf(runtime, key)).toBe('SUSPENDED');
    await resume(key);
    expect(await runtime.awaitEnd(key, never)).toEqual({ state: 'COMPLETED', variables: { stamped: true } });
  });

  test('[RT22] a migrated instance goes on with the new version after a restart', async () => {
    const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
    await deployed(
      runtime,
      line('p', [
        ['stamp', serviceTask('stamp', 'stamp')],
        ['more', serviceTask('more', 'more')],
      ]),
    );
    const target = runtime.definitions.latest('p')?.row['processDefinitionKey'] as string;
    expect((await runtime.execute(key, { type: 'migrate-instance', by, targetProcessKey: target, mapping: [] })).ok).toBe(true);
    for (const collection of ['processInstances', 'jobs'] as const) {
      const { items } = await runtime.store.search(collection, { filter: { processInstanceKey: key } });
      expect(items.map((row) => row['processDefinitionKey'])).toEqual([target]);
    }
    const again = store === 'sqlite' ? await opened.reopen() : runtime;
    const [job] = await again.activateJobs({ type: 'stamp', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 0 }, never);
    await again.execute(String(job?.job['jobKey']), { type: 'complete-job', by, variables: {} });
    const [next] = await again.activateJobs({ type: 'more', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 0 }, never);
    expect(next?.job['processDefinitionKey']).toBe(target);
  });

  test('[RT22] an instance that leaves its process by migration leaves its place there to the next message, once', async () => {
    const begin = '<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="start_m" messageRef="paid"/></bpmn:startEvent>';
    const body = `${begin}${serviceTask('stamp', 'stamp')}${flow('start', 'stamp')}`;
    await deployed(runtime, bpmn('p', body, message('paid', 'payment')));
    await deployed(runtime, line('other', [['stamp', serviceTask('stamp', 'stamp')]]), 'other.bpmn');
    const publish = () => runtime.publishMessage({ name: 'payment', correlationKey: 'A', timeToLive: 3_600_000 }, by);
    const cases = async (processDefinitionId: string) =>
      (await runtime.store.search('processInstances', { filter: { processDefinitionId, state: 'ACTIVE' } })).items;
    await publish();
    await publish();
    const [first] = await cases('p');
    expect((await cases('p')).length).toBe(1);
    const targetProcessKey = runtime.definitions.latest('other')?.row['processDefinitionKey'] as string;
    const key = String(first?.['processInstanceKey']);
    expect(await runtime.execute(key, { type: 'migrate-instance', by, targetProcessKey, mapping: [] })).toMatchObject({ ok: true });
    expect([(await cases('p')).length, (await cases('other')).length]).toEqual([1, 1]);
    await publish();
    await runtime.execute(key, { type: 'cancel-instance', by });
    expect((await cases('p')).length).toBe(1);
  });

  test('[RT23] an ended instance is forgotten with its history, an active one is not', async () => {
    const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
    expect((await runtime.forgetInstance(key)).ok).toBe(false);
    await runtime.execute(key, { type: 'cancel-instance', by });
    expect((await runtime.forgetInstance(key)).ok).toBe(true);
    expect([await runtime.store.events(key), await runtime.store.get('processInstances', key)]).toEqual([[], undefined]);
    const { items } = await runtime.store.search('jobs', { filter: { processInstanceKey: key } });
    expect(items).toEqual([]);
    expect((await runtime.forgetInstance(key)).ok).toBe(false);
  });

  test('[RT24] a large batch goes on after a restart, does each item once, and can be suspended', async () => {
    await deployed(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
    const items = [];
    for (let n = 0; n < 120; n++) {
      const started = await runtime.startInstance({ processDefinitionId: 'p' }, by);
      const key = started.ok ? started.processInstanceKey : '';
      items.push({ itemKey: key, processInstanceKey: key });
    }
    const begun = await runtime.startBatch({ type: 'CANCEL_PROCESS_INSTANCE', items }, by);
    const batch = begun.ok ? begun.batchOperationKey : '';
    const suspended = await runtime.controlBatch(batch, 'suspend');
    const again = store === 'sqlite' ? await opened.reopen() : runtime;
    if (suspended.ok) expect((await again.controlBatch(batch, 'resume')).ok).toBe(true);
    await again.settled();
    expect(await again.store.get('batchOperations', batch)).toMatchObject({
      state: 'COMPLETED',
      operationsCompletedCount: 120,
      operationsFailedCount: 0,
    });
    expect((await again.controlBatch(batch, 'resume')).ok).toBe(false);
    expect((await again.controlBatch('1048576000', 'cancel')).ok).toBe(false);
  }, 60_000);
});
