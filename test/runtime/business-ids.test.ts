/** Business ids: from caller to called, with messages, late, and one of each where the installation wants it so. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Runtime } from '../../runtime/runtime.ts';
import { bpmn, flow, line, message, serviceTask } from './support/bpmn.ts';
import { by, deployed, openTestRuntime } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

let opened: Opened;
afterEach(() => opened.dispose());
async function open(unique = false): Promise<Runtime> {
  const config = { databaseUrl: 'memory:', data: '/tmp', queue: 'in-process', clock: 'controllable', uniqueBusinessIds: unique } as const;
  opened = await openTestRuntime('memory', { config });
  return opened.runtime;
}
const waiting = (id: string) => line(id, [['work', serviceTask('work', 'outside')]]);
const calling = (attribute: string) =>
  line('caller', [
    [
      'call',
      `<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="called" ${attribute}/></bpmn:extensionElements></bpmn:callActivity>`,
    ],
  ]);
const begin = async (runtime: Runtime, processDefinitionId: string, businessId?: string, variables = {}) => {
  const answer = await runtime.startInstance({ processDefinitionId, variables, ...(businessId !== undefined && { businessId }) }, by);
  return answer.ok ? answer.processInstanceKey : answer.kind;
};
const caseOf = async (runtime: Runtime, processDefinitionId: string) =>
  (
    await runtime.store.search('processInstances', {
      filter: { processDefinitionId },
      sort: [{ field: 'processInstanceKey', order: 'DESC' }],
    })
  ).items;
const incidents = async (runtime: Runtime) =>
  (await runtime.store.search('incidents', { filter: { state: 'ACTIVE' } })).items.map(({ errorType, errorMessage }) => [
    errorType,
    errorMessage,
  ]);

describe('called cases', () => {
  test.each([
    ['has none of its own', '', 'K-1', 'K-1'],
    ['and its caller have none', '', undefined, undefined],
    ['names one', 'businessId="B-7"', 'K-1', 'B-7'],
    ['computes one', 'businessId="=&#34;B-&#34; + string(n)"', 'K-1', 'B-3'],
    ['wants none', 'businessId=""', 'K-1', undefined],
  ])('[C6] a call activity that %s', async (_what, attribute, ofCaller, expected) => {
    const runtime = await open();
    await deployed(runtime, waiting('called'), 'called.bpmn');
    await deployed(runtime, calling(attribute));
    await begin(runtime, 'caller', ofCaller, { n: 3 });
    expect((await caseOf(runtime, 'called')).map(({ businessId }) => businessId)).toEqual([expected]);
  });

  test.each([
    ['is empty', '=&#34;&#34;'],
    ['is no text', '=null'],
    ['is too long', 'x'.repeat(257)],
    ['is missing', '=unknown'],
  ])('[C6] one that %s is an incident of the caller', async (_what, value) => {
    const runtime = await open();
    await deployed(runtime, waiting('called'), 'called.bpmn');
    await deployed(runtime, calling(`businessId="${value}"`));
    await begin(runtime, 'caller', 'K-1');
    expect(await incidents(runtime)).toEqual([['CALLED_ELEMENT_ERROR', expect.stringContaining('business id')]]);
    expect(await caseOf(runtime, 'called')).toEqual([]);
  });

  test('[OP15] a called case gets none late; a job gives its case one with its result, or is not completed', async () => {
    const runtime = await open();
    await deployed(runtime, waiting('called'), 'called.bpmn');
    await deployed(runtime, calling(''));
    await begin(runtime, 'caller');
    const [called] = await caseOf(runtime, 'called');
    const key = String(called?.['processInstanceKey']);
    expect(await runtime.execute(key, { type: 'assign-business-id', businessId: 'X', by })).toMatchObject({
      ok: false,
      kind: 'INVALID_STATE',
    });
    const jobOf = async (processInstanceKey: string) =>
      String((await runtime.store.search('jobs', { filter: { processInstanceKey } })).items[0]?.['jobKey']);
    const complete = async (processInstanceKey: string) =>
      await runtime.execute(await jobOf(processInstanceKey), { type: 'complete-job', variables: {}, businessId: 'X', by });
    expect(await complete(key)).toMatchObject({ ok: false, kind: 'INVALID_STATE' });
    const own = await begin(runtime, 'called');
    expect((await complete(own)).ok).toBe(true);
    expect(await runtime.store.get('processInstances', own)).toMatchObject({ businessId: 'X', state: 'COMPLETED' });
  });
});

describe('messages with a business id', () => {
  const catching =
    '<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="wait_m" messageRef="paid"/></bpmn:intermediateCatchEvent>';
  const pays = line('pays', [['wait', catching]], message('paid', 'paid', '=1'));
  const publish = async (runtime: Runtime, name: string, businessId: string | undefined, timeToLive = 0) =>
    await runtime.publishMessage({ name, correlationKey: '1', timeToLive, ...(businessId !== undefined && { businessId }) }, by);
  const ended = async (runtime: Runtime) =>
    (await caseOf(runtime, 'pays')).filter(({ state }) => state === 'COMPLETED').map(({ businessId }) => businessId);

  test('[M5] reach the case that bears it; one without reaches any', async () => {
    const runtime = await open();
    await deployed(runtime, pays);
    for (const id of ['A', 'B', 'C']) await begin(runtime, 'pays', id);
    await publish(runtime, 'paid', 'B');
    expect(await ended(runtime)).toEqual(['B']);
    await publish(runtime, 'paid', 'other');
    expect(await ended(runtime)).toEqual(['B']);
    await publish(runtime, 'paid', undefined);
    expect(await ended(runtime)).toEqual(['B', 'A']);
    const { items } = await runtime.store.search('messageCorrelations', { filter: { businessId: 'B' } });
    expect(items.map(({ messageName }) => messageName)).toEqual(['paid']);
  });

  test('[M5] one that is kept waits for a case that bears its id', async () => {
    const runtime = await open();
    await deployed(runtime, pays);
    await publish(runtime, 'paid', 'B', 60_000);
    await begin(runtime, 'pays', 'A');
    await begin(runtime, 'pays', 'B');
    expect(await ended(runtime)).toEqual(['B']);
  });

  test('[M5] a case that it begins bears it', async () => {
    const runtime = await open();
    const start = '<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="m" messageRef="m-asked"/></bpmn:startEvent>';
    const body = `${start}${serviceTask('work', 'outside')}<bpmn:endEvent id="end"/>${flow('start', 'work')}${flow('work', 'end')}`;
    await deployed(runtime, bpmn('asked', body, message('m-asked', 'asked')));
    await publish(runtime, 'asked', 'Q-1');
    expect((await caseOf(runtime, 'asked')).map(({ businessId }) => businessId)).toEqual(['Q-1']);
  });
});

describe('where they are unique', () => {
  test('[OP16] one running case per process bears an id; when it has ended the next one may', async () => {
    const runtime = await open(true);
    await deployed(runtime, waiting('p'), 'p.bpmn');
    await deployed(runtime, waiting('q'), 'q.bpmn');
    const begun = await Promise.all([1, 2, 3].map(async () => await begin(runtime, 'p', 'K-1')));
    expect(begun.filter((answer) => answer === 'ALREADY_EXISTS')).toHaveLength(2);
    expect(await begin(runtime, 'q', 'K-1')).toMatch(/^\d+$/);
    expect(await begin(runtime, 'p', 'K-2')).toMatch(/^\d+$/);
    expect(await begin(runtime, 'p')).toMatch(/^\d+$/);
    const first = begun.find((answer) => answer !== 'ALREADY_EXISTS') ?? '';
    await runtime.execute(first, { type: 'cancel-instance', by });
    expect(await begin(runtime, 'p', 'K-1')).toMatch(/^\d+$/);
  });

  test('[OP16] called cases do not count, and migration gives the id back', async () => {
    const runtime = await open(true);
    await deployed(runtime, waiting('called'), 'called.bpmn');
    await deployed(runtime, calling(''));
    await deployed(runtime, waiting('other'), 'other.bpmn');
    for (const id of ['caller', 'called']) expect(await begin(runtime, id, 'K-1')).toMatch(/^\d+$/);
    const [own] = (await caseOf(runtime, 'called')).filter((row) => row['parentProcessInstanceKey'] === undefined);
    const target = String(runtime.definitions.latest('other')?.row['processDefinitionKey']);
    const moved = await runtime.execute(String(own?.['processInstanceKey']), {
      type: 'migrate-instance',
      targetProcessKey: target,
      mapping: [],
      by,
    });
    expect(moved).toMatchObject({ ok: true });
    expect(await begin(runtime, 'called', 'K-1')).toMatch(/^\d+$/);
  });

  test('[OP16] they come at the start only', async () => {
    const runtime = await open(true);
    await deployed(runtime, waiting('p'));
    const key = await begin(runtime, 'p');
    expect(await runtime.execute(key, { type: 'assign-business-id', businessId: 'X', by })).toMatchObject({
      ok: false,
      kind: 'INVALID_STATE',
    });
  });

  test('[OP16] those that run when it is switched on are heeded; elsewhere ids may come twice', async () => {
    const runtime = await open();
    await deployed(runtime, waiting('p'));
    expect(await begin(runtime, 'p', 'K-1')).toMatch(/^\d+$/);
    expect(await begin(runtime, 'p', 'K-1')).toMatch(/^\d+$/);
    const store = { ...runtime.store, close: async () => undefined };
    const config = { databaseUrl: 'memory:', data: '/tmp', queue: 'in-process', clock: 'controllable', uniqueBusinessIds: true } as const;
    const unique = await openTestRuntime('memory', { config, instead: { store } });
    expect(await begin(unique.runtime, 'p', 'K-1')).toBe('ALREADY_EXISTS');
    await unique.dispose();
  });
});
