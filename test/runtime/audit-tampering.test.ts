/** Somebody with access to the database changes the past, past every rule of ours. On every store, in the store's own language. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { appendRecord, auditKeyOf, HOUSE } from '../../runtime/audit-log.ts';
import { verifyAudit } from '../../runtime/audit-verify.ts';
import type { Row, RowChange, Store } from '../../runtime/ports.ts';
import { line, message } from './support/bpmn.ts';
import { openDisk } from './support/disk.ts';
import type { Disk, Kept } from './support/disk.ts';
import { by, openTestRuntime, start, stopMongo, storeNames } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const top = resolve(import.meta.dirname, '..', '..');
const names = await storeNames();
afterAll(stopMongo);

const waits = line(
  'waits',
  [['wait', '<bpmn:intermediateCatchEvent id="wait"><bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>']],
  message('m', 'never', '=&quot;x&quot;'),
);

/** A case with four commits, one that nobody touches, and three records in the house's chain. */
async function seed({ runtime }: Opened): Promise<string> {
  const key = await start(runtime, waits);
  for (const type of ['suspend-instance', 'resume-instance', 'suspend-instance'] as const)
    expect(await runtime.execute(key, { type, by })).toMatchObject({ ok: true });
  await start(runtime, waits);
  for (const subject of ['first', 'second', 'third'])
    await appendRecord(runtime.store, HOUSE, { record: { at: 1, by: by.id, action: 'read', subject, outcome: 'denied' } });
  return key;
}

const edited = (at: number, edit: (one: Kept) => Kept) => (all: readonly Kept[]) =>
  all.map((one) => (one.version === at ? edit(one) : one));
const other = (text: string, name: string, value: string): string => JSON.stringify({ ...(JSON.parse(text) as Row), [name]: value });
const moved = (all: readonly Kept[], from: number, to: number): Kept => ({ ...(all[from - 1] as Kept), version: to });

const histories: readonly (readonly [string, (all: readonly Kept[]) => readonly Kept[], RegExp])[] = [
  ['a row that names another actor', edited(2, (one) => ({ ...one, audit: other(one.audit, 'by', 'nobody') })), /record 2 .* was changed$/],
  ['a row with another time', edited(2, (one) => ({ ...one, audit: other(one.audit, 'at', '1') })), /record 2 .* was changed$/],
  ['a row with other events', edited(3, (one) => ({ ...one, events: '[]' })), /record 3 .* was changed$/],
  ['a removed row', (all) => all.filter(({ version }) => version !== 2), /record 2, but the next one is 3: one was removed or moved$/],
  [
    'an inserted row',
    (all) => [...all.slice(0, 2), moved(all, 2, 3), ...all.slice(2).map((one) => ({ ...one, version: one.version + 1 }))],
    /record 3 .* was changed$/,
  ],
  ['a row put behind the last', (all) => [...all, moved(all, 4, 5)], /record 5 .* was changed$/],
  [
    "two rows in each other's place",
    (all) => [...all.slice(0, 1), moved(all, 3, 2), moved(all, 2, 3), ...all.slice(3)],
    /record 2 .* was changed$/,
  ],
  ['a tail that was cut', (all) => all.slice(0, 2), /to end at record 4 as its row says, but it does not/],
  ['a head that was cut', (all) => all.slice(1), /record 1, but the next one is 2/],
  ['a history that is gone', () => [], /to end at record 4 as its row says, but it does not/],
  ['a hash that was taken away', edited(3, (one) => ({ ...one, audit: other(one.audit, 'hash', '') })), /record 3 .* was changed$/],
];

const house = (seq: number): string => auditKeyOf(HOUSE, seq);
const swapped = async (store: Store): Promise<void> => {
  const [second = {}, third = {}] = await Promise.all([store.get('audit', house(2)), store.get('audit', house(3))]);
  await store.write([
    { op: 'put', collection: 'audit', key: house(2), row: { ...third, auditKey: house(2), seq: 2 } },
    { op: 'put', collection: 'audit', key: house(3), row: { ...second, auditKey: house(3), seq: 3 } },
  ]);
};
const records: readonly (readonly [string, (store: Store) => Promise<unknown>, RegExp])[] = [
  [
    'a changed record',
    (store) => store.write([{ op: 'patch', collection: 'audit', key: house(2), fields: { by: 'nobody' } }]),
    /record 2 \(read\) .* was changed$/,
  ],
  ['a removed record', (store) => store.write([{ op: 'delete', collection: 'audit', key: house(2) }]), /record 2, but the next one is 3/],
  [
    'an inserted record',
    async (store) => {
      const row = { ...(await store.get('audit', house(3))), auditKey: house(4), seq: 4, subject: 'made up' };
      await store.write([{ op: 'put', collection: 'audit', key: house(4), row }]);
    },
    /record 4 \(read\) .* was changed$/,
  ],
  ["two records in each other's place", swapped, /record 2 \(read\) .* was changed$/],
  ['a tail that was cut', (store) => store.write([{ op: 'delete', collection: 'audit', key: house(3) }]), /to end at record 3/],
  ['a head that is gone', (store) => store.write([{ op: 'delete', collection: 'auditHeads', key: HOUSE }]), /its head was removed$/],
];

