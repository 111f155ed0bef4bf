/**
 * Random processes that are migrated at a random moment: to themselves under other ids, into a new sub-process, and out of it again.
 * Run one seed again: SEED=123 …; more cases: RUNS=1000.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { end, path, start, sub } from '../support/bpmn.ts';
import { compiled, given } from '../support/given.ts';
import type { Story } from '../support/given.ts';
import { randomOf } from '../property/blocks.ts';
import { drawn } from '../property/draw-process.ts';
import { block } from '../property/random-process.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = Number(process.env['RUNS'] ?? 60);
type Roll = (below: number) => number;

/** Lets the first to the last of what is open end well, in any order. */
function doOne(story: Story, roll: Roll): void {
  const { jobs, tasks, timers, subscriptions } = story.state as NonNullable<Story['state']>;
  const open = [...jobs.keys(), ...tasks.keys(), ...timers.keys(), ...subscriptions.keys()];
  const n = open[roll(open.length)];
  if (n === undefined) throw new Error(`nothing to do, but the instance is active: ${story.active().join(', ')}`);
  const timer = timers.get(n);
  const variables = { choice: roll(100) };
  if (timer) story.at = Math.max(story.at, timer.dueAt);
  if (timer) story.when('fire-timer', { n });
  else if (subscriptions.has(n)) story.when('correlate-message', { n, messageKey: '7', variables });
  else if (tasks.has(n)) story.when('complete-user-task', { n, variables });
  else story.when('complete-job', { n, variables });
}

function finish(story: Story, roll: Roll): void {
  for (let commands = 0; story.status === 'active' && commands < 2_000; commands++) doOne(story, roll);
}

async function migrate(story: Story, xml: string, mapping: Readonly<Record<string, string>>): Promise<void> {
  const target = { process: await compiled(xml), processKey: '2', processVersion: 2 };
  const pairs = Object.entries(mapping).map(([sourceElementId, targetElementId]) => ({ sourceElementId, targetElementId }));
  story.when('migrate-instance', { targetProcessKey: '2', mapping: pairs }, { ...story.world, target });
  Object.assign(story, { world: { ...story.world, ...target } });
}

/** Every element and flow is called something else. Flows are not mapped: they are found by their ends. */
function renamed(xml: string): { readonly xml: string; readonly mapping: Readonly<Record<string, string>> } {
  const elements = [...xml.matchAll(/<bpmn:(?!process|message|error|escalation|sequenceFlow|definitions)\w+ id="([^"]+)"/g)].map(
    ([, id]) => id ?? '',
  );
  const mapping = Object.fromEntries(elements.map((id) => [id, `${id}-2`]));
  const known = new Set(elements);
  const other = (id: string) => (known.has(id) ? `${id}-2` : id);
  const text = xml
    .replaceAll(/(<bpmn:(?!process|message|error|escalation|definitions)\w+ id=")([^"]+)"/g, '$1$2-2"')
    .replaceAll(/ default="([^"]+)"/g, (_all, id: string) => ` default="${id}-2"`)
    .replaceAll(/(sourceRef|targetRef|attachedToRef)="([^"]+)"/g, (_all, name: string, id: string) => `${name}="${other(id)}"`);
  return { xml: text, mapping };
}

/** The whole process inside a sub-process `w`. */
function wrapped(xml: string): string {
  const [head = '', body = ''] = xml.split(/(?<=<bpmn:process [^>]*>)/);
  const [inside = '', tail = ''] = body.split('</bpmn:process>');
  return `${head}${start('w-begin')}${sub('w', inside)}${end('w-end')}${path('w-begin w w-end')}</bpmn:process>${tail}`;
}

type Moves = (xml: string, story: Story) => Promise<void>;

async function holds(xmlOf: (xml: string) => string, move: Moves, more: (story: Story) => void = () => undefined): Promise<void> {
  await fc.assert(
    fc.asyncProperty(block, fc.integer({ min: 0 }), async (shape, schedule) => {
      const roll = randomOf(schedule);
      const story = (await given(xmlOf(drawn(shape)))).start({ choice: roll(100), key: 'k' });
      for (let steps = roll(6); steps > 0 && story.status === 'active'; steps--) doOne(story, roll);
      if (story.status !== 'active') return;
      const waits = () => [story.state?.jobs.size, story.state?.tasks.size, story.state?.timers.size, story.state?.subscriptions.size];
      const before = waits();
      await move(drawn(shape), story);
      expect(waits()).toEqual(before);
      more(story);
      finish(story, roll);
      expect(story.of('incident-raised')).toEqual([]);
      expect(story.status).toBe('completed');
    }),
    { seed, numRuns },
  );
}

describe('random processes, migrated at a random moment', () => {
  test('[OP5] under other ids nothing is lost or opened anew, and they reach their end', async () => {
    console.info(`seed ${seed}, ${numRuns} runs`);
    await holds(String, async (xml, story) => {
      const target = renamed(xml);
      await migrate(story, target.xml, target.mapping);
    });
  }, 60_000);

  test('[OP9] so they do inside a new sub-process', async () => {
    const inside = (story: Story) => expect(story.state?.elements.get(story.instance('w'))?.scope).toBe(0);
    await holds(String, async (xml, story) => await migrate(story, wrapped(xml), {}), inside);
  }, 60_000);

  test('[OP10] and out of one that is gone', async () => {
    const outside = (story: Story) => expect(story.active()).not.toContain('w');
    await holds(wrapped, async (xml, story) => await migrate(story, xml, {}), outside);
  }, 60_000);
});
