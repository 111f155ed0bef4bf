/**
 * Two processes of one installation, here two runtimes: on one MongoDB and one Redis where both can be had (`mongo and Redis`), and on one
 * store without any Redis, so that no hint ever arrives and each has only the store (`store alone`).
 */
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../runtime/config.ts';
import { openRuntime } from '../../runtime/open.ts';
import type { OpenRuntime } from '../../runtime/open.ts';
import type { Hint, HintLine } from '../../runtime/hints.ts';
import type { Store } from '../../runtime/ports.ts';
import { createInProcessQueue } from '../../runtime/queues/in-process.ts';
import { startRedisServer } from '../../runtime/queues/redis-server.ts';
import type { Change, Runtime } from '../../runtime/runtime.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';
import { JobFailure } from '../../workers/job.ts';
import type { Job } from '../../workers/job.ts';
import { startMongoServer } from '../support/mongo-server.ts';
import { agencyCall, line, message, serviceTask } from './support/bpmn.ts';
import { by, deployed } from './support/stores.ts';

const folder = mkdtempSync(join(tmpdir(), 'alur-together-'));
const mongo = await startMongoServer();
const redis = spawnSync('redis-server', ['--version']).status === 0 ? await startRedisServer(folder) : undefined;
const never = new AbortController().signal;
const within = (): AbortSignal => AbortSignal.timeout(30_000);

