/** A command that takes long is a row of commits. The process dies at each of them, before it or right after it, and is started again. */
import { describe, expect, jest, test } from '@jest/globals';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '../../engine/index.ts';
import { openRuntime } from '../../runtime/open.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Store } from '../../runtime/ports.ts';
import { openSqliteStore } from '../../runtime/stores/sqlite.ts';
import { beginLongCase, ROUNDS } from './long-case.ts';

jest.setTimeout(300_000);

/** One life of a process, to its violent end. */
async function live(folder: string, dies: 'before' | 'after', ...known: readonly 'on'[]): Promise<void> {
  const child = fork(join(import.meta.dirname, 'slices-under-test.ts'), [folder, dies, ...known], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  const signal = await new Promise((resolve) => child.on('exit', (_code, how) => resolve(how)));
  if (signal !== 'SIGKILL') throw new Error(`Expected the process to be killed, but it failed: ${errors}`);
}

async function ended(runtime: Runtime): Promise<void> {
  const open = async () => (await runtime.store.search('processInstances', { filter: { endDate: null }, limit: 1 })).totalItems;
  while ((await open()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function written(store: Store): Promise<{ readonly commits: number; readonly events: readonly Event[] }> {
  const { items } = await store.search('processInstances', { limit: 2 });
  const commits = await store.events(String(items[0]?.['processInstanceKey']));
  return { commits: commits.length, events: commits.flatMap(({ events }) => events) };
}

async function commitsIn(folder: string): Promise<number> {
  const store = openSqliteStore(`${folder}/alur.sqlite`);
  try {
    return (await written(store)).commits;
  } finally {
    await store.close();
  }
}

async function undisturbed(folder: string): Promise<Awaited<ReturnType<typeof written>>> {
  const runtime = await openRuntime({ config: { databaseUrl: 'memory:', data: folder, queue: 'in-process', clock: 'real' } });
  await beginLongCase(runtime);
  await ended(runtime);
  const result = await written(runtime.store);
  await runtime.close();
  return result;
}

/** What matters of an event: not when, and under which keys. */
const essence = (events: readonly Event[]): readonly unknown[] => events.map((event) => ({ ...event, at: 0, key: '', processKey: '' }));

describe('a long command', () => {
  test('[RT116] killed at its commits, before or after one, a case goes on from the last and ends as if nothing had been', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alur-slices-'));
    try {
      const whole = await undisturbed(folder);
      expect(whole.commits).toBeGreaterThan(3);

      await live(folder, 'after');
      expect(await commitsIn(folder)).toBe(1);
      // what was never written is done by the next life, what was written is not done again
      await live(folder, 'before', 'on');
      expect(await commitsIn(folder)).toBe(1);
      for (let slice = 2; slice < whole.commits; slice += 1) {
        await live(folder, 'after', 'on');
        expect(await commitsIn(folder)).toBe(slice);
      }
      const config = { databaseUrl: `file:${folder}/alur.sqlite`, data: folder, queue: 'in-process', clock: 'real' } as const;
      const last = await openRuntime({ config });
      await ended(last);
      const torn = await written(last.store);
      await last.close();
      expect(torn.events.filter((event) => event.t === 'element-activated' && event.element === 'count')).toHaveLength(ROUNDS);
      expect(essence(torn.events)).toEqual(essence(whole.events));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
