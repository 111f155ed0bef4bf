/** What people wrote may look like a formula, a placeholder or a path to a secret: it stays what they wrote. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Job } from '../../workers/job.ts';
import { line } from './support/bpmn.ts';
import { openTestRuntime, start } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

let opened: Opened | undefined;
afterEach(async () => await opened?.dispose());

const mapped =
  '<bpmn:serviceTask id="send"><bpmn:extensionElements><zeebe:taskDefinition type="send"/><zeebe:taskHeaders><zeebe:header key="note" value="{{secrets.TOKEN}}"/></zeebe:taskHeaders><zeebe:ioMapping><zeebe:input source="=text" target="sent"/><zeebe:input source="=&quot;on &quot; + text" target="joined"/><zeebe:output source="=answer" target="result"/></zeebe:ioMapping></bpmn:extensionElements></bpmn:serviceTask>';

describe('a value that looks like a formula', () => {
  test.each([
    '= 6 * 7',
    '=now()',
    '{{secrets.TOKEN}}',
    '${process.env.ALUR_SECRET}',
    '#{vault.token}',
    '<%= 7 * 7 %>',
    '{"$secret":"TOKEN"}',
    '__proto__',
  ])('[AC53] %s goes through mappings, a job and its answer as it was written', async (text) => {
    // given
    const jobs: Job[] = [];
    const handler = async (job: Job) => {
      jobs.push(job);
      return { answer: job.variables['sent'] ?? null };
    };
    opened = await openTestRuntime('memory', { handlers: new Map([['send', handler]]) });

    // when
    const key = await start(opened.runtime, line('literal', [['send', mapped]]), { text });

    // then
    const end = await opened.runtime.awaitEnd(key, AbortSignal.timeout(10_000));
    expect(jobs[0]?.variables).toMatchObject({ sent: text, joined: `on ${text}` });
    expect(jobs[0]?.headers).toEqual({ note: '{{secrets.TOKEN}}' });
    expect(end?.variables).toMatchObject({ result: text });
  });
});
