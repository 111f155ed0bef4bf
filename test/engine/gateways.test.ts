import { describe, expect, test } from '@jest/globals';
import {
  catching,
  diagram,
  el,
  end,
  flow,
  gateway,
  job,
  message,
  onMessage,
  onSignal,
  path,
  signal,
  start,
  timer,
  userTask,
} from '../support/bpmn.ts';
import { startSubscriptions } from '../../engine/index.ts';
import { given } from '../support/given.ts';

describe('exclusive gateway', () => {
  const xml = diagram(
    start('s'),
    gateway('exclusive', 'x', { default: 'x-c' }),
    userTask('a'),
    userTask('b'),
    userTask('c'),
    path('s x'),
    flow('x', 'a', '=n > 10'),
    flow('x', 'b', '=n > 5'),
    flow('x', 'c'),
  );
  test.each([
    [20, 'a'],
    [7, 'b'],
    [1, 'c'],
  ])('[X1] the first flow whose condition holds is taken, else the default: %d → %s', async (n, expected) => {
    expect((await given(xml)).start({ n }).active()).toEqual([expected]);
  });

  test('[X2] without a flow to take there is an incident, and resolving it tries again', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('exclusive', 'x'),
          userTask('a'),
          userTask('b'),
          path('s x'),
          flow('x', 'a', '=n > 10'),
          flow('x', 'b', '=n > 5'),
        ),
      )
    ).start({ n: 1 });
    expect(story.incident()).toMatchObject({ kind: 'CONDITION_ERROR', element: 'x' });
    story.when('resolve-incident', { n: story.incident().n });
    expect(story.incident()).toMatchObject({ kind: 'CONDITION_ERROR' });
    story.when('set-variables', { n: 0, variables: { n: 6 } }).when('resolve-incident', { n: story.incident().n });
    expect(story.active()).toEqual(['b']);
  });

  test('[X3] a missing variable is an incident that names it', async () => {
    const story = (await given(xml)).start();
    expect(story.incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR', message: expect.stringContaining("'n'") });
  });

  test('[X3] a condition that is not true or false is an incident', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('exclusive', 'x', { default: 'x-b' }),
          userTask('a'),
          userTask('b'),
          path('s x'),
          flow('x', 'a', '=n + 1'),
          flow('x', 'b'),
        ),
      )
    ).start({ n: 1 });
    expect(story.incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR', message: expect.stringContaining('true or false') });
  });

  test('[X4] an exclusive gateway does not wait: each token passes', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('parallel', 'f'),
          gateway('exclusive', 'x'),
          userTask('a'),
          path('s f x a'),
          el('task', 't'),
          flow('f', 't'),
          flow('t', 'x'),
        ),
      )
    ).start();
    expect(story.active()).toEqual(['a', 'a']);
  });
});

describe('parallel gateway', () => {
  const xml = diagram(
    start('s'),
    gateway('parallel', 'f'),
    userTask('a'),
    userTask('b'),
    gateway('parallel', 'j'),
    end('e'),
    path('s f a j e'),
    path('f b j'),
  );
  test('[P1] it takes all flows and joins when every incoming flow has brought a token', async () => {
    const story = (await given(xml)).start();
    expect(story.active()).toEqual(['a', 'b']);
    story.completeTask('a');
    expect(story.status).toBe('active');
    expect(story.completed()).not.toContain('j');
    story.completeTask('b');
    expect(story.completed()).toContain('j');
    expect(story.status).toBe('completed');
  });

  test('[P2] two tokens on one flow do not stand for two flows', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('parallel', 'f'),
          el('task', 'a'),
          el('task', 'b'),
          gateway('exclusive', 'x'),
          userTask('c'),
          gateway('parallel', 'j'),
          end('e'),
          path('s f a x j e'),
          path('f b x'),
          path('f c j'),
        ),
      )
    ).start();
    expect(story.completed()).not.toContain('j');
    story.completeTask('c');
    // one token of x–j is used up, the other waits for a second one from c that never comes
    expect(story.completed().filter((id) => id === 'j')).toHaveLength(1);
    expect(story.status).toBe('active');
  });
});

