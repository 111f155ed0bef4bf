/** What nobody expected: operators interfere, late and wrong results come in, the whole cluster begins to listen. */
import { clusterContext, TASK_EVENTS } from '../../engine/cluster.ts';
import type { Story } from '../support/given.ts';
import type { Doing, Roll } from './expected.ts';

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
  (story, roll) => (story.rejected('complete-child', { n: someone(story, roll), variables: {} }), false),
  (story, roll) => (story.rejected('fail-child', { n: someone(story, roll), message: 'no' }), false),
  (story, roll) => (story.rejected('propagate-from-child', { n: someone(story, roll), kind: 'error', code: 'E', variables: {} }), false),
  (story, roll) => (
    story.rejected('activate-ad-hoc', {
      n: someone(story, roll),
      elements: [{ elementId: anyElement(story, roll) }],
      cancelRemaining: roll(2) === 0,
    }),
    false
  ),
  (story, roll) => (story.rejected('assign-user-task', { n: anyTask(story, roll), assignee: roll(2) === 0 ? 'ani' : 'budi' }), false),
  (story, roll) => (story.rejected('unassign-user-task', { n: anyTask(story, roll) }), false),
  (story, roll) => (story.rejected('update-user-task', { n: anyTask(story, roll), changes: { priority: roll(100) } }), false),
  (story, roll) => (
    story.rejected('throw-user-task', {
      n: anyTask(story, roll),
      kind: roll(2) === 0 ? 'error' : 'escalation',
      code: roll(2) === 0 ? 'E' : 'K',
    }),
    false
  ),
  // from now on, or until the next such moment, the whole cluster listens
  (story, roll) => {
    const taskListeners =
      roll(2) === 0
        ? []
        : [
            {
              id: 'x',
              type: 'listener',
              events: TASK_EVENTS.filter(() => roll(2) === 0),
              retries: 1,
              afterNonGlobal: roll(2) === 0,
              priority: 50,
            },
          ];
    story.world = { ...story.world, cluster: { taskListeners, context: clusterContext([], []) } };
    return false;
  },
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

export function unexpected(story: Story, roll: Roll): Doing {
  const does = UNEXPECTED[roll(UNEXPECTED.length)]!;
  return () => does(story, roll);
}

function someone(story: Story, roll: Roll): number {
  const all = [...story.state!.elements.keys()];
  return all[roll(all.length)] ?? 0;
}

function anyTask(story: Story, roll: Roll): number {
  const all = [...story.state!.tasks.keys()];
  return all[roll(Math.max(1, all.length))] ?? 0;
}

function anyElement(story: Story, roll: Roll): string {
  const all = [...story.world.process.elements.keys()];
  return all[roll(all.length)]!;
}
