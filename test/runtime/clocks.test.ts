/** Clocks that are wrong, and clocks that jump. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime } from '../../runtime/open.ts';
import type { RuntimeClock, Store } from '../../runtime/ports.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createStoreClock } from '../../runtime/store-clock.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';
import { startMongoServer } from '../support/mongo-server.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, deployed } from './support/stores.ts';

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'alur-clocks-'));
const mongo = await startMongoServer();
const opened: Runtime[] = [];
afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.close();
});
afterAll(() => {
  mongo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A machine's clock, and how far it is off right now. */
function machine(off = 0): RuntimeClock & { off: number } {
  const clock = { off, now: () => Date.now() + clock.off, onMoved: () => () => undefined };
  return clock;
}

async function open(
  store: { readonly store: Store } | { readonly databaseUrl: string },
  clock: RuntimeClock,
  shared: boolean,
): Promise<Runtime> {
  const databaseUrl = 'store' in store ? 'memory:' : store.databaseUrl;
  const runtime = await openRuntime({
    config: { databaseUrl, data: folder, queue: 'in-process', clock: 'real', mongoStandalone: true },
    shared,
    retryBackOffMs: 1,
    instead: { clock, ...('store' in store && { store: store.store }) },
  });
  opened.push(runtime);
  return runtime;
}

const pause = (duration: string): readonly [string, string] => [
  'pause',
  `<bpmn:intermediateCatchEvent id="pause"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`,
];
async function begin(runtime: Runtime, processDefinitionId: string): Promise<string> {
  const answer = await runtime.startInstance({ processDefinitionId }, by);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.processInstanceKey;
}
const fired = async (runtime: Runtime, key: string): Promise<number> =>
  (await runtime.store.events(key)).filter(({ audit }) => audit.command === 'fire-timer').length;
const ended = async (runtime: Runtime, key: string) => (await runtime.awaitEnd(key, AbortSignal.timeout(20_000)))?.state;

const places: readonly (readonly [string, () => Parameters<typeof open>[0]])[] = [
  ['one store', () => ({ store: { ...createMemoryStore(), close: async () => undefined } })],
  ...(mongo === undefined ? [] : [['MongoDB', () => ({ databaseUrl: mongo.database(`clocks${process.pid}`) })] as const]),
];

describe.each(places)('several machines on %s', (_name, place) => {
  test('[RT104] whose clocks are an hour apart and jump: timers fire once, in their time, not an hour sooner or later; jobs go round', async () => {
    const store = place();
    const [ahead, behind] = [machine(HOUR), machine(-HOUR)];
    const [a, b] = [await open(store, ahead, true), await open(store, behind, true)];
    await deployed(a, line('short', [pause('PT0.4S')]));
    await deployed(a, line('long', [pause('PT30M')]));
    await deployed(b, line('work', [['outside', serviceTask('outside', 'outside')]]));
    const long = await begin(b, 'long');
    const short = await Promise.all([a, b, a, b].map(async (runtime) => await begin(runtime, 'short')));
    [ahead.off, behind.off] = [-HOUR, HOUR];
    for (const key of short) expect([await ended(a, key), await fired(a, key)]).toEqual(['COMPLETED', 1]);
    // what one leased for a moment the other gets right after it, whatever the clocks say
    const work = await begin(a, 'work');
    const lease = async (runtime: Runtime, timeoutMs: number) =>
      (await runtime.activateJobs({ type: 'outside', worker: 'w', max: 1, timeoutMs, waitMs: 10_000 }, AbortSignal.timeout(15_000)))[0]
        ?.instance['processInstanceKey'];
    expect([await lease(a, 300), await lease(b, 60_000)]).toEqual([work, work]);
    // the negative: half an hour is not over, whichever clock says so
    expect(await fired(a, long)).toBe(0);
    expect((await a.store.get('processInstances', long))?.['state']).toBe('ACTIVE');
  });
});

test('[RT104] the time counts on while the store is away, and follows the store when it jumps itself', async () => {
  let told = 1_000_000;
  let away = false;
  const wall = machine();
  const clock = createStoreClock({ clock: async () => (away ? await Promise.reject(new Error('away')) : told) }, wall);
  // until it was asked once
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  await clock.sync();
  wall.off = HOUR;
  expect(clock.now() - told).toBeLessThan(60_000);
  away = true;
  await expect(clock.sync()).rejects.toThrow('away');
  expect(clock.now()).toBeGreaterThanOrEqual(told);
  [away, told] = [false, told + HOUR];
  await clock.sync();
  expect(clock.now()).toBeGreaterThanOrEqual(told);
});

describe.each([['memory:'], [`file:${join(folder, 'alone.sqlite')}`]])('one machine on %s', (databaseUrl) => {
  test('[RT105] whose clock jumps an hour on and back loses and doubles nothing', async () => {
    const clock = machine();
    const runtime = await open({ databaseUrl }, clock, false);
    await deployed(runtime, line('half', [pause('PT30M')]));
    await deployed(runtime, line('three', [pause('PT3H')]));
    await deployed(runtime, line('work', [['outside', serviceTask('outside', 'outside')]]));
    const [half, three, work] = [await begin(runtime, 'half'), await begin(runtime, 'three'), await begin(runtime, 'work')];
    const lease = async (timeoutMs: number) =>
      await runtime.activateJobs({ type: 'outside', worker: 'w', max: 1, timeoutMs, waitMs: 1 }, AbortSignal.timeout(15_000));
    expect((await lease(60_000)).length).toBe(1);
    clock.off = HOUR;
    await runtime.settled();
    expect([await ended(runtime, half), await fired(runtime, half), await fired(runtime, three)]).toEqual(['COMPLETED', 1, 0]);
    // the lease is over by this clock: somebody else gets the job; the first one comes too late
    const [again] = await lease(60_000);
    expect(again?.instance['processInstanceKey']).toBe(work);
    clock.off = 0;
    const later = await begin(runtime, 'half');
    await runtime.settled();
    // done once: neither the time that was there before nor the one that comes again does it twice
    expect([await fired(runtime, half), await fired(runtime, later), await fired(runtime, three)]).toEqual([1, 0, 0]);
    expect((await runtime.execute(String(again?.job['jobKey']), { type: 'complete-job', variables: {}, by })).ok).toBe(true);
    expect((await runtime.execute(String(again?.job['jobKey']), { type: 'complete-job', variables: {}, by })).ok).toBe(false);
    clock.off = 4 * HOUR;
    await runtime.settled();
    expect([await ended(runtime, later), await ended(runtime, three), await fired(runtime, later), await fired(runtime, three)]).toEqual([
      'COMPLETED',
      'COMPLETED',
      1,
      1,
    ]);
    expect((await runtime.store.get('processInstances', work))?.['state']).toBe('COMPLETED');
  });
});
