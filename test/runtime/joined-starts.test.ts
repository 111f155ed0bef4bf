/** Start events that begin an instance when all of their parts have happened. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Runtime } from '../../runtime/runtime.ts';
import {
  diagram,
  el,
  end,
  message,
  multipleStart,
  onCondition,
  onMessage,
  onSignal,
  path,
  signal,
  timer,
  userTask,
} from '../support/bpmn.ts';
import { by, openTestRuntime, stopMongo, storeNames } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const stores = await storeNames();
afterAll(stopMongo);

const process = (...parts: readonly string[]) =>
  diagram(message('a'), message('b'), signal('g'), multipleStart('s', ...parts), userTask('t'), end('e'), path('s t e'));

async function opened(store: (typeof stores)[number], xml: string): Promise<Opened & { readonly cases: () => Promise<readonly object[]> }> {
  const made = await openTestRuntime(store);
  const answer = await made.runtime.deploy([{ name: 'p.bpmn', text: xml }], by);
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return { ...made, cases: () => variablesOfCases(made.runtime) };
}

/** of each case, oldest first */
async function variablesOfCases({ store }: Runtime): Promise<readonly object[]> {
  const { items } = await store.search('processInstances', { sort: [{ field: 'processInstanceKey' }] });
  return await Promise.all(
    items.map(async ({ processInstanceKey }) => {
      const found = await store.search('variables', { filter: { processInstanceKey } });
      return Object.fromEntries(found.items.map(({ name, value }) => [String(name), JSON.parse(String(value)) as unknown]));
    }),
  );
}
const publish = (runtime: Runtime, name: string, correlationKey: string, variables = {}) =>
  runtime.publishMessage({ name, correlationKey, timeToLive: 0, variables }, by);
const publishForAMinute = (runtime: Runtime, name: string, correlationKey: string, variables = {}) =>
  runtime.publishMessage({ name, correlationKey, timeToLive: 60_000, variables }, by);

