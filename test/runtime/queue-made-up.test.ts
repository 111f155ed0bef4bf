/** Whoever reads the queue learns nothing of a case, and whoever writes into it makes nothing happen. The real queue of this process, looked at. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { QueueEntry, QueueHandler } from '../../runtime/ports.ts';
import { createInProcessQueue } from '../../runtime/queues/in-process.ts';
import type { Job } from '../../workers/job.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { deployed, openTestRuntime, start, stateOf } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

let opened: Opened | undefined;
afterEach(async () => {
  await opened?.dispose();
  opened = undefined;
});

const NIK = '3374010101900001';
const own = line('own', [['stamp', serviceTask('stamp', 'stamp')]]);
const outside = line('outside', [['send', serviceTask('send', 'send')]]);

async function open() {
  const queue = createInProcessQueue();
  const entries: QueueEntry[] = [];
  const jobs: Job[] = [];
  /** what the queue delivers again */
  const returned: QueueEntry['payload'][] = [];
  const tapped = {
    ...queue,
    add: async (more: readonly QueueEntry[]): Promise<void> => {
      entries.push(...more);
      await queue.add(more);
    },
    consume: async (name: string, handler: QueueHandler, options: { readonly concurrency: number }): Promise<void> =>
      await queue.consume(
        name,
        async (payload, signal) => {
          try {
            await handler(payload, signal);
          } catch (error) {
            returned.push(payload);
            throw error;
          }
        },
        options,
      ),
  };
  const handlers = new Map([['stamp', async (job: Job) => ({ stamped: jobs.push(job) })]]);
  opened = await openTestRuntime('sqlite', {
    handlers,
    instead: { queue: { queue: tapped, busy: queue.busy, idle: queue.idle, stop: async () => undefined } },
  });
  return { runtime: opened.runtime, queue, entries, jobs, returned };
}

describe('entries of the queue', () => {
  test('[QU21] hold keys and the names of types, never what a case knows', async () => {
    // given
    const { runtime, queue, entries, jobs } = await open();

    // when
    await start(runtime, own, { nik: NIK, name: 'Siti Rahmawati', address: 'Jl. Pahlawan 1' });
    await queue.idle();

    // then
    expect(jobs[0]?.variables).toMatchObject({ nik: NIK });
    expect(entries.length).toBeGreaterThan(0);
    for (const { payload, id, queue: name } of entries) {
      expect(JSON.stringify([payload, id, name])).not.toMatch(/Siti|Pahlawan|33740101/);
      expect(Object.keys(payload).filter((field) => !['jobKey', 'type', 'leave'].includes(field))).toEqual([]);
    }
  });

  test('[QU21] that somebody made up do nothing, and do not come back', async () => {
    // given
    const { runtime, queue, jobs, returned } = await open();
    await deployed(runtime, own);
    const key = await start(runtime, outside);
    const [job] = (await runtime.store.search('jobs', { filter: { processInstanceKey: key } })).items;
    const jobKey = String(job?.['jobKey']);
    const payloads: readonly QueueEntry['payload'][] = [
      {},
      { jobKey: '', type: 'stamp' },
      { jobKey: '../../etc/passwd', type: 'stamp' },
      { jobKey: '{"$ne":null}', type: 'stamp' },
      { jobKey: '9'.repeat(400), type: 'stamp' },
      { jobKey: '9007199254740993', type: 'stamp' },
      // a job that is for others, under the name of a type of ours and under its own
      { jobKey, type: 'stamp', leave: 1 },
      { jobKey, type: 'send', leave: 1 },
      { jobKey, type: '__proto__' },
      { jobKey, type: 'constructor' },
    ];
    // the queue is read from the first job on
    await start(runtime, own);
    await queue.idle();

    // when
    await queue.add(payloads.map((payload, at) => ({ queue: 'job-stamp', id: `made-up-${at}`, payload })));
    await queue.idle();

    // then
    expect([jobs.length, returned]).toEqual([1, []]);
    expect(await runtime.store.get('jobs', jobKey)).toEqual(job);
    expect(await stateOf(runtime, key)).toBe('ACTIVE');
    const next = await start(runtime, own);
    await queue.idle();
    expect([jobs.length, await stateOf(runtime, next)]).toEqual([2, 'COMPLETED']);
  });
});
