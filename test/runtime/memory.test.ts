/** What a job leaves in memory when it is done. Counted in objects that the garbage collector leaves alive, never in time or bytes. */
import { afterEach, expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { JobHandler } from '../../workers/job.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, deployed, openTestRuntime } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const JOBS = 200;

let opened: Opened | undefined;
afterEach(async () => await opened?.dispose());

/** Of all that jobs were given (themselves and their signals), how many are still there when they are done. */
async function left(handler: JobHandler): Promise<number> {
  const given: WeakRef<object>[] = [];
  const noted: JobHandler = async (job, signal) => {
    given.push(new WeakRef(job), new WeakRef(signal));
    return await handler(job, signal);
  };
  opened = await openTestRuntime('memory', { handlers: new Map([['stamp', noted]]) });
  const { runtime } = opened;
  await deployed(runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
  for (let n = 0; n < JOBS; n += 1) await runtime.startInstance({ processDefinitionId: 'p' }, by);
  await runtime.settled();
  expect(given.length).toBe(2 * JOBS);
  // what was looked at in this turn is kept until its end
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  return given.filter((reference) => reference.deref() !== undefined).length;
}

test('[RT103] jobs that are done leave neither themselves nor their signals behind', async () => {
  expect(await left(async () => ({}))).toBeLessThan(JOBS / 10);
});

test('[RT103] what somebody keeps is seen', async () => {
  const kept: AbortSignal[] = [];
  expect(await left(async (_job, signal) => (kept.push(signal), {}))).toBeGreaterThanOrEqual(JOBS);
});
