/** Plays a random diagram: what an instance waits for happens in a random order, and now and then something that nobody expected. */
import type { ElementInstance, InstanceState, Process } from '../../engine/index.ts';
import { elementOf } from '../../engine/process.ts';
import { Story, NOBODY, compiled } from '../support/given.ts';
import { randomOf } from './blocks.ts';
import { drawGraph } from './draw-graph.ts';
import { expected, isAdHoc, isCalling, someSlice } from './expected.ts';
import type { Failures } from './expected.ts';
import type { Graph } from './random-graph.ts';
import { TokenLedger } from './token-ledger.ts';
import { unexpected } from './unexpected.ts';

export interface Manner {
  /** commands until we stop watching */
  readonly commands: number;
  /** operators interfere, late and wrong results come in */
  readonly unexpected: boolean;
  readonly failures: Failures;
}

export interface Played {
  readonly story: Story;
  readonly process: Process;
  /** the machine stopped a command at its limit */
  readonly limited: boolean;
}

/** A state of many thousand tokens says no more than one of some hundred. */
const ENOUGH_TOKENS = 400;

export async function play(graph: Graph, schedule: number, manner: Manner): Promise<Played> {
  const process = await compiled(drawGraph(graph));
  const roll = randomOf(schedule);
  const story = new Story(process, { ...NOBODY, process: () => ({ key: '9' }) });
  story.world = { ...story.world, ...someSlice(roll) };
  const ledger = new TokenLedger(process);
  let byHand = false;
  const book = (): void => {
    ledger.book(story.lastEvents(), byHand);
    byHand = false;
    if (story.status === 'active' || story.status === 'suspended') restsLegally(story.state!, process);
  };
  story.start({ choice: roll(60), key: 'k' });
  book();
  const isLimited = (): boolean => story.of('incident-raised').some(({ message }) => message.includes('steps'));
  for (let left = manner.commands; left > 0 && !isOver(story) && !isLimited() && ledger.alive < ENOUGH_TOKENS; left--) {
    const does = manner.unexpected && roll(5) === 0 ? unexpected(story, roll) : expected(story, roll, manner.failures);
    if (does === undefined) break;
    const { events } = story;
    const before = events.length;
    byHand = does();
    if (events.length > before) book();
  }
  return { story, process, limited: isLimited() };
}

export function isOver(story: Story): boolean {
  return story.status === 'completed' || story.status === 'terminated';
}

// ---------------------------------------------------------------- where an instance may stand

/** Tokens wait at joins of these scopes, and nothing else is left in them that could move. */
export function deadlocked(state: InstanceState): readonly { readonly n: number; readonly flows: readonly string[] }[] {
  return [...state.elements.values()]
    .filter((scope) => (scope.tokens?.size ?? 0) > 0 && (scope.children?.size ?? 0) === 0)
    .map((scope) => ({ n: scope.n, flows: [...scope.tokens!.keys()] }));
}

/** Every element instance has something inside, or something outside that it waits for and that the state names. */
function restsLegally(state: InstanceState, process: Process): void {
  // not at rest: a commit ended before its command did
  if (state.paused !== undefined) return;
  const stuck = new Set(deadlocked(state).map(({ n }) => n));
  const postponed = new Set([...state.incidents.values()].flatMap(({ step }) => (step?.do === 'rest' ? step.steps.map(({ n }) => n) : [])));
  for (const instance of state.elements.values()) {
    if ((instance.children?.size ?? 0) > 0) continue;
    const named = instance.owned?.some(
      (n) => state.jobs.has(n) || state.tasks.has(n) || state.timers.has(n) || state.incidents.has(n) || state.subscriptions.has(n),
    );
    if (stuck.has(instance.n) ? isNamed(state, instance.n) : named || postponed.has(instance.n) || isElsewhere(state, instance, process))
      continue;
    throw new Error(`'${instance.element}' (${instance.n}, ${elementOf(process, instance.element).kind}) waits for nothing.`);
  }
}

/** Somebody outside works for it, or another element instance does. */
function isElsewhere(state: InstanceState, instance: ElementInstance, process: Process): boolean {
  if (isCalling(state, instance, process) || isAdHoc(process, instance)) return true;
  return [...state.elements.values()].some(({ handles }) => handles?.thrower === instance.n);
}

function isNamed(state: InstanceState, n: number): boolean {
  return [...state.incidents.values()].some(({ el }) => el === n);
}
