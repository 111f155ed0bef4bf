/** Plays a random diagram: what an instance waits for happens in a random order, and now and then something that nobody expected. */
import type { InstanceState, Process } from '../../engine/index.ts';
import { elementOf } from '../../engine/process.ts';
import { Story, NOBODY, compiled } from '../support/given.ts';
import { randomOf } from './blocks.ts';
import { drawGraph } from './random-graph.ts';
import type { Graph } from './random-graph.ts';
import { TokenLedger } from './token-ledger.ts';

export type Roll = (sides: number) => number;

export interface Manner {
  /** commands until we stop watching */
  readonly commands: number;
  /** operators interfere, late and wrong results come in */
  readonly unexpected: boolean;
  /** jobs fail and throw errors */
  readonly failures: boolean;
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
  const story = new Story(process, NOBODY);
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
    const does = manner.unexpected && roll(5) === 0 ? unexpected(story, roll) : expected(story, roll, manner);
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

/** Answers whether an operator's hand was in it. */
type Doing = () => boolean;

/** Something that the instance waits for; undefined: it waits for nothing. */
function expected(story: Story, roll: Roll, { failures }: Manner): Doing | undefined {
  const state = story.state!;
  if (state.status === 'suspended') return () => (story.when('resume-instance', {}), false);
  const { jobs, tasks, timers, subscriptions, incidents } = state;
  const waits = [...subscriptions.values()].filter(({ kind }) => kind !== 'condition').map(({ n }) => n);
  const todo = [...jobs.keys(), ...tasks.keys(), ...timers.keys(), ...waits, ...incidents.keys()];
  const n = todo[roll(Math.max(1, todo.length))];
  if (n === undefined) return undefined;
  const variables = { choice: roll(60) };
  if (incidents.has(n)) return () => resolve(story, n, variables);
  if (tasks.has(n)) return () => (story.when('complete-user-task', { n, variables }), false);
  if (jobs.has(n)) return () => work(story, n, { variables, how: failures ? roll(8) : 7 });
  if (timers.has(n)) {
    story.at = Math.max(story.at, timers.get(n)!.dueAt);
    return () => (story.when('fire-timer', { n }), false);
  }
  if (subscriptions.get(n)!.kind === 'signal') return () => (story.when('trigger-signal', { n, variables }), false);
  return () => (story.when('correlate-message', { n, messageKey: '7', variables }), false);
}

function work(story: Story, n: number, { variables, how }: { readonly variables: { choice: number }; readonly how: number }): boolean {
  if (story.state!.jobs.get(n)!.retries <= 0) story.when('update-job', { n, retries: 1 });
  else if (how === 0) story.when('fail-job', { n, retries: variables.choice % 2 });
  else if (how === 1) story.when('throw-job-error', { n, errorCode: variables.choice % 2 === 0 ? 'E' : 'other', variables });
  else story.when('complete-job', { n, variables });
  return false;
}

function resolve(story: Story, n: number, variables: { choice: number }): boolean {
  const { job } = story.state!.incidents.get(n)!;
  if (job !== undefined && story.state!.jobs.get(job)!.retries <= 0) story.when('update-job', { n: job, retries: 1 });
  else if (variables.choice % 3 === 0) story.when('set-variables', { n: 0, variables });
  else story.when('resolve-incident', { n });
  return false;
}

const UNEXPECTED: readonly ((story: Story, roll: Roll) => boolean)[] = [
  (story, roll) => (story.rejected('set-variables', { n: someone(story, roll), variables: { choice: roll(60) } }), false),
  (story) => (story.rejected('suspend-instance', {}), false),
  // results of things that are long over, or that never were what the caller believes
  (story, roll) => (story.rejected('complete-job', { n: roll(story.state!.counter + 2), variables: {} }), false),
  (story, roll) => (story.rejected('complete-user-task', { n: roll(story.state!.counter + 2), variables: {} }), false),
  (story, roll) => (story.rejected('fire-timer', { n: roll(story.state!.counter + 2) }), false),
  (story, roll) => (story.rejected('correlate-message', { n: roll(story.state!.counter + 2), messageKey: '7', variables: {} }), false),
  (story, roll) => (story.rejected('trigger-signal', { n: roll(story.state!.counter + 2), variables: {} }), false),
  (story, roll) => (story.rejected('resolve-incident', { n: roll(story.state!.counter + 2) }), false),
  (story, roll) => (story.rejected('complete-child', { n: roll(story.state!.counter + 2), variables: {} }), false),
  (story, roll) => (story.rejected('throw-job-error', { n: roll(story.state!.counter + 2), errorCode: 'E' }), false),
  (story, roll) => (story.rejected('modify-instance', { activate: [{ elementId: anyElement(story, roll) }] }), true),
  (story, roll) => (story.rejected('modify-instance', { terminate: [{ n: someone(story, roll) }] }), true),
  (story, roll) => (story.rejected('modify-instance', { terminate: [{ n: someone(story, roll) }, { n: someone(story, roll) }] }), true),
  (story, roll) => (
    story.rejected('modify-instance', {
      activate: [{ elementId: anyElement(story, roll), ancestor: someone(story, roll) }],
      terminate: [{ elementId: anyElement(story, roll) }],
    }),
    true
  ),
  (story, roll) => (
    story.rejected('modify-instance', {
      move: [
        { source: { n: someone(story, roll) }, targetElementId: anyElement(story, roll), ancestor: roll(2) ? 'inferred' : 'source-parent' },
      ],
    }),
    true
  ),
  (story, roll) => (roll(8) === 0 && story.rejected('cancel-instance', {}), false),
];

function unexpected(story: Story, roll: Roll): Doing {
  const does = UNEXPECTED[roll(UNEXPECTED.length)]!;
  return () => does(story, roll);
}

function someone(story: Story, roll: Roll): number {
  const all = [...story.state!.elements.keys()];
  return all[roll(all.length)] ?? 0;
}

function anyElement(story: Story, roll: Roll): string {
  const all = [...story.world.process.elements.keys()];
  return all[roll(all.length)]!;
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
  const stuck = new Set(deadlocked(state).map(({ n }) => n));
  const postponed = new Set([...state.incidents.values()].flatMap(({ step }) => (step?.do === 'rest' ? step.steps.map(({ n }) => n) : [])));
  for (const instance of state.elements.values()) {
    if ((instance.children?.size ?? 0) > 0) continue;
    const named = instance.owned?.some(
      (n) => state.jobs.has(n) || state.tasks.has(n) || state.timers.has(n) || state.incidents.has(n) || state.subscriptions.has(n),
    );
    if (stuck.has(instance.n) ? isNamed(state, instance.n) : named || postponed.has(instance.n)) continue;
    throw new Error(`'${instance.element}' (${instance.n}, ${elementOf(process, instance.element).kind}) waits for nothing.`);
  }
}

function isNamed(state: InstanceState, n: number): boolean {
  return [...state.incidents.values()].some(({ el }) => el === n);
}
