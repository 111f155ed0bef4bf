/** Who works on which job, until when; and what that means for what he brings. */
import { expect, test } from '@jest/globals';
import type { Store } from '../../runtime/ports.ts';
import { commitOf, job, task } from './samples.ts';

export function testLeases(store: () => Store): void {
  const request = { type: 'stamp', worker: 'w', max: 10, now: 100, deadline: 200, leaseToken: 't1' };
  test('[ST15] most urgent first, then oldest; each job once until its deadline', async () => {
    await store().write([
      job(1, { availableAt: 50 }),
      job(2, { availableAt: 40 }),
      job(3, { priority: 9, availableAt: 60 }),
      job(4, { availableAt: 101 }),
    ]);
    const leased = await store().leaseJobs(request);
    expect(leased.map((row) => [row['jobKey'], row['worker'], row['deadline'], row['leaseToken'], row['attempt']])).toEqual([
      ['3', 'w', 200, 't1', 1],
      ['2', 'w', 200, 't1', 1],
      ['1', 'w', 200, 't1', 1],
    ]);
    expect(await store().leaseJobs({ ...request, now: 100 })).toEqual([]);
    const again = await store().leaseJobs({ ...request, now: 200, deadline: 300, max: 1 });
    expect(again.map((row) => [row['jobKey'], row['attempt']])).toEqual([['3', 2]]);
  });

  test('[ST15] a lease tells whether the one before it ended without a word', async () => {
    await store().write([job(1)]);
    const [first] = await store().leaseJobs(request);
    const [second] = await store().leaseJobs({ ...request, now: 200, deadline: 300, leaseToken: 't2' });
    await store().write([{ op: 'patch', collection: 'jobs', key: '1', fields: { leaseToken: null, availableAt: 200 } }]);
    const [third] = await store().leaseJobs({ ...request, now: 200, deadline: 300 });
    expect([first, second, third].map((row) => row?.['unreported'])).toEqual([false, true, false]);
  });

  test('[ST30] a commit under a lease counts only while the lease holds', async () => {
    await store().write([job(1)]);
    await store().leaseJobs({ ...request, jobKey: '1' });
    const under = (token: string, expected: number) =>
      store().commit(commitOf('1048576', expected, { lease: { jobKey: '1', token }, rows: [task(1)] }));
    expect([await under('t2', 0), await store().get('userTasks', '1')]).toEqual(['stale', undefined]);
    expect([await under('t1', 1), await under('t1', 0)]).toEqual(['conflict', 'committed']);
    await store().leaseJobs({ ...request, jobKey: '1', now: 200, deadline: 300, leaseToken: 't2' });
    expect([await under('t1', 1), await under('t2', 1)]).toEqual(['stale', 'committed']);
  });

  test('[ST15] concurrent requests never get the same job', async () => {
    await store().write(Array.from({ length: 20 }, (_, index) => job(index + 1)));
    const leased = await Promise.all(Array.from({ length: 8 }, async () => await store().leaseJobs({ ...request, max: 4 })));
    const keys = leased.flat().map((row) => row['jobKey']);
    expect([keys.length, new Set(keys).size]).toEqual([20, 20]);
  });

  test('[ST15] closed, suspended, exhausted, other types and out of scope are left alone', async () => {
    await store().write([
      job(1, { open: false }),
      job(2, { suspended: true }),
      job(3, { retries: 0 }),
      job(4, { type: 'sign' }),
      job(5, { agency: 'tax' }),
      job(6, { agency: 'land' }),
    ]);
    expect((await store().leaseJobs({ ...request, scope: { agency: 'land' } })).map((row) => row['jobKey'])).toEqual(['6']);
    expect((await store().leaseJobs({ ...request, jobKey: '3' })).length).toBe(0);
    expect((await store().leaseJobs({ ...request, jobKey: '5' })).map((row) => row['jobKey'])).toEqual(['5']);
  });
}
