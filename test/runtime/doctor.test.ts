import { afterEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { spawnSync } from 'node:child_process';
import { examine } from '../../scripts/doctor/examine.ts';
import { readConfig } from '../../runtime/config.ts';
import { repair } from '../../scripts/doctor/repair.ts';
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
  const keys = [await start(opened.runtime, xml), await start(opened.runtime, xml, { name: 'Sari' }), await start(opened.runtime, xml)];
  await opened.runtime.close();
  const path = join(opened.folder, 'alur.sqlite');
  return { path, key: keys[1] ?? '', look: async () => await examine({ databaseUrl: `file:${path}` }) };
}

function damage(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

/** Each breaks what the doctor promises to find; `afterRepair` is what is left then. */
const broken: readonly (readonly [name: string, sql: (key: string) => string, code: string, afterRepair: number])[] = [
  ['a job that the list has lost', (key) => `DELETE FROM jobs WHERE "processInstanceKey" = ${key}`, 'ROWS', 0],
  ['a job that the state does not know', (key) => `UPDATE jobs SET _key = _key + 7 WHERE "processInstanceKey" = ${key}`, 'ROWS', 0],
  ['a case that the list calls ended', (key) => `UPDATE "processInstances" SET "state" = 'COMPLETED' WHERE _key = ${key}`, 'ORPHAN', 0],
  [
    'a step that waits for nothing',
    (key) =>
      `DELETE FROM jobs WHERE "processInstanceKey" = ${key}; UPDATE _history SET events = (SELECT json_group_array(json(value)) FROM json_each(events) WHERE value NOT LIKE '%job-created%') WHERE key = ${key}`,
    'LIMBO',
    1,
  ],
  ['a variable whose row says something else', (key) => `UPDATE variables SET value = '"other"' WHERE "scopeKey" = ${key}`, 'ROWS', 0],
  [
    'an element that the list has lost',
    (key) => `DELETE FROM "elementInstances" WHERE "processInstanceKey" = ${key} AND state = 'ACTIVE'`,
    'ROWS',
    0,
  ],
  ['a flow that nobody tells of', (key) => `DELETE FROM "sequenceFlows" WHERE "processInstanceKey" = ${key}`, 'ROWS', 0],
  [
    'a flow that nobody took',
    (key) =>
      `INSERT INTO "sequenceFlows" (_key, "sequenceFlowId", "processInstanceKey", "elementId") VALUES ('${key}_99', '${key}_99', ${key}, 'strange')`,
    'ROWS',
    0,
  ],
  ['a state that is not there', (key) => `DELETE FROM _instances WHERE key = ${key}`, 'UNREADABLE', 1],
  ['a history with a hole', (key) => `UPDATE _history SET version = 9 WHERE key = ${key}`, 'FOLD', 1],
  ['a history that nobody can read', (key) => `UPDATE _history SET events = '[' WHERE key = ${key}`, 'UNREADABLE', 1],
  [
    'an effect whose event is gone',
    (key) => `INSERT INTO _effects (id, key, seq, kind, payload) VALUES ('x', ${key}, 77, 'call', '{"version":77,"index":0}')`,
    'OUTBOX',
    1,
  ],
];

describe('the doctor repairs what the history tells', () => {
  test.each(broken)('[OP20] %s', async (_name, sql, code, left) => {
    const { path, key, look } = await given();
    damage(path, sql(key));
    const before = await look();
    expect([before.broken > 0, before.lines.some((line) => line.startsWith(`${code}: `))]).toEqual([true, true]);
    // what cannot be loaded stops the repair with its error; the findings afterwards are what counts
    await repair({ ...silentConfig(path), databaseUrl: `file:${path}` }, () => undefined).catch(() => undefined);
    const after = await look();
    expect(after.broken > 0 ? 1 : 0).toBe(left);
  });

  test('[OP20] the program itself ends with 1 while something is wrong and with 0 after the repair', async () => {
    const { path, key } = await given();
    damage(path, `DELETE FROM jobs WHERE "processInstanceKey" = ${key}`);
    expect([doctor(path), doctor(path, '--repair')].map(({ status }) => status)).toEqual([1, 0]);
  });
});

function doctor(path: string, ...args: string[]): ReturnType<typeof spawnSync> {
  const env = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: `file:${path}`, ALUR_QUEUE: 'in-process' };
  return spawnSync(process.execPath, ['scripts/doctor.ts', ...args], { env, encoding: 'utf8' });
}

function silentConfig(path: string): Parameters<typeof repair>[0] {
  const answer = readConfig({ DATABASE_URL: `file:${path}`, ALUR_QUEUE: 'in-process' });
  if (!answer.ok) throw new Error(answer.faults.join());
  return answer.config;
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

  test('[CH4] names effects that have been forgotten', async () => {
    const { path, key, look } = await given();
    const old = `UPDATE _history SET audit = json_set(audit, '$.at', 1000) WHERE key = ${key}`;
    damage(
      path,
      `${old}; INSERT INTO _effects (id, key, seq, kind, payload) VALUES ('x', ${key}, 1, 'continue', '{"version":1,"index":0}')`,
    );
    const { lines } = await look();
    expect(lines.join('\n')).toContain('OUTBOX: Expected effects to be done within a minute, but 1 wait longer');
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
