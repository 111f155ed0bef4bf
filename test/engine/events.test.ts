import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  error,
  escalation,
  eventSub,
  ext,
  flow,
  gateway,
  job,
  mapping,
  message,
  onError,
  onEscalation,
  onMessage,
  onSignal,
  path,
  signal,
  start,
  sub,
  throwing,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { T0, given } from '../support/given.ts';

describe('timers', () => {
  test.each([
    ['timeDuration', 'PT1H', 3_600_000],
    ['timeDuration', '="PT" + string(n) + "M"', 120_000],
    ['timeDate', '2026-01-05T16:00:00+07:00', 3_600_000],
    ['timeDate', '2026-01-05T16:00:00', 3_600_000],
  ] as const)('[W1] %s %s is due after %d ms', async (kind, body, after) => {
    const story = (await given(diagram(start('s'), catching('t', timer(kind, body)), end('e'), path('s t e')))).start({ n: 2 });
    expect(story.timer('t').dueAt).toBe(T0 + after);
    expect(story.fire('t').status).toBe('completed');
  });

  test('[W1] a timer does not fire before its time, and only once', async () => {
    const story = (await given(diagram(start('s'), catching('t', timer('timeDuration', 'PT1H')), userTask('a'), path('s t a')))).start();
    const { n } = story.timer('t');
    expect(story.rejected('fire-timer', { n })).toMatchObject({ kind: 'INVALID_STATE' });
    story.fire('t');
    expect(story.rejected('fire-timer', { n })).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[W2] a cycle on a non-interrupting boundary event repeats as often as it says', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          userTask('a'),
          boundary('t', 'a', timer('timeCycle', 'R3/PT1H'), false),
          userTask('b'),
          path('s a'),
          path('t b'),
        ),
      )
    ).start();
    story.fire('t').fire('t').fire('t');
    expect(story.active()).toEqual(['a', 'b', 'b', 'b']);
    expect(story.of('timer-scheduled').map((event) => event.dueAt - T0)).toEqual([3_600_000, 7_200_000, 10_800_000]);
    expect(() => story.fire('t')).toThrow();
  });

  test('[W2] a cron expression is meant in the zone of the world', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          userTask('a'),
          boundary('t', 'a', timer('timeCycle', '0 0 9 * * MON-FRI'), false),
          userTask('b'),
          path('s a'),
          path('t b'),
        ),
      )
    ).start();
    expect(new Date(story.timer('t').dueAt).toISOString()).toBe('2026-01-06T02:00:00.000Z');
    story.fire('t');
    expect(new Date(story.timer('t').dueAt).toISOString()).toBe('2026-01-07T02:00:00.000Z');
  });

  test('[W3] a timer that is no timer is an incident', async () => {
    const story = (await given(diagram(start('s'), catching('t', timer('timeDuration', '=x')), end('e'), path('s t e')))).start({
      x: 'soon',
    });
    expect(story.incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR', message: expect.stringContaining('soon') });
  });
});

