/**
 * Random unstructured diagrams, random schedules, with everything that may come across: failures, errors, operators, late results.
 * `Story` checks after every command that the state is the fold of the events and goes on from its text; the ledger checks that no
 * token was lost or invented. Run one seed again: SEED=123 …; more cases: RUNS=1000.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graphs, WILD } from './random-graph.ts';
import { play } from './wild-play.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = Number(process.env['RUNS'] ?? 60);
const PATIENCE = 600_000;

describe('random unstructured processes', () => {
  test(
    '[T9] no token is lost or invented, whatever happens in which order',
    async () => {
      console.info(`seed ${seed}, ${numRuns} runs`);
      await fc.assert(
        fc.asyncProperty(graphs(WILD, { min: 2, max: 9 }), fc.nat(), async (graph, schedule) => {
          const { story } = await play(graph, schedule, { commands: 60, unexpected: false, failures: true });
          expect(['active', 'completed', 'terminated']).toContain(story.status);
        }),
        { seed, numRuns },
      );
    },
    PATIENCE,
  );

  test(
    '[T11] nor when operators interfere and results come late; every command ends in events or a rejection',
    async () => {
      await fc.assert(
        fc.asyncProperty(graphs(WILD, { min: 2, max: 9 }), fc.nat(), async (graph, schedule) => {
          await play(graph, schedule, { commands: 60, unexpected: true, failures: true });
        }),
        { seed, numRuns },
      );
    },
    PATIENCE,
  );
});
