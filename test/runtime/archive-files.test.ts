/** Archived cases as files outside of the store, and the store without them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyAudit } from '../../runtime/audit-verify.ts';
import { exportArchives, verifyFiles } from '../../scripts/archive.ts';
import { compact } from '../../scripts/compact.ts';
import { openToRead } from '../../scripts/open-to-read.ts';
import { line } from './support/bpmn.ts';
import { by, deployed, openTestRuntime } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const DAY = 24 * 3_600_000;
let opened: Opened;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alur-archives-'));
  opened = await openTestRuntime('sqlite', {}, { retention: { history: { months: 0, milliseconds: DAY }, archive: 'never' } });
  const { runtime } = opened;
  await deployed(runtime, line('short', []));
  for (let n = 0; n < 60; n += 1)
    await runtime.startInstance({ processDefinitionId: 'short', variables: { text: `${n} `.repeat(5_000) } }, by);
  await runtime.moveClock(runtime.clock.now() + 2 * DAY);
});
afterAll(async () => {
  await opened.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test('[RT86] archives are written out beside a running server and verify without a store; a changed or missing one is told', async () => {
  const store = await openToRead({ databaseUrl: `file:${join(opened.folder, 'alur.sqlite')}` });
  expect(await exportArchives(store, folder)).toBe(60);
  // the second time nothing is left to do
  expect(await exportArchives(store, folder)).toBe(0);
  const told: string[] = [];
  expect(await verifyFiles([folder], (text) => told.push(text))).toBe(0);
  expect(told.length).toBe(60);
  const file = join(folder, readdirSync(folder)[7] ?? '');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 30));
  expect(await verifyFiles([folder], () => undefined)).toBe(1);
  // the store still has it
  expect(await exportArchives(store, folder)).toBe(1);
  expect(await verifyFiles([file], () => undefined)).toBe(0);
  await expect(verifyFiles([opened.folder], () => undefined)).rejects.toThrow('there are none');
  await store.close();
});

test('[RT87] a store is compacted only where nobody uses it; it is smaller then, and everything is there', async () => {
  const path = join(opened.folder, 'alur.sqlite');
  expect(() => compact(path)).toThrow(/another process/);
  await opened.runtime.close();
  const { before, after } = compact(path);
  expect([after < before / 2, after === statSync(path).size]).toEqual([true, true]);
  const runtime = await opened.reopen();
  expect((await runtime.store.search('archives', { limit: 1 })).totalItems).toBe(60);
  expect(await verifyAudit(runtime.store)).toMatchObject({ broken: [] });
  expect(() => compact(join(folder, 'none.sqlite'))).toThrow(/there is none/);
});