describe('boundary events', () => {
  const xml = (interrupting: boolean) =>
    diagram(
      message('m'),
      start('s'),
      userTask('a'),
      boundary('b', 'a', onMessage('m'), interrupting),
      userTask('x'),
      userTask('y'),
      path('s a x'),
      path('b y'),
    );
  test('[B1] an interrupting event ends the activity and goes on', async () => {
    const story = (await given(xml(true))).start({ key: 1 }).message('m', { v: 1 });
    expect(story.active()).toEqual(['y']);
    expect(story.terminated()).toEqual(['a']);
    expect(story.of('user-task-canceled')).toHaveLength(1);
    expect(story.variables()).toMatchObject({ v: 1 });
  });

  test('[B2] a non-interrupting event goes on beside the activity, each time again', async () => {
    const story = (await given(xml(false))).start({ key: 1 }).message('m').message('m');
    expect(story.active()).toEqual(['a', 'y', 'y']);
    story.completeTask('a');
    expect(story.of('subscription-closed')).toHaveLength(1);
  });

  test('[B3] an activity that completes closes what its boundary events waited for', async () => {
    const story = (await given(xml(true))).start({ key: 1 }).completeTask('a');
    expect(story.active()).toEqual(['x']);
    expect(story.of('subscription-closed')).toHaveLength(1);
  });

  test('[B4] interrupting a sub-process ends everything in it', async () => {
    const inner = sub(
      'u',
      start('us'),
      gateway('parallel', 'f'),
      userTask('i'),
      sub('v', start('vs'), job('k'), path('vs k')),
      path('us f i'),
      flow('f', 'v'),
    );
    const story = (
      await given(diagram(start('s'), inner, boundary('b', 'u', timer('timeDuration', 'PT1H')), userTask('y'), path('s u'), path('b y')))
    )
      .start()
      .fire('b');
    expect(story.active()).toEqual(['y']);
    expect([...story.terminated()].sort()).toEqual(['i', 'k', 'u', 'v']);
  });

  test('[B5] output mappings of the event choose what its variables become', async () => {
    const mapped = el('boundaryEvent', 'b', [ext(mapping({}, { total: '=v + 1' })), onMessage('m')], { attachedToRef: 'a' });
    const story = (await given(diagram(message('m'), start('s'), userTask('a'), mapped, userTask('y'), path('s a'), path('b y'))))
      .start({ key: 1 })
      .message('m', { v: 1 });
    expect(story.variables()).toEqual({ key: 1, total: 2 });
  });
});

describe('errors', () => {
  const xml = diagram(
    error('NO'),
    error('OTHER'),
    start('s'),
    sub('u', start('us'), job('j'), path('us j')),
    boundary('code', 'u', onError('NO')),
    boundary('all', 'u', onError()),
    userTask('c'),
    userTask('d'),
    path('s u'),
    path('code c'),
    path('all d'),
  );
  test('[R1] an error goes to the event with its code, innermost first', async () => {
    const story = (await given(xml)).start().throwError('j', 'NO', { why: 'x' });
    expect(story.active()).toEqual(['c']);
    expect(story.variables()).toEqual({ why: 'x' });
  });

  test('[R1] else to the event that catches all', async () => {
    expect((await given(xml)).start().throwError('j', 'STRANGE').active()).toEqual(['d']);
  });

  test('[R2] an error that nobody catches is an incident; resolving it offers the job again', async () => {
    const story = (await given(diagram(start('s'), job('j'), end('e'), path('s j e')))).start().throwError('j', 'NO');
    expect(story.incident()).toMatchObject({ kind: 'UNHANDLED_ERROR_EVENT', message: expect.stringContaining("'NO'") });
    story.when('resolve-incident', { n: story.incident().n }).completeJob('j');
    expect(story.status).toBe('completed');
  });

  test('[R3] an error end event throws', async () => {
    const inner = sub('u', start('us'), end('ue', onError('NO')), path('us ue'));
    const story = (
      await given(diagram(error('NO'), start('s'), inner, boundary('b', 'u', onError('NO')), userTask('c'), path('s u'), path('b c')))
    ).start();
    expect(story.active()).toEqual(['c']);
  });

  test('[R4] an error event sub-process takes over its scope, and what it throws itself goes outwards', async () => {
    const handler = eventSub('h', start('hs', onError('NO')), job('k'), path('hs k'));
    const story = (
      await given(
        diagram(
          error('NO'),
          start('s'),
          sub('u', start('us'), job('j'), path('us j'), handler),
          boundary('b', 'u', onError('NO')),
          userTask('c'),
          path('s u'),
          path('b c'),
        ),
      )
    ).start();
    story.throwError('j', 'NO');
    expect(story.active()).toEqual(['k', 'h', 'u'].sort());
    story.throwError('k', 'NO');
    expect(story.active()).toEqual(['c']);
  });

  test('[R5] in a called instance it goes to the caller', async () => {
    const story = (await given(diagram(start('s'), job('j'), path('s j'))))
      .start({}, { parent: { processInstanceKey: '1', elementInstanceKey: '2', rootProcessInstanceKey: '1' } })
      .throwError('j', 'NO', { v: 1 });
    expect(story.of('propagated-to-parent')).toMatchObject([{ kind: 'error', code: 'NO', variables: { v: 1 } }]);
    expect(story.of('incident-raised')).toHaveLength(0);
  });
});

