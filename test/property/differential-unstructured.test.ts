/**
 * Random unstructured diagrams without loops on our engine and on bpmn-engine, driven by the same random events from outside: the paths
 * agree, also where tokens meet, multiply or get stuck. What differs by a rule is named in docs/SPEC.md, chapter SO.
 * A failure prints its seed: SEED=123 …; more cases: RUNS=1000.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Process } from '../../engine/index.ts';
import { compare } from '../../runtime/rehearsal/compare.ts';
import { runOurs } from '../../runtime/rehearsal/ours.ts';
import type { Difference, Trace } from '../../runtime/rehearsal/rehearsal.ts';
import { runTheirs } from '../../runtime/rehearsal/theirs.ts';
import { diagram, end, flow, gateway, path, start } from '../support/bpmn.ts';
import { compiled } from '../support/given.ts';
import { randomOf } from './blocks.ts';
import { drawGraph } from './draw-graph.ts';
import { graphs } from './random-graph.ts';
import type { Graph, Wildness } from './random-graph.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = Number(process.env['RUNS'] ?? 60);
const PATIENCE = 600_000;

/** Nothing that only one of them runs (SO4), and no data that parallel branches could race for. */
const TAME: Wildness = {
  kinds: ['job', 'user', 'task', 'xor', 'xor', 'and', 'and', 'and', 'timer', 'message', 'events', 'sub'],
  ends: ['none'],
  hooks: false,
  loops: false,
  alwaysDefault: true,
  dressed: false,
};

async function both(graph: Graph, schedule: number) {
  const xml = drawGraph(graph, false);
  const definition = await compiled(xml);
  const random = randomOf(schedule);
  const scenario = { variables: { choice: random(60), key: 'k' } };
  const ours = runOurs(definition, scenario, (possible) => possible[random(possible.length)]);
  if (!ours.ok) throw new Error(ours.reason);
  if (entersTwice(definition, ours.trace) || hasSurplus(definition, ours.trace)) return undefined;
  const theirs = await runTheirs({ xml, process: definition }, scenario, ours);
  return { ours: ours.trace, theirs, findings: withoutRaces(definition, ours.trace, compare(definition, ours.trace, theirs)) };
}

/** bpmn-engine lets a second token wait until a sub-process is done with the first (docs/SPEC.md, chapter SO: not compared). */
function entersTwice(definition: Process, { completed }: Trace): boolean {
  const starts = completed.filter((id) => definition.elements.get(id)?.kind === 'start-event');
  return new Set(starts).size < starts.length;
}

/** bpmn-engine forgets a second token on one flow when the parallel join goes on (chapter SO: 13.4.1 says that it remains). */
function hasSurplus(definition: Process, { flows }: Trace): boolean {
  const intoJoin = flows.filter((id) => definition.elements.get(definition.flows.get(id)?.target ?? '')?.kind === 'parallel-gateway');
  return new Set(intoJoin).size < intoJoin.length;
}

/** Without loops only a second token completes an element again, and no rule says which of two tokens moves first. */
function withoutRaces(definition: Process, trace: Trace, findings: readonly Difference[]): readonly Difference[] {
  const twice = (id: string): boolean => trace.completed.indexOf(id) !== trace.completed.lastIndexOf(id);
  return findings.filter(({ elementId, ours }) => {
    const flow = definition.flows.get(elementId);
    return !(flow && ours.includes('→') && (twice(flow.source) || twice(flow.target)));
  });
}

test(
  '[SO9] random unstructured diagrams without loops take the same path on both implementations',
  async () => {
    const ended = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(graphs(TAME, { min: 3, max: 10 }, 1), fc.nat(), async (graph, schedule) => {
        const compared = await both(graph, schedule);
        if (compared === undefined) return;
        const { ours, theirs, findings } = compared;
        ended.set(ours.ended, (ended.get(ours.ended) ?? 0) + 1);
        expect({ findings, ours: findings.length > 0 ? ours : 0, theirs: findings.length > 0 ? theirs : 0 }).toEqual({
          findings: [],
          ours: 0,
          theirs: 0,
        });
      }),
      { seed, numRuns },
    );
    console.info(`seed ${seed}: ${[...ended].map(([how, count]) => `${count} ${how}`).join(', ')}`);
  },
  PATIENCE,
);

test('[SO9] a flow that no token took fixes no order, one that a token took does', async () => {
  const definition = await compiled(
    diagram(
      start('s'),
      gateway('parallel', 'fork'),
      gateway('exclusive', 'x', { default: 'x-other' }),
      end('e'),
      end('other'),
      path('s fork x other'),
      path('fork e'),
      flow('x', 'e', '=false'),
    ),
  );
  const trace = (completed: readonly string[], flows: readonly string[]): Trace => ({ completed, flows, ended: 'completed', at: [] });
  const differences = (flows: readonly string[]) => compare(definition, trace(['e', 'x'], flows), trace(['x', 'e'], flows));
  expect(differences(['fork-e', 'fork-x', 'x-other'])).toEqual([]);
  expect(differences(['x-e']).map(({ elementId }) => elementId)).toEqual(['x-e']);
});
