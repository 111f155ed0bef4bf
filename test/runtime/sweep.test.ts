/** The sweeper meets what cannot be done: it does everything else. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { line, serviceTask } from './support/bpmn.ts';
import { openTestRuntime, start, stateOf } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const timer = (duration: string): string =>
  `<bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const waits = line('waits', [['wait', timer('PT0.5S')]]);
const works = line('works', [['stamp', serviceTask('stamp', 'stamp')]]);

let opened: Opened | undefined;
afterEach(async () => await opened?.dispose().catch(() => undefined));

/** Done to the file while nobody has it open. */
async function damaged(statements: readonly string[]) {
  const before = opened as Opened;
  await before.runtime.close();
  const db = new DatabaseSync(join(before.folder, 'alur.sqlite'));
  for (const statement of statements) db.exec(statement);
  db.close();
  return await before.reopen({ handlers: new Map([['stamp', async () => ({})]]) });
}

const unreadable = (key: string): string => `UPDATE _history SET events = '[' WHERE key = ${key}`;

describe('[RT107] what cannot be done holds up nothing else', () => {
  test('[RT107] more timers that cannot fire than one page holds: those behind them fire', async () => {
    // given
    opened = await openTestRuntime('sqlite', {}, { clock: 'real' });
    const dead = await start(opened.runtime, line('waits', [['wait', timer('PT1H')]]));
    const good = await start(opened.runtime, waits);
    const row = (await opened.runtime.store.search('timers', { filter: { processInstanceKey: dead } })).items[0]!;
    const many = Array.from({ length: 450 }, (_, index) => ({ ...row, timerKey: String(Number(row['timerKey']) + 1_000 + index) }));
    await opened.runtime.store.write(many.map((one) => ({ op: 'put', collection: 'timers', key: one.timerKey, row: one })));
    const runtime = await damaged([unreadable(dead), `UPDATE timers SET "dueAt" = 1 WHERE "processInstanceKey" = ${dead}`]);
    // then
    expect((await runtime.awaitEnd(good, AbortSignal.timeout(30_000)))?.state).toBe('COMPLETED');
    expect(await stateOf(runtime, dead)).toBe('ACTIVE');
  });

  test('[RT107] jobs go to their queue although a timer cannot fire and an effect has lost its event', async () => {
    // given
    opened = await openTestRuntime('sqlite');
    const dead = await start(opened.runtime, waits);
    const good = await start(opened.runtime, works);
    // when
    const runtime = await damaged([
      unreadable(dead),
      `UPDATE timers SET "dueAt" = 1 WHERE "processInstanceKey" = ${dead}`,
      `INSERT INTO _effects (id, key, seq, kind, payload) VALUES ('x', ${good}, 77, 'correlate', '{"version":77,"index":0}')`,
    ]);
    // then
    expect((await runtime.awaitEnd(good, AbortSignal.timeout(30_000)))?.state).toBe('COMPLETED');
  });
});
