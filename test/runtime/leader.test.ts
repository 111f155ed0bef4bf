/** One scheduler among many: a lease in the store, looked at with monotonic clocks. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { BEAT, createLeader, LEASE } from '../../runtime/leader.ts';
import type { Leader } from '../../runtime/leader.ts';
import type { Store } from '../../runtime/ports.ts';
import { createMemoryStore } from '../../runtime/stores/memory.ts';

const leaders: Leader[] = [];
afterEach(async () => {
  for (const leader of leaders.splice(0)) await leader.stop();
});

/** `reach.store`: false = this process no longer reaches the store, as one that was stopped or cut off. */
function candidate(store: Store, owner: string, leaseMs = 400) {
  const reach = { store: true };
  const guard = <A extends unknown[], R>(call: (...given: A) => Promise<R>) => {
    return async (...given: A): Promise<R> => (reach.store ? await call(...given) : await Promise.reject(new Error('cut off')));
  };
  let elections = 0;
  const parts = { get: guard(store.get), write: guard(store.write) };
  const leader = createLeader({ store: parts, owner, elected: () => (elections += 1), log: () => undefined, leaseMs, beatMs: 50 });
  leaders.push(leader);
  return { leader, reach, elections: () => elections };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('the leader', () => {
  test('[RL2] of many that look at once one leads, and goes on leading', async () => {
    const store = createMemoryStore();
    const all = ['a', 'b', 'c', 'd'].map((owner) => candidate(store, owner));
    await Promise.all(all.map(async ({ leader }) => await leader.look()));
    const leading = () => all.filter(({ leader }) => leader.leads()).length;
    for (let looks = 0; looks < 20; looks += 1) {
      expect(leading()).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    expect(all.reduce((sum, { elections }) => sum + elections(), 0)).toBe(1);
  });

  test('[RL3] one that is cut off stops leading by itself before another one leads', async () => {
    const store = createMemoryStore();
    const [first, second] = [candidate(store, 'first'), candidate(store, 'second')];
    await first.leader.look();
    first.reach.store = false;
    let both = false;
    await until(() => {
      both ||= first.leader.leads() && second.leader.leads();
      return second.leader.leads();
    });
    expect([both, first.leader.leads()]).toEqual([false, false]);
    // back again it follows, and shows no sign of life in the other's name
    first.reach.store = true;
    await first.leader.look();
    expect([first.leader.leads(), second.leader.leads()]).toEqual([false, true]);
  });

  test('[RL3] who stops gives the lease back at once', async () => {
    const store = createMemoryStore();
    const [first, second] = [candidate(store, 'first', 60_000), candidate(store, 'second', 60_000)];
    await first.leader.look();
    await second.leader.look();
    expect(second.leader.leads()).toBe(false);
    await first.leader.stop();
    await second.leader.look();
    expect(second.leader.leads()).toBe(true);
  });

  test('[RL3] as it is set, the next one leads within 30 seconds', () => {
    expect(LEASE + 2 * BEAT).toBeLessThan(30_000);
  });
});
