import { describe, expect, test } from '@jest/globals';
import { compile } from '../../engine/index.ts';
import type { Command } from '../../engine/index.ts';
import { createDefinitionBook } from '../../runtime/definitions.ts';
import { createDoor } from '../../runtime/execute.ts';
import type { Door } from '../../runtime/execute.ts';
import type { Commit, CommitResult, Store } from '../../runtime/ports.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';
import { line, serviceTask } from './support/bpmn.ts';

const by = { id: 'ani' };
const zone = 'Asia/Jakarta';
const instanceKey = '1048576';
const create: Command = { type: 'create-instance', at: 1, by, instanceKey, variables: {} };
const set = (name: string, value: string | number): Command => ({ type: 'set-variables', at: 2, by, n: 0, variables: { [name]: value } });

interface UnderTest {
  readonly store: Store;
  /** a door over the same store that has nothing in memory: what a restart would see */
  fresh(): Door;
}

/** The real memory store; `fault` may answer instead of the n-th commit (from 1), before or after it was done. */
async function given(
  fault: (n: number, commit: () => Promise<CommitResult>) => Promise<CommitResult> = async (_n, commit) => await commit(),
): Promise<UnderTest & { readonly door: Door }> {
  const inner = createMemoryStore();
  let commits = 0;
  const store: Store = { ...inner, commit: async (wanted: Commit) => await fault((commits += 1), async () => await inner.commit(wanted)) };
  const book = createDefinitionBook(() => ({ now: 0, zone }));
  const xml = line('p', [['stamp', serviceTask('stamp', 'stamp')]]);
  const compiled = await compile(xml);
  if (!compiled.ok || compiled.processes[0] === undefined) throw new Error(JSON.stringify(compiled.problems));
  book.addProcess({ processDefinitionKey: '7', processDefinitionId: 'p', version: 1, deploymentKey: '6' }, xml, compiled.processes[0]);
  const fresh = (): Door => createDoor({ store, book, zone, inFlight: new Set(), committed: () => undefined });
  const door = fresh();
  const definition = book.entry('7');
  if (definition === undefined) throw new Error('Expected the definition to be in the book, but it is not');
  await door.run(instanceKey, create, { definition });
  return { store, door, fresh };
}

async function variables(door: Door): Promise<unknown> {
  return await door.peek(instanceKey, (state) =>
    Object.fromEntries([...(state.variables.get(0) ?? [])].map(([name, { value }]) => [name, value])),
  );
}

describe('the one door', () => {
  test('[RT12] who loses against another process loads again and decides anew', async () => {
    const { door, fresh, store } = await given();
    const other = fresh();
    await other.run(instanceKey, set('theirs', 1));
    const mine = await door.run(instanceKey, set('ours', 2));
    expect([mine.ok, await variables(door), (await store.load(instanceKey))?.version]).toEqual([true, { theirs: 1, ours: 2 }, 3]);
  });

  test('[RT12] a commit that fails leaves nothing of it in memory', async () => {
    const { door } = await given(async (n, commit) => (n === 2 ? Promise.reject(new Error('disk')) : await commit()));
    await expect(door.run(instanceKey, set('lost', 1))).rejects.toThrow('disk');
    expect((await door.run(instanceKey, set('kept', 2))).ok).toBe(true);
    expect(await variables(door)).toEqual({ kept: 2 });
  });

  test('[RT12] a commit that was done although it failed is seen by the next command', async () => {
    const done = async (n: number, commit: () => Promise<CommitResult>): Promise<CommitResult> => {
      const result = await commit();
      if (n === 2) throw new Error('answer lost');
      return result;
    };
    const { door } = await given(done);
    await expect(door.run(instanceKey, set('done', 1))).rejects.toThrow('answer lost');
    await door.run(instanceKey, set('next', 2));
    expect(await variables(door)).toEqual({ done: 1, next: 2 });
  });

  test('[RT12] a rejected command changes nothing', async () => {
    const { door, store } = await given();
    const answer = await door.run(instanceKey, { type: 'complete-job', at: 2, by, n: 999, variables: {} });
    expect([answer.ok, (await store.load(instanceKey))?.version, await variables(door)]).toEqual([false, 1, {}]);
  });

  test('[RT13] snapshots grow with the events, not with their number, and a start continues exactly', async () => {
    let snapshots = 0;
    const { door, fresh, store } = await given();
    const { commit } = store;
    Object.assign(store, {
      commit: async (wanted: Commit) => ((snapshots += wanted.snapshot === undefined ? 0 : 1), await commit(wanted)),
    });
    for (let n = 0; n < 200; n += 1) await door.run(instanceKey, set(`v${n}`, 'x'.repeat(500)));
    const expected = await variables(door);
    expect(await variables(fresh())).toEqual(expected);
    expect(Object.keys(expected as object).length).toBe(200);
    // 100 KB of state, doubling from 8 KB: a handful, not two hundred
    expect(snapshots).toBeGreaterThan(2);
    expect(snapshots).toBeLessThan(12);
  });

  test('[RT14] commands at one instance take turns', async () => {
    const { door, store } = await given();
    const answers = await Promise.all(Array.from({ length: 50 }, async (_, n) => await door.run(instanceKey, set(`v${n}`, n))));
    expect([answers.every(({ ok }) => ok), (await store.load(instanceKey))?.version]).toEqual([true, 51]);
  });

  test('[RT14] a stale attempt is fenced: nothing of it is kept, and the next command finds what was there', async () => {
    const { door, store } = await given();
    const answer = await door.run(instanceKey, set('late', 1), { lease: { jobKey: instanceKey, token: 'of another' } });
    expect([answer.ok, (await store.load(instanceKey))?.version]).toEqual([false, 1]);
    const next = await door.run(instanceKey, set('right', 1));
    const seen = await door.peek(instanceKey, (state) => [...(state.variables.get(0)?.keys() ?? [])]);
    expect([next.ok, seen]).toEqual([true, ['right']]);
  });
});