afterAll(async () => {
  mongo?.stop();
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Open = (roles?: readonly Role[], options?: Partial<OpenRuntime>) => Promise<Runtime>;
let databases = 0;

function onMongoAndRedis(): Open {
  const databaseUrl = mongo?.database(`together${process.pid}x${(databases += 1)}`) ?? '';
  return async (roles = ['web', 'worker', 'scheduler'], options = {}) =>
    await openRuntime({
      config: { databaseUrl, data: folder, queue: 'bullmq', clock: 'real', mongoStandalone: true, redisUrl: redis?.url ?? '', roles },
      retryBackOffMs: 1,
      ...options,
    });
}

function onStoreAlone(): Open {
  const store: Store = { ...createMemoryStore(), close: async () => undefined };
  return async (roles = ['web', 'worker', 'scheduler'], options = {}) =>
    await openRuntime({
      config: { databaseUrl: 'memory:', data: folder, queue: 'in-process', clock: 'real', roles },
      shared: true,
      retryBackOffMs: 1,
      instead: { store },
      ...options,
    });
}

/** one store, and a line between the processes that loses nothing */
function onStoreWithHints(): Open {
  const store: Store = { ...createMemoryStore(), close: async () => undefined };
  const lines = new Set<(hint: Hint) => void>();
  return async (roles = ['web', 'worker', 'scheduler'], options = {}) => {
    const queue = createInProcessQueue();
    let mine: (hint: Hint) => void = () => undefined;
    const hints: HintLine = {
      tell: (hint) => lines.forEach((line) => line !== mine && setImmediate(() => line(hint))),
      onHint: (listener) => void lines.add((mine = listener)),
      alive: () => true,
      close: async () => undefined,
    };
    return await openRuntime({
      config: { databaseUrl: 'memory:', data: folder, queue: 'in-process', clock: 'real', roles },
      shared: true,
      retryBackOffMs: 1,
      instead: { store, queue: { queue, hints, busy: queue.busy, idle: queue.idle, stop: async () => undefined } },
      ...options,
    });
  };
}

const places: readonly (readonly [string, () => Open])[] = [
  ['store alone', onStoreAlone],
  ...(mongo !== undefined && redis !== undefined ? [['mongo and Redis', onMongoAndRedis] as const] : []),
];

const pause = (id: string, duration: string): string =>
  `<bpmn:intermediateCatchEvent id="${id}"><bpmn:timerEventDefinition id="${id}_t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const catchPaid =
  '<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition id="wait_m" messageRef="paid"/></bpmn:intermediateCatchEvent>';
const paying = line('pays', [['wait', catchPaid]], message('paid', 'payment', '=invoice'));
const begun = line('begun', [], message('asked', 'asked')).replace(
  '<bpmn:startEvent id="start"/>',
  '<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="start_m" messageRef="asked"/></bpmn:startEvent>',
);

async function begin(runtime: Runtime, processDefinitionId: string, variables = {}): Promise<string> {
  const answer = await runtime.startInstance({ processDefinitionId, variables }, by);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.processInstanceKey;
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.each(places)('two processes on %s', (_name, place) => {
  let open: Open;
  let opened: Runtime[];
  const process = async (...given: Parameters<Open>): Promise<Runtime> => {
    const runtime = await open(...given);
    opened.push(runtime);
    return runtime;
  };
  beforeEach(() => {
    open = place();
    opened = [];
  });
  afterEach(async () => {
    for (const runtime of opened.splice(0)) await runtime.close();
  });

  test('[RT60] one message id, published in both at once, is published once; a dead one makes room for one', async () => {
    const [a, b] = [await process(), await process()];
    await deployed(a, begun);
    for (const round of ['r1', 'r2']) {
      const ids = Array.from({ length: 8 }, (_, index) => `${round}-${index}`);
      const publish = async (runtime: Runtime, messageId: string) =>
        (await runtime.publishMessage({ name: 'asked', messageId, timeToLive: 60_000 }, by)).ok;
      const answers = await Promise.all(ids.flatMap((id) => [publish(a, id), publish(b, id), publish(a, id)]));
      expect(answers.filter(Boolean).length).toBe(8);
    }
    expect((await a.store.search('processInstances', {})).totalItems).toBe(16);
    // given: a message that is dead
    expect((await a.publishMessage({ name: 'asked', messageId: 'short', timeToLive: 30 }, by)).ok).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const again = [a, b, a, b].map(
      async (runtime) => await runtime.publishMessage({ name: 'asked', messageId: 'short', timeToLive: 60_000 }, by),
    );
    expect((await Promise.all(again)).filter(({ ok }) => ok).length).toBe(1);
  });

  test('[RT61] a message goes to one case of a process, whichever process looks', async () => {
    const [a, b] = [await process(), await process()];
    await deployed(a, paying);
    await Promise.all(Array.from({ length: 6 }, async (_, index) => await begin(index % 2 ? a : b, 'pays', { invoice: 'one' })));
    await Promise.all(
      [a, b].map(async (runtime) => await runtime.publishMessage({ name: 'payment', correlationKey: 'one', timeToLive: 60_000 }, by)),
    );
    const { items } = await a.store.search('processInstances', { filter: { processDefinitionId: 'pays', state: 'COMPLETED' } });
    expect(items.length).toBe(2);
  });

  test('[RT62] what one deploys the other starts at once; versions are counted once', async () => {
    const [a, b] = [await process(), await process()];
    await deployed(a, line('p', [['stamp', serviceTask('stamp', 'none')]]));
    expect((await b.startInstance({ processDefinitionId: 'p' }, by)).ok).toBe(true);
    const texts = Array.from({ length: 4 }, (_, index) => line('p', [[`s${index}`, serviceTask(`s${index}`, 'none')]]));
    await Promise.all(texts.map(async (text, index) => await deployed(index % 2 ? a : b, text)));
    const { items } = await a.store.search('processDefinitions', { filter: { processDefinitionId: 'p' } });
    expect(items.map(({ version }) => version).toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(items.filter(({ isLatest }) => isLatest === true).map(({ version }) => version)).toEqual([5]);
    const answers = await Promise.all([a, b].map(async (runtime) => await runtime.startInstance({ processDefinitionId: 'p' }, by)));
    expect(answers.map((answer) => answer.ok && answer.processDefinitionVersion)).toEqual([5, 5]);
  });

  test('[RT70] what one changes for the whole cluster decides the next case of the other; of two that make the same, one does', async () => {
    const [a, b] = [await process(), await process()];
    const limited = serviceTask('work', 'outside').replace('type="outside"', 'type="=camunda.vars.env.WORKER"');
    const row = (value: string) => ({ name: 'WORKER', scope: 'GLOBAL', value: JSON.stringify(value) });
    const variable = { collection: 'clusterVariables', key: 'GLOBAL/WORKER' } as const;
    const made = await Promise.all([a, b].map(async (one) => await one.changeCluster({ ...variable, wish: 'create', row: row('first') })));
    expect(made.map((answer) => (answer.ok ? 'made' : answer.kind)).toSorted()).toEqual(['ALREADY_EXISTS', 'made']);
    await deployed(a, line('p', [['work', limited]]));
    await begin(b, 'p');
    expect((await a.changeCluster({ ...variable, wish: 'update', row: () => row('second') })).ok).toBe(true);
    await begin(b, 'p');
    const { items } = await a.store.search('jobs', { sort: [{ field: 'jobKey' }] });
    expect(items.map(({ type }) => type)).toEqual(['first', 'second']);
  });

  test('[RT63] who waits in one for what happens in the other is woken', async () => {
    const [a, b] = [await process(), await process()];
    await deployed(a, line('p', [['work', serviceTask('work', 'outside')]]));
    const polled = b.activateJobs({ type: 'outside', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 30_000 }, never);
    const changes: Change[] = [];
    b.onChange((change) => changes.push(change));
    const key = await begin(a, 'p');
    const [job] = await polled;
    expect(job?.instance['processInstanceKey']).toBe(key);
    const ended = b.awaitEnd(key, within());
    const jobKey = String(job?.job['jobKey']);
    expect((await a.execute(jobKey, { type: 'complete-job', variables: { done: true }, by })).ok).toBe(true);
    expect(await ended).toEqual({ state: 'COMPLETED', variables: { done: true } });
    await until(() => changes.some((change) => change.processInstanceKey === key || change.anything === true));
    // the negative: nobody is woken for what did not happen
    const idle = await b.activateJobs({ type: 'other', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 50 }, never);
    expect(idle).toEqual([]);
  });

  test('[RT64] neither decides on what the other has changed meanwhile', async () => {
    const [a, b] = [await process(), await process()];
    await deployed(
      a,
      line('p', [
        ['one', serviceTask('one', 'x')],
        ['two', serviceTask('two', 'x')],
      ]),
    );
    const key = await begin(a, 'p');
    const lease = async (runtime: Runtime) =>
      (await runtime.activateJobs({ type: 'x', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 10_000 }, never))[0];
    const first = String((await lease(b))?.job['jobKey']);
    // given: both hold the case as it is before the first job is done
    expect((await b.execute(key, { type: 'set-variables', variables: { seen: 1 }, by })).ok).toBe(true);
    expect((await b.execute(first, { type: 'complete-job', variables: { from: 'b' }, by })).ok).toBe(true);
    const second = await lease(a);
    expect(second?.variables).toMatchObject({ seen: 1, from: 'b' });
    expect((await a.execute(String(second?.job['jobKey']), { type: 'complete-job', variables: {}, by })).ok).toBe(true);
    // the negative: what is over stays over
    expect((await b.execute(first, { type: 'complete-job', variables: {}, by })).ok).toBe(false);
    expect((await a.store.get('processInstances', key))?.['state']).toBe('COMPLETED');
  });

  test('[RT65] a timer of one fires once, though both are there', async () => {
    const [a, b] = [await process(), await process()];
    await deployed(b, line('p', [['pause', pause('pause', 'PT0.2S')]]));
    const keys = await Promise.all(Array.from({ length: 5 }, async () => await begin(b, 'p')));
    for (const key of keys) expect((await b.awaitEnd(key, within()))?.state).toBe('COMPLETED');
    for (const key of keys) {
      const fired = (await a.store.events(key)).filter(({ audit }) => audit.command === 'fire-timer');
      expect(fired.length).toBe(1);
    }
  });

  test('[RT96] an agency that takes one call at a time gets one at a time from both together', async () => {
    let [running, most] = [0, 0];
    const handlers = new Map([
      [
        'agency-call',
        async () => {
          most = Math.max(most, (running += 1));
          await new Promise((resolve) => setTimeout(resolve, 5));
          running -= 1;
          return {};
        },
      ],
    ]);
    const [a, b] = [await process(undefined, { handlers }), await process(undefined, { handlers })];
    const row = { agencyId: 'alpha', environment: 'live', limits: { concurrency: 1 } };
    await a.announce([{ op: 'put', collection: 'agencyConnections', key: 'alpha.live', row }]);
    await deployed(a, line('calls', [agencyCall('call', 'alpha')]));
    await b.caughtUp();
    const keys = await Promise.all(Array.from({ length: 8 }, async (_, n) => await begin(n % 2 ? a : b, 'calls')));
    for (const key of keys) expect((await a.awaitEnd(key, within()))?.state).toBe('COMPLETED');
    expect(most).toBe(1);
  });
});

describe.each(
  places.map(([name, place]) => (name === 'store alone' ? (['store and hints', onStoreWithHints] as const) : ([name, place] as const))),
)('an agency between two processes on %s', (_name, place) => {
  const opened: Runtime[] = [];
  afterEach(async () => {
    for (const runtime of opened.splice(0)) await runtime.close();
  });

  test('[RT96] what one finds out about an agency holds for the other; once it answers, everything is called once', async () => {
    const calls: string[] = [];
    let away = true;
    const calling = (name: string) => ({
      firstTryMs: 50,
      handlers: new Map([
        [
          'agency-call',
          async ({ key }: Job) => {
            calls.push(`${name} ${key}`);
            if (away) throw new JobFailure('Expected an answer, but none came', { fault: 'down' });
            return {};
          },
        ],
      ]),
    });
    const open = place();
    for (const name of ['a', 'b']) opened.push(await open(undefined, calling(name)));
    const [a, b] = opened as [Runtime, Runtime];
    await deployed(a, line('calls', [agencyCall('call', 'alpha')]));
    const first = [await begin(a, 'calls')];
    await until(() => b.agencyGate('alpha').state === 'broken' || b.agencyGate('alpha').state === 'probing');
    const known = calls.length;
    expect(known).toBeGreaterThanOrEqual(3);
    for (const runtime of [a, b, a, b]) first.push(await begin(runtime, 'calls'));
    await until(() => calls.length > known);
    away = false;
    const before = calls.length;
    for (const key of first) expect((await b.awaitEnd(key, within()))?.state).toBe('COMPLETED');
    await until(() => a.agencyGate('alpha').state === 'open' && b.agencyGate('alpha').state === 'open');
    const good = calls.slice(before).map((call) => call.split(' ')[1]);
    expect(new Set(good).size).toBe(good.length);
  });
});

(mongo !== undefined && redis !== undefined ? describe : describe.skip)('roles', () => {
  test('[RL1] web enqueues and does no work, worker works and fires nothing, scheduler fires', async () => {
    const open = onMongoAndRedis();
    const done: string[] = [];
    const handlers = (name: string) => ({ handlers: new Map([['stamp', async () => (done.push(name), {})]]) });
    const web = await open(['web'], handlers('web'));
    const xml = line('p', [
      ['stamp', serviceTask('stamp', 'stamp')],
      ['pause', pause('pause', 'PT0.1S')],
    ]);
    await deployed(web, xml);
    const key = await begin(web, 'p');
    const worker = await open(['worker'], handlers('worker'));
    await until(async () => (await web.store.search('timers', { filter: { processInstanceKey: key } })).totalItems === 1);
    expect(done).toEqual(['worker']);
    await new Promise((resolve) => setTimeout(resolve, 400));
    // the negative: neither of the two fires it, though it is due
    expect((await web.store.get('processInstances', key))?.['state']).toBe('ACTIVE');
    const scheduler = await open(['scheduler'], handlers('scheduler'));
    expect((await web.awaitEnd(key, within()))?.state).toBe('COMPLETED');
    expect(done).toEqual(['worker']);
    for (const runtime of [web, worker, scheduler]) await runtime.close();
  });
});
