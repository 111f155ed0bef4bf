/**
 * The core against bpmn-engine, on the same diagrams, in one run, in memory. Prints ratios; absolute numbers depend on the machine.
 *   npx node bench/engine.ts
 */
import { EventEmitter } from 'node:events';
import { Engine } from 'bpmn-engine';
import { compile, decide, serialize } from '../engine/index.ts';
import type { Command, InstanceState, Library, Process, World } from '../engine/index.ts';

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

function done(world: World, state: InstanceState | undefined, command: Plain): InstanceState {
  const result = decide(world, state, { ...command, at: 0, by: BY } as Command);
  if (!result.ok) throw new Error(result.reason);
  return result.state;
}

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

/** Calls per second of `work`, repeated for about `milliseconds`, after a warm-up. */
async function rate(milliseconds: number, work: () => unknown): Promise<number> {
  for (let until = performance.now() + milliseconds / 2; performance.now() < until;) await work();
  const began = performance.now();
  let calls = 0;
  for (; performance.now() - began < milliseconds; calls++) await work();
  return (calls * 1000) / (performance.now() - began);
}

async function versusBpmnEngine(): Promise<void> {
  const world = worldOf(await compiled(nine('=big')));
  const source = nine('${environment.variables.big}');
  const state = done(world, undefined, { type: 'create-instance', instanceKey: '1048576', variables: { big: true } });
  const [own, other] = [serialize(state).length, (await theirs(source, true)).length];
  const mine = await rate(2000, () => {
    for (let i = 0; i < 100; i++) ours(world);
  });
  const his = await rate(4000, () => theirs(source));
  console.log(
    `instances/s, nine elements   ours ${(mine * 100).toFixed(0)}   bpmn-engine ${his.toFixed(0)}   ratio ${((mine * 100) / his).toFixed(0)}x   (goal: at least 200x)`,
  );
  console.log(
    `bytes of saved state         ours ${own}   bpmn-engine ${other}   ratio ${((own / other) * 100).toFixed(1)} %   (goal: at most 5 %)`,
  );
}

// ---------------------------------------------------------------- growth

/** Tasks in a row with a job at the end. */
function chain(length: number): string {
  const ids = ['s', ...Array.from({ length: length - 2 }, (_, index) => `t${index}`), 'e'];
  const nodes = ids.map((id) => (id === 's' ? '<startEvent id="s"/>' : id === 'e' ? '<endEvent id="e"/>' : `<task id="${id}"/>`)).join('');
  const flows = ids
    .slice(1)
    .map((id, index) => `<sequenceFlow id="f${index}" sourceRef="${ids[index] ?? ''}" targetRef="${id}"/>`)
    .join('');
  return `${HEAD}<process id="chain" isExecutable="true">${nodes}${flows}</process></definitions>`;
}

async function chainLengths(): Promise<void> {
  const costs: number[] = [];
  for (const length of [10, 100, 1000, 10_000]) {
    const world = worldOf(await compiled(chain(length)));
    const repeat = Math.max(1, 2000 / length);
    const perSecond = await rate(700, () => {
      for (let i = 0; i < repeat; i++) done(world, undefined, { type: 'create-instance', instanceKey: '1048576', variables: {} });
    });
    costs.push(1e6 / (perSecond * repeat * length));
    console.log(`microseconds per element, ${String(length).padStart(5)} in a row   ${(costs.at(-1) ?? 0).toFixed(2)}`);
  }
  console.log(`10,000 against 10 elements   ratio ${((costs.at(-1) ?? 0) / (costs[0] ?? 1)).toFixed(2)}x   (goal: constant)`);
}

const MULTI = `${HEAD}<process id="multi" isExecutable="true"><startEvent id="s"/><serviceTask id="j"><extensionElements><zeebe:taskDefinition type="j"/></extensionElements>
  <multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="results" outputElement="=item"/></extensionElements></multiInstanceLoopCharacteristics></serviceTask>
  <endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="j"/><sequenceFlow id="b" sourceRef="j" targetRef="e"/></process></definitions>`;

/** Creates all jobs in one command, then completes them one command at a time. Milliseconds per item. */
function multiInstance(world: World, size: number): { readonly create: number; readonly complete: number; readonly megabytes: number } {
  const items = Array.from({ length: size }, (_, index) => index);
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  let state = done(world, undefined, { type: 'create-instance', instanceKey: '1048576', variables: { items } });
  const created = performance.now();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  for (const n of [...state.jobs.keys()]) state = done(world, state, { type: 'complete-job', n, variables: {} });
  if (state.status !== 'completed') throw new Error('the multi-instance activity has not ended');
  return { create: (created - began) / size, complete: (performance.now() - created) / size, megabytes };
}

async function multiInstances(): Promise<void> {
  const world = worldOf(await compiled(MULTI));
  multiInstance(world, 1000);
  const measured = [1000, 10_000].map((size) => ({ size, ...multiInstance(world, size) }));
  for (const { size, create, complete, megabytes } of measured) {
    console.log(
      `multi-instance of ${String(size).padStart(6)}: microseconds per item   create ${(create * 1000).toFixed(1)}   complete ${(complete * 1000).toFixed(1)}   heap ${megabytes.toFixed(1)} MB`,
    );
  }
  const [small, large] = measured;
  if (small && large)
    console.log(
      `10,000 against 1,000 items   create ${(large.create / small.create).toFixed(2)}x   complete ${(large.complete / small.complete).toFixed(2)}x per item   (goal: linear, so about 1x)`,
    );
}

export async function bench(): Promise<void> {
  await versusBpmnEngine();
  await chainLengths();
  await multiInstances();
}

if (import.meta.main) await bench();