describe('inclusive gateway', () => {
  const xml = diagram(
    start('s'),
    gateway('inclusive', 'f', { default: 'f-c' }),
    userTask('a'),
    userTask('b'),
    userTask('c'),
    gateway('inclusive', 'j'),
    userTask('z'),
    path('s f'),
    flow('f', 'a', '=x > 1'),
    flow('f', 'b', '=x > 2'),
    flow('f', 'c'),
    path('a j'),
    path('b j'),
    path('c j'),
    path('j z'),
  );
  test('[N1] every flow whose condition holds is taken, and the join waits for exactly these', async () => {
    const story = (await given(xml)).start({ x: 3 });
    expect(story.active()).toEqual(['a', 'b']);
    story.completeTask('a');
    expect(story.active()).toEqual(['b']);
    story.completeTask('b');
    expect(story.active()).toEqual(['z']);
  });

  test('[N1] one flow only: the join waits for nothing else', async () => {
    const story = (await given(xml)).start({ x: 2 }).completeTask('a');
    expect(story.active()).toEqual(['z']);
  });

  test('[N2] no condition holds: the default is taken', async () => {
    expect((await given(xml)).start({ x: 0 }).active()).toEqual(['c']);
  });

  test('[N3] the join waits as long as a token can still reach it, also around a loop', async () => {
    const loop = diagram(
      start('s'),
      gateway('inclusive', 'f'),
      userTask('a'),
      userTask('b'),
      gateway('exclusive', 'again', { default: 'again-j' }),
      gateway('inclusive', 'j'),
      userTask('z'),
      path('s f'),
      flow('f', 'a', '=true'),
      flow('f', 'b', '=true'),
      path('a j'),
      path('b again'),
      flow('again', 'b', '=more'),
      flow('again', 'j'),
      path('j z'),
    );
    const story = (await given(loop)).start({ more: true }).completeTask('a').completeTask('b');
    expect(story.active()).toEqual(['b']);
    story.completeTask('b', { more: false });
    expect(story.active()).toEqual(['z']);
  });

  test('[N3] a join inside a loop does not wait for itself', async () => {
    const loop = diagram(
      start('s'),
      gateway('inclusive', 'j'),
      userTask('a'),
      gateway('exclusive', 'x', { default: 'x-e' }),
      end('e'),
      path('s j a x'),
      flow('x', 'j', '=more'),
      flow('x', 'e'),
    );
    const story = (await given(loop)).start({ more: true });
    expect(story.active()).toEqual(['a']);
    story.completeTask('a');
    expect(story.active()).toEqual(['a']);
    story.completeTask('a', { more: false });
    expect(story.status).toBe('completed');
  });

  test('[N3] a token that leaves by a boundary event no longer holds the join back', async () => {
    const timed = diagram(
      start('s'),
      gateway('inclusive', 'f'),
      userTask('a'),
      userTask('b'),
      gateway('inclusive', 'j'),
      userTask('z'),
      end('gone'),
      el('boundaryEvent', 't', timer('timeDuration', 'PT1H'), { attachedToRef: 'b' }),
      path('s f'),
      flow('f', 'a', '=true'),
      flow('f', 'b', '=true'),
      path('a j z'),
      path('b j'),
      path('t gone'),
    );
    const story = (await given(timed)).start().completeTask('a');
    expect(story.active()).toEqual(['b']);
    expect(story.fire('t').active()).toEqual(['z']);
  });
});

