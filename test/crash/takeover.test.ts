/** Real processes: a killed worker's job runs elsewhere soon, a job that kills is stopped, a stop in the middle loses nothing. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { fork, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOST_CRASHES } from '../../runtime/crashes.ts';
import { startRedisServer } from '../../runtime/queues/redis-server.ts';
import { startMongoServer } from '../support/mongo-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'alur-takeover-'));
const mongo = await startMongoServer();
const redis = spawnSync('redis-server', ['--version']).status === 0 ? await startRedisServer(folder) : undefined;
const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(async () => {
  mongo?.stop();
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  readonly what: string;
  readonly states?: readonly string[];
  readonly incidents?: readonly { readonly errorMessage: string; readonly state: string }[];
}

function live(...given: readonly string[]) {
  const child = fork(join(import.meta.dirname, 'worker-under-test.ts'), [...given], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  children.push(child);
  const heard: Told[] = [];
  let over = false;
  child.on('message', (message) => heard.push(message as Told));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => ((over = true), resolve(code))));
  /** undefined: it ended before it said so */
  const says = async (what: string): Promise<Told | undefined> => {
    for (;;) {
      const at = heard.findIndex((told) => told.what === what);
      if (at >= 0) return heard.splice(at, 1)[0];
      if (over) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const state = async (): Promise<Told | undefined> => {
    child.send({}, () => undefined);
    return await says('state');
  };
  return { child, says, state, ended };
}

(mongo !== undefined && redis !== undefined ? describe : describe.skip)('on one MongoDB and one Redis', () => {
  test('[QU15] a job whose process is killed runs in another one within 15 seconds', async () => {
    const url = mongo?.database(`takeover${process.pid}`) ?? '';
    const first = live(url, folder, redis?.url ?? '', 'hangs', 'start');
    await first.says('running');
    const second = live(url, folder, redis?.url ?? '', 'done');
    await second.says('ready');
    const killed = performance.now();
    first.child.kill('SIGKILL');
    while ((await second.state())?.states?.[0] !== 'COMPLETED') await new Promise((resolve) => setTimeout(resolve, 50));
    // the first one also led: its job waits for its lease to end and for nothing else
    expect(performance.now() - killed).toBeLessThan(15_000);
  });
});

(redis !== undefined ? describe : describe.skip)('on a Redis that dies', () => {
  test('[QU11] closed while Redis is gone for ever, with a job at work, a process ends by itself', async () => {
    const own = await startRedisServer(mkdtempSync(join(folder, 'dies-')));
    const url = `file:${join(folder, 'dies.sqlite')}`;
    const life = live(url, folder, own?.url ?? '', 'slow', 'start');
    await life.says('running');
    process.kill(own?.pid ?? 0, 'SIGKILL');
    life.child.send('leave');
    expect(await life.ended).toBe(0);
    await own?.stop();
    // what its job said is kept
    const second = live(url, folder, '', 'kills');
    await second.says('ready');
    expect((await second.state())?.states).toEqual(['COMPLETED']);
  });
});

describe('on SQLite', () => {
  test('[RT66] a job that ends its process is stopped by an incident; the crashes are counted across restarts', async () => {
    const url = `file:${join(folder, 'poison.sqlite')}`;
    let lives = 0;
    for (;;) {
      const life = live(url, folder, '', 'kills', lives === 0 ? 'start' : '');
      lives += 1;
      if ((await life.says('ready')) === undefined) continue;
      // it may still die of the job in a moment
      await new Promise((resolve) => setTimeout(resolve, 300));
      const told = await life.state();
      if (told === undefined) continue;
      expect(told.incidents?.map(({ state }) => state)).toEqual(['ACTIVE']);
      expect(told.incidents?.[0]?.errorMessage).toContain(`${MOST_CRASHES} times in a row`);
      expect(told.states).toEqual(['ACTIVE']);
      life.child.kill('SIGTERM');
      expect(await life.ended).toBe(0);
      break;
    }
    expect(lives).toBe(MOST_CRASHES + 1);
  });

  test('[RT67] a process that is told to stop finishes what runs and takes nothing new', async () => {
    const url = `file:${join(folder, 'stop.sqlite')}`;
    const first = live(url, folder, '', 'slow', 'start');
    await first.says('running');
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const second = live(url, folder, '', 'kills');
    await second.says('ready');
    // the second would die of the job if there were still one
    expect((await second.state())?.states).toEqual(['COMPLETED']);
  });

  test('[RT67] what does not end in time is handed back, and the stop does not wait for it', async () => {
    const url = `file:${join(folder, 'hang.sqlite')}`;
    const first = live(url, folder, '', 'hangs', 'start');
    await first.says('running');
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const second = live(url, folder, '', 'done');
    await second.says('ready');
    while ((await second.state())?.states?.[0] !== 'COMPLETED') await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
