import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  eventSub,
  gateway,
  link,
  message,
  onCondition,
  onMessage,
  onSignal,
  path,
  script,
  signal,
  start,
  throwing,
  timer,
  userTask,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';

describe('event sub-processes', () => {
  const xml = (interrupting: boolean) =>
    diagram(
      message('m'),
      start('s'),
      userTask('a'),
      end('e'),
      path('s a e'),
      eventSub('h', start('hs', onMessage('m'), { isInterrupting: interrupting }), userTask('b'), path('hs b')),
    );
  test('[S2] an interrupting one takes over its scope once', async () => {
    const story = (await given(xml(true))).start({ key: 1 }).message('m', { v: 1 });
    expect(story.active()).toEqual(['b', 'h']);
    expect(story.variables()).toMatchObject({ v: 1 });
    expect(() => story.message('m')).toThrow();
    expect(story.completeTask('b').status).toBe('completed');
  });

  test('[S3] a non-interrupting one runs beside, as often as it happens; the scope waits for it', async () => {
    const story = (await given(xml(false))).start({ key: 1 }).message('m').message('m').completeTask('a');
    expect(story.active()).toEqual(['b', 'b', 'h', 'h']);
    story.completeTask('b').completeTask('b');
    expect(story.status).toBe('completed');
    expect(story.of('subscription-closed')).toHaveLength(1);
  });

  test('[S3] a cycle starts it again and again', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          userTask('a'),
          path('s a'),
          eventSub('h', start('hs', timer('timeCycle', 'R/PT1H'), { isInterrupting: false }), userTask('b'), path('hs b')),
        ),
      )
    )
      .start()
      .fire('hs')
      .fire('hs')
      .fire('hs');
    expect(story.active().filter((id) => id === 'b')).toHaveLength(3);
  });
});

describe('conditional events', () => {
  test('[O1] a catch event goes on as soon as its condition holds', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('parallel', 'f'),
          catching('c', onCondition('=x > 5')),
          userTask('a'),
          userTask('w'),
          path('s f c a'),
          path('f w'),
        ),
      )
    ).start({ x: 1 });
    expect(story.active()).toEqual(['c', 'w']);
    story.when('set-variables', { n: 0, variables: { x: 3 } });
    expect(story.active()).toEqual(['c', 'w']);
    story.completeTask('w', { x: 6 });
    expect(story.active()).toEqual(['a']);
  });

  test('[O2] a condition that holds already is not waited for; a missing variable does not hold', async () => {
    const xml = diagram(start('s'), catching('c', onCondition('=x > 5')), end('e'), path('s c e'));
    expect((await given(xml)).start({ x: 9 }).status).toBe('completed');
    const story = (await given(xml)).start();
    expect(story.active()).toEqual(['c']);
    expect(story.of('incident-raised')).toHaveLength(0);
  });

  test('[O3] boundary events and event sub-processes too; the filter names the variables that count', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          userTask('a'),
          boundary('b', 'a', onCondition('=x > 5', { variableNames: 'x' }), false),
          userTask('c'),
          path('s a'),
          path('b c'),
        ),
      )
    ).start({ x: 1 });
    story.when('set-variables', { n: 0, variables: { x: 6 } });
    story.when('set-variables', { n: 0, variables: { y: 6 } });
    expect(story.active()).toEqual(['a', 'c']);
    story.when('set-variables', { n: 0, variables: { x: 7 } });
    expect(story.active()).toEqual(['a', 'c', 'c']);
  });
});

describe('links and multiple events', () => {
  test('[H1] a link goes on at its other end', async () => {
    const story = (
      await given(diagram(start('s'), throwing('t', link('L')), catching('c', link('L')), userTask('a'), path('s t'), path('c a')))
    ).start();
    expect(story.completed()).toEqual(['s', 't', 'c']);
    expect(story.active()).toEqual(['a']);
  });

  test('[H2] a multiple catch event goes on with the first of its events', async () => {
    const story = (
      await given(
        diagram(message('m'), signal('g'), start('s'), catching('c', onMessage('m') + onSignal('g')), userTask('a'), path('s c a')),
      )
    )
      .start({ key: 1 })
      .signal('g');
    expect(story.active()).toEqual(['a']);
    expect(story.of('subscription-closed')).toHaveLength(2);
  });

  test('[H3] a parallel multiple catch event needs all of them', async () => {
    const all = el('intermediateCatchEvent', 'c', onMessage('m') + onSignal('g'), { parallelMultiple: true });
    const story = (await given(diagram(message('m'), signal('g'), start('s'), all, userTask('a'), path('s c a'))))
      .start({ key: 1 })
      .signal('g', { one: 1 });
    expect(story.active()).toEqual(['c']);
    expect(story.message('m').active()).toEqual(['a']);
  });

  test('[V7] a script result is a variable', async () => {
    expect((await given(diagram(start('s'), script('a', 'x', '=1 + 1'), end('e'), path('s a e')))).start().variables()).toEqual({ x: 2 });
  });
});
