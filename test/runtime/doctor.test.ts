import { afterEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { examine } from '../../scripts/doctor/examine.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { openTestRuntime, start } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

let opened: Opened | undefined;
afterEach(async () => {
  await opened?.dispose();
  opened = undefined;
});

/** Three instances that wait for a job. Answers where the store is; it is closed. */
async function given(): Promise<{ readonly path: string; readonly key: string; look(): ReturnType<typeof examine> }> {
  opened = await openTestRuntime('sqlite');
  const xml = line('p', [['stamp', serviceTask('stamp', 'stamp')]]);
  const keys = [await start(opened.runtime, xml), await start(opened.runtime, xml), await start(opened.runtime, xml)];
  await opened.runtime.close();
  const path = join(opened.folder, 'alur.sqlite');
  return { path, key: keys[1] ?? '', look: async () => await examine({ databaseUrl: `file:${path}` }) };
}

function damage(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

describe('the doctor', () => {
  test('[CH4] finds nothing in a healthy store', async () => {
    const { look } = await given();
    const { lines, broken } = await look();
    expect([broken, lines.at(-1)]).toEqual([0, 'active instances: 3, effects that wait: 0']);
  });

  test('[CH4] names a job that the list has lost', async () => {
    const { path, key, look } = await given();
    damage(path, `DELETE FROM jobs WHERE "processInstanceKey" = ${key}`);
    const { lines, broken } = await look();
    expect(broken).toBe(1);
    expect(lines.join('\n')).toMatch(new RegExp(`ROWS: Expected instance ${key} to have jobs \\d+ open`));
  });

  test('[CH4] names a job of an instance that is not active', async () => {
    const { path, key, look } = await given();
    damage(path, `UPDATE "processInstances" SET "state" = 'COMPLETED' WHERE ${keyColumn(path)} = ${key}`);
    const { lines } = await look();
    expect(lines.join('\n')).toContain('ORPHAN');
  });

  test('[CH4] does not understand a store that a newer program wrote', async () => {
    const { path, look } = await given();
    damage(path, 'PRAGMA user_version = 9999');
    const { lines, broken } = await look();
    expect([broken, lines.join('\n').includes('SCHEMA')]).toEqual([1, true]);
  });

  test('[CH4] says when Redis does not answer', async () => {
    const { path } = await given();
    const { lines, broken } = await examine({ databaseUrl: `file:${path}`, redisUrl: 'redis://127.0.0.1:1' });
    expect([broken, lines.join('\n').includes('QUEUE')]).toEqual([1, true]);
  });

  test('[CH4] refuses to look where there is no store', async () => {
    await expect(examine({ databaseUrl: 'file:/nowhere/alur.sqlite' })).rejects.toThrow('there is none');
  });
});

/** Name of the key column, which is the store's own business. */
function keyColumn(path: string): string {
  const db = new DatabaseSync(path, { readOnly: true });
  const [first] = db.prepare('SELECT name FROM pragma_table_info(?)').all('processInstances');
  db.close();
  return `"${String(first?.['name'])}"`;
}
