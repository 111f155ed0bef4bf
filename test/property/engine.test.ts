/**
 * Random processes, random schedules. `Story` checks after every command that the state is the fold of the events and survives
 * serialize → parse (and goes on from what was parsed). Run one seed again: SEED=123 …; more cases: RUNS=1000.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compiled, NOBODY, Story } from '../support/given.ts';
import { randomOf } from './blocks.ts';
import { drawn } from './draw-process.ts';
import { expected, someSlice } from './expected.ts';
import { anyBlock } from './random-process.ts';
import type { Block } from './random-process.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = Number(process.env['RUNS'] ?? 150);

async function play(shape: Block, schedule: number): Promise<Story> {
  const roll = randomOf(schedule);
  const story = new Story(await compiled(drawn(shape)), { ...NOBODY, process: () => ({ key: '9' }) });
  story.world = { ...story.world, ...someSlice(roll) };
  story.start({ choice: roll(60), key: 'k' });
  for (let commands = 0; story.status === 'active' && commands < 2000; commands++) {
    const does = expected(story, roll, 'retries');
    if (does === undefined) throw new Error(`nothing to do, but the instance is active: ${story.active().join(', ')}`);
    does();
  }
  return story;
}

describe('random processes', () => {
  test('[Y1] each reaches its end, whatever happens in which order; the state is always the fold of the events', async () => {
    console.info(`seed ${seed}, ${numRuns} runs`);
    await fc.assert(
      fc.asyncProperty(anyBlock, fc.integer({ min: 0 }), async (shape, schedule) => {
        const story = await play(shape, schedule);
        expect(story.of('incident-raised').filter((event) => !event.kind.endsWith('_NO_RETRIES'))).toEqual([]);
        expect(story.status).toBe('completed');
        const activated = story.of('element-activated').length;
        expect(story.of('element-completed').length + story.of('element-terminated').length).toBe(activated);
      }),
      { seed, numRuns },
    );
  }, 60_000);

  test('[Y2] the same commands give the same events', async () => {
    await fc.assert(
      fc.asyncProperty(anyBlock, fc.integer({ min: 0 }), async (shape, schedule) => {
        expect((await play(shape, schedule)).events).toEqual((await play(shape, schedule)).events);
      }),
      { seed, numRuns: Math.ceil(numRuns / 10) },
    );
  }, 60_000);
});