describe.each(stores)('%s: a process that begins with all of several events', (store) => {
  test('[H6] begins when the last of them has happened, with the variables of all', async () => {
    const { runtime, cases, dispose } = await opened(store, process(onMessage('a'), onSignal('g'), onMessage('b')));
    await publish(runtime, 'b', '1', { b: 1, both: 'b' });
    await runtime.broadcastSignal('g', { g: 2 }, by);
    expect(await cases()).toEqual([]);
    await publish(runtime, 'a', '1', { a: 3, both: 'a' });
    expect(await cases()).toEqual([{ a: 3, b: 1, both: 'a', g: 2 }]);
    const taken = await runtime.store.search('messageCorrelations', { filter: { processDefinitionId: 'p' } });
    expect(new Set(taken.items.map(({ processInstanceKey }) => processInstanceKey)).size).toBe(1);
    expect(taken.items).toHaveLength(2);
    await dispose();
  });

  test('[H6] messages belong together by their correlation key', async () => {
    const { runtime, cases, dispose } = await opened(store, process(onMessage('a'), onMessage('b')));
    await publish(runtime, 'a', '1', { a: 1 });
    await publish(runtime, 'b', '2', { b: 2 });
    expect(await cases()).toEqual([]);
    await publish(runtime, 'a', '2', { a: 2 });
    expect(await cases()).toEqual([{ a: 2, b: 2 }]);
    await publish(runtime, 'b', '1', { b: 1 });
    expect(await cases()).toEqual([
      { a: 2, b: 2 },
      { a: 1, b: 1 },
    ]);
    await dispose();
  });

  test('[H6] what happens again before the others counts for nothing; a message that lives waits for the next instance', async () => {
    const { runtime, cases, dispose } = await opened(store, process(onMessage('a'), onSignal('g')));
    await runtime.broadcastSignal('g', { n: 1 }, by);
    await runtime.broadcastSignal('g', { n: 2 }, by);
    await publishForAMinute(runtime, 'a', '', { from: 'first' });
    expect(await cases()).toEqual([{ from: 'first', n: 1 }]);
    await publishForAMinute(runtime, 'a', '', { from: 'second' });
    await publishForAMinute(runtime, 'a', '', { from: 'third' });
    await runtime.broadcastSignal('g', { n: 3 }, by);
    await runtime.broadcastSignal('g', { n: 4 }, by);
    expect(await cases()).toEqual([
      { from: 'first', n: 1 },
      { from: 'second', n: 3 },
      { from: 'third', n: 4 },
    ]);
    await dispose();
  });

  test('[H6] one instance runs per correlation key: the next complete set begins when it has ended', async () => {
    const { runtime, cases, dispose } = await opened(store, process(onMessage('a'), onMessage('b')));
    for (const n of [1, 2]) for (const name of ['a', 'b']) await publishForAMinute(runtime, name, 'k', { [name]: n });
    expect(await cases()).toEqual([{ a: 1, b: 1 }]);
    const { items } = await runtime.store.search('userTasks', {});
    await runtime.execute(String(items[0]?.['userTaskKey']), { type: 'complete-user-task', variables: {}, by });
    expect(await cases()).toEqual([
      { a: 1, b: 1 },
      { a: 2, b: 2 },
    ]);
    await dispose();
  });

  test('[H6] timers and conditions are parts too, and each begins a round of its own', async () => {
    const parts = [timer('timeCycle', 'R/PT1H'), onCondition('=level > 3')];
    const { runtime, cases, dispose } = await opened(store, process(...parts));
    const began = async (level: number) => {
      const answer = await runtime.evaluateConditions({ variables: { level } }, by);
      return answer.ok ? answer.processInstances.length : answer.reason;
    };
    expect([await began(2), await began(4)]).toEqual([0, 0]);
    const later = async (hours: number) => await runtime.moveClock(runtime.clock.now() + hours * 3_600_000);
    await later(1);
    expect(await cases()).toEqual([{ level: 4 }]);
    await later(3);
    expect([await began(5), await began(6)]).toEqual([1, 0]);
    expect(await cases()).toEqual([{ level: 4 }, { level: 5 }]);
    await dispose();
  });

  test('[H6] what has happened is kept over a restart and a new version; what the event no longer has is forgotten', async () => {
    const { runtime, reopen, dispose } = await opened(store, process(onMessage('a'), onMessage('b'), onSignal('g')));
    await publish(runtime, 'a', '1', { a: 1 });
    await runtime.broadcastSignal('g', {}, by);
    const again = store === 'memory' ? runtime : await reopen();
    expect((await again.deploy([{ name: 'p.bpmn', text: process(onMessage('a'), onMessage('b')) }], by)).ok).toBe(true);
    await publish(again, 'b', '1', { b: 2 });
    expect(await variablesOfCases(again)).toEqual([{ a: 1, b: 2 }]);
    await dispose();
  });

  test('[H6] somebody who wants to know which case takes a message is told of the last part only', async () => {
    const { runtime, cases, dispose } = await opened(store, process(onMessage('a'), onMessage('b')));
    const correlate = async (name: string) => {
      const answer = await runtime.correlateMessage({ name, correlationKey: '1' }, by);
      return answer.ok ? 'taken' : answer.kind;
    };
    expect(await correlate('a')).toBe('NOT_FOUND');
    await publish(runtime, 'a', '1');
    expect(await correlate('b')).toBe('taken');
    expect(await cases()).toHaveLength(1);
    await dispose();
  });
});

test('[H6] of many parts that happen at the same moment none is used twice', async () => {
  const { runtime, cases, dispose } = await opened('memory', process(onMessage('a'), onMessage('b')));
  const keys = Array.from({ length: 20 }, (_one, index) => String(index));
  await Promise.all(keys.flatMap((key) => ['a', 'b'].map((name) => publish(runtime, name, key, { [name]: key }))));
  await Promise.all(keys.map((key) => publish(runtime, 'a', key, { [`again${key}`]: 1 })));
  const found = (await cases()) as { a: string; b: string }[];
  expect(found.map(({ a, b }) => a === b && a).toSorted()).toEqual(keys.toSorted());
  await dispose();
});

test('[H6] a start with any of several events begins with the first, and with each of them again', async () => {
  const any = el('startEvent', 's', onMessage('a') + onSignal('g'));
  const { runtime, cases, dispose } = await opened(
    'memory',
    diagram(message('a'), signal('g'), any, userTask('t'), end('e'), path('s t e')),
  );
  await publish(runtime, 'a', '', { n: 1 });
  await runtime.broadcastSignal('g', { n: 2 }, by);
  expect(await cases()).toEqual([{ n: 1 }, { n: 2 }]);
  await dispose();
});
