/** Ended cases: kept for their time, archived as sealed files, gone. On every store. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { verifyArchive } from '../../runtime/archive.ts';
import { verifyAudit } from '../../runtime/audit-verify.ts';
import { caseRows } from '../../runtime/case-rows.ts';
import type { Config } from '../../runtime/config.ts';
import type { Row, Store } from '../../runtime/ports.ts';
import { createRetention, KEEP_ALL } from '../../runtime/retention.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { bpmn, flow, line, message } from './support/bpmn.ts';
import { by, deployed, openTestRuntime, start, stateOf, stopMongo, storeNames } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const DAY = 24 * 3_600_000;
const names = await storeNames();
let opened: Opened | undefined;
afterEach(async () => {
  await opened?.dispose();
  opened = undefined;
});
afterAll(stopMongo);

type Settings = Partial<Pick<Config, 'retention'>>;
async function open(store: (typeof names)[number], settings: Settings = {}): Promise<Runtime> {
  await opened?.dispose();
  opened = await openTestRuntime(store, {}, settings);
  return opened.runtime;
}

/** Properties of the process. */
function kept(xml: string, ...properties: readonly (readonly [string, string])[]): string {
  const inner = properties.map(([name, value]) => `<zeebe:property name="${name}" value="${value}"/>`).join('');
  const extension = `<bpmn:extensionElements><zeebe:properties>${inner}</zeebe:properties></bpmn:extensionElements>`;
  return xml.replace('isExecutable="true">', `isExecutable="true">${extension}`);
}
const year = ['alur:historyTimeToLive', 'P1Y'] as const;
const inner = line('inner', [], message('m', 'never'));
const call = bpmn(
  'permit',
  `<bpmn:startEvent id="start"/><bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="inner"/></bpmn:extensionElements></bpmn:callActivity><bpmn:endEvent id="end"/>${flow('start', 'call')}${flow('call', 'end')}`,
);

async function pass(runtime: Runtime, days: number): Promise<void> {
  expect(await runtime.moveClock(runtime.clock.now() + days * DAY)).toEqual({ ok: true });
}

async function rowsOf(runtime: Runtime, key: string): Promise<readonly string[]> {
  const found = await Promise.all(
    caseRows.map(async ({ collection }) =>
      (await runtime.store.search(collection, { filter: { processInstanceKey: key } })).items.length > 0 ? [collection as string] : [],
    ),
  );
  return found.flat();
}

async function archived(runtime: Runtime, key: string): Promise<Row | undefined> {
  return await runtime.store.get('archives', key);
}

