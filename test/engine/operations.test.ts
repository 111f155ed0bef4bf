import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  error,
  executionListeners,
  ext,
  gateway,
  job,
  message,
  multiInstance,
  onError,
  onMessage,
  path,
  script,
  start,
  sub,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { compiled, given } from '../support/given.ts';

describe('ad-hoc sub-processes', () => {
  const condition = (text: string) => `<bpmn:completionCondition>${text}</bpmn:completionCondition>`;
  const adHoc = (extensions: readonly string[], inner = '', values = {}) =>
    el('adHocSubProcess', 'u', [ext(...extensions), job('a'), job('b'), job('c'), path('b c'), inner], values);
  test('[AH1] it begins what its collection names and ends when nothing moves', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          adHoc([zeebe('adHoc', { activeElementsCollection: '=begin', outputCollection: 'out', outputElement: '=r' })]),
          end('e'),
          path('s u e'),
        ),
      )
    ).start({ begin: ['a', 'b'] });
    expect(story.active()).toEqual(['a', 'b', 'u']);
    story.completeJob('a', { r: 1 }).completeJob('b').completeJob('c', { r: 2 });
    expect(story.status).toBe('completed');
    expect(story.variables()['out']).toEqual([1, 2]);
  });

  test('[AH1] an element that is not in it is an incident', async () => {
    expect(
      (await given(diagram(start('s'), adHoc([zeebe('adHoc', { activeElementsCollection: '=["z"]' })]), path('s u')))).start().incident(),
    ).toMatchObject({ message: expect.stringContaining("'z'") });
  });

  test('[AH2] its completion condition ends it, with or without the rest', async () => {
    const xml = (cancel: boolean) =>
      diagram(
        start('s'),
        adHoc([zeebe('adHoc', { activeElementsCollection: '=["a","b"]' })], condition('=done'), { cancelRemainingInstances: cancel }),
        end('e'),
        path('s u e'),
      );
    expect((await given(xml(true))).start({ done: false }).completeJob('a', { done: true }).status).toBe('completed');
    const patient = (await given(xml(false))).start({ done: false }).completeJob('a', { done: true });
    expect(patient.active()).toEqual(['b', 'u']);
    expect(patient.completeJob('b').completeJob('c').status).toBe('completed');
  });

  describe('one after the other', () => {
    const sequential = async (extra = '', values = {}) =>
      given(
        diagram(
          start('s'),
          adHoc([zeebe('adHoc', { activeElementsCollection: '=["a","b"]', outputCollection: 'out', outputElement: '=r' })], extra, {
            ordering: 'Sequential',
            ...values,
          }),
          end('e'),
          path('s u e'),
        ),
      );

    test('[AH5] each begins when the one before has ended with all that followed from it', async () => {
      const story = (await sequential()).start();
      expect(story.active()).toEqual(['a', 'u']);
      story.when('activate-ad-hoc', { n: story.instance('u'), elements: [{ elementId: 'a', variables: { x: 2 } }] });
      expect(story.active()).toEqual(['a', 'u']);
      expect(story.completeJob('a', { r: 1 }).active()).toEqual(['b', 'u']);
      // b leads on to c: that is still b's turn
      expect(story.completeJob('b').active()).toEqual(['c', 'u']);
      expect(story.completeJob('c', { r: 2 }).active()).toEqual(['a', 'u']);
      expect(story.completeJob('a', { r: 3 }).status).toBe('completed');
      expect(story.variables()['out']).toEqual([1, 2, 3]);
    });

    test('[AH5] what waits for its turn does not begin once the condition holds, or when it is cancelled', async () => {
      expect((await sequential(condition('=done'))).start({ done: false }).completeJob('a', { done: true, r: 1 }).status).toBe('completed');
      const story = (await sequential()).start();
      story.when('activate-ad-hoc', { n: story.instance('u'), elements: [{ elementId: 'c' }], cancelRemaining: true });
      expect(story.active()).toEqual(['c', 'u']);
      expect(story.completeJob('c', { r: 2 }).status).toBe('completed');
    });
  });

  test('[AH3] a person may begin activities', async () => {
    const story = (await given(diagram(start('s'), adHoc([]), end('e'), path('s u e')))).start();
    expect(story.active()).toEqual(['u']);
    story.when('activate-ad-hoc', { n: story.instance('u'), elements: [{ elementId: 'a', variables: { x: 1 } }] });
    expect(story.active()).toEqual(['a', 'u']);
    expect(story.rejected('activate-ad-hoc', { n: story.instance('u'), elements: [{ elementId: 'nope' }] })).toMatchObject({
      kind: 'INVALID_ARGUMENT',
    });
    expect(story.completeJob('a').status).toBe('completed');
  });

  test('[AH4] a worker decides what begins and when it ends', async () => {
    const story = (await given(diagram(start('s'), adHoc([zeebe('taskDefinition', { type: 'agent' })]), end('e'), path('s u e')))).start();
    story.completeJob('u', {}, { type: 'adHocSubProcess', activateElements: [{ elementId: 'a' }] });
    expect(story.active()).toEqual(['a', 'u']);
    story.completeJob('a');
    expect(story.of('job-created').filter((event) => event.kind === 'AD_HOC_SUB_PROCESS')).toHaveLength(2);
    story.completeJob('u', {}, { type: 'adHocSubProcess', isCompletionConditionFulfilled: true });
    expect(story.status).toBe('completed');
  });
});

