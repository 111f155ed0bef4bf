/** An operator holds an agency: its jobs wait in the store; released, they go out slowly at first. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RAMP_STEP } from '../../runtime/holds.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { line } from './support/bpmn.ts';
import { by, deployed, openTestRuntime } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const call = (agency: string): readonly [string, string] => [
  'call',
  `<bpmn:serviceTask id="call"><bpmn:extensionElements><zeebe:taskDefinition type="agency-call"/><zeebe:taskHeaders><zeebe:header key="agency" value="${agency}"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>`,
];
const began = Date.UTC(2026, 0, 5);

describe('holding an agency', () => {
  let opened: Opened;
  let runtime: Runtime;
  let done: string[];
  const handlers = new Map([['agency-call', async ({ headers }: { headers: object }) => (done.push(JSON.stringify(headers)), {})]]);
  const begin = async (id: string): Promise<void> => {
    const answer = await runtime.startInstance({ processDefinitionId: id }, by);
    if (!answer.ok) throw new Error(answer.reason);
  };
  beforeEach(async () => {
    done = [];
    opened = await openTestRuntime('memory', { handlers });
    runtime = opened.runtime;
    await runtime.moveClock(began);
    await deployed(runtime, line('a', [call('alpha')]));
    await deployed(runtime, line('b', [call('beta')]));
  });
  afterEach(async () => await opened.dispose());

  test('[RT68] a held agency gets no call, the others do', async () => {
    expect((await runtime.holdAgency('alpha', by)).ok).toBe(true);
    expect(runtime.heldAgencies()).toEqual([{ agency: 'alpha', state: 'held', since: began, by: 'ani' }]);
    await begin('a');
    await begin('b');
    await runtime.settled();
    expect(done).toEqual(['{"agency":"beta"}']);
  });

  test('[RT68] released, its jobs go out slowly at first and faster from step to step, each once', async () => {
    await runtime.holdAgency('alpha', by);
    for (let count = 0; count < 40; count += 1) await begin('a');
    await runtime.settled();
    expect((await runtime.releaseAgency('alpha', by, 1)).ok).toBe(true);
    await runtime.settled();
    expect(done.length).toBe(1);
    await runtime.moveClock(began + RAMP_STEP);
    expect(done.length).toBe(11);
    await runtime.moveClock(began + 2 * RAMP_STEP);
    expect(done.length).toBe(31);
    await runtime.moveClock(began + 3 * RAMP_STEP);
    expect(done.length).toBe(40);
  });

  test('[RT68] only what is held can be released, and not with a rate that is none', async () => {
    expect(await runtime.releaseAgency('alpha', by)).toMatchObject({ ok: false, kind: 'INVALID_STATE' });
    await runtime.holdAgency('alpha', by);
    expect(await runtime.releaseAgency('alpha', by, 0)).toMatchObject({ ok: false, kind: 'INVALID_ARGUMENT' });
    expect(runtime.heldAgencies().length).toBe(1);
  });
});
