/**
 * Random unstructured diagrams, random schedules, with everything that may come across: failures, errors, operators, late results.
 * `Story` checks after every command that the state is the fold of the events and goes on from its text; the ledger checks that no
 * token was lost or invented. Run one seed again: SEED=123 …; more cases: RUNS=1000.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { analyse } from '../../engine/analysis/analyse.ts';
import { compiled } from '../support/given.ts';
import { drawGraph } from './draw-graph.ts';
import { FLOWS, graphs, WILD } from './random-graph.ts';
import type { Wildness } from './random-graph.ts';
import { deadlocked, isOver, play } from './wild-play.ts';

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
          const { story } = await play(graph, schedule, { commands: 60, unexpected: false, failures: 'all' });
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
          await play(graph, schedule, { commands: 60, unexpected: true, failures: 'all' });
        }),
        { seed, numRuns },
      );
    },
    PATIENCE,
  );
});

/** No failures of data, no operators: what the analysis looks at, too. Errors and interruptions it does know. */
const SOUND: Wildness = { ...FLOWS, alwaysDefault: true };

describe('random unstructured processes and their analysis', () => {
  test(
    '[AN18] a run gets stuck only where the analysis has found a deadlock or tokens that meet',
    async () => {
      let [stuck, quiet] = [0, 0];
      await fc.assert(
        fc.asyncProperty(graphs(SOUND, { min: 3, max: 7 }, 1), fc.nat(), async (graph, schedule) => {
          const process = await compiled(drawGraph(graph));
          const { findings, verdict } = analyse(process, { maxStates: 2000 });
          // where two tokens meet the analysis stops: what follows is no evidence
          if (verdict !== 'complete' || findings.some(({ code }) => code === 'missing-synchronisation')) return;
          const { story, limited } = await play(graph, schedule, { commands: 60, unexpected: false, failures: 'none' });
          if (findings.every(({ code }) => code !== 'deadlock')) quiet++;
          if (isOver(story) || limited) return;
          for (const { flows } of deadlocked(story.state!)) {
            stuck++;
            const joins = flows.map((flow) => process.flows.get(flow)!.target);
            const found = findings.filter(({ code }) => code === 'deadlock').map(({ elementId }) => elementId);
            expect({ joins, foundAt: found.filter((id) => joins.includes(id)).length > 0 }).toEqual({ joins, foundAt: true });
          }
        }),
        { seed, numRuns: numRuns * 3 },
      );
      console.info(`seed ${seed}: ${stuck} deadlocks, each found before; ${quiet} diagrams without a finding, none got stuck`);
    },
    PATIENCE,
  );
});