describe.each(names)('retention on %s', (store) => {
  test('[RT80] a case whose time is over becomes a sealed file with what it called, and leaves the lists; before, and others, it does not', async () => {
    const runtime = await open(store);
    await deployed(runtime, inner);
    const key = await start(runtime, kept(call, year), { applicant: 'Sari' });
    const child = String(
      (await runtime.store.search('processInstances', { filter: { parentProcessInstanceKey: key } })).items[0]?.['processInstanceKey'],
    );
    const other = await start(runtime, line('complaint', []));
    await pass(runtime, 364);
    expect([await stateOf(runtime, key), await archived(runtime, key)]).toEqual(['COMPLETED', undefined]);
    await pass(runtime, 2);
    // neither rows nor history are left of either
    expect(
      await Promise.all(
        [key, child].map(async (one) => [await rowsOf(runtime, one), await runtime.store.events(one), await stateOf(runtime, one)]),
      ),
    ).toEqual([
      [[], [], undefined],
      [[], [], undefined],
    ]);
    expect(await stateOf(runtime, other)).toBe('COMPLETED');
    const row = await archived(runtime, key);
    expect(row).toMatchObject({ processDefinitionId: 'permit', cases: 2, state: 'COMPLETED' });
    const bytes = (await runtime.store.getBlob(String(row?.['blob']))) ?? new Uint8Array();
    expect(await verifyArchive(bytes)).toEqual({ processInstanceKey: key, cases: 2, records: Number(row?.['records']), broken: [] });
    const text = gunzipSync(bytes).toString();
    expect(['Sari', `"processInstanceKey":"${child}"`, '"collection":"variables"'].filter((wanted) => !text.includes(wanted))).toEqual([]);
    expect(await verifyAudit(runtime.store)).toMatchObject({ broken: [], unsealed: 0 });
  });

  test('[RT81] the newest version says how long; what it leaves open, the installation; archives go when their time is over', async () => {
    const runtime = await open(store, {
      retention: { history: { months: 0, milliseconds: 10 * DAY }, archive: { months: 0, milliseconds: 30 * DAY } },
    });
    const never = await start(runtime, kept(line('never', []), ['alur:historyTimeToLive', 'never']));
    const permit = await start(runtime, kept(line('permit', []), ['alur:historyTimeToLive', 'P1D'], ['alur:archiveTimeToLive', 'P1D']));
    const plain = await start(runtime, line('plain', []));
    // the newer version keeps the cases of the older one, too
    await deployed(
      runtime,
      kept(line('permit', [], message('m', 'x')), ['alur:historyTimeToLive', 'P20D'], ['alur:archiveTimeToLive', 'P0D']),
    );
    expect(runtime.retention('permit')).toEqual({
      history: { months: 0, milliseconds: 20 * DAY },
      archive: { months: 0, milliseconds: 0 },
    });
    const there = async () =>
      await Promise.all(
        [never, permit, plain].map(async (key) => [
          (await stateOf(runtime, key)) !== undefined,
          (await archived(runtime, key)) !== undefined,
        ]),
      );
    await pass(runtime, 11);
    expect(await there()).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
    await pass(runtime, 10);
    // no archive is made that would be over already
    expect(await there()).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
    const blob = String((await archived(runtime, plain))?.['blob']);
    await pass(runtime, 10);
    expect(await there()).toEqual([
      [true, false],
      [false, false],
      [false, false],
    ]);
    expect(await runtime.store.getBlob(blob)).toBeUndefined();
    expect(await verifyAudit(runtime.store)).toMatchObject({ broken: [] });
  });

  test('[RT82] under legal hold a case stays, whatever its time; lifted, it goes. Each with who and why in the audit', async () => {
    const runtime = await open(store);
    await deployed(runtime, inner);
    const key = await start(runtime, kept(call, ['alur:historyTimeToLive', 'P1D'], ['alur:archiveTimeToLive', 'P30D']));
    const child = String(
      (await runtime.store.search('processInstances', { filter: { parentProcessInstanceKey: key } })).items[0]?.['processInstanceKey'],
    );
    expect(await runtime.placeHold(key, 'appeal 7/2026', by)).toEqual({ ok: true });
    expect([await runtime.placeHold('4503599627370496', 'x', by), await runtime.placeHold(child, 'x', by)]).toMatchObject([
      { kind: 'NOT_FOUND' },
      { kind: 'INVALID_STATE' },
    ]);
    await pass(runtime, 5);
    expect([await stateOf(runtime, key), await archived(runtime, key)]).toEqual(['COMPLETED', undefined]);
    expect(await runtime.forgetInstance(key)).toMatchObject({
      ok: false,
      kind: 'INVALID_STATE',
      reason: expect.stringContaining('legal hold'),
    });
    expect(await runtime.liftHold(key, 'appeal withdrawn', by)).toEqual({ ok: true });
    expect(await runtime.liftHold(key, 'again', by)).toMatchObject({ ok: false, kind: 'NOT_FOUND' });
    await pass(runtime, 1);
    expect([await stateOf(runtime, key), (await archived(runtime, key)) !== undefined]).toEqual([undefined, true]);
    // the archive is held just as well
    expect(await runtime.placeHold(key, 'court', by)).toEqual({ ok: true });
    await pass(runtime, 60);
    expect((await archived(runtime, key)) !== undefined).toBe(true);
    const { items } = await runtime.store.search('audit', { filter: { subject: key } });
    expect(items.map(({ action, by: who, reason }) => [action, who, String(reason).slice(0, 7)])).toEqual([
      ['hold', 'ani', 'appeal '],
      ['hold-end', 'ani', 'appeal '],
      ['archive', 'system', 'sha256 '],
      ['hold', 'ani', 'court'],
    ]);
    expect(await verifyAudit(runtime.store)).toMatchObject({ broken: [] });
  });
});

