/** What every queue must do. Speaks the port's language only. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Queue, QueueEntry } from '../../runtime/ports.ts';

export interface QueueUnderTest {
  readonly queue: Queue;
  readonly dispose: () => Promise<void>;
}

function entry(id: string, extra: Partial<QueueEntry> = {}): QueueEntry {
  return { queue: 'job-stamp', id, payload: { jobKey: id }, ...extra };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function testQueue(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(`queue ${name}`, () => {
    let under: QueueUnderTest;
    let queue: Queue;
    beforeEach(async () => {
      under = await open();
      queue = under.queue;
    });
    afterEach(async () => await under.dispose());

    test('[QU1] entries reach the handler of their queue with their payload', async () => {
      const seen: unknown[] = [];
      await queue.consume('job-stamp', async (payload) => void seen.push(payload), { concurrency: 2 });
      await queue.add([entry('1048577'), entry('a:b', { payload: { x: 1, y: 'z' } }), entry('other', { queue: 'job-other' })]);
      await until(() => seen.length === 2);
      expect(seen).toContainEqual({ jobKey: '1048577' });
      expect(seen).toContainEqual({ x: 1, y: 'z' });
    });

    test('[QU1] entries wait for a consumer that comes later', async () => {
      const seen: unknown[] = [];
      await queue.add([entry('a'), entry('b')]);
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.push(jobKey), { concurrency: 1 });
      await until(() => seen.length === 2);
      expect(seen).toEqual(['a', 'b']);
    });

    test('[QU2] the same id twice while the first waits is one entry', async () => {
      const seen: unknown[] = [];
      await queue.add([entry('a'), entry('a')]);
      await queue.add([entry('a')]);
      await queue.add([entry('z')]);
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.push(jobKey), { concurrency: 1 });
      await until(() => seen.includes('z'));
      expect(seen).toEqual(['a', 'z']);
    });

    test('[QU2] in company none is lost, and each comes at most as often as it was added', async () => {
      const seen: string[] = [];
      await queue.add([entry('a'), entry('b'), entry('c'), entry('b')]);
      await queue.add([entry('b'), entry('z')]);
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.push(String(jobKey)), { concurrency: 1 });
      await until(() => seen.includes('z'));
      expect([[...new Set(seen)].toSorted(), seen.filter((key) => key === 'b').length <= 2]).toEqual([['a', 'b', 'c', 'z'], true]);
    });

    test('[QU2] companies that begin with the same entry are told apart', async () => {
      const seen = new Set<unknown>();
      await queue.add([entry('a'), entry('b')]);
      await queue.add([entry('a'), entry('c')]);
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.add(jobKey), { concurrency: 1 });
      await until(() => seen.size === 3);
      expect([...seen].toSorted()).toEqual(['a', 'b', 'c']);
    });

    test('[QU5] of those that came in company the rejected one is delivered again, and the others are not lost', async () => {
      const tries = new Map<string, number>();
      const handler = async ({ jobKey }: QueueEntry['payload']): Promise<void> => {
        const key = String(jobKey);
        tries.set(key, (tries.get(key) ?? 0) + 1);
        if (key === 'b' && (tries.get(key) ?? 0) < 3) throw new Error('not yet');
      };
      await queue.consume('job-stamp', handler, { concurrency: 2 });
      await queue.add([entry('a'), entry('b'), entry('c')]);
      await until(() => tries.get('b') === 3 && tries.has('a') && tries.has('c'));
      expect(tries.get('b')).toBe(3);
    });

    test('[QU2] the same id again after the first was done is a new entry', async () => {
      const seen: unknown[] = [];
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.push(jobKey), { concurrency: 1 });
      await queue.add([entry('a')]);
      await until(() => seen.length === 1);
      // the handler is done before the queue has noted it
      while (seen.length === 1) {
        await queue.add([entry('a')]);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(seen[1]).toBe('a');
    });

    test('[QU3] urgent entries first', async () => {
      const seen: unknown[] = [];
      await queue.add([entry('low', { priority: 9 }), entry('high', { priority: 1 }), entry('middle', { priority: 5 })]);
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.push(jobKey), { concurrency: 1 });
      await until(() => seen.length === 3);
      expect(seen).toEqual(['high', 'middle', 'low']);
    });

    test('[QU4] a delayed entry comes after one that is not delayed', async () => {
      const seen: unknown[] = [];
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.push(jobKey), { concurrency: 1 });
      await queue.add([entry('later', { delayMs: 150 }), entry('now')]);
      await until(() => seen.length === 2);
      expect(seen).toEqual(['now', 'later']);
    });

    test('[QU5] a rejected entry is delivered again', async () => {
      let tries = 0;
      const handler = async (): Promise<void> => {
        tries += 1;
        if (tries < 3) throw new Error('not yet');
      };
      await queue.consume('job-stamp', handler, { concurrency: 1 });
      await queue.add([entry('a')]);
      await until(() => tries === 3);
      expect(tries).toBe(3);
    });

    test('[QU6] no more run at once than asked for', async () => {
      let [running, most, done] = [0, 0, 0];
      const handler = async (): Promise<void> => {
        most = Math.max(most, (running += 1));
        await new Promise((resolve) => setTimeout(resolve, 10));
        running -= 1;
        done += 1;
      };
      await queue.consume('job-stamp', handler, { concurrency: 3 });
      await queue.add(Array.from({ length: 12 }, (_, index) => entry(`n${index}`)));
      await until(() => done === 12);
      expect(most).toBe(3);
    });

    test('[QU7] more entries than one chunk all arrive', async () => {
      const seen = new Set<unknown>();
      await queue.add(Array.from({ length: 1_203 }, (_, index) => entry(`n${index}`)));
      await queue.consume('job-stamp', async ({ jobKey }) => void seen.add(jobKey), { concurrency: 50 });
      await until(() => seen.size === 1_203);
      expect(seen.size).toBe(1_203);
    });

    test('[QU8] closing waits for what runs', async () => {
      let ended = false;
      let begun = false;
      const handler = async (): Promise<void> => {
        begun = true;
        await new Promise((resolve) => setTimeout(resolve, 50));
        ended = true;
      };
      await queue.consume('job-stamp', handler, { concurrency: 1 });
      await queue.add([entry('a')]);
      await until(() => begun);
      await queue.close();
      expect(ended).toBe(true);
    });

    test('[QU9] a ping is answered', async () => {
      await expect(queue.ping()).resolves.toBeUndefined();
    });
  });
}
