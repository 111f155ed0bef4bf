import { describe, expect, test } from '@jest/globals';
import { diagram, el, end, gateway, job, path, script, start, sub, terminate, userTask, flow, throwing } from '../support/bpmn.ts';
import { given } from '../support/given.ts';

describe('tokens', () => {
  test('[T1] an instance begins at its none start event and ends with its last token', async () => {
    const story = (await given(diagram(start('s'), el('task', 'a'), el('manualTask', 'b'), end('e'), path('s a b e')))).start();
    expect(story.completed()).toEqual(['s', 'a', 'b', 'e']);
    expect(story.status).toBe('completed');
    expect(story.events.at(-1)?.t).toBe('instance-completed');
  });

  test('[T1] it does not end while a token waits', async () => {
    const story = (await given(diagram(start('s'), userTask('a'), end('e'), path('s a e')))).start();
    expect(story.status).toBe('active');
    expect(story.active()).toEqual(['a']);
  });

  test('[T2] several none start events begin together', async () => {
    const story = (await given(diagram(start('s'), start('r'), userTask('a'), userTask('b'), path('s a'), path('r b')))).start();
    expect(story.active()).toEqual(['a', 'b']);
  });

  test('[T3] several outgoing flows of an activity are all taken; each token ends by itself', async () => {
    const story = (await given(diagram(start('s'), el('task', 'a'), userTask('b'), userTask('c'), path('s a b'), flow('a', 'c')))).start();
    expect(story.active()).toEqual(['b', 'c']);
    story.completeTask('b');
    expect(story.status).toBe('active');
    story.completeTask('c');
    expect(story.status).toBe('completed');
  });

  test('[T4] a condition on the flow of an activity holds it back', async () => {
    const story = (
      await given(
        diagram(start('s'), el('task', 'a'), userTask('b'), userTask('c'), path('s a'), flow('a', 'b', '=x > 1'), flow('a', 'c', '=x > 9')),
      )
    ).start({ x: 5 });
    expect(story.active()).toEqual(['b']);
  });

  test('[T5] a terminate end event ends everything else in its scope, and only there', async () => {
    const inner = sub('u', start('us'), gateway('parallel', 'f'), userTask('x'), end('t', terminate()), path('us f x'), flow('f', 't'));
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('parallel', 'g'),
          inner,
          userTask('after'),
          userTask('beside'),
          path('s g u after'),
          flow('g', 'beside'),
        ),
      )
    ).start();
    expect(story.active()).toEqual(['after', 'beside']);
    expect(story.terminated()).toEqual(['x']);
    expect(story.completed()).toContain('u');
  });

  test('[T5] a terminate end event of the process completes the instance', async () => {
    const story = (
      await given(
        diagram(start('s'), gateway('parallel', 'g'), userTask('x'), job('y'), end('t', terminate()), path('s g x'), path('g y t')),
      )
    ).start();
    story.completeJob('y');
    expect(story.status).toBe('completed');
    expect(story.terminated()).toEqual(['x']);
    expect(story.of('user-task-canceled')).toHaveLength(1);
  });

  test('[T6] a loop without a wait is stopped with an incident that names the limit, and goes on when resolved', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          script('a', 'i', '=i + 1'),
          gateway('exclusive', 'x', { default: 'x-a' }),
          end('e'),
          path('s a x'),
          flow('x', 'a'),
          flow('x', 'e', '=i > 30000'),
        ),
      )
    ).start({ i: 0 });
    expect(story.incident()).toMatchObject({ kind: 'UNKNOWN', message: expect.stringContaining('100000 steps') });
    for (let round = 0; round < 5 && story.status === 'active'; round++) story.when('resolve-incident', { n: story.incident().n });
    expect(story.status).toBe('completed');
    expect(story.variables()['i']).toBe(30001);
  });

  test('[T7] cancelling ends everything', async () => {
    const story = (await given(diagram(start('s'), sub('u', start('us'), job('j'), path('us j')), path('s u')))).start();
    story.when('cancel-instance', {});
    expect(story.status).toBe('terminated');
    expect(story.terminated()).toEqual(['j', 'u']);
    expect(story.of('job-canceled')).toHaveLength(1);
  });

  test('[T7] an ended instance takes no command', async () => {
    const story = (await given(diagram(start('s'), end('e'), path('s e')))).start();
    expect(story.rejected('cancel-instance', {})).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[T8] a none throw event passes', async () => {
    const story = (await given(diagram(start('s'), throwing('t', ''), end('e'), path('s t e')))).start();
    expect(story.completed()).toEqual(['s', 't', 'e']);
  });
});
