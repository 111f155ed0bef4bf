/** What an instance waits for, and how it happens. */
import type { ElementInstance, InstanceState, JobResult, Process, Spent } from '../../engine/index.ts';
import { elementOf } from '../../engine/process.ts';
import type { Story } from '../support/given.ts';

export type Roll = (sides: number) => number;

/** `none`: everything ends well; `retries`: jobs fail; `all`: they throw errors, too, and called instances come to nothing */
export type Failures = 'none' | 'retries' | 'all';

/** Answers whether an operator's hand was in it. */
export type Doing = () => boolean;

/** Something that the instance waits for; undefined: it waits for nothing. */
export function expected(story: Story, roll: Roll, failures: Failures): Doing | undefined {
  const state = story.state!;
  if (state.status === 'suspended') return () => (story.when('resume-instance', {}), false);
  if (state.paused !== undefined && roll(4) > 0) return () => (story.when('continue-instance', {}), false);
  const { jobs, timers, subscriptions, incidents } = state;
  const tasks = new Map([...state.tasks].filter(([, task]) => task.pending === undefined));
  const waits = [...subscriptions.values()]
    .filter(({ kind, el }) => kind !== 'condition' && !state.elements.get(el)!.draining)
    .map(({ n }) => n);
  const outside = [...calls(story), ...idleAdHocs(story)];
  const todo = [...jobs.keys(), ...tasks.keys(), ...timers.keys(), ...waits, ...incidents.keys(), ...outside];
  const n = todo[roll(Math.max(1, todo.length))];
  if (n === undefined) return state.paused && (() => (story.when('continue-instance', {}), false));
  const variables = { choice: roll(60) };
  if (incidents.has(n)) return () => resolve(story, n, variables);
  if (outside.includes(n)) return () => fromOutside(story, n, { variables, how: failures === 'all' ? roll(6) : 5 });
  if (tasks.has(n)) return () => (story.when('complete-user-task', { n, variables }), false);
  if (jobs.has(n)) return () => work(story, n, { variables, how: HOW[failures](roll) });
  if (timers.has(n)) {
    story.at = Math.max(story.at, timers.get(n)!.dueAt);
    return () => (story.when('fire-timer', { n }), false);
  }
  if (subscriptions.get(n)!.kind === 'signal') return () => (story.when('trigger-signal', { n, variables }), false);
  return () => (story.when('correlate-message', { n, messageKey: '7', variables }), false);
}

const HOW: { readonly [F in Failures]: (roll: Roll) => number } = {
  none: () => 7,
  retries: (roll) => (roll(5) === 0 ? 0 : 7),
  all: (roll) => roll(8),
};

function work(story: Story, n: number, { variables, how }: { readonly variables: { choice: number }; readonly how: number }): boolean {
  const { retries, kind } = story.state!.jobs.get(n)!;
  if (retries <= 0) story.when('update-job', { n, retries: 1 });
  else if (how === 0) story.when('fail-job', { n, retries: variables.choice % 2 });
  else if (how === 1 && kind !== 'TASK_LISTENER')
    story.when('throw-job-error', { n, errorCode: variables.choice % 2 === 0 ? 'E' : 'other', variables });
  else story.when('complete-job', { n, variables, ...answerTo(story, n, variables.choice) });
  return false;
}

/** What a worker says besides: a task listener denies or corrects, whoever leads an ad-hoc sub-process begins something or says that it is done. */
function answerTo(story: Story, n: number, choice: number): { readonly result?: JobResult } {
  const job = story.state!.jobs.get(n)!;
  if (job.kind === 'TASK_LISTENER') {
    const corrections = choice % 4 === 1 ? { corrections: { priority: choice, assignee: choice % 8 === 1 ? 'ani' : null } } : {};
    return { result: { type: 'userTask', denied: choice % 4 === 0, ...corrections } };
  }
  if (job.kind !== 'AD_HOC_SUB_PROCESS') return {};
  const element = elementOf(story.world.process, story.state!.elements.get(job.el)!.element);
  const begin = 'children' in element ? element.children.filter((_id, index) => (choice >> index) % 2 === 1) : [];
  const isCompletionConditionFulfilled = choice % 3 === 0;
  return {
    result: {
      type: 'adHocSubProcess',
      activateElements: isCompletionConditionFulfilled ? [] : begin.map((elementId) => ({ elementId })),
      isCompletionConditionFulfilled,
      isCancelRemainingInstances: choice % 2 === 0,
    },
  };
}

/** Call activities whose called instance works. */
function calls(story: Story): readonly number[] {
  return [...story.state!.elements.values()].filter((instance) => isCalling(story.state!, instance, story.world.process)).map(({ n }) => n);
}

export function isCalling(state: InstanceState, instance: ElementInstance, process: Process): boolean {
  const waits = instance.owned?.some((n) => state.jobs.has(n) || state.incidents.has(n)) ?? false;
  return elementOf(process, instance.element).kind === 'call-activity' && !instance.body && !instance.draining && !waits;
}

/** Ad-hoc sub-processes in which nothing moves: people begin something. */
function idleAdHocs(story: Story): readonly number[] {
  const idle = [...story.state!.elements.values()].filter(
    (one) => isAdHoc(story.world.process, one) && !one.draining && (one.children?.size ?? 0) === 0,
  );
  return idle.filter((one) => !one.owned?.some((n) => story.state!.jobs.has(n) || story.state!.incidents.has(n))).map(({ n }) => n);
}

export function isAdHoc(process: Process, { element, body }: ElementInstance): boolean {
  return elementOf(process, element).kind === 'ad-hoc-sub-process' && !body;
}

function fromOutside(
  story: Story,
  n: number,
  { variables, how }: { readonly variables: { choice: number }; readonly how: number },
): boolean {
  const element = elementOf(story.world.process, story.state!.elements.get(n)!.element);
  if ('children' in element) {
    const elementId = element.children[variables.choice % element.children.length]!;
    story.when('activate-ad-hoc', { n, elements: [{ elementId, variables }], cancelRemaining: how > 3 });
  } else if (how === 0) story.when('fail-child', { n, message: 'no such process' });
  else if (how < 3)
    story.when('propagate-from-child', { n, kind: how === 1 ? 'error' : 'escalation', code: how === 1 ? 'E' : 'K', variables });
  else story.when('complete-child', { n, variables });
  return false;
}

function resolve(story: Story, n: number, variables: { choice: number }): boolean {
  const { job } = story.state!.incidents.get(n)!;
  if (job !== undefined && story.state!.jobs.get(job)!.retries <= 0) story.when('update-job', { n: job, retries: 1 });
  else if (variables.choice % 3 === 0) story.when('set-variables', { n: 0, variables });
  else story.when('resolve-incident', { n });
  return false;
}

/** How much one commit does in a runtime that stops between them: half of the time it does not. */
export function someSlice(roll: Roll): { readonly slice?: Spent } {
  return roll(2) === 0 ? {} : { slice: { steps: 4 + roll(20), feel: 1_000_000, bytes: 1_000_000 } };
}
