import { describe, expect, test } from '@jest/globals';
import { createGroupCommit } from '../../runtime/stores/group-commit.ts';
import type { Transactions } from '../../runtime/stores/group-commit.ts';

/** A disk that can be told to fail; writes what happened. */
function disk(fails: { commit?: () => Error | undefined } = {}): Transactions & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    begin: () => void log.push('begin'),
    commit: () => {
      const error = fails.commit?.();
      if (error) throw error;
      log.push('commit');
    },
    rollback: () => void log.push('rollback'),
    isFatal: (error) => error instanceof Error && error.message === 'disk',
  };
}

describe('group commit', () => {
  test('[ST4] what is asked for in one turn is one transaction, in order, each with its own answer', async () => {
    const under = disk();
    const group = createGroupCommit(under);
    const answers = await Promise.all([1, 2, 3].map(async (n) => await group.run(() => (under.log.push(String(n)), n))));
    expect([answers, under.log]).toEqual([
      [1, 2, 3],
      ['begin', '1', '2', '3', 'commit'],
    ]);
  });

  test('[ST4] nobody hears of success before the commit', async () => {
    const under = disk();
    const group = createGroupCommit(under);
    const heard = group.run(() => undefined).then(() => under.log.push('heard'));
    await heard;
    expect(under.log).toEqual(['begin', 'commit', 'heard']);
  });

  test('[ST4] one that throws does not take the others with it', async () => {
    const group = createGroupCommit(disk());
    const answers = await Promise.allSettled([
      group.run(() => 1),
      group.run(() => {
        throw new Error('mine');
      }),
      group.run(() => 3),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('[ST20] after a failed write on the disk nothing is acknowledged any more', async () => {
    let broken = true;
    const group = createGroupCommit(disk({ commit: () => (broken ? new Error('disk') : undefined) }));
    const answers = await Promise.allSettled([group.run(() => 1), group.run(() => 2)]);
    broken = false;
    expect([...answers, ...(await Promise.allSettled([group.run(() => 3)]))].map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(group.broken()).toBeInstanceOf(Error);
  });

  test('[ST20] a full disk refuses what cannot be written and goes on when there is room again', async () => {
    let full = true;
    const group = createGroupCommit(disk({ commit: () => (full ? new Error('full') : undefined) }));
    const [refused] = await Promise.allSettled([group.run(() => 1)]);
    full = false;
    expect([refused?.status, await group.run(() => 2)]).toEqual(['rejected', 2]);
  });

  test('[ST4] with a sync of its own nobody hears of success before it ends, and what is committed meanwhile waits for the next sync', async () => {
    const under = disk();
    const syncs: (() => void)[] = [];
    const sync = async (): Promise<void> => await new Promise((resolve) => void syncs.push(resolve));
    const group = createGroupCommit({ ...under, sync });
    const first = group.run(() => under.log.push('1')).then(() => under.log.push('heard 1'));
    await turn();
    const second = group.run(() => under.log.push('2')).then(() => under.log.push('heard 2'));
    await turn();
    expect([under.log, syncs.length]).toEqual([['begin', '1', 'commit', 'begin', '2', 'commit'], 1]);
    syncs[0]?.();
    await first;
    await turn();
    expect([under.log.at(-1), syncs.length]).toEqual(['heard 1', 2]);
    syncs[1]?.();
    await second;
    expect(under.log.at(-1)).toBe('heard 2');
  });

  test('[ST20] after a failed sync nothing is acknowledged any more, not even what would succeed', async () => {
    const group = createGroupCommit({
      ...disk(),
      sync: async () => await Promise.reject(new Error('fdatasync')),
    });
    const answers = await Promise.allSettled([group.run(() => 1), group.run(() => 2)]);
    const later = await Promise.allSettled([group.run(() => 3)]);
    expect([...answers, ...later].map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(group.broken()).toBeInstanceOf(Error);
  });

  test('[ST20] after a failed sync what was committed meanwhile is refused too, without another sync', async () => {
    const syncs: ((error: Error) => void)[] = [];
    const sync = async (): Promise<void> => await new Promise((_, reject) => void syncs.push(reject));
    const group = createGroupCommit({ ...disk(), sync });
    const first = group.run(() => 1);
    await turn();
    const second = group.run(() => 2);
    await turn();
    syncs[0]?.(new Error('fdatasync'));
    const answers = await Promise.allSettled([first, second]);
    expect([answers.map(({ status }) => status), syncs.length]).toEqual([['rejected', 'rejected'], 1]);
  });

  test('[RT102] what promises nothing is told when it is visible, what is acknowledged in the same transaction only after the sync', async () => {
    const log: string[] = [];
    let [synced, syncs] = [(): void => undefined, 0];
    const sync = async (): Promise<void> => await new Promise((resolve) => void ((synced = resolve), (syncs += 1)));
    const group = createGroupCommit({ ...disk(), sync });
    const lease = group.runVisible(() => 1).then(() => log.push('lease'));
    const command = group.run(() => 2).then(() => log.push('command'));
    await lease;
    await turn();
    expect([log, syncs]).toEqual([['lease'], 1]);
    synced();
    await command;
    await group.runVisible(() => 3);
    expect([log, syncs]).toEqual([['lease', 'command'], 1]);
  });

  test('[RT102] on a broken disk it is refused like everything else', async () => {
    const group = createGroupCommit(disk({ commit: () => new Error('disk') }));
    await Promise.allSettled([group.run(() => 1)]);
    await expect(group.runVisible(() => 2)).rejects.toThrow('written');
  });
});

async function turn(): Promise<void> {
  for (let n = 0; n < 3; n += 1) await new Promise((resolve) => setImmediate(resolve));
}
