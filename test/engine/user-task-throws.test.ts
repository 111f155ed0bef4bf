import { describe, expect, test } from '@jest/globals';
import { boundary, diagram, end, error, escalation, eventSub, onError, onEscalation, path, start, userTask } from '../support/bpmn.ts';
import { given } from '../support/given.ts';

const onBorder = (inner: string, interrupting = true, ...more: readonly string[]) =>
  given(
    diagram(
      start('s'),
      userTask('a'),
      boundary('b', 'a', inner, interrupting),
      userTask('other'),
      end('e'),
      path('s a e'),
      path('b other'),
      escalation('late'),
      error('no'),
      ...more,
    ),
  );

describe('a person raises an error or escalation', () => {
  test('[U7] an escalation starts what a non-interrupting event leads to; the task stays open', async () => {
    const story = (await onBorder(onEscalation('late'), false)).start();
    story.when('throw-user-task', { n: story.task('a'), kind: 'escalation', code: 'late', variables: { why: 'no answer' } });
    expect(story.active()).toEqual(['a', 'other']);
    expect(story.variables()).toEqual({ why: 'no answer' });
    expect(story.of('user-task-thrown')).toMatchObject([{ kind: 'escalation', code: 'late' }]);
    expect(story.completeTask('a').active()).toEqual(['other']);
  });

  test.each([
    ['error', onError('no'), 'no'],
    ['escalation', onEscalation('late'), 'late'],
    ['error', onError(), 'whatever'],
  ] as const)('[U7] an interrupting event for an %s cancels the task (%#)', async (kind, inner, code) => {
    const story = (await onBorder(inner)).start();
    story.when('throw-user-task', { n: story.task('a'), kind, code, message: 'the map is missing' });
    expect(story.active()).toEqual(['other']);
    expect(story.of('user-task-canceled')).toHaveLength(1);
    expect(story.of('user-task-thrown')).toMatchObject([{ kind, code, message: 'the map is missing' }]);
  });

  test('[U7] the event sub-process of a scope around the task catches it too', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          userTask('a'),
          path('s a'),
          eventSub('sub', start('es', onEscalation('late'), { isInterrupting: false }), userTask('inner'), path('es inner')),
          escalation('late'),
        ),
      )
    ).start();
    story.when('throw-user-task', { n: story.task('a'), kind: 'escalation', code: 'late' });
    expect(story.active()).toEqual(['a', 'inner', 'sub']);
  });
});

describe('what is refused', () => {
  test.each([
    ['another code', 'escalation', 'early'],
    ['the code of the other kind', 'error', 'late'],
  ] as const)('[U8] %s that nobody catches is refused, and the task stays as it is', async (_what, kind, code) => {
    const story = (await onBorder(onEscalation('late'))).start();
    expect(story.rejected('throw-user-task', { n: story.task('a'), kind, code })).toMatchObject({ kind: 'INVALID_STATE' });
    expect(story.active()).toEqual(['a']);
  });

  test('[U8] a called process hands it to its caller, which may catch it', async () => {
    const parent = { processInstanceKey: '2097152', elementInstanceKey: '2097153', rootProcessInstanceKey: '2097152' };
    const story = (await given(diagram(start('s'), userTask('a'), path('s a')))).start({}, { parent });
    story.when('throw-user-task', { n: story.task('a'), kind: 'escalation', code: 'late' });
    expect(story.of('propagated-to-parent')).toMatchObject([{ kind: 'escalation', code: 'late' }]);
    expect(story.active()).toEqual(['a']);
  });

  test('[U8] a closed task raises nothing', async () => {
    const story = (await onBorder(onEscalation('late'))).start();
    const n = story.task('a');
    story.completeTask('a');
    expect(story.rejected('throw-user-task', { n, kind: 'escalation', code: 'late' })).toMatchObject({ kind: 'NOT_FOUND' });
  });
});