describe.each(['memory', 'sqlite'] as const)('retention of many on %s', (store) => {
  test('[RT83] more than one slice is worked off, the oldest first; cases that still run stay', async () => {
    const runtime = await open(store, { retention: { history: { months: 0, milliseconds: DAY }, archive: 'never' } });
    const waits = line('waits', [
      ['wait', '<bpmn:userTask id="wait"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>'],
    ]);
    const running = await start(runtime, waits);
    await deployed(runtime, line('short', []));
    for (let n = 0; n < 130; n += 1) await runtime.startInstance({ processDefinitionId: 'short' }, by);
    await pass(runtime, 2);
    while ((await runtime.store.search('processInstances', { limit: 1 })).totalItems > 1) await pass(runtime, 0);
    expect(await stateOf(runtime, running)).toBe('ACTIVE');
    expect((await runtime.store.search('archives', { limit: 1 })).totalItems).toBe(130);
  });
});

describe('the sealed file', () => {
  test('[RT84] alone tells every change: a word, a record, a row, the end; and what is no archive', async () => {
    const runtime = await open('memory');
    await deployed(runtime, inner);
    const key = await start(runtime, kept(call, ['alur:historyTimeToLive', 'P1D']), { applicant: 'Sari' });
    await pass(runtime, 2);
    const bytes = (await runtime.store.getBlob(String((await archived(runtime, key))?.['blob']))) ?? new Uint8Array();
    const lines = gunzipSync(bytes).toString().trimEnd().split('\n');
    const brokenWhen = async (change: (all: string[]) => readonly string[]): Promise<number> =>
      (await verifyArchive(gzipSync(`${change([...lines]).join('\n')}\n`))).broken.length;
    const record = lines.findIndex((one) => one.startsWith('{"commit"'));
    expect(await brokenWhen((all) => all)).toBe(0);
    const changes: readonly ((all: string[]) => readonly string[])[] = [
      (all) => all.map((one) => one.replace('Sari', 'Budi')),
      (all) => all.toSpliced(record, 1),
      (all) => all.slice(0, -1),
      (all) => all.filter((one) => !one.includes('"collection":"variables"')),
    ];
    for (const change of changes) expect(await brokenWhen(change)).toBeGreaterThan(0);
    expect((await verifyArchive(Uint8Array.of(1, 2, 3))).broken.length).toBe(1);
    expect((await verifyArchive(gzipSync('{"archive":1}\n'))).broken.length).toBe(1);
  });

  test.each<readonly [string, (runtime: Runtime, row: Row) => Promise<unknown>]>([
    ['a file that is gone', async ({ store }, row) => await store.deleteBlob(String(row['blob']))],
    ['another file', async ({ store }, row) => await store.putBlob(String(row['blob']), gzipSync('{}'))],
    [
      'an entry that is gone',
      async ({ store }, row) => await store.write([{ op: 'delete', collection: 'archives', key: String(row['processInstanceKey']) }]),
    ],
  ])('[RT84] the audit misses %s', async (_what, tamper) => {
    const runtime = await open('memory');
    const key = await start(runtime, kept(line('permit', []), ['alur:historyTimeToLive', 'P1D']));
    await pass(runtime, 2);
    expect((await verifyAudit(runtime.store)).broken).toEqual([]);
    await tamper(runtime, (await archived(runtime, key)) ?? {});
    expect((await verifyAudit(runtime.store)).broken).toEqual([expect.stringContaining(`archive ${key}: Expected`)]);
  });
});

