/**
 * Random processes, random schedules. `Story` checks after every command that the state is the fold of the events and survives
 * serialize → parse (and goes on from what was parsed). Run one seed again: SEED=123 …; more cases: RUNS=1000.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { given } from '../support/given.ts';
import type { Story } from '../support/given.ts';
import { block, drawn } from './random-process.ts';
import type { Block } from './random-process.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = Number(process.env['RUNS'] ?? 150);

/** A small generator of its own, so that a schedule is one number. */
function dice(from: number): (sides: number) => number {
  let state = from >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Does one of the things that the instance waits for. */
function doSomething(story: Story, roll: (sides: number) => number): void {
  const { jobs, tasks, timers, subscriptions, incidents } = story.state as NonNullable<Story['state']>;
  const todo = [...jobs.keys(), ...tasks.keys(), ...timers.keys(), ...subscriptions.keys()];
  const n = todo[roll(todo.length)];
  if (n === undefined) throw new Error(`nothing to do, but the instance is active: ${story.active().join(', ')}`);
  const variables = { choice: roll(100) };
  const timer = timers.get(n);
  const job = jobs.get(n);
  if (timer) {
    story.at = Math.max(story.at, timer.dueAt);
    return void story.when('fire-timer', { n });
  }
  if (subscriptions.has(n)) return void story.when('correlate-message', { n, messageKey: '7', variables });
  if (tasks.has(n)) return void story.when('complete-user-task', { n, variables });
  if (job && job.retries <= 0) {
    const incident = [...incidents.values()].find((open) => open.job === n);
    return void story.when('update-job', { n, retries: 1 }).when('resolve-incident', { n: incident?.n ?? -1 });
  }
  const fails = roll(5) === 0;
  if (fails) story.when('fail-job', { n, retries: roll(2) });
  else story.when('complete-job', { n, variables });
}

async function play(shape: Block, schedule: number): Promise<Story> {
  const roll = dice(schedule);
  const story = (await given(drawn(shape))).start({ choice: roll(100), key: 'k' });
  for (let commands = 0; story.status === 'active' && commands < 2000; commands++) doSomething(story, roll);
  return story;
}

describe('random processes', () => {
  test('[Y1] each reaches its end, whatever happens in which order; the state is always the fold of the events', async () => {
    console.info(`seed ${seed}, ${numRuns} runs`);
    await fc.assert(
      fc.asyncProperty(block, fc.integer({ min: 0 }), async (shape, schedule) => {
        const story = await play(shape, schedule);
        expect(story.of('incident-raised').filter((event) => event.kind !== 'JOB_NO_RETRIES')).toEqual([]);
        expect(story.status).toBe('completed');
        const activated = story.of('element-activated').length;
        expect(story.of('element-completed').length + story.of('element-terminated').length).toBe(activated);
      }),
      { seed, numRuns },
    );
  }, 60_000);

  test('[Y2] the same commands give the same events', async () => {
    await fc.assert(
      fc.asyncProperty(block, fc.integer({ min: 0 }), async (shape, schedule) => {
        expect((await play(shape, schedule)).events).toEqual((await play(shape, schedule)).events);
      }),
      { seed, numRuns: Math.ceil(numRuns / 10) },
    );
  }, 60_000);
});