describe('escalations', () => {
  const inner = (type: string) => sub('u', start('us'), el(type, 'x', onEscalation('LATE')), userTask('i'), path('us x i'));
  test('[K1] an escalation is caught beside the activity, which goes on', async () => {
    const story = (
      await given(
        diagram(
          escalation('LATE'),
          start('s'),
          inner('intermediateThrowEvent'),
          boundary('b', 'u', onEscalation('LATE'), false),
          userTask('c'),
          path('s u'),
          path('b c'),
        ),
      )
    ).start();
    expect(story.active()).toEqual(['c', 'i', 'u']);
  });

  test('[K1] or ends it', async () => {
    const story = (
      await given(
        diagram(
          escalation('LATE'),
          start('s'),
          inner('intermediateThrowEvent'),
          boundary('b', 'u', onEscalation(), true),
          userTask('c'),
          path('s u'),
          path('b c'),
        ),
      )
    ).start();
    expect(story.active()).toEqual(['c']);
  });

  test('[K2] an escalation that nobody catches is over', async () => {
    const story = (await given(diagram(escalation('LATE'), start('s'), inner('intermediateThrowEvent'), path('s u')))).start();
    expect(story.active()).toEqual(['i', 'u']);
    expect(story.of('incident-raised')).toHaveLength(0);
  });
});

describe('signals', () => {
  test('[G1] a signal is broadcast with what is visible', async () => {
    const story = (
      await given(diagram(signal('go'), start('s'), throwing('t', onSignal('go')), end('e', onSignal('go')), path('s t e')))
    ).start({ a: 1 });
    expect(story.of('signal-broadcast')).toMatchObject([{ name: 'go', variables: { a: 1 } }, { name: 'go' }]);
    expect(story.status).toBe('completed');
  });

  test('[G2] a signal is waited for like a message', async () => {
    const story = (await given(diagram(signal('go'), start('s'), catching('c', onSignal('go')), userTask('a'), path('s c a')))).start();
    expect(story.of('subscription-opened')).toMatchObject([{ kind: 'signal', name: 'go' }]);
    expect(story.signal('go', { b: 2 }).active()).toEqual(['a']);
    expect(story.variables()).toEqual({ b: 2 });
    expect(story.rejected('trigger-signal', { n: 2, variables: {} })).toMatchObject({ kind: 'NOT_FOUND' });
  });
});

describe('messages', () => {
  test('[M1] a catch event opens a subscription with its key, and the message completes it', async () => {
    const story = (
      await given(diagram(message('m', '=order.id'), start('s'), catching('c', onMessage('m')), end('e'), path('s c e')))
    ).start({ order: { id: 42 } });
    expect(story.of('subscription-opened')).toMatchObject([{ kind: 'message', name: 'm', correlationKey: '42', interrupting: true }]);
    expect(story.message('m').status).toBe('completed');
    expect(story.of('subscription-correlated')).toMatchObject([{ messageKey: '7' }]);
  });

  test('[M2] a key that is no text is an incident', async () => {
    const story = (await given(diagram(message('m', '=order'), start('s'), catching('c', onMessage('m')), end('e'), path('s c e')))).start({
      order: { id: 42 },
    });
    expect(story.incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR' });
  });

  test('[M3] a throwing message event is a job', async () => {
    const send = el('intermediateThrowEvent', 't', [ext(zeebe('taskDefinition', { type: 'send' })), onMessage('m')]);
    const story = (await given(diagram(message('m'), start('s'), send, end('e'), path('s t e')))).start();
    expect(story.of('job-created')).toMatchObject([{ jobType: 'send' }]);
    expect(story.completeJob('t').status).toBe('completed');
  });

  test('[M4] a start event takes what the message brought', async () => {
    const story = (
      await given(diagram(message('m'), start('none'), start('s', onMessage('m')), userTask('a'), path('s a'), path('none a')))
    ).start({ v: 1 }, { startElementId: 's', messageKey: '9' });
    expect(story.completed()).toEqual(['s']);
    expect(story.variables()).toEqual({ v: 1 });
    expect(story.of('instance-created')).toMatchObject([{ messageKey: '9' }]);
  });
});
