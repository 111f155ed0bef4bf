/** The ledger of the storm can fail: whatever is taken away or done twice behind its back, it tells. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { JobHandler } from '../../workers/job.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createNotes } from '../../scripts/chaos/clients.ts';
import type { Notes } from '../../scripts/chaos/clients.ts';
import { judge } from '../../scripts/chaos/ledger.ts';
import { diagrams } from '../../scripts/chaos/processes.ts';
import { by, openTestRuntime } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

let opened: Opened | undefined;
afterEach(async () => await opened?.dispose());

interface After {
  readonly runtime: Runtime;
  readonly notes: Notes;
  readonly effects: Map<string, number>;
  /** of an application and its job */
  readonly key: string;
  readonly job: string;
}

/** Two applications that were taken and have ended, with one effect each at the tax office. */
async function given(): Promise<After> {
  const effects = new Map<string, number>();
  const agency: JobHandler = async ({ key }) => {
    effects.set(key, (effects.get(key) ?? 0) + 1);
    return { response: { status: 201, body: { billNumber: key } } };
  };
  opened = await openTestRuntime('memory', { handlers: new Map([['agency-call', agency]]) });
  const { runtime } = opened;
  const answer = await runtime.deploy(
    Object.entries(diagrams).map(([name, text]) => ({ name, text })),
    by,
  );
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  const notes = createNotes();
  for (const invoice of ['i1', 'i2']) {
    await publish(runtime, invoice, invoice);
    notes.applied.add(invoice);
  }
  await runtime.settled();
  const [row] = (await runtime.store.search('processInstances', {})).items;
  const key = String(row?.['processInstanceKey']);
  notes.started.set(key, 'i1');
  const [job] = (await runtime.store.search('jobs', { filter: { processInstanceKey: key } })).items;
  return { runtime, notes, effects, key, job: String(job?.['jobKey']) };
}

async function publish(runtime: Runtime, invoice: string, messageId: string): Promise<void> {
  const message = { name: 'application', correlationKey: messageId, messageId, timeToLive: 60_000, variables: { invoice } };
  expect((await runtime.publishMessage(message, by)).ok).toBe(true);
}

async function verdictOf({ runtime, notes, effects }: After): Promise<readonly [number, number]> {
  const sandboxes = { of: (agency: string) => ({ effects: () => (agency === 'bapenda' ? effects : new Map<string, number>()) }) };
  const { lost, doubled } = await judge(runtime.store, notes, sandboxes);
  return [lost.length, doubled.length];
}

describe('the ledger', () => {
  test('[CH7] finds nothing where everything is as it was acknowledged', async () => {
    expect(await verdictOf(await given())).toEqual([0, 0]);
  });

  test.each<readonly [string, readonly [boolean, boolean], (after: After) => unknown]>([
    [
      'a case that is gone',
      [true, false],
      async ({ runtime, key }) => await runtime.store.write([{ op: 'delete', collection: 'processInstances', key }]),
    ],
    [
      'a case that has not ended',
      [true, false],
      async ({ runtime, key }) =>
        await runtime.store.write([{ op: 'patch', collection: 'processInstances', key, fields: { state: 'ACTIVE' } }]),
    ],
    ['an application that nobody began', [true, false], ({ notes }) => notes.applied.add('i9')],
    ['a completion that is not in the history', [true, false], ({ notes, key }) => notes.completed.set(String(BigInt(key) + 9n), 1)],
    ['a job that never reached its agency', [true, false], ({ effects, job }) => effects.delete(job)],
    [
      'a second case of one application',
      [false, true],
      async ({ runtime }) => (await publish(runtime, 'i1', 'again'), await runtime.settled()),
    ],
    ['a second effect of one job', [false, true], ({ effects, job }) => effects.set(job, 2)],
    ['an effect for no job', [false, true], ({ effects }) => effects.set('7', 1)],
    ['a completion that was acknowledged twice', [false, true], ({ notes, job }) => notes.completed.set(job, 2)],
  ])('[CH7] tells %s', async (_what, [lost, doubled], harm) => {
    const after = await given();
    await harm(after);
    const found = await verdictOf(after);
    expect([found[0] > 0, found[1] > 0]).toEqual([lost, doubled]);
  });
});