describe('in the middle of it', () => {
  /** One archived case with a called one, made once more for each moment. Answers the store and what retention needs. */
  async function given() {
    const runtime = await open('memory');
    await deployed(runtime, inner);
    const key = await start(runtime, kept(call, ['alur:historyTimeToLive', 'P1D']), { applicant: 'Sari' });
    const clock = { now: () => Date.now() + 5 * DAY, onMoved: () => () => undefined };
    const retention = (store: Store) =>
      createRetention({ store, book: runtime.definitions, clock, otherwise: KEEP_ALL, log: () => undefined });
    return { runtime, key, retention };
  }

  async function outcome({ store }: Runtime, key: string): Promise<unknown> {
    const row = await store.get('archives', key);
    const bytes = (await store.getBlob(String(row?.['blob']))) ?? new Uint8Array();
    const whole = gunzipSync(bytes).toString();
    return [
      await store.get('processInstances', key),
      (await verifyArchive(bytes)).cases,
      whole.includes('Sari'),
      (await verifyAudit(store)).broken,
    ];
  }
  const wanted = [undefined, 2, true, []];

  test('[RT85] whatever write is its last one, the case is whole in the lists or in its file, and the next process ends it', async () => {
    let moments = 0;
    for (let died = true; died; moments += 1) {
      const { runtime, key, retention } = await given();
      died = await retention(dying(runtime.store, moments))
        .slice()
        .then(
          () => false,
          () => true,
        );
      const listed = (await runtime.store.get('processInstances', key)) !== undefined;
      const filed = (await runtime.store.get('archives', key)) !== undefined;
      expect({ moments, there: listed || filed }).toEqual({ moments, there: true });
      await retention(runtime.store).slice();
      expect(await outcome(runtime, key)).toEqual(wanted);
    }
    expect(moments).toBeGreaterThan(10);
  });

  test('[RT85] two at once make one file, and a hold that was acknowledged holds', async () => {
    for (let late = 0; late < 60; late += 1) {
      const { runtime, key, retention } = await given();
      await Promise.all([retention(slowed(runtime.store, late)).slice(), retention(runtime.store).slice()]);
      expect(await outcome(runtime, key)).toEqual(wanted);
    }
    let [held, refused] = [0, 0];
    for (let late = 0; late < 60; late += 1) {
      const runtime = await open('memory');
      const key = await start(runtime, line('permit', []));
      const clock = { now: () => Date.now() + 5 * DAY, onMoved: () => () => undefined };
      const otherwise = { history: { months: 0, milliseconds: DAY }, archive: { months: 0, milliseconds: 0 } };
      const retention = createRetention({ store: runtime.store, book: runtime.definitions, clock, otherwise, log: () => undefined });
      const [, answer] = await Promise.all([retention.slice(), turns(late).then(async () => await runtime.placeHold(key, 'appeal', by))]);
      if (answer.ok) expect((await runtime.store.events(key)).length).toBeGreaterThan(0);
      held += Number(answer.ok);
      refused += Number(!answer.ok);
    }
    expect([held > 0, refused > 0]).toEqual([true, true]);
  });
});

/** Ends as a process ends: after `writes` of them nothing is done any more. */
function dying(store: Store, writes: number): Store {
  let left = writes;
  const dead = (): boolean => (left -= 1) < 0;
  const refuse = async (): Promise<never> => await Promise.reject(new Error('the process has ended'));
  return {
    ...store,
    write: async (...given) => (dead() ? await refuse() : await store.write(...given)),
    putBlob: async (...given) => (dead() ? await refuse() : await store.putBlob(...given)),
    deleteBlob: async (...given) => (dead() ? await refuse() : await store.deleteBlob(...given)),
    forget: async (...given) => (dead() ? await refuse() : await store.forget(...given)),
  };
}

/** One that falls behind the other by so many turns, at its first look at the history. */
function slowed(store: Store, late: number): Store {
  return { ...store, events: async (...given) => (await turns(late), await store.events(...given)) };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}
