import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  diagram,
  end,
  ext,
  flow,
  job,
  mapping,
  multiInstance,
  path,
  script,
  start,
  sub,
  timer,
  userTask,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';
import type { Story } from '../support/given.ts';

describe('multi-instance and loops', () => {
  const values = { inputCollection: '=items', inputElement: 'item', outputCollection: 'results', outputElement: '=result' };
  test('[L1] parallel: one run per item, results by position', async () => {
    const story = (await given(diagram(start('s'), job('j', [], multiInstance(values)), end('e'), path('s j e')))).start({
      items: ['a', 'b', 'c'],
    });
    expect(story.of('job-created')).toHaveLength(3);
    expect(story.of('element-activated').filter((event) => event.element === 'j')).toMatchObject([
      { body: true },
      { loop: 1 },
      { loop: 2 },
      { loop: 3 },
    ]);
    const jobs = story
      .of('job-created')
      .map((event) => event.n)
      .reverse();
    for (const [index, n] of jobs.entries()) story.when('complete-job', { n, variables: { result: index } });
    expect(story.variables()['results']).toEqual([2, 1, 0]);
    expect(story.status).toBe('completed');
  });

  test('[L2] sequential: one after the other, over the items as they were', async () => {
    const story = (
      await given(diagram(start('s'), job('j', [], multiInstance(values, { sequential: true })), end('e'), path('s j e')))
    ).start({ items: [1, 2] });
    story.completeJob('j', { result: 10, items: [] });
    expect(story.of('job-created')).toHaveLength(2);
    story.completeJob('j', { result: 20 });
    expect(story.variables()['results']).toEqual([10, 20]);
  });

  test('[L3] no items: it completes at once with an empty result', async () => {
    for (const sequential of [true, false]) {
      const story = (await given(diagram(start('s'), job('j', [], multiInstance(values, { sequential })), end('e'), path('s j e')))).start({
        items: [],
      });
      expect(story.status).toBe('completed');
      expect(story.variables()['results']).toEqual([]);
    }
  });

  test('[L4] a cardinality instead of a collection', async () => {
    const story = (await given(diagram(start('s'), job('j', [], multiInstance({}, { cardinality: '=2 + 1' })), path('s j')))).start();
    expect(story.of('job-created')).toHaveLength(3);
  });

  test('[L5] the completion condition ends the rest', async () => {
    const story = (
      await given(
        diagram(start('s'), job('j', [], multiInstance(values, { until: '=numberOfCompletedInstances >= 2' })), end('e'), path('s j e')),
      )
    ).start({ items: [1, 2, 3] });
    story.completeJob('j', { result: 1 }).completeJob('j', { result: 2 });
    expect(story.status).toBe('completed');
    expect(story.terminated()).toEqual(['j']);
    expect(story.variables()['results']).toEqual([1, 2, null]);
  });

  test('[L6] a collection that is no list, or too long, is an incident', async () => {
    const xml = diagram(start('s'), job('j', [], multiInstance(values)), path('s j'));
    expect((await given(xml)).start({ items: 5 }).incident()).toMatchObject({
      kind: 'EXTRACT_VALUE_ERROR',
      message: expect.stringContaining('a list'),
    });
    expect((await given(xml)).start({ items: Array.from({ length: 20_001 }, () => 0) }).incident()).toMatchObject({
      message: expect.stringContaining('20000'),
    });
  });

  // the machine begins 250 runs at a time
  describe('many runs', () => {
    const loop = (until?: string) => multiInstance(values, until === undefined ? {} : { until });
    const doubling = (until?: string) => diagram(start('s'), script('j', 'result', '=item * 2', loop(until)), end('e'), path('s j e'));
    const waiting = diagram(start('s'), job('j', [], loop()), end('e'), path('s j e'));
    const list = (size: number) => ({ items: Array.from({ length: size }, (_, index) => index) });
    const runs = (story: Story) => story.of('element-activated').filter(({ loop }) => loop !== undefined);
    const SIZES = [249, 250, 251, 500, 501];

    test.each(SIZES)('[L1] %i runs that end at once all run, with their results in order', async (size) => {
      const story = (await given(doubling())).start(list(size));
      expect(runs(story).map(({ loop }) => loop)).toEqual(list(size).items.map((index) => index + 1));
      expect(story.status).toBe('completed');
      expect(story.variables()['results']).toEqual(list(size).items.map((index) => index * 2));
    });

    test.each([250, 251])('[L1] %i runs that wait all wait, and the last one ends the whole', async (size) => {
      const story = (await given(waiting)).start(list(size));
      expect(story.state!.jobs.size).toBe(size);
      for (const n of story.state!.jobs.keys()) story.when('complete-job', { n, variables: { result: n } });
      expect(story.status).toBe('completed');
      expect(story.variables()['results']).toHaveLength(size);
    });

    test.each([249, 250, 251, 499, 500, 501])('[L5] enough after %i of 501: no further ones begin', async (enough) => {
      const until = `=numberOfCompletedInstances >= ${enough}`;
      const story = (await given(doubling(until))).start(list(501));
      expect(story.status).toBe('completed');
      expect(story.terminated()).toHaveLength(runs(story).length - enough);
      expect(runs(story)).toHaveLength(enough <= 250 ? 500 : 501);
      expect((story.variables()['results'] as readonly unknown[]).filter((result) => result !== null)).toHaveLength(enough);
    });

    test('[L1] between two commits of one command those that have begun may end already', async () => {
      const story = await given(waiting);
      const slice = { steps: 20, feel: 1_000_000, bytes: 1_000_000 };
      story.world = { ...story.world, slice };
      story.start(list(251));
      expect(story.state!.paused).toBeDefined();
      while (story.state!.jobs.size === 0) story.when('continue-instance', {});
      const begun = [...story.state!.jobs.keys()];
      expect(begun.length).toBeLessThan(20);
      const barely = { ...story.world, slice: { ...slice, steps: 2 } };
      for (const n of begun) story.when('complete-job', { n, variables: { result: 1 } }, barely);
      expect(story.status).toBe('active');
      while (story.state!.paused) story.when('continue-instance', {});
      for (const n of story.state!.jobs.keys()) story.when('complete-job', { n, variables: { result: 2 } });
      while (story.state?.paused) story.when('continue-instance', {});
      expect(story.status).toBe('completed');
      expect(runs(story)).toHaveLength(251);
    });
  });

  test('[L7] a boundary event hangs on the whole', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          job('j', [], multiInstance(values)),
          boundary('b', 'j', timer('timeDuration', 'PT1H')),
          userTask('a'),
          path('s j'),
          path('b a'),
        ),
      )
    ).start({ items: [1, 2] });
    expect(story.of('timer-scheduled')).toHaveLength(1);
    expect(story.fire('b').active()).toEqual(['a']);
  });

  test('[L8] a standard loop repeats while its condition holds', async () => {
    const loop = (testBefore: boolean) =>
      `<bpmn:standardLoopCharacteristics testBefore="${testBefore}" loopMaximum="4"><bpmn:loopCondition>=more</bpmn:loopCondition></bpmn:standardLoopCharacteristics>`;
    const after = (await given(diagram(start('s'), job('j', [], loop(false)), end('e'), path('s j e')))).start({ more: false });
    expect(after.completeJob('j').status).toBe('completed');
    const before = (await given(diagram(start('s'), job('j', [], loop(true)), end('e'), path('s j e')))).start({ more: false });
    expect(before.status).toBe('completed');
    const many = (await given(diagram(start('s'), job('j', [], loop(true)), end('e'), path('s j e')))).start({ more: true });
    for (let i = 0; i < 4; i++) many.completeJob('j');
    expect(many.status).toBe('completed');
    expect(many.of('job-created')).toHaveLength(4);
  });

  test('[L9] a repeated sub-process has variables of its own in each run', async () => {
    const inner = sub(
      'u',
      start('us'),
      script('x', 'double', '=item * 2'),
      path('us x'),
      ext(mapping({ double: '=0' })),
      multiInstance({ ...values, outputElement: '=double' }),
    );
    const story = (await given(diagram(start('s'), inner, end('e'), path('s u e')))).start({ items: [1, 2, 3] });
    expect(story.variables()['results']).toEqual([2, 4, 6]);
    expect(story.variables()).not.toHaveProperty('double');
  });
});

