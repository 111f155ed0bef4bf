/** An agency's troubles stay its own: hold by hand, breaker, probe, ramp, rate, concurrency, quota, maintenance. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RAMP_STEP } from '../../runtime/compartments/terms.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { BpmnError, JobFailure } from '../../workers/job.ts';
import type { Job } from '../../workers/job.ts';
import { line } from './support/bpmn.ts';
import { by, deployed, openTestRuntime } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const call = (agency: string): readonly [string, string] => [
  'call',
  `<bpmn:serviceTask id="call"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call"/><zeebe:taskHeaders><zeebe:header key="agency" value="${agency}"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>`,
];
const began = Date.UTC(2026, 0, 5);
const down = (): never => {
  throw new JobFailure('Expected an answer of alpha, but none within 100 ms', { fault: 'down' });
};
const faulty = (): never => {
  throw new JobFailure('Expected an answer of alpha that keeps to its document, but got status 500', { fault: 'faulty' });
};

let opened: Opened;
let runtime: Runtime;
/** agency and job of each call, in their order */
let calls: { readonly agency: string; readonly key: string }[];
let behave: (job: Job) => void;
const called = (agency = 'alpha'): number => calls.filter((one) => one.agency === agency).length;
const handlers = new Map([
  [
    'agency-call',
    async (job: Job) => {
      calls.push({ agency: job.headers['agency'] ?? '', key: job.key });
      behave(job);
      return {};
    },
  ],
]);
const begin = async (id: string, count = 1): Promise<void> => {
  for (let n = 0; n < count; n += 1) {
    const answer = await runtime.startInstance({ processDefinitionId: id }, by);
    if (!answer.ok) throw new Error(answer.reason);
  }
  await runtime.settled();
};
/** time goes on by this many milliseconds, and everything that is due then happens */
const later = async (milliseconds: number): Promise<void> => void (await runtime.moveClock(runtime.clock.now() + milliseconds));
const gate = () => runtime.agencyGate('alpha');
const jobs = async (filter: Row): Promise<readonly Row[]> => (await runtime.store.search('jobs', { filter, limit: 1_000 })).items;
const register = async (row: Row): Promise<void> =>
  await runtime.announce([
    { op: 'put', collection: 'agencyConnections', key: 'alpha.live', row: { agencyId: 'alpha', environment: 'live', ...row } },
  ]);

beforeEach(async () => {
  calls = [];
  behave = () => undefined;
  opened = await openTestRuntime('memory', { handlers, retryBackOffMs: 1 });
  runtime = opened.runtime;
  await runtime.moveClock(began);
  await deployed(runtime, line('a', [call('alpha')]));
  await deployed(runtime, line('b', [call('beta')]));
});
afterEach(async () => await opened.dispose());

describe('holding an agency', () => {
  test('[RT68] a held agency gets no call, the others do; it says who holds it and why', async () => {
    expect((await runtime.holdAgency('alpha', by, 'moves house')).ok).toBe(true);
    expect(gate()).toMatchObject({ state: 'held', since: began, by: 'ani', reason: 'moves house' });
    await begin('a');
    await begin('b');
    expect([called('alpha'), called('beta')]).toEqual([0, 1]);
    expect(await jobs({ heldFor: 'alpha' })).toMatchObject([{ open: true, heldSince: began }]);
  });

  test('[RT68] released, its jobs go out slowly at first and faster from step to step, the oldest first, each once', async () => {
    await runtime.holdAgency('alpha', by);
    await begin('a', 40);
    expect((await runtime.releaseAgency('alpha', by, 1)).ok).toBe(true);
    await runtime.settled();
    expect(called()).toBe(1);
    await later(RAMP_STEP);
    expect(called()).toBe(11);
    await later(RAMP_STEP);
    expect(called()).toBe(31);
    await later(RAMP_STEP);
    expect(called()).toBe(40);
    const keys = calls.map(({ key }) => BigInt(key));
    expect(keys).toEqual(keys.toSorted((left, right) => Number(left - right)));
    // nothing waits any more: what comes now goes at once
    expect(gate().state).toBe('open');
  });

  test('[RT68] only what is held or down can be released, and not with a rate that is none', async () => {
    expect(await runtime.releaseAgency('alpha', by)).toMatchObject({ ok: false, kind: 'INVALID_STATE' });
    await runtime.holdAgency('alpha', by);
    expect(await runtime.releaseAgency('alpha', by, 0)).toMatchObject({ ok: false, kind: 'INVALID_ARGUMENT' });
    expect(gate().state).toBe('held');
  });
});