describe('execution listeners', () => {
  test('[EL1] start listeners work before the element, end listeners after it', async () => {
    const story = (await given(diagram(start('s'), job('j', [executionListeners('start', 'end')]), end('e'), path('s j e')))).start();
    const types = () => story.of('job-created').map((event) => event.jobType);
    expect(types()).toEqual(['on-start']);
    story.completeJob('j', { local: 1 });
    expect(types()).toEqual(['on-start', 'j']);
    story.completeJob('j').completeJob('j', { out: 2 });
    expect(types()).toEqual(['on-start', 'j', 'on-end']);
    expect(story.status).toBe('completed');
    expect(story.variables()).toEqual({ out: 2 });
  });

  test('[EL2] an event keeps what set it off while its listeners work', async () => {
    const story = (
      await given(
        diagram(
          message('m'),
          start('s'),
          userTask('a'),
          el('boundaryEvent', 'b', [ext(executionListeners('start')), onMessage('m')], { attachedToRef: 'a' }),
          userTask('c'),
          path('s a'),
          path('b c'),
        ),
      )
    )
      .start({ key: 1 })
      .message('m', { v: 1 })
      .completeJob('b');
    expect(story.active()).toEqual(['c']);
    expect(story.variables()).toMatchObject({ v: 1 });
  });

  test('[EL6] a repeated activity calls its beforeAll listeners once, before its items are looked at', async () => {
    const items = multiInstance({ inputCollection: '=items', inputElement: 'item' });
    const story = (
      await given(diagram(start('s'), job('j', [executionListeners('beforeAll', 'start')], items), end('e'), path('s j e')))
    ).start();
    const types = () => story.of('job-created').map((event) => event.jobType);
    expect(types()).toEqual(['on-beforeAll']);
    const first = () => [...(story.state?.jobs.keys() ?? [])][0] ?? 0;
    story.when('complete-job', { n: first(), variables: { items: [1, 2] } });
    expect(types()).toEqual(['on-beforeAll', 'on-start', 'on-start']);
    while (story.status === 'active') story.when('complete-job', { n: first(), variables: {} });
    expect(types().filter((type) => type === 'j')).toHaveLength(2);
    expect(types().filter((type) => type === 'on-beforeAll')).toHaveLength(1);
  });

  test('[EL7] a listener has headers of its own, whatever those of its element', async () => {
    const header = (key: string) => zeebe('taskHeaders', {}, zeebe('header', { key, value: '1' }));
    const listening = zeebe('executionListeners', {}, zeebe('executionListener', { eventType: 'start', type: 'on' }, header('mine')));
    const story = (await given(diagram(start('s'), job('j', [header('yours'), listening]), end('e'), path('s j e')))).start();
    story.completeJob('j');
    expect(story.of('job-created').map(({ headers }) => headers)).toEqual([{ mine: '1' }, { yours: '1' }]);
  });

  test('[EL3] a listener without retries is an incident of its own kind', async () => {
    const story = (await given(diagram(start('s'), job('j', [executionListeners('start')]), path('s j')))).start();
    story.when('fail-job', { n: story.job('j'), retries: 0 });
    expect(story.incident()).toMatchObject({ kind: 'EXECUTION_LISTENER_NO_RETRIES' });
  });
});

