/**
 * The core against bpmn-engine, on the same diagrams, in one run, in memory; and its cost per element as diagrams and lists grow.
 * Judged are ratios, because absolute numbers depend on the machine. Time is CPU time of this process (collecting garbage counted), so that
 * neighbours on the machine do not matter; every figure is the median of rounds in which the competitors take turns, after a warm-up.
 *   npx node bench/engine.ts [--quick]
 */
import { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Engine } from 'bpmn-engine';
import { compile, decide, serialize } from '../engine/index.ts';
import type { Command, Decision, InstanceState, Library, Process, World } from '../engine/index.ts';
import { percentile, quick, rate, tell } from './measured.ts';
import type { Measured } from './measured.ts';

const LIBRARY: Library = { decision: () => undefined, form: () => undefined, process: () => undefined };
const BY = { id: 'bench' };
const HEAD =
  '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="bench">';

/** start → task → XOR → (parallel split → user task, task → join) | task → end: nine elements. */
function nine(condition: string): string {
  const flow = (source: string, target: string, inner = '') =>
    `<sequenceFlow id="${source}-${target}" sourceRef="${source}" targetRef="${target}">${inner}</sequenceFlow>`;
  return `${HEAD}<process id="nine" isExecutable="true"><startEvent id="s"/><task id="prepare"/><exclusiveGateway id="x" default="x-small"/><task id="small"/>
    <parallelGateway id="split"/><userTask id="check"/><task id="notify"/><parallelGateway id="join"/><endEvent id="e"/>
    ${flow('s', 'prepare')}${flow('prepare', 'x')}${flow('x', 'split', `<conditionExpression xsi:type="tFormalExpression">${condition}</conditionExpression>`)}${flow('x', 'small')}
    ${flow('split', 'check')}${flow('split', 'notify')}${flow('check', 'join')}${flow('notify', 'join')}${flow('join', 'e')}${flow('small', 'e')}</process></definitions>`;
}

async function compiled(xml: string): Promise<Process> {
  const result = await compile(xml);
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join('\n'));
  return result.processes[0] as Process;
}

function worldOf(process: Process): World {
  return { process, processKey: '1', processVersion: 1, library: LIBRARY, zone: 'UTC' };
}

type Plain = Command extends infer C ? (C extends Command ? Omit<C, 'at' | 'by'> : never) : never;

