/**
 * Analysis before publishing: states, milliseconds and the ratio to the time that compiling the same diagram takes, for growing
 * diagrams. Bar: at most 100 ms up to some 60 elements, and a complete verdict.
 *
 *   node bench/analysis.ts
 */
import { analyse } from '../engine/analysis/analyse.ts';
import { compile } from '../engine/compile/compile.ts';
import { ms, tell } from './measured.ts';
import type { Measured } from './measured.ts';

const ROUNDS = 9;
/** elements of a diagram that an analyst draws, and what it may take */
const [SMALL, LIMIT_MS] = [65, 100];

interface Shape {
  readonly name: string;
  /** rows of elements and flows of one block between `from` and `to` */
  block(from: string, to: string, n: number): string;
}

const user = (id: string): string =>
  `<bpmn:userTask id="${id}"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask>`;
const flow = (from: string, to: string, condition = ''): string =>
  `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${condition && `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=${condition}</bpmn:conditionExpression>`}</bpmn:sequenceFlow>`;
const gateway = (kind: string, id: string, fallback = ''): string =>
  `<bpmn:${kind}Gateway id="${id}"${fallback && ` default="${fallback}"`} />`;

const shapes: readonly Shape[] = [
  { name: 'chain', block: (from, to, n) => `${user(`a${n}`)}${flow(from, `a${n}`)}${flow(`a${n}`, to)}` },
  {
    name: 'choices',
    block: (from, to, n) =>
      `${gateway('exclusive', `x${n}`, `x${n}-b${n}`)}${gateway('exclusive', `y${n}`)}${user(`a${n}`)}${user(`b${n}`)}${flow(from, `x${n}`)}${flow(`x${n}`, `a${n}`, `v${n}`)}${flow(`x${n}`, `b${n}`)}${flow(`a${n}`, `y${n}`)}${flow(`b${n}`, `y${n}`)}${flow(`y${n}`, to)}`,
  },
  {
    name: 'parallel choices',
    block: (from, to, n) => {
      const branch = (k: number): string => {
        const id = `${n}_${k}`;
        return `${gateway('exclusive', `x${id}`, `x${id}-b${id}`)}${gateway('exclusive', `y${id}`)}${user(`a${id}`)}${user(`b${id}`)}${flow(`p${n}`, `x${id}`)}${flow(`x${id}`, `a${id}`, 'v')}${flow(`x${id}`, `b${id}`)}${flow(`a${id}`, `y${id}`)}${flow(`b${id}`, `y${id}`)}${flow(`y${id}`, `q${n}`)}`;
      };
      return `${gateway('parallel', `p${n}`)}${gateway('parallel', `q${n}`)}${flow(from, `p${n}`)}${[1, 2, 3, 4].map(branch).join('')}${flow(`q${n}`, to)}`;
    },
  },
  {
    name: 'inclusive of five',
    block: (from, to, n) => {
      const branches = [1, 2, 3, 4, 5].map(
        (k) => `${user(`a${n}_${k}`)}${flow(`i${n}`, `a${n}_${k}`, `v${k}`)}${flow(`a${n}_${k}`, `j${n}`)}`,
      );
      return `${gateway('inclusive', `i${n}`)}${gateway('inclusive', `j${n}`)}${flow(from, `i${n}`)}${branches.join('')}${flow(`j${n}`, to)}`;
    },
  },
];

function diagram(shape: Shape, blocks: number): string {
  const body = Array.from({ length: blocks }, (_, n) => `<bpmn:task id="t${n}" />${shape.block(`t${n}`, `t${n + 1}`, n)}`).join('\n');
  return `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="t"><bpmn:process id="process" isExecutable="true"><bpmn:startEvent id="s" />${flow('s', 't0')}${body}<bpmn:task id="t${blocks}" /><bpmn:endEvent id="e" />${flow(`t${blocks}`, 'e')}</bpmn:process></bpmn:definitions>`;
}

async function median(run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    await run();
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

async function measure(shape: Shape, blocks: number): Promise<Measured> {
  const xml = diagram(shape, blocks);
  const compiled = await compile(xml);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  const [process] = compiled.processes;
  const { states, verdict, findings } = analyse(process!);
  const compiling = await median(() => compile(xml));
  const analysing = await median(() => analyse(process!));
  const small = process!.elements.size <= SMALL;
  if (small && verdict === 'bounded') throw new Error(`Expected a verdict on ${process!.elements.size} elements, but there is none`);
  return {
    name: `analysis of ${process!.elements.size} elements, ${shape.name}`,
    ours: `${ms(analysing)}, ${states} states, ${verdict}, ${findings.length} findings`,
    raw: `compiling it ${ms(compiling)}`,
    ...(small && { ratio: { value: analysing / LIMIT_MS, bar: 1, kind: 'high' as const } }),
    settings: small ? `ratio: of ${LIMIT_MS} ms` : 'no bar at this size',
  };
}

const results: Measured[] = [];
for (const shape of shapes) for (const blocks of [3, 10, 100]) results.push(await measure(shape, blocks));
tell(results);
