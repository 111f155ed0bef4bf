import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BpmnError, JobFailure } from '../../workers/job.ts';
import type { Job, JobHandler } from '../../workers/job.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { bpmn, flow, line, message, serviceTask } from './support/bpmn.ts';
import { by, deployed, openTestRuntime, start, stateOf, stopMongo, storeNames } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const never = new AbortController().signal;
const timer = (id: string, duration: string): string =>
  `<bpmn:intermediateCatchEvent id="${id}"><bpmn:timerEventDefinition id="${id}_t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const catchMessage = (id: string): string =>
  `<bpmn:intermediateCatchEvent id="${id}"><bpmn:messageEventDefinition id="${id}_m" messageRef="paid"/></bpmn:intermediateCatchEvent>`;
const waitsForPayment = line('pays', [['wait', catchMessage('wait')]], message('paid', 'payment', '=invoice'));

async function external(runtime: Runtime, type: string): Promise<readonly string[]> {
  const jobs = await runtime.activateJobs({ type, worker: 'w', max: 10, timeoutMs: 60_000, waitMs: 0 }, never);
  return jobs.map(({ job }) => String(job['jobKey']));
}

const stores = await storeNames();
afterAll(stopMongo);

describe.each(stores)('runtime on %s', (store) => {
  let opened: Opened;
  let runtime: Runtime;
  const open = async (handlers: Record<string, JobHandler> = {}): Promise<void> => {
    await opened?.dispose();
    opened = await openTestRuntime(store, { handlers: new Map(Object.entries(handlers)) });
    runtime = opened.runtime;
  };
  beforeEach(async () => {
    opened = await openTestRuntime(store);
    runtime = opened.runtime;
  });
  afterEach(async () => await opened.dispose());

  describe('jobs', () => {
    test('[RT1] an instance runs to its job, the job is leased once, its result ends the instance', async () => {
      const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]), { nik: '1' });
      const [job] = await runtime.activateJobs(
        { type: 'stamp', worker: 'w', max: 5, timeoutMs: 60_000, waitMs: 0, fetchVariables: ['nik', 'nope'] },
        never,
      );
      expect([job?.variables, job?.job['worker'], job?.instance['processInstanceKey']]).toEqual([{ nik: '1' }, 'w', key]);
      expect(await external(runtime, 'stamp')).toEqual([]);
      const done = await runtime.execute(String(job?.job['jobKey']), { type: 'complete-job', by, variables: { stamped: true } });
      expect(done.ok).toBe(true);
      expect(await stateOf(runtime, key)).toBe('COMPLETED');
      expect((await runtime.awaitEnd(key, never))?.variables).toEqual({ nik: '1', stamped: true });
    });

    test('[RT1] a finished job cannot be finished again', async () => {
      await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
      const [key = ''] = await external(runtime, 'stamp');
      await runtime.execute(key, { type: 'complete-job', by, variables: {} });
      expect((await runtime.execute(key, { type: 'complete-job', by, variables: {} })).ok).toBe(false);
    });

    test('[RT2] a long poll is woken by the commit that makes a job', async () => {
      await deployed(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
      const polled = runtime.activateJobs({ type: 'stamp', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 60_000 }, never);
      await runtime.startInstance({ processDefinitionId: 'p' }, by);
      expect((await polled).length).toBe(1);
    });

    test('[RT2] a long poll ends when its caller goes away', async () => {
      const gone = new AbortController();
      const polled = runtime.activateJobs({ type: 'stamp', worker: 'w', max: 1, timeoutMs: 60_000, waitMs: 60_000 }, gone.signal);
      gone.abort();
      expect(await polled).toEqual([]);
    });

    test('[RT3] a built-in job is done by its handler, with everything it may see', async () => {
      const seen: Job[] = [];
      await open({ stamp: async (job) => (seen.push(job), { stamped: job.key }) });
      const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]), { nik: '1' });
      await runtime.settled();
      expect(await stateOf(runtime, key)).toBe('COMPLETED');
      expect(
        seen.map(({ elementId, variables, attempt, retries, processInstanceKey }) => [
          elementId,
          variables['nik'],
          attempt,
          retries,
          processInstanceKey,
        ]),
      ).toEqual([['stamp', '1', 1, 3, key]]);
    });

    test('[RT4] a failure is tried again after its back-off, with the same key; used up retries are an incident that a person resolves', async () => {
      const keys: string[] = [];
      let works = false;
      const stamp: JobHandler = async ({ key }) => {
        keys.push(key);
        if (!works) throw new JobFailure('agency is down', { retryAfter: 60_000 });
        return {};
      };
      await open({ stamp });
      const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp', 2)]]));
      await runtime.settled();
      expect(keys.length).toBe(1);
      await runtime.moveClock(runtime.clock.now() + 61_000);
      expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
      const [incident] = (await runtime.store.search('incidents', { filter: { processInstanceKey: key, state: 'ACTIVE' } })).items;
      expect([
        incident?.['errorType'],
        incident?.['errorMessage'],
        (await runtime.store.get('processInstances', key))?.['hasIncident'],
      ]).toEqual(['JOB_NO_RETRIES', 'agency is down', true]);
      works = true;
      await runtime.execute(keys[0] ?? '', { type: 'update-job', by, retries: 1 });
      await runtime.execute(String(incident?.['incidentKey']), { type: 'resolve-incident', by });
      await runtime.settled();
      expect([await stateOf(runtime, key), (await runtime.store.get('processInstances', key))?.['hasIncident']]).toEqual([
        'COMPLETED',
        false,
      ]);
    });

    test('[RT4] a failure that must not be tried again is an incident at once', async () => {
      await open({ stamp: async () => Promise.reject(new JobFailure('wrong request', { retryable: false })) });
      const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp', 9)]]));
      await runtime.settled();
      expect((await runtime.store.search('incidents', { filter: { processInstanceKey: key } })).totalItems).toBe(1);
    });

    test('[RT5] a business error takes the boundary event with its code', async () => {
      await open({ stamp: async () => Promise.reject(new BpmnError('NIK_UNKNOWN', 'no such person', { asked: 1 })) });
      const boundary =
        '<bpmn:boundaryEvent id="unknown" attachedToRef="stamp"><bpmn:errorEventDefinition id="e" errorRef="nik"/></bpmn:boundaryEvent><bpmn:endEvent id="refused"/>';
      const body = `<bpmn:startEvent id="start"/>${serviceTask('stamp', 'stamp')}${boundary}<bpmn:endEvent id="end"/>${flow('start', 'stamp')}${flow('stamp', 'end')}${flow('unknown', 'refused')}`;
      const key = await start(runtime, bpmn('p', body, '<bpmn:error id="nik" name="nik" errorCode="NIK_UNKNOWN"/>'));
      await runtime.settled();
      expect(await stateOf(runtime, key)).toBe('COMPLETED');
      const ended = await runtime.store.search('elementInstances', {
        filter: { processInstanceKey: key, elementId: 'refused', state: 'COMPLETED' },
      });
      expect(ended.totalItems).toBe(1);
    });

    test('[RT6] a handler that hangs is aborted and counts as failed', async () => {
      await opened.dispose();
      opened = await openTestRuntime(store, {
        handlers: new Map([['stamp', async () => await new Promise<never>(() => undefined)]]),
        handlerTimeoutMs: 20,
      });
      runtime = opened.runtime;
      const key = await start(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp', 1)]]));
      await runtime.settled();
      const [incident] = (await runtime.store.search('incidents', { filter: { processInstanceKey: key } })).items;
      expect(incident?.['errorMessage']).toMatch(/20 ms/);
    });
  });

  describe('timers', () => {
    test('[RT7] a timer fires when it is due, not before', async () => {
      const key = await start(runtime, line('p', [['wait', timer('wait', 'PT1H')]]));
      await runtime.moveClock(runtime.clock.now() + 3_590_000);
      expect(await stateOf(runtime, key)).toBe('ACTIVE');
      await runtime.moveClock(runtime.clock.now() + 20_000);
      expect(await stateOf(runtime, key)).toBe('COMPLETED');
    });

    test('[RT7] timers on the way fire in order, each at its own time', async () => {
      const key = await start(
        runtime,
        line('p', [
          ['one', timer('one', 'PT1H')],
          ['two', timer('two', 'PT2H')],
        ]),
      );
      const began = Number((await runtime.store.get('processInstances', key))?.['startDate']);
      await runtime.moveClock(began + 10 * 3_600_000);
      const ended = await runtime.store.search('elementInstances', {
        filter: { processInstanceKey: key, elementId: { $in: ['one', 'two'] } },
        sort: [{ field: 'elementId' }],
      });
      expect(ended.items.map((row) => Math.round((Number(row['endDate']) - began) / 3_600_000))).toEqual([1, 3]);
    });

    test('[RT8] a timer start event starts an instance each time, of the newest version only', async () => {
      const cycle = (body: string): string =>
        bpmn(
          'p',
          `<bpmn:startEvent id="start"><bpmn:timerEventDefinition id="t"><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R2/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>${body}<bpmn:endEvent id="end"/>${flow('start', 'end')}`,
        );
      await deployed(runtime, cycle(''));
      await deployed(runtime, cycle('<bpmn:textAnnotation id="a"/>'));
      await runtime.moveClock(runtime.clock.now() + 10 * 3_600_000);
      const { items } = await runtime.store.search('processInstances', {});
      expect(items.map((row) => row['processDefinitionVersion'])).toEqual([2, 2]);
    });

    test.each([
      ['a date', (now: number) => `timeDate>${new Date(now + 3_600_000).toISOString()}</bpmn:timeDate`, 1],
      ['a date that is past', () => 'timeDate>2020-01-01T00:00:00Z</bpmn:timeDate', 1],
      ['a cron expression', () => 'timeCycle>0 0 9 * * *</bpmn:timeCycle', 3],
    ])('[RT8] a timer start event with %s', async (_what, definition, times) => {
      const typed = definition(runtime.clock.now()).replace('>', ' xsi:type="bpmn:tFormalExpression">');
      const event = `<bpmn:startEvent id="start"><bpmn:timerEventDefinition id="t"><bpmn:${typed}></bpmn:timerEventDefinition></bpmn:startEvent>`;
      await deployed(runtime, bpmn('p', `${event}<bpmn:endEvent id="end"/>${flow('start', 'end')}`));
      await runtime.moveClock(runtime.clock.now() + 3 * 24 * 3_600_000);
      const { items } = await runtime.store.search('processInstances', {});
      expect(items).toHaveLength(times);
    });
  });

  describe('messages', () => {
    test('[RT31] a message reaches who waits for its name and key, and only them', async () => {
      const mine = await start(runtime, waitsForPayment, { invoice: 'a' });
      const other = await start(runtime, waitsForPayment, { invoice: 'b' });
      await runtime.publishMessage({ name: 'payment', correlationKey: 'a', variables: { amount: 5 } }, by);
      expect([await stateOf(runtime, mine), await stateOf(runtime, other)]).toEqual(['COMPLETED', 'ACTIVE']);
      expect((await runtime.awaitEnd(mine, never))?.variables).toEqual({ invoice: 'a', amount: 5 });
    });

    test('[RT32] a message without time to live is not kept', async () => {
      await runtime.publishMessage({ name: 'payment', correlationKey: 'a' }, by);
      const key = await start(runtime, waitsForPayment, { invoice: 'a' });
      expect(await stateOf(runtime, key)).toBe('ACTIVE');
    });

    test('[RT33] a buffered message is correlated once per process, oldest first', async () => {
      await runtime.publishMessage({ name: 'payment', correlationKey: 'a', timeToLive: 60_000, variables: { first: true } }, by);
      await runtime.publishMessage({ name: 'payment', correlationKey: 'a', timeToLive: 60_000, variables: { second: true } }, by);
      const keys = [
        await start(runtime, waitsForPayment, { invoice: 'a' }),
        await start(runtime, waitsForPayment, { invoice: 'a' }),
        await start(runtime, waitsForPayment, { invoice: 'a' }),
      ];
      expect(await Promise.all(keys.map(async (key) => await stateOf(runtime, key)))).toEqual(['COMPLETED', 'COMPLETED', 'ACTIVE']);
      expect((await runtime.awaitEnd(keys[0] ?? '', never))?.variables).toEqual({ invoice: 'a', first: true });
    });

    test('[RT33] a buffered message is dead after its time to live', async () => {
      await runtime.publishMessage({ name: 'payment', correlationKey: 'a', timeToLive: 1_000 }, by);
      await runtime.moveClock(runtime.clock.now() + 2_000);
      expect(await stateOf(runtime, await start(runtime, waitsForPayment, { invoice: 'a' }))).toBe('ACTIVE');
    });

    test('[RT34] a message id is taken while its message lives', async () => {
      const request = { name: 'payment', correlationKey: 'a', messageId: 'x', timeToLive: 60_000 };
      const answers = await Promise.all([runtime.publishMessage(request, by), runtime.publishMessage(request, by)]);
      expect(answers.map((answer) => (answer.ok ? 'ok' : answer.kind))).toEqual(['ok', 'ALREADY_EXISTS']);
      expect((await runtime.publishMessage({ ...request, correlationKey: 'b' }, by)).ok).toBe(true);
    });

    describe('[RT106] the process that kept a message dies before it offers it', () => {
      /** as it is in the store then, behind so many that were offered to everybody */
      const keptOnly = async (before: number): Promise<void> => {
        const expiresAt = runtime.clock.now() + 60_000;
        const rows = Array.from({ length: before + 1 }, (_, index) => ({
          messageKey: String(900_000 + index),
          name: 'payment',
          correlationKey: index === before ? 'a' : 'somebody else',
          messageId: 'x',
          dedupe: JSON.stringify(['payment', index === before ? 'a' : `other ${index}`, 'x']),
          variables: { amount: 5 },
          publishedAt: runtime.clock.now() + index,
          expiresAt,
          ...(index === before ? {} : { offeredAt: runtime.clock.now() }),
        }));
        await runtime.store.write(rows.map((row) => ({ op: 'put', collection: 'messages', key: row.messageKey, row })));
      };

      test('[RT106] the next one offers it, however many others live', async () => {
        await opened.dispose();
        opened = await openTestRuntime(store, { sweepMs: 1 });
        runtime = opened.runtime;
        const key = await start(runtime, waitsForPayment, { invoice: 'a' });
        await keptOnly(1_500);
        await runtime.moveClock(runtime.clock.now() + 1);
        expect((await runtime.awaitEnd(key, never))?.variables).toEqual({ invoice: 'a', amount: 5 });
        const row = async () => await runtime.store.get('messages', '901500');
        while ((await row())?.['offeredAt'] === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
      });

      test('[RT106] who publishes it again hears that it is there only when it was offered', async () => {
        const key = await start(runtime, waitsForPayment, { invoice: 'a' });
        await keptOnly(0);
        const again = { name: 'payment', correlationKey: 'a', messageId: 'x', timeToLive: 60_000 };
        expect(await runtime.publishMessage(again, by)).toMatchObject({ ok: false, kind: 'ALREADY_EXISTS' });
        expect(await stateOf(runtime, key)).toBe('COMPLETED');
        // once is enough
        const next = await start(runtime, waitsForPayment, { invoice: 'a' });
        expect(await runtime.publishMessage(again, by)).toMatchObject({ ok: false, kind: 'ALREADY_EXISTS' });
        expect(await stateOf(runtime, next)).toBe('ACTIVE');
      });
    });

    test('[RT35] a message start event starts one running instance per key; the next message waits for its end', async () => {
      const body = `<bpmn:startEvent id="start"><bpmn:messageEventDefinition id="m" messageRef="asked"/></bpmn:startEvent>${serviceTask('stamp', 'stamp')}<bpmn:endEvent id="end"/>${flow('start', 'stamp')}${flow('stamp', 'end')}`;
      await deployed(runtime, bpmn('p', body, message('asked', 'asked')));
      await runtime.publishMessage({ name: 'asked', correlationKey: 'k', timeToLive: 60_000 }, by);
      await runtime.publishMessage({ name: 'asked', correlationKey: 'k', timeToLive: 60_000 }, by);
      const [job = ''] = await external(runtime, 'stamp');
      expect((await runtime.store.search('processInstances', {})).totalItems).toBe(1);
      await runtime.execute(job, { type: 'complete-job', by, variables: {} });
      expect((await runtime.store.search('processInstances', {})).totalItems).toBe(2);
    });

    test('[RT36] correlating needs somebody who waits', async () => {
      const nobody = await runtime.correlateMessage({ name: 'payment', correlationKey: 'a' }, by);
      const key = await start(runtime, waitsForPayment, { invoice: 'a' });
      const somebody = await runtime.correlateMessage({ name: 'payment', correlationKey: 'a' }, by);
      expect([nobody.ok ? '' : nobody.kind, somebody.ok && somebody.processInstanceKey]).toEqual(['NOT_FOUND', key]);
    });
  });

  test('[RT37] a signal reaches everybody who waits and starts who begins with it', async () => {
    const signal = '<bpmn:signal id="s" name="flood"/>';
    const waits = line(
      'waits',
      [['wait', '<bpmn:intermediateCatchEvent id="wait"><bpmn:signalEventDefinition id="x" signalRef="s"/></bpmn:intermediateCatchEvent>']],
      signal,
    );
    const begins = bpmn(
      'begins',
      `<bpmn:startEvent id="start"><bpmn:signalEventDefinition id="x" signalRef="s"/></bpmn:startEvent><bpmn:endEvent id="end"/>${flow('start', 'end')}`,
      signal,
    );
    const keys = [await start(runtime, waits), await start(runtime, waits)];
    await deployed(runtime, begins);
    await runtime.broadcastSignal('flood', { level: 3 }, by);
    expect(await Promise.all(keys.map(async (key) => await stateOf(runtime, key)))).toEqual(['COMPLETED', 'COMPLETED']);
    expect((await runtime.store.search('processInstances', { filter: { processDefinitionId: 'begins' } })).totalItems).toBe(1);
  });

  describe('children', () => {
    const caller = line('caller', [
      [
        'call',
        '<bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="child" propagateAllChildVariables="true"/></bpmn:extensionElements></bpmn:callActivity>',
      ],
    ]);
    const child = line('child', [['stamp', serviceTask('stamp', 'stamp')]]);

    test('[RT38] a child is started with its caller, and its end lets the caller go on', async () => {
      await deployed(runtime, child);
      const key = await start(runtime, caller, { nik: '1' });
      const [row] = (await runtime.store.search('processInstances', { filter: { parentProcessInstanceKey: key } })).items;
      expect(row?.['rootProcessInstanceKey']).toBe(key);
      const [job = ''] = await external(runtime, 'stamp');
      await runtime.execute(job, { type: 'complete-job', by, variables: { stamped: true } });
      expect([await stateOf(runtime, String(row?.['processInstanceKey'])), await stateOf(runtime, key)]).toEqual([
        'COMPLETED',
        'COMPLETED',
      ]);
    });

    test('[RT38] ending the caller ends the child', async () => {
      await deployed(runtime, child);
      const key = await start(runtime, caller);
      const [row] = (await runtime.store.search('processInstances', { filter: { parentProcessInstanceKey: key } })).items;
      await runtime.execute(key, { type: 'cancel-instance', by });
      expect([await stateOf(runtime, String(row?.['processInstanceKey'])), await stateOf(runtime, key)]).toEqual([
        'TERMINATED',
        'TERMINATED',
      ]);
    });

    test('[RT39] a child that cannot be started is an incident of the caller', async () => {
      const key = await start(runtime, caller);
      expect(
        (await runtime.store.search('incidents', { filter: { processInstanceKey: key } })).items.map((row) => row['errorType']),
      ).toEqual(['CALLED_ELEMENT_ERROR']);
    });
  });

  describe('deployment', () => {
    test('[RT42] the same content keeps its version, other content gets the next one', async () => {
      await deployed(runtime, line('p', []));
      await deployed(runtime, line('p', []));
      await deployed(runtime, line('p', [['wait', timer('wait', 'PT1H')]]));
      const { items } = await runtime.store.search('processDefinitions', {});
      expect(items.map((row) => [row['version'], row['isLatest']])).toEqual([
        [1, false],
        [2, true],
      ]);
    });

    test('[RT43] one broken resource refuses them all, by name', async () => {
      const answer = await runtime.deploy(
        [
          { name: 'good.bpmn', text: line('p', []) },
          { name: 'bad.form', text: '{' },
        ],
        by,
      );
      expect([answer.ok, !answer.ok && answer.problems?.map(({ resource }) => resource)]).toEqual([false, ['bad.form']]);
      expect((await runtime.store.search('processDefinitions', {})).totalItems).toBe(0);
    });

    test('[RT44] an unknown process, key or instance is a rejection', async () => {
      const answers = await Promise.all([
        runtime.startInstance({ processDefinitionId: 'nope' }, by),
        runtime.execute('1048577', { type: 'complete-job', by, variables: {} }),
        runtime.execute('not a key', { type: 'cancel-instance', by }),
      ]);
      expect(answers.map((answer) => (answer.ok ? 'ok' : answer.kind))).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    });
  });

  test('[RT9] many commands at one instance each take effect once', async () => {
    const branches = Array.from({ length: 16 }, (_, index) => `t${index}`);
    const body = `<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>${flow('start', 'fork')}${flow('join', 'end')}${branches.map((id) => serviceTask(id, 'stamp') + flow('fork', id) + flow(id, 'join')).join('')}`;
    const key = await start(runtime, bpmn('p', body));
    const jobs = [...(await external(runtime, 'stamp')), ...(await external(runtime, 'stamp'))];
    const answers = await Promise.all(
      [...jobs, ...jobs].map(async (job) => await runtime.execute(job, { type: 'complete-job', by, variables: {} })),
    );
    expect([jobs.length, answers.filter(({ ok }) => ok).length, await stateOf(runtime, key)]).toEqual([16, 16, 'COMPLETED']);
  });
});

describe('runtime after a start', () => {
  test('[RT10] everything that waited goes on: jobs, timers, messages', async () => {
    const opened = await openTestRuntime('sqlite');
    const job = await start(opened.runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
    const timed = await start(opened.runtime, line('q', [['wait', timer('wait', 'PT1H')]]));
    const paid = await start(opened.runtime, waitsForPayment, { invoice: 'a' });
    const again = await opened.reopen({ handlers: new Map([['stamp', async () => ({})]]) });
    await again.publishMessage({ name: 'payment', correlationKey: 'a' }, by);
    await again.moveClock(again.clock.now() + 3_700_000);
    expect(await Promise.all([job, timed, paid].map(async (key) => await stateOf(again, key)))).toEqual([
      'COMPLETED',
      'COMPLETED',
      'COMPLETED',
    ]);
    await opened.dispose();
  });
});