describe.each(names)('the audit on %s', (name) => {
  let opened: Opened;
  let disk: Disk;
  let key: string;
  let kept: readonly Kept[];
  beforeAll(async () => {
    opened = await openTestRuntime(name);
    key = await seed(opened);
    await opened.runtime.close();
    disk = await openDisk(opened);
    kept = await disk.history(key);
  }, 60_000);
  afterEach(async () => await disk.rewrite(key, kept));
  afterAll(async () => {
    await disk.close();
    await opened.dispose();
  });

  const verdict = async (): Promise<Awaited<ReturnType<typeof verifyAudit>>> => {
    const store = await disk.read();
    const found = await verifyAudit(store);
    await store.close();
    return found;
  };

  test('[AC30] holds while nobody touches it, also when the same rows are written again', async () => {
    expect(kept.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    expect(await verdict()).toMatchObject({ broken: [], unsealed: 0, chains: 3 });
    await disk.rewrite(key, kept);
    expect(await verdict()).toMatchObject({ broken: [], unsealed: 0, chains: 3 });
  });

  test.each(histories)('[AC31] %s is found and named', async (_what, tamper, sentence) => {
    await disk.rewrite(key, tamper(kept));
    const { broken } = await verdict();
    expect(broken[0]).toMatch(sentence);
    expect(broken.every((one) => one.startsWith(`case ${key}: Expected `))).toBe(true);
  });

  test.each(records)("[AC32] in the house's own chain %s is found and named", async (_what, tamper, sentence) => {
    // given
    let whole: RowChange[] = [];
    await disk.write(async (store) => (whole = await houseRows(store)));

    // when
    await disk.write(tamper);

    // then
    const { broken } = await verdict();
    expect(broken[0]).toMatch(sentence);
    expect(broken.every((one) => one.startsWith('audit house: Expected '))).toBe(true);
    await disk.write(async (store) => await store.write([...whole, { op: 'delete', collection: 'audit', key: house(4) }]));
    expect((await verdict()).broken).toEqual([]);
  });

  test('[AC31] a row that names no end any more is found', async () => {
    const row = (auditHead: string | null): RowChange => ({ op: 'patch', collection: 'processInstances', key, fields: { auditHead } });
    let head = '';
    await disk.write(async (store) => {
      head = String((await store.get('processInstances', key))?.['auditHead']);
      await store.write([row(null)]);
    });
    expect((await verdict()).broken).toEqual([expect.stringMatching(`^case ${key}: Expected its row to name where .* taken away$`)]);
    await disk.write(async (store) => await store.write([row(head)]));
    expect((await verdict()).broken).toEqual([]);
  });

  test('[AC31] npm run audit:verify ends with 0 on what nobody touched, and with 1 and the name of what was', async () => {
    if (disk.environment === undefined) return; // what is in the memory of one process no other one sees
    expect(verifyProgram(disk.environment)).toEqual({
      status: 0,
      lines: [expect.stringMatching(/^\d+ records in 3 chains$/), 'every chain holds'],
    });
    await disk.rewrite(key, kept.slice(0, 2));
    const { status, lines } = verifyProgram(disk.environment);
    expect([status, lines[0], lines.at(-1)]).toEqual([1, expect.stringContaining(`case ${key}: Expected`), '1 broken']);
  });
});

async function houseRows(store: Store): Promise<RowChange[]> {
  const put = async (collection: 'audit' | 'auditHeads', one: string): Promise<RowChange> => ({
    op: 'put',
    collection,
    key: one,
    row: (await store.get(collection, one)) ?? {},
  });
  return await Promise.all([...[1, 2, 3].map((seq) => put('audit', house(seq))), put('auditHeads', HOUSE)]);
}

function verifyProgram(environment: Readonly<Record<string, string>>): {
  readonly status: number | null;
  readonly lines: readonly string[];
} {
  const { status, stdout } = spawnSync(process.execPath, [join(top, 'scripts/audit-verify.ts')], {
    cwd: top,
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  });
  return { status, lines: stdout.trim().split('\n') };
}