describe('an agency that does not answer', () => {
  test('[RT90] after three calls in a row without an answer nothing goes out any more, no job loses a try, the others go on', async () => {
    behave = ({ headers }) => headers['agency'] === 'alpha' && down();
    await begin('a');
    await later(10);
    await later(10);
    expect(called()).toBe(3);
    expect(gate()).toMatchObject({ state: 'broken', failure: expect.stringContaining('none within 100 ms') });
    await begin('a', 5);
    await begin('b', 2);
    expect([called('alpha'), called('beta')]).toEqual([3, 2]);
    // the one that found out has its last try still, and nobody has to mend anything
    expect((await jobs({ heldFor: 'alpha' })).map(({ retries }) => retries)).toEqual([1, 3, 3, 3, 3, 3]);
    expect((await runtime.store.search('incidents', {})).items).toEqual([]);
  });

  test('[RT91] one call at a time tries, later and later, another job each time; down since stays the first moment', async () => {
    behave = down;
    await begin('a');
    await later(10);
    await later(10);
    await begin('a', 2);
    const { since } = gate();
    const tries = calls.length;
    for (const wait of [4_000, 8_000, 16_000]) {
      await later(Number(gate().nextTryAt) - runtime.clock.now() - 1);
      const before = calls.length;
      await later(1);
      expect(calls.length).toBe(before + 1);
      expect(gate()).toMatchObject({ state: 'broken', since, nextTryAt: runtime.clock.now() + wait });
    }
    expect(new Set(calls.slice(tries).map(({ key }) => key)).size).toBe(3);
  });

  test('[RT91] once it answers, what waited goes out with a ramp, the oldest first, each once', async () => {
    behave = down;
    await begin('a');
    await later(10);
    await later(10);
    await begin('a', 30);
    behave = () => undefined;
    await later(2_000);
    expect(called() - 3).toBeLessThan(10);
    expect(gate().state).toBe('ramping');
    await later(RAMP_STEP);
    expect(gate().state).toBe('open');
    const good = calls.slice(3).map(({ key }) => key);
    expect([good.length, new Set(good).size]).toEqual([31, 31]);
    expect(await jobs({ open: true })).toEqual([]);
  });

  test('[RT91] a probe whose case was canceled is replaced by another', async () => {
    behave = down;
    await begin('a');
    await later(10);
    await later(10);
    const [waiting] = await jobs({ heldFor: 'alpha' });
    await runtime.execute(String(waiting?.['processInstanceKey']), { type: 'cancel-instance', by });
    await later(5_000);
    expect(called()).toBe(3);
    behave = () => undefined;
    await begin('a');
    expect([called(), gate().state]).toEqual([4, 'open']);
  });

  test('[RT92] business errors and requests that never went out say nothing against it; bad answers do when they are most of many', async () => {
    behave = () => {
      throw new BpmnError('NO', 'the business said no');
    };
    await begin('a', 5);
    behave = () => {
      throw new JobFailure('Expected a request that keeps to the contract, but it does not', { retryable: false });
    };
    await begin('a', 15);
    expect(gate().state).toBe('open');
    behave = faulty;
    await begin('a', 4);
    for (let n = 0; n < 5; n += 1) await later(10);
    expect(gate().state).toBe('broken');
    // who got a bad answer used up a try for it: a request that breaks the agency ends as an incident of its own
    expect((await jobs({ errorMessage: { $like: '*500*' } })).every(({ retries }) => Number(retries) < 3)).toBe(true);
  });

  test('[RT92] a call that must not be repeated is an incident, also while the agency is down', async () => {
    behave = () => {
      throw new JobFailure('Expected an answer, but none came', { fault: 'down', retryable: false });
    };
    for (let n = 0; n < 4; n += 1) await begin('a');
    expect(gate().state).toBe('broken');
    const incidents = (await runtime.store.search('incidents', {})).items;
    expect(incidents.length).toBe(3);
    expect(await jobs({ heldFor: 'alpha' })).toHaveLength(1);
  });

  test('[RT93] a person may hold what is down, and let it try at once', async () => {
    behave = down;
    await begin('a');
    await later(10);
    await later(10);
    await runtime.holdAgency('alpha', by);
    await later(60_000);
    expect([called(), gate().state]).toEqual([3, 'held']);
    behave = () => undefined;
    expect((await runtime.releaseAgency('alpha', by)).ok).toBe(true);
    await runtime.settled();
    expect([called(), gate().state]).toEqual([4, 'open']);
  });
});

describe('what an agency bears', () => {
  test('[RT94] no more calls a minute than it allows, whenever the minute begins', async () => {
    await register({ limits: { callsPerMinute: 20 } });
    await begin('a', 50);
    expect(called()).toBe(2);
    for (let second = 1; second <= 180; second += 1) await later(1_000);
    expect(called()).toBe(50);
    expect(gate()).toMatchObject({ state: 'open', limits: { callsPerMinute: 20 } });
  });

  test('[RT94] no more calls at once than it allows', async () => {
    await register({ limits: { concurrency: 2 } });
    let [running, most] = [0, 0];
    const gates: (() => void)[] = [];
    await opened.dispose();
    opened = await openTestRuntime('memory', {
      handlers: new Map([
        [
          'agency-call',
          async () => {
            most = Math.max(most, (running += 1));
            await new Promise<void>((done) => gates.push(done));
            running -= 1;
            return {};
          },
        ],
      ]),
    });
    runtime = opened.runtime;
    await register({ limits: { concurrency: 2 } });
    await deployed(runtime, line('a', [call('alpha')]));
    for (let n = 0; n < 6; n += 1) await runtime.startInstance({ processDefinitionId: 'a' }, by);
    for (let done = 0; done < 6; done += 1) {
      while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
      gates.shift()?.();
    }
    await runtime.settled();
    expect([most, await jobs({ open: true })]).toEqual([2, []]);
  });

  test('[RT94] no more calls a day than it allows; the count outlives the process', async () => {
    await register({ limits: { callsPerDay: 3 } });
    await begin('a', 2);
    runtime = await opened.reopen({ instead: { store: { ...runtime.store, close: async () => undefined } } });
    await runtime.moveClock(began);
    await begin('a', 3);
    expect(called()).toBe(3);
    await later(24 * 3_600_000);
    expect(called()).toBe(5);
  });

  test('[RT95] while it announced maintenance nothing goes out; afterwards what waited does, with a ramp', async () => {
    await register({ maintenance: [{ from: began + 1_000, until: began + 60_000, reason: 'new version' }] });
    await begin('a');
    await later(1_000);
    await begin('a', 20);
    expect(called()).toBe(1);
    expect(gate()).toMatchObject({ state: 'maintenance', since: began + 1_000, until: began + 60_000, reason: 'new version' });
    await later(59_000);
    expect(called()).toBeLessThan(10);
    expect(gate().state).toBe('ramping');
    await later(RAMP_STEP);
    expect([called(), gate().state]).toEqual([21, 'open']);
  });
});