function decided(world: World, state: InstanceState | undefined, command: Plain): Extract<Decision, { readonly ok: true }> {
  const result = decide(world, state, { ...command, at: 0, by: BY } as Command);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

function done(world: World, state: InstanceState | undefined, command: Plain): InstanceState {
  return decided(world, state, command).state;
}

// ---------------------------------------------------------------- measuring

const ROUNDS = quick ? 3 : 9;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** CPU time of this process so far, in microseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const median = (values: readonly number[]): number => percentile(values, 0.5);

// ---------------------------------------------------------------- ours and theirs

function ours(world: World): InstanceState {
  const state = done(world, undefined, { type: 'create-instance', instanceKey: '1048576', variables: { big: true } });
  const [task] = state.tasks.keys();
  return done(world, state, { type: 'complete-user-task', n: task as number, variables: {} });
}

async function theirs(source: string, save = false): Promise<string> {
  const engine = new Engine({ name: 'nine', source, variables: { big: true } });
  const listener = new EventEmitter();
  let text = '';
  listener.once('activity.wait', (activity: { signal(): void }) => {
    if (!save) return activity.signal();
    void engine.getState().then((state: unknown) => {
      text = JSON.stringify(state);
      activity.signal();
    });
  });
  await new Promise<void>(
    (resolve, reject) => void engine.execute({ listener } as never, (error?: Error) => (error ? reject(error) : resolve())),
  );
  return text;
}

/** Calls per second of CPU time. */
async function rateOf(calls: number, work: () => unknown): Promise<number> {
  const before = cpu();
  for (let i = 0; i < calls; i++) await work();
  return (calls * 1e6) / (cpu() - before);
}

async function versusBpmnEngine(): Promise<Measured[]> {
  const world = worldOf(await compiled(nine('=big')));
  const source = nine('${environment.variables.big}');
  const state = done(world, undefined, { type: 'create-instance', instanceKey: '1048576', variables: { big: true } });
  const [own, other] = [serialize(state).length, (await theirs(source, true)).length];
  const rounds: { readonly mine: number; readonly his: number }[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const mine = 100 * (await rateOf(200, () => repeat(100, () => ours(world))));
    const his = await rateOf(60, () => theirs(source));
    if (round >= 0) rounds.push({ mine, his });
  }
  const name = 'nine elements, one user task';
  return [
    {
      name: `${name}: instances in memory`,
      ours: rate(median(rounds.map(({ mine }) => mine)), 'instances'),
      raw: `bpmn-engine ${rate(median(rounds.map(({ his }) => his)), 'instances')}`,
      ratio: { value: median(rounds.map(({ mine, his }) => mine / his)), bar: 200, kind: 'low' },
      settings: `CPU time, median of ${ROUNDS} rounds side by side`,
    },
    {
      name: `${name}: saved state`,
      ours: `${own} bytes`,
      raw: `bpmn-engine ${other.toLocaleString('en')} bytes`,
      ratio: { value: own / other, bar: 0.05, kind: 'high' },
    },
  ];
}

function repeat(times: number, work: () => unknown): void {
  for (let i = 0; i < times; i++) work();
}

// ---------------------------------------------------------------- growth

/** Tasks in a row. */
function chain(length: number): string {
  const ids = ['s', ...Array.from({ length: length - 2 }, (_, index) => `t${index}`), 'e'];
  const nodes = ids.map((id) => (id === 's' ? '<startEvent id="s"/>' : id === 'e' ? '<endEvent id="e"/>' : `<task id="${id}"/>`)).join('');
  const flows = ids
    .slice(1)
    .map((id, index) => `<sequenceFlow id="f${index}" sourceRef="${ids[index] ?? ''}" targetRef="${id}"/>`)
    .join('');
  return `${HEAD}<process id="chain" isExecutable="true">${nodes}${flows}</process></definitions>`;
}

const LENGTHS = [10, 100, 1000, 10_000] as const;

/** Every round takes as many elements of each length, so that all make the same amount of garbage. */
async function chainLengths(): Promise<Measured[]> {
  const worlds = await Promise.all(LENGTHS.map(async (length) => ({ length, world: worldOf(await compiled(chain(length))) })));
  const costs = new Map<number, number[]>(LENGTHS.map((length) => [length, []]));
  for (let round = -2; round < ROUNDS; round++) {
    for (const { length, world } of worlds) {
      const before = cpu();
      repeat(60_000 / length, () => done(world, undefined, { type: 'create-instance', instanceKey: '1048576', variables: {} }));
      if (round >= 0) costs.get(length)?.push((cpu() - before) / 60_000);
    }
  }
  const [first = [], ...more] = LENGTHS.map((length) => costs.get(length) ?? []);
  const last = more.at(-1) ?? [];
  return [
    {
      name: `tasks in a row: cost per element, ${LENGTHS.join(', ')} elements`,
      ours: LENGTHS.map((length) => `${median(costs.get(length) ?? []).toFixed(2)} µs`).join(', '),
      ratio: { value: median(last.map((cost, round) => cost / (first[round] ?? NaN))), bar: 1.5, kind: 'high' },
      settings: `10,000 against 10; CPU time, median of ${ROUNDS} rounds side by side`,
    },
  ];
}

const MULTI = `${HEAD}<process id="multi" isExecutable="true"><startEvent id="s"/><serviceTask id="j"><extensionElements><zeebe:taskDefinition type="j"/></extensionElements>
  <multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="results" outputElement="=item"/></extensionElements></multiInstanceLoopCharacteristics></serviceTask>
  <endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="j"/><sequenceFlow id="b" sourceRef="j" targetRef="e"/></process></definitions>`;

/** Per item. */
interface Cost {
  /** microseconds */
  readonly create: number;
  readonly complete: number;
}

const itemsOf = (size: number): Plain => ({
  type: 'create-instance',
  instanceKey: '1048576',
  variables: { items: Array.from({ length: size }, (_, index) => index) },
});

/** Creates all jobs in one command, then completes them one command at a time. */
function multiInstance(world: World, size: number): Cost {
  const began = cpu();
  let state = done(world, undefined, itemsOf(size));
  const created = cpu();
  for (const n of [...state.jobs.keys()]) state = done(world, state, { type: 'complete-job', n, variables: {} });
  if (state.status !== 'completed') throw new Error('the multi-instance activity has not ended');
  return { create: (created - began) / size, complete: (cpu() - created) / size };
}

/** Bytes per item that `hold` keeps alive. */
function memory(size: number, hold: () => unknown): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  const held = [hold()];
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  return held.length > 0 ? bytes / size : NaN;
}

const SIZES = [1000, 10_000] as const;

async function multiInstances(): Promise<Measured[]> {
  const world = worldOf(await compiled(MULTI));
  const rounds: { readonly small: Cost; readonly large: Cost }[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    // ten small ones make as much garbage as a large one
    const ten = Array.from({ length: 10 }, () => multiInstance(world, SIZES[0]));
    const one = multiInstance(world, SIZES[1]);
    if (round >= 0) rounds.push({ small: averageOf(ten), large: one });
  }
  const growth = (what: keyof Cost, title: string): Measured => ({
    name: `multi-instance of ${SIZES.join(' and ')} items: ${title} per item`,
    ours: `${median(rounds.map(({ small }) => small[what])).toFixed(1)} µs, ${median(rounds.map(({ large }) => large[what])).toFixed(1)} µs`,
    ratio: { value: median(rounds.map(({ small, large }) => large[what] / small[what])), bar: 1.6, kind: 'high' },
    settings: `linear is 1; CPU time, median of ${ROUNDS} rounds side by side`,
  });
  return [
    growth('create', 'time to create'),
    growth('complete', 'time to complete, one command each'),
    heapOf('events and state of its command', (size) => decided(world, undefined, itemsOf(size))),
    heapOf('state', (size) => done(world, undefined, itemsOf(size))),
  ];
}

function heapOf(title: string, hold: (size: number) => unknown): Measured {
  const bytes = SIZES.map((size) => median(Array.from({ length: ROUNDS }, () => memory(size, () => hold(size)))));
  return {
    name: `multi-instance of ${SIZES.join(' and ')} items: memory of the ${title} per item`,
    ours: bytes.map((each) => `${each.toFixed(0)} bytes`).join(', '),
    ratio: { value: (bytes[1] ?? NaN) / (bytes[0] ?? NaN), bar: 1.25, kind: 'high' },
    settings: `linear is 1; heap after collection, median of ${ROUNDS} rounds`,
  };
}

function averageOf(costs: readonly Cost[]): Cost {
  const mean = (what: keyof Cost): number => costs.reduce((sum, cost) => sum + cost[what], 0) / costs.length;
  return { create: mean('create'), complete: mean('complete') };
}

const results = [...(await versusBpmnEngine()), ...(await chainLengths()), ...(await multiInstances())];
tell(results);
