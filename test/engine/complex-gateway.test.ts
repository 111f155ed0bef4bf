import { describe, expect, test } from '@jest/globals';
import { diagram, end, flow, gateway, job, path, start, sub, userTask } from '../support/bpmn.ts';
import { given } from '../support/given.ts';
import type { Story } from '../support/given.ts';

const activation = (condition: string) => `<bpmn:activationCondition>${condition.replaceAll('>', '&gt;')}</bpmn:activationCondition>`;
/** a, b and c lead to the gateway j; behind it whatever is given. */
const joining = (condition: string | undefined, ...behind: readonly string[]) => [
  start('s'),
  gateway('parallel', 'f'),
  ...['a', 'b', 'c'].map((id) => userTask(id)),
  gateway('complex', 'j', {}, condition === undefined ? '' : activation(condition)),
  path('s f a j'),
  path('f b j'),
  path('f c j'),
  ...behind,
];
const TWO = '=activationCount >= 2';
const entered = (story: Story, element: string) => story.of('element-activated').filter((event) => event.element === element).length;

describe('complex gateway', () => {
  test('[N4] it goes on as soon as its activation condition holds', async () => {
    const story = (await given(diagram(...joining(TWO, userTask('z'), path('j z'))))).start().completeTask('a');
    expect(story.active()).toEqual(['b', 'c']);
    expect(story.completeTask('c').active()).toEqual(['b', 'z']);
  });

  test('[N4] the condition reads the variables too', async () => {
    const story = (await given(diagram(...joining('=activationCount >= wanted', userTask('z'), path('j z'))))).start({ wanted: 1 });
    expect(story.completeTask('b').active()).toEqual(['a', 'c', 'z']);
  });

  test('[N4] without a condition it joins like an inclusive gateway', async () => {
    const story = (await given(diagram(...joining(undefined, userTask('z'), path('j z'))))).start().completeTask('a').completeTask('b');
    expect(story.active()).toEqual(['c']);
    expect(story.completeTask('c').active()).toEqual(['z']);
  });

  test('[N5] a token that comes late is absorbed, and the scope ends without it', async () => {
    const story = (await given(diagram(...joining(TWO, userTask('z'), path('j z'))))).start().completeTask('a').completeTask('c');
    story.completeTask('z');
    expect(story.status).toBe('active');
    story.completeTask('b');
    expect(entered(story, 'z')).toBe(1);
    expect(story.status).toBe('completed');
  });

  test('[N5] after its reset it begins the next round; a used flow is not absorbed', async () => {
    const again = gateway('exclusive', 'x', { default: 'x-e' });
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('exclusive', 'm'),
          gateway('parallel', 'f'),
          userTask('a'),
          userTask('b'),
          gateway('complex', 'j', {}, activation('=activationCount >= 1')),
          userTask('z'),
          again,
          end('e'),
          path('s m f a j z x e'),
          path('f b j'),
          flow('x', 'm', '=again'),
        ),
      )
    )
      .start({ again: true })
      .completeTask('a')
      // b of the first round is under way: j waits for its reset
      .completeTask('z')
      // a of the second round comes on a flow that was used: it waits
      .completeTask('a');
    expect(story.active()).toEqual(['b', 'b']);
    expect(entered(story, 'z')).toBe(1);
    // every flow has brought its token: b is absorbed, and the next round begins with the a that waited
    story.completeTask('b', { again: false });
    expect(entered(story, 'z')).toBe(2);
    story.completeTask('b');
    expect(entered(story, 'z')).toBe(2);
    expect(story.completeTask('z').status).toBe('completed');
  });

  test('[N5] at a reset the conditions are asked again', async () => {
    const conditional = [
      userTask('first'),
      userTask('late'),
      flow('j', 'first', '=waitingForStart'),
      flow('j', 'late', '=not(waitingForStart) and activationCount = 1'),
    ];
    const story = (await given(diagram(...joining(TWO, ...conditional)))).start().completeTask('a').completeTask('c');
    expect(story.active()).toEqual(['b', 'first']);
    expect(story.completeTask('b').active()).toEqual(['first', 'late']);
  });

  test('[N5] a reset that absorbed nothing asks nothing', async () => {
    const story = (
      await given(
        diagram(...joining('=activationCount = 3', userTask('late'), job('z'), path('j z'), flow('j', 'late', '=not(waitingForStart)'))),
      )
    )
      .start()
      .completeTask('a')
      .completeTask('b')
      .completeTask('c');
    expect(story.active()).toEqual(['z']);
  });

  test('[N6] a condition that cannot be evaluated is an incident at the gateway; resolving asks again', async () => {
    const story = (await given(diagram(...joining('=activationCount >= wanted', userTask('z'), path('j z'))))).start().completeTask('a');
    expect(story.incident()).toMatchObject({ kind: 'CONDITION_ERROR', element: 'j', message: expect.stringContaining("'wanted'") });
    story.completeTask('b');
    expect(story.of('incident-raised').length).toBe(1);
    story.when('resolve-incident', { n: story.incident().n });
    expect(story.of('incident-raised').length).toBe(2);
    story.when('set-variables', { n: 0, variables: { wanted: 2 } }).when('resolve-incident', { n: story.incident().n });
    expect(story.active()).toEqual(['c', 'z']);
    expect(story.state?.incidents.size).toBe(0);
  });

  test('[N6] a condition that nothing can make true any more is an incident, not a wait for ever', async () => {
    const inner = sub('u', ...joining('=activationCount >= wanted'));
    const story = (await given(diagram(start('q'), inner, path('q u')))).start({ wanted: 4 }).completeTask('a').completeTask('b');
    expect(story.state?.incidents.size).toBe(0);
    story.completeTask('c');
    expect(story.incident()).toMatchObject({
      kind: 'CONDITION_ERROR',
      element: 'j',
      message: expect.stringContaining('activationCount is 3'),
    });
    story.when('set-variables', { n: 0, variables: { wanted: 3 } }).when('resolve-incident', { n: story.incident().n });
    expect(story.status).toBe('completed');
  });

  test('[N6] an incident at the gateway ends with its scope', async () => {
    const story = (await given(diagram(...joining('=missing', userTask('z'), path('j z'))))).start().completeTask('a');
    expect(story.when('cancel-instance', {}).state?.incidents.size).toBe(0);
  });
});