describe('variables', () => {
  test('[V1] input mappings are local, and each sees those before it', async () => {
    const story = (await given(diagram(start('s'), job('j', [mapping({ x: '=a + 1', 'y.z': '=x * 2' })]), path('s j')))).start({ a: 1 });
    expect(story.of('variable-set').slice(1)).toMatchObject([
      { name: 'x', value: 2, scope: story.instance('j') },
      { name: 'y', value: { z: 4 } },
    ]);
  });

  test('[V2] without output mappings a result goes to where the variable is, else to the process', async () => {
    const story = (await given(diagram(start('s'), job('j', [mapping({ x: '=a' })]), end('e'), path('s j e'))))
      .start({ a: 1 })
      .completeJob('j', { x: 5, b: 6 });
    expect(story.variables()).toEqual({ a: 1, b: 6 });
  });

  test('[V3] with output mappings only what they map goes outwards; a path is put into what is there', async () => {
    const story = (await given(diagram(start('s'), job('j', [mapping({}, { 'a.n': '=r' })]), end('e'), path('s j e'))))
      .start({ a: { m: 1 } })
      .completeJob('j', { r: 2, other: 3 });
    expect(story.variables()).toEqual({ a: { m: 1, n: 2 } });
  });

  test('[V4] a missing variable in a mapping is an incident; resolving tries again', async () => {
    const story = (await given(diagram(start('s'), job('j', [mapping({ x: '=nope' })]), end('e'), path('s j e')))).start();
    expect(story.incident()).toMatchObject({ kind: 'IO_MAPPING_ERROR', message: expect.stringContaining("'nope'") });
    story.when('set-variables', { n: 0, variables: { nope: 1 } }).when('resolve-incident', { n: story.incident().n });
    expect(story.completeJob('j').status).toBe('completed');
  });

  test('[V5] an input whose source a template left empty is as if it were not there', async () => {
    expect((await given(diagram(start('s'), job('j', [mapping({ x: '' })]), path('s j')))).start().of('variable-set')).toEqual([]);
  });

  test('[V6] set-variables sets where the variable is, or exactly here', async () => {
    const story = (await given(diagram(start('s'), job('j', [mapping({ x: '=1' })]), path('s j')))).start({ a: 1 });
    const n = story.instance('j');
    story.when('set-variables', { n, variables: { x: 2, a: 2, b: 2 } }).when('set-variables', { n, variables: { a: 3 }, local: true });
    expect(story.variables()).toEqual({ a: 2, b: 2 });
    expect(story.rejected('set-variables', { n: 99, variables: {} })).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[V8] names such as __proto__ are names', async () => {
    const story = (await given(diagram(start('s'), userTask('a'), path('s a')))).start(
      JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}'),
    );
    expect(story.of('variable-set').map((event) => event.name)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('sub-processes', () => {
  test('[S1] it begins at its start event and ends when nothing moves inside', async () => {
    const story = (
      await given(
        diagram(start('s'), sub('u', start('us'), userTask('a'), userTask('b'), path('us a'), flow('us', 'b')), end('e'), path('s u e')),
      )
    )
      .start()
      .completeTask('a');
    expect(story.active()).toEqual(['b', 'u']);
    expect(story.completeTask('b').status).toBe('completed');
    expect(story.completed()).toContain('u');
  });
});
