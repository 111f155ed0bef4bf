import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instanceKeyOf, isKey, keyOf, keyOfNumber, localOf, MAX_LOCAL, MAX_NUMBER } from '../../engine/keys.ts';
import { MAX_FILE, MAX_FILES, MAX_DEPTH, MAX_JSON } from '../../server/body.ts';
import { MOST_CRASHES } from '../../runtime/crashes.ts';
import { settings } from '../../runtime/config.ts';
import { MOST_ITEMS } from '../../runtime/batches.ts';
import { MOST_CLUSTER_VARIABLES, MOST_TASK_LISTENERS } from '../../runtime/cluster.ts';
import { MAX_CLUSTER_VALUE } from '../../server/v2/cluster-variables.ts';
import { MOST_VARIABLES } from '../../runtime/limits.ts';
import { line, serviceTask } from './support/bpmn.ts';
import { by, deployed, openTestRuntime, start, stateOf } from './support/stores.ts';

const large = 'x'.repeat(3 * 2 ** 20);

const operations = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
function section(name: string): string {
  return new RegExp(`## ${name}\\n([\\s\\S]*?)\\n## `).exec(operations)?.[1] ?? '';
}

describe('limits', () => {
  test('[RT52] every setting stands in docs/operations.md with its default', () => {
    const rows = [...section('Settings').matchAll(/^\| `([A-Z_]+)` +\| (\S+) +\|/gm)];
    expect(new Map(rows.map(([, name, value]) => [name, value]))).toEqual(settings());
  });

  test('[LM1] every limit of the table in docs/operations.md is the one in the program', () => {
    const table = section('Limits');
    const told = Object.fromEntries(
      [...table.matchAll(/^\| `([A-Z_]+)` +\| ([0-9,]+) /gm)].map(([, name, value]) => [name, Number(value?.replaceAll(',', ''))]),
    );
    const requests = { MAX_JSON, MAX_DEPTH, MAX_FILE, MAX_FILES, MOST_ITEMS };
    const cluster = { MOST_CLUSTER_VARIABLES, MAX_CLUSTER_VALUE, MOST_TASK_LISTENERS };
    const real = { MOST_VARIABLES, MAX_LOCAL, MAX_NUMBER, ...requests, ...cluster, MOST_CRASHES };
    expect(told).toEqual(real);
  });

  test('[LM2] a command that brings more variables than a case may have is refused and changes nothing; less is taken', async () => {
    const opened = await openTestRuntime('memory');
    const { runtime } = opened;
    await deployed(runtime, line('p', [['work', serviceTask('work', 'outside')]]));
    const started = await runtime.startInstance({ processDefinitionId: 'p', variables: { a: large } }, by);
    const key = started.ok ? started.processInstanceKey : '';
    const set = async (variables: Record<string, string>) => await runtime.execute(key, { type: 'set-variables', variables, by });
    expect(await set({ b: large })).toMatchObject({ ok: false, kind: 'INVALID_ARGUMENT', reason: expect.stringContaining('4194304') });
    expect((await runtime.store.search('variables', { filter: { processInstanceKey: key } })).items.map(({ name }) => name)).toEqual(['a']);
    expect((await set({ a: 'small', b: large })).ok).toBe(true);
    expect(await runtime.startInstance({ processDefinitionId: 'p', variables: { a: large, b: large } }, by)).toMatchObject({
      ok: false,
      kind: 'INVALID_ARGUMENT',
    });
    await opened.dispose();
  });

  test('[LM3] the result of a job that does not fit is an incident', async () => {
    const opened = await openTestRuntime('memory', { handlers: new Map([['stamp', async () => ({ one: large, two: large })]]) });
    const key = await start(opened.runtime, line('p', [['stamp', serviceTask('stamp', 'stamp')]]));
    await opened.runtime.settled();
    const { items } = await opened.runtime.store.search('incidents', { filter: { processInstanceKey: key, state: 'ACTIVE' } });
    expect(items.map(({ errorMessage }) => errorMessage)).toEqual([expect.stringContaining('4194304')]);
    expect(await stateOf(opened.runtime, key)).toBe('ACTIVE');
    await opened.dispose();
  });

  test('[LM4] a case whose first 2^20 numbers are used up continues, and every key still names its case', () => {
    for (const number of [1, 1_000, MAX_NUMBER]) {
      const instance = keyOfNumber(number);
      for (const n of [0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 5 * 2 ** 20 + 7, MAX_LOCAL]) {
        const key = keyOf(instance, n);
        expect([isKey(key), instanceKeyOf(key), localOf(key)]).toEqual([true, instance, n]);
      }
    }
    // what was given out before there was a continuation stays what it was
    expect(keyOf(keyOfNumber(7), 9)).toBe(String(7n * 2n ** 20n + 9n));
    expect(() => keyOfNumber(MAX_NUMBER + 1)).toThrow(/Expected a number/);
  });

  test('[LM4] a case works on beyond 2^20 in the store', async () => {
    const opened = await openTestRuntime('memory');
    const { runtime } = opened;
    const key = await start(
      runtime,
      line('p', [
        ['one', serviceTask('one', 'x')],
        ['two', serviceTask('two', 'x')],
      ]),
    );
    // given: a case that has used up its first numbers, as its state tells
    const loaded = await runtime.store.load(key);
    expect(loaded?.tail.length).toBeGreaterThan(0);
    const [job] = await runtime.activateJobs({ type: 'x', worker: 'w', max: 1, timeoutMs: 1_000, waitMs: 0 }, new AbortController().signal);
    await runtime.store.commit({
      instanceKey: key,
      expected: loaded?.version ?? 0,
      events: [{ t: 'variable-set', n: 2 ** 20 - 2, scope: 0, name: 'last', value: 1 }],
      audit: { command: 'test', by: 'test', at: 0 },
      rows: [],
      effects: [],
    });
    const reopened = await runtime.execute(String(job?.job['jobKey']), { type: 'complete-job', variables: { a: 1, b: 2, c: 3, d: 4 }, by });
    expect(reopened.ok).toBe(true);
    const [next] = await runtime.activateJobs(
      { type: 'x', worker: 'w', max: 1, timeoutMs: 1_000, waitMs: 0 },
      new AbortController().signal,
    );
    const jobKey = String(next?.job['jobKey']);
    expect(localOf(jobKey)).toBeGreaterThan(2 ** 20);
    expect((await runtime.execute(jobKey, { type: 'complete-job', variables: {}, by })).ok).toBe(true);
    expect(await stateOf(runtime, key)).toBe('COMPLETED');
    await opened.dispose();
  });
});
