/** What was deployed is taken back, in one process, after a restart, and for other processes of the installation. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openRuntime } from '../../runtime/open.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';
import { line, message, serviceTask } from './support/bpmn.ts';
import { by, deployed, openTestRuntime, stateOf } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const asked = (type: string) =>
  line('begun', [['work', serviceTask('work', type)]], message('asked', 'asked')).replace(
    '<bpmn:startEvent id="start"/>',
    '<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="start_m" messageRef="asked"/></bpmn:startEvent>',
  );
const hourly = (name: string) =>
  line('hourly', [['work', serviceTask('work', name)]]).replace(
    '<bpmn:startEvent id="start"/>',
    '<bpmn:startEvent id="start"><bpmn:timerEventDefinition id="t"><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>',
  );
const latest = (runtime: Runtime, id: string) => runtime.definitions.latest(id)?.row;
const keyOf = (runtime: Runtime, id: string) => String(latest(runtime, id)?.['processDefinitionKey']);
const begin = (runtime: Runtime, processDefinitionId: string) => runtime.startInstance({ processDefinitionId }, by);

let opened: Opened;
let runtime: Runtime;
beforeEach(async () => {
  opened = await openTestRuntime('sqlite');
  runtime = opened.runtime;
});
afterEach(() => opened.dispose());

describe('a withdrawn process', () => {
  test('[RT110] begins nothing, by whatever way; what runs goes on; the version before it is the newest', async () => {
    await deployed(runtime, line('p', [['work', serviceTask('work', 'one')]]));
    await deployed(runtime, line('p', [['work', serviceTask('work', 'two')]]));
    const [second, running] = [keyOf(runtime, 'p'), await begin(runtime, 'p')];
    expect(await runtime.withdraw(second, {})).toEqual({ ok: true, kind: 'process' });
    expect(latest(runtime, 'p')?.['version']).toBe(1);
    for (const way of [{ processDefinitionKey: second }, { processDefinitionId: 'p', version: 2 }])
      expect(await runtime.startInstance(way, by)).toMatchObject({ ok: false, kind: 'NOT_FOUND' });
    expect(await runtime.withdraw(second, {})).toMatchObject({ ok: false, kind: 'NOT_FOUND' });
    const jobs = await runtime.activateJobs(
      { type: 'two', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 0 },
      new AbortController().signal,
    );
    await runtime.execute(String(jobs[0]?.job['jobKey']), { type: 'complete-job', by, variables: {} });
    expect(await stateOf(runtime, running.ok ? running.processInstanceKey : '')).toBe('COMPLETED');
    expect(runtime.definitions.byKey(second)?.xml).toContain('"two"');
  });

  test('[RT111] its number is never given again, also to the same diagram, and a restart changes nothing', async () => {
    await deployed(runtime, line('p', []));
    await deployed(runtime, line('p', [['work', serviceTask('work', 'two')]]));
    await runtime.withdraw(keyOf(runtime, 'p'), {});
    runtime = await opened.reopen();
    expect(latest(runtime, 'p')?.['version']).toBe(1);
    await deployed(runtime, line('p', [['work', serviceTask('work', 'two')]]));
    expect(latest(runtime, 'p')?.['version']).toBe(3);
    for (const version of [3, 1]) {
      expect(latest(runtime, 'p')?.['version']).toBe(version);
      await runtime.withdraw(keyOf(runtime, 'p'), {});
    }
    expect(latest(runtime, 'p')).toBeUndefined();
    expect(await begin(runtime, 'p')).toMatchObject({ ok: false, kind: 'NOT_FOUND' });
    const { items } = await runtime.store.search('processDefinitions', { filter: { isLatest: true } });
    expect(items).toEqual([]);
  });

  test('[RT112] messages and timers begin the version that is the newest then', async () => {
    for (const type of ['one', 'two']) {
      await deployed(runtime, asked(type), 'a.bpmn');
      await deployed(runtime, hourly(type), 'h.bpmn');
    }
    for (const id of ['begun', 'hourly']) await runtime.withdraw(keyOf(runtime, id), {});
    await runtime.publishMessage({ name: 'asked' }, by);
    await runtime.moveClock(runtime.clock.now() + 3_600_000);
    const open = async (type: string) => (await runtime.store.search('jobs', { filter: { type } })).totalItems;
    expect([await open('one'), await open('two')]).toEqual([2, 0]);
    for (const id of ['begun', 'hourly']) await runtime.withdraw(keyOf(runtime, id), {});
    await runtime.publishMessage({ name: 'asked' }, by);
    await runtime.moveClock(runtime.clock.now() + 3_600_000);
    expect([await open('one'), (await runtime.store.search('timers', {})).totalItems]).toEqual([2, 0]);
  });

  test('[RT113] what another agency answers for, or uses, is not withdrawn', async () => {
    const own = (agency: string) =>
      line('p', []).replace(
        'isExecutable="true">',
        `isExecutable="true"><bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:owner" value="${agency}"/></zeebe:properties></bpmn:extensionElements>`,
      );
    await deployed(runtime, own('kominfo'));
    const mayOwn = (agency: string) => agency === 'dpupr';
    expect(await runtime.withdraw(keyOf(runtime, 'p'), { mayOwn })).toMatchObject({ ok: false, kind: 'FORBIDDEN' });
    expect(await runtime.withdraw(keyOf(runtime, 'p'), { mayOwn: (agency) => agency === 'kominfo' })).toMatchObject({ ok: true });
  });
});

test('[RT114] forms, decisions and other files are withdrawn too; the version before is used again', async () => {
  const form = (label: string) => JSON.stringify({ id: 'ask', components: [{ type: 'textfield', key: 'a', label }] });
  const table = (output: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drd" name="drd" namespace="n"><decision id="choose" name="choose"><literalExpression><text>"${output}"</text></literalExpression></decision></definitions>`;
  for (const version of ['one', 'two']) {
    const files = { 'f.form': form(version), 'd.dmn': table(version), 'terms.md': version };
    const answer = await runtime.deploy(
      Object.entries(files).map(([name, text]) => ({ name, text })),
      by,
    );
    expect(answer).toMatchObject({ ok: true });
  }
  const newest = async (collection: 'forms' | 'decisionRequirements' | 'resources', filter: object, key: string) =>
    String((await runtime.store.search(collection, { filter: { ...filter, isLatest: true } })).items[0]?.[key]);
  const evaluate = async () => {
    const answer = await runtime.evaluateDecision({ decisionDefinitionId: 'choose', variables: {} }, by);
    return answer.ok ? answer.output : answer.kind;
  };
  expect(await evaluate()).toBe('two');
  const keys = [
    await newest('forms', {}, 'formKey'),
    await newest('decisionRequirements', {}, 'decisionRequirementsKey'),
    await newest('resources', { kind: 'resource' }, 'resourceKey'),
  ];
  const kinds = [];
  for (const key of keys) kinds.push(await runtime.withdraw(key, {}));
  expect(kinds.map((answer) => answer.ok && answer.kind)).toEqual(['form', 'decisions', 'resource']);
  expect(await evaluate()).toBe('one');
  expect((await runtime.store.search('forms', { filter: { isLatest: true } })).items.map(({ version }) => version)).toEqual([1]);
  await runtime.withdraw(await newest('decisionRequirements', {}, 'decisionRequirementsKey'), {});
  expect(await evaluate()).toBe('NOT_FOUND');
  // a text that belongs to a diagram is none of these
  const [text] = (await runtime.store.search('resources', { filter: { kind: 'dmn' } })).items;
  expect(await runtime.withdraw(String(text?.['resourceKey']), {})).toMatchObject({ ok: false, kind: 'NOT_FOUND' });
});

test('[RT115] the other processes of an installation know it with their next command', async () => {
  const store = { ...createMemoryStore(), close: async () => undefined };
  const config = { databaseUrl: 'memory:', data: opened.folder, queue: 'in-process', clock: 'real' } as const;
  const open = () => openRuntime({ config: { ...config, roles: ['web', 'worker', 'scheduler'] }, shared: true, instead: { store } });
  const [a, b] = [await open(), await open()];
  await deployed(a, line('p', []));
  expect(await begin(b, 'p')).toMatchObject({ ok: true });
  await a.withdraw(keyOf(a, 'p'), {});
  expect(await begin(b, 'p')).toMatchObject({ ok: false, kind: 'NOT_FOUND' });
  await deployed(b, line('p', []));
  await a.caughtUp();
  expect([latest(a, 'p')?.['version'], latest(b, 'p')?.['version']]).toEqual([2, 2]);
  await Promise.all([a.close(), b.close()]);
});