describe('event-based gateway', () => {
  const xml = diagram(
    message('paid'),
    signal('stop'),
    start('s'),
    gateway('eventBased', 'g'),
    catching('m', onMessage('paid')),
    catching('t', timer('timeDuration', 'PT1H')),
    catching('h', onSignal('stop')),
    el('receiveTask', 'r', '', { messageRef: 'm-paid' }),
    userTask('a'),
    userTask('b'),
    userTask('c'),
    path('s g m a'),
    path('g t b'),
    path('g h c'),
  );
  test('[E1] the first event decides, the others are not waited for any more', async () => {
    const story = (await given(xml.replace(/<bpmn:receiveTask.*?<\/bpmn:receiveTask>/, ''))).start({ key: 'k' });
    expect(story.active()).toEqual(['g']);
    story.message('paid', { amount: 5 });
    expect(story.active()).toEqual(['a']);
    expect(story.variables()).toMatchObject({ amount: 5 });
    expect(story.of('timer-canceled')).toHaveLength(1);
    expect(story.of('subscription-closed')).toHaveLength(2);
    expect(() => story.fire('t')).toThrow('timer');
  });

  test('[E1] a timer may be first', async () => {
    const story = (await given(xml.replace(/<bpmn:receiveTask.*?<\/bpmn:receiveTask>/, ''))).start({ key: 'k' }).fire('t');
    expect(story.active()).toEqual(['b']);
    expect(story.completed()).toEqual(['s', 'g', 't']);
  });

  test('[E2] a receive task may stand behind it', async () => {
    const receiving = diagram(
      message('paid'),
      start('s'),
      gateway('eventBased', 'g'),
      el('receiveTask', 'r', '', { messageRef: 'm-paid' }),
      catching('t', timer('timeDuration', 'PT1H')),
      userTask('a'),
      path('s g r a'),
      path('g t'),
    );
    const story = (await given(receiving)).start({ key: 'k' }).message('paid');
    expect(story.active()).toEqual(['a']);
    expect(story.completed()).toContain('r');
  });

  test('[E3] a missing correlation key variable is an incident', async () => {
    const story = (await given(xml.replace(/<bpmn:receiveTask.*?<\/bpmn:receiveTask>/, ''))).start();
    expect(story.incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR', message: expect.stringContaining("'key'") });
    expect(story.of('subscription-opened')).toHaveLength(0);
  });

  test.each([
    ['Exclusive', ['a']],
    ['Parallel', ['a', 'h']],
  ])('[E5] an instance begins with one event of an instantiating gateway: %s', async (eventGatewayType, expected) => {
    const begin = gateway('eventBased', 'g', { instantiate: true, eventGatewayType });
    const drawn = diagram(
      message('paid'),
      signal('stop'),
      begin,
      catching('m', onMessage('paid')),
      catching('h', onSignal('stop')),
      userTask('a'),
      userTask('b'),
      path('g m a'),
      path('g h b'),
    );
    const story = (await given(drawn)).start({ v: 1 }, { startElementId: 'm' });
    expect(story.active()).toEqual(expected);
    expect(story.variables()).toEqual({ v: 1 });
    expect(startSubscriptions(story.world.process, { now: 0, zone: 'UTC' })).toMatchObject([
      { elementId: 'm', name: 'paid' },
      { elementId: 'h', name: 'stop' },
    ]);
  });

  test('[M4] an instantiating receive task begins an instance', async () => {
    const receive = el('receiveTask', 'r', '', { messageRef: 'm-paid', instantiate: true });
    const story = (await given(diagram(message('paid'), receive, userTask('a'), path('r a')))).start({ v: 1 }, { startElementId: 'r' });
    expect(story.active()).toEqual(['a']);
    await expect(async () =>
      (await given(diagram(message('paid'), receive, userTask('a'), path('r a')))).start({}, { startElementId: 'a' }),
    ).rejects.toThrow('no start');
  });

  test('[X4] jobs may stand on both sides', async () => {
    const story = (await given(diagram(start('s'), job('j'), end('e'), path('s j e')))).start().completeJob('j');
    expect(story.status).toBe('completed');
  });
});