describe('operators', () => {
  const nested = diagram(start('s'), sub('u', start('us'), userTask('a'), userTask('b'), path('us a b')), userTask('z'), path('s u z'));
  test('[OP1] modification moves a token', async () => {
    const story = (await given(nested)).start();
    story.when('modify-instance', {
      activate: [{ elementId: 'b', variables: [{ variables: { x: 1 }, scopeId: 'u' }, { variables: { y: 2 } }] }],
      terminate: [{ elementId: 'a' }],
    });
    expect(story.active()).toEqual(['b', 'u']);
    expect(story.variables()).toEqual({ y: 2 });
    story.completeTask('b');
    expect(story.active()).toEqual(['z']);
  });

  test('[OP1] it can go into a scope that is not active, and move out of one', async () => {
    const story = (await given(nested)).start();
    story.when('modify-instance', { move: [{ source: { elementId: 'a' }, targetElementId: 'z' }] });
    expect(story.active()).toEqual(['z']);
    story.when('modify-instance', { move: [{ source: { elementId: 'z' }, targetElementId: 'b' }] });
    expect(story.active()).toEqual(['b', 'u']);
  });

  test('[OP2] what cannot be is refused, and nothing happens', async () => {
    const story = (await given(nested)).start();
    expect(story.rejected('modify-instance', { activate: [{ elementId: 'nope' }] })).toMatchObject({ kind: 'INVALID_ARGUMENT' });
    expect(story.rejected('modify-instance', { activate: [{ elementId: 'us' }] })).toMatchObject({ kind: 'INVALID_ARGUMENT' });
    expect(story.rejected('modify-instance', { terminate: [{ elementId: 'b' }] })).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[OP3] terminating the last token ends the instance', async () => {
    const story = (await given(diagram(start('s'), userTask('a'), path('s a'))))
      .start()
      .when('modify-instance', { terminate: [{ elementId: 'a' }] });
    expect(story.status).toBe('terminated');
  });

  test('[OP4] an instance can start anywhere', async () => {
    const story = (await given(nested)).start({ v: 1 }, { startInstructions: [{ elementId: 'b' }] });
    expect(story.active()).toEqual(['b', 'u']);
    expect(story.variables()).toEqual({ v: 1 });
    await expect(async () => (await given(nested)).start({}, { startInstructions: [{ elementId: 'nope' }] })).rejects.toThrow(
      'INVALID_ARGUMENT',
    );
  });

  test('[OP5] migration goes on in the other version', async () => {
    const story = (await given(diagram(start('s'), userTask('a'), userTask('b'), path('s a b')))).start();
    const process = await compiled(diagram(start('s'), userTask('a2'), userTask('c'), path('s a2 c')));
    const world = { ...story.world, target: { process, processKey: '2', processVersion: 2 } };
    expect(story.rejected('migrate-instance', { targetProcessKey: '2', mapping: [] }, world)).toMatchObject({
      kind: 'INVALID_STATE',
      reason: expect.stringContaining("'a'"),
    });
    story.when('migrate-instance', { targetProcessKey: '2', mapping: [{ sourceElementId: 'a', targetElementId: 'a2' }] }, world);
    expect(story.state).toMatchObject({ processKey: '2', processVersion: 2 });
    const moved = { ...story.world, process, processKey: '2', processVersion: 2 };
    story.when('complete-user-task', { n: story.task('a2'), variables: {} }, moved);
    expect(story.active()).toEqual(['c']);
  });

  test('[OP6] a suspended instance takes no result until it is resumed', async () => {
    const story = (await given(diagram(start('s'), userTask('a'), end('e'), path('s a e')))).start().when('suspend-instance', {});
    expect(story.rejected('complete-user-task', { n: story.task('a'), variables: {} })).toMatchObject({ kind: 'INVALID_STATE' });
    story
      .when('set-variables', { n: 0, variables: { x: 1 } })
      .when('resume-instance', {})
      .completeTask('a');
    expect(story.status).toBe('completed');
  });

  test('[OP7] a business id is given once', async () => {
    const story = (await given(diagram(start('s'), userTask('a'), path('s a')))).start().when('assign-business-id', { businessId: 'B-1' });
    expect(story.rejected('assign-business-id', { businessId: 'B-2' })).toMatchObject({ kind: 'INVALID_STATE' });
  });

  test('[I1] an incident that is resolved or unknown cannot be resolved', async () => {
    const story = (await given(diagram(start('s'), script('x', 'r', '=nope'), end('e'), path('s x e')))).start();
    const { n } = story.incident();
    story.when('set-variables', { n: 0, variables: { nope: 1 } }).when('resolve-incident', { n });
    expect(story.status).toBe('completed');
    const other = (await given(diagram(start('s'), userTask('a'), path('s a')))).start();
    expect(other.rejected('resolve-incident', { n: 99 })).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[I2] an incident ends with its element', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          sub('u', start('us'), script('x', 'r', '=nope'), path('us x')),
          boundary('b', 'u', timer('timeDuration', 'PT1H')),
          end('e'),
          path('s u'),
          path('b e'),
        ),
      )
    ).start();
    expect(story.fire('b').of('incident-resolved')).toHaveLength(1);
    expect(story.status).toBe('completed');
  });

  test('[L7] an error inside a run ends all runs', async () => {
    const story = (
      await given(
        diagram(
          error('NO'),
          start('s'),
          job('j', [], multiInstance({ inputCollection: '=[1,2]' })),
          boundary('b', 'j', onError()),
          userTask('a'),
          path('s j'),
          path('b a'),
        ),
      )
    )
      .start()
      .throwError('j', 'X');
    expect(story.active()).toEqual(['a']);
  });

  test('[E4] catch events in parallel branches wait side by side', async () => {
    const story = (
      await given(
        diagram(
          message('m'),
          start('s'),
          gateway('parallel', 'f'),
          catching('c', onMessage('m')),
          catching('d', onMessage('m')),
          path('s f c'),
          path('f d'),
        ),
      )
    )
      .start({ key: 1 })
      .message('m');
    expect(story.active()).toEqual(['d']);
  });
});
