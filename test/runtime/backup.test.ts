/** A copy made while the server writes is whole, folds, and goes on where it stood; a restore that would do harm is refused. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { evolve } from '../../engine/index.ts';
import type { Event, InstanceState } from '../../engine/index.ts';
import { readSqliteStore, openSqliteStore } from '../../runtime/stores/sqlite.ts';
import { backUp } from '../../scripts/backup.ts';
import { restore } from '../../scripts/restore.ts';
import { line } from './support/bpmn.ts';
import { by, deployed, openTestRuntime } from './support/stores.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'alur-backup-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const oneTask = line('one-task', [['check', '<bpmn:userTask id="check"/>']]);

test('[ST26] a backup made while cases start is one moment: every case in it folds and has its rows; it opens again', async () => {
  const { runtime, folder: data, dispose } = await openTestRuntime('sqlite');
  await deployed(runtime, oneTask);
  const acknowledged: string[] = [];
  let writing = true;
  const writer = (async () => {
    while (writing) {
      const started = await runtime.startInstance({ processDefinitionId: 'one-task', variables: { text: 'x'.repeat(500) } }, by);
      if (started.ok) acknowledged.push(started.processInstanceKey);
    }
  })();
  while (acknowledged.length < 50) await new Promise((resolve) => setImmediate(resolve));
  const before = [...acknowledged];
  const file = join(folder, 'copy.sqlite');
  await backUp(join(data, 'alur.sqlite'), file);
  writing = false;
  await writer;
  await dispose();
  const copy = readSqliteStore(file);
  for (const key of before) {
    const events: readonly Event[] = (await copy.events(key)).flatMap((step) => step.events);
    const state = events.reduce<InstanceState | undefined>((folded, event) => evolve(folded, event), undefined);
    expect([state?.status, (await copy.search('userTasks', { filter: { processInstanceKey: key } })).totalItems]).toEqual(['active', 1]);
  }
  await copy.close();
  const again = openSqliteStore(file);
  expect((await again.load(before[0] ?? ''))?.version).toBe(1);
  await again.close();
  await expect(backUp(file, file)).rejects.toThrow(/already/);
});

test('[ST26] a restore takes the place of the store and keeps the old one; it is refused while somebody uses the store', async () => {
  const [store, copy] = [join(folder, 'store.sqlite'), join(folder, 'kept.sqlite')];
  const open = openSqliteStore(store);
  const write = async (value: number) => await open.write([{ op: 'put', collection: 'sequences', key: 'a', row: { name: 'a', value } }]);
  await write(1);
  await backUp(store, copy);
  await write(2);
  expect(() => restore(copy, store, 5)).toThrow(/another process/);
  await open.close();
  expect(restore(copy, store, 5)).toBe(`${store}.before-restore-5`);
  const again = openSqliteStore(store);
  expect((await again.get('sequences', 'a'))?.['value']).toBe(1);
  await again.close();
});

test('[ST26] what a newer program wrote, another database and a broken file are refused, and the store stays as it was', () => {
  const [store, bad] = [join(folder, 'store.sqlite'), join(folder, 'bad.sqlite')];
  const is = readFileSync(store);
  copyFileSync(join(folder, 'kept.sqlite'), bad);
  const db = new DatabaseSync(bad);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => restore(bad, store, 6)).toThrow(/newer/);
  const other = new DatabaseSync(join(folder, 'other.sqlite'));
  other.exec('CREATE TABLE t (a)');
  other.close();
  expect(() => restore(join(folder, 'other.sqlite'), store, 6)).toThrow(/another database/);
  writeFileSync(bad, 'no database at all, but long enough to look like something'.repeat(50));
  expect(() => restore(bad, store, 6)).toThrow();
  expect([readFileSync(store).equals(is), existsSync(`${store}.before-restore-6`)]).toEqual([true, false]);
});
