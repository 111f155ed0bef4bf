import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  diagram,
  end,
  ext,
  flow,
  gateway,
  job,
  message,
  multiInstance,
  onMessage,
  path,
  start,
  sub,
  terminate,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';

const listeners = (...types: readonly string[]) =>
  ext(zeebe('executionListeners', {}, types.map((type) => zeebe('executionListener', { eventType: 'cancel', type })).join('')));

describe('cancel listeners of the process', () => {
  const listened = diagram(listeners('first', 'second'), start('s'), sub('u', start('us'), userTask('a'), path('us a')), path('s u'));

  test('[EL4] they work one after the other when everything inside has ended, and their variables belong to the process', async () => {
    const story = (await given(listened)).start().when('cancel-instance', {});
    expect(story.status).toBe('active');
    expect(story.active()).toEqual([]);
    const [first] = story.of('job-created');
    expect(first).toMatchObject({ jobType: 'first', kind: 'EXECUTION_LISTENER', listener: 'CANCEL', el: 0 });
    story.completeJob('p', { seen: 1 });
    expect(story.status).toBe('active');
    expect(story.variables()).toEqual({ seen: 1 });
    story.completeJob('p');
    expect(story.of('job-created').map(({ jobType }) => jobType)).toEqual(['first', 'second']);
    expect(story.status).toBe('terminated');
  });

  test('[EL4] what ends by itself, also by a terminate end event, calls none', async () => {
    const story = (await given(diagram(listeners('l'), start('s'), userTask('a'), end('e', terminate()), path('s a e'))))
      .start()
      .completeTask('a');
    expect(story.status).toBe('completed');
    expect(story.of('job-created')).toEqual([]);
  });

  test('[EL5] nothing stops it: not a second cancellation, no error, no modification; a listener without retries is an incident', async () => {
    const story = (await given(listened)).start().when('cancel-instance', {}).when('cancel-instance', {});
    expect(story.of('job-created').length).toBe(1);
    expect(story.rejected('throw-job-error', { n: story.job('p'), errorCode: 'x' })).toMatchObject({ kind: 'INVALID_STATE' });
    expect(story.rejected('modify-instance', { activate: [{ elementId: 'a' }] })).toMatchObject({ kind: 'INVALID_STATE' });
    story.when('fail-job', { n: story.job('p'), retries: 0 });
    expect(story.incident()).toMatchObject({ kind: 'EXECUTION_LISTENER_NO_RETRIES' });
    story.when('update-job', { n: story.job('p'), retries: 1 }).when('resolve-incident', { n: story.incident().n });
    expect(story.completeJob('p').completeJob('p').status).toBe('terminated');
  });

  test('[EL5] a listener type that does not evaluate is an incident, and resolving asks again', async () => {
    const story = (await given(diagram(listeners('=kind'), start('s'), userTask('a'), path('s a')))).start().when('cancel-instance', {});
    expect(story.incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR', message: expect.stringContaining("'kind'") });
    story.when('set-variables', { n: 0, variables: { kind: 'l' } }).when('resolve-incident', { n: story.incident().n });
    expect(story.completeJob('p').status).toBe('terminated');
  });
});

describe('an instance that ends after an element', () => {
  const after = (...terminateAfter: readonly string[]) => ({ terminateAfter });
  const two = diagram(
    message('m'),
    start('s'),
    gateway('parallel', 'g'),
    userTask('a'),
    userTask('b'),
    boundary('bm', 'a', onMessage('m')),
    job('z'),
    path('s g a z'),
    flow('g', 'b'),
    flow('bm', 'z'),
  );

  test('[OP8] it is terminated as soon as the element has completed; no flow is taken any more', async () => {
    const story = (await given(two)).start({ key: 1 }, after('a')).completeTask('a');
    expect(story.status).toBe('terminated');
    expect(story.of('flow-taken').map(({ flow: id }) => id)).not.toContain('a-z');
    expect(story.of('user-task-canceled').length).toBe(1);
  });

  test('[OP8] or was terminated', async () => {
    const story = (await given(two)).start({ key: 1 }, after('a')).message('m');
    expect(story.status).toBe('terminated');
    expect(story.of('job-created')).toEqual([]);
  });

  test('[OP8] other elements end as always', async () => {
    const story = (await given(two)).start({ key: 1 }, after('a')).completeTask('b');
    expect(story.active()).toEqual(['a']);
  });

  test('[OP8] a repeated activity counts as a whole, a sub-process with what is in it', async () => {
    const many = diagram(
      start('s'),
      job('a', [], multiInstance({ inputCollection: '=[1,2]' }, { sequential: true })),
      userTask('b'),
      path('s a b'),
    );
    const story = (await given(many)).start({}, after('a')).completeJob('a');
    expect(story.status).toBe('active');
    expect(story.completeJob('a').status).toBe('terminated');
    const nested = diagram(start('s'), sub('u', start('us'), userTask('a'), path('us a')), userTask('b'), path('s u b'));
    expect((await given(nested)).start({}, after('u')).completeTask('a').status).toBe('terminated');
  });

  test('[OP8] cancel listeners work then too', async () => {
    const story = (await given(diagram(listeners('l'), start('s'), userTask('a'), path('s a')))).start({}, after('s'));
    expect(story.completeJob('p').status).toBe('terminated');
    expect(story.of('user-task-created')).toEqual([]);
  });

  test('[OP8] an element that is not there is refused', async () => {
    const story = await given(two);
    for (const id of ['nope', 'p'])
      expect(story.rejected('create-instance', { instanceKey: '1048576', variables: {}, ...after(id) })).toMatchObject({
        kind: 'INVALID_ARGUMENT',
        reason: expect.stringContaining(`'${id}'`),
      });
  });
});
