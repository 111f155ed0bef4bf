/** Faults that random runs have found, each as the smallest diagram that shows it. */
import { describe, expect, test } from '@jest/globals';
import { decide, parse, serialize } from '../../engine/index.ts';
import type { Command, Decision, InstanceState } from '../../engine/index.ts';
import { MAX_LOCAL } from '../../engine/keys.ts';
import {
  boundary,
  diagram,
  el,
  end,
  error,
  ext,
  flow,
  gateway,
  job,
  path,
  script,
  start,
  sub,
  throwing,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';
import type { Story } from '../support/given.ts';

const HALF_JOINED = diagram(
  start('s'),
  gateway('exclusive', 'x', { default: 'x-a' }),
  job('a'),
  job('b'),
  gateway('parallel', 'join'),
  end('e'),
  path('s x a join e'),
  flow('x', 'b', '=false'),
  flow('b', 'join'),
);

describe('deadlocks', () => {
  test('[T10] tokens that wait at a join that nothing can reach any more are an incident at that join', async () => {
    const story = (await given(HALF_JOINED)).start();
    story.completeJob('a');
    expect(story.status).toBe('active');
    expect(story.incident()).toMatchObject({ element: 'join', el: 0, kind: 'UNKNOWN' });
    expect(story.incident().message).toContain("'b-join'");
  });

  test('[T10] as long as something else moves in the scope there is none', async () => {
    const story = (
      await given(diagram(start('s'), job('a'), job('b'), gateway('parallel', 'join'), path('s a join'), path('s b join')))
    ).start();
    story.completeJob('a');
    expect(story.of('incident-raised')).toEqual([]);
    story.completeJob('b');
    expect(story.status).toBe('completed');
  });

  test('[T10] resolving looks again; a token that an operator brings ends it', async () => {
    const story = (await given(HALF_JOINED)).start();
    story.completeJob('a');
    story.when('resolve-incident', { n: story.incident().n });
    expect(story.state?.incidents.size).toBe(1);
    story.when('modify-instance', { activate: [{ elementId: 'b' }] });
    expect(story.state?.incidents.size).toBe(0);
    story.completeJob('b');
    expect(story.status).toBe('completed');
  });

  test('[T10] it is named even when the command that brought it about is not at its end', async () => {
    const inner = [start('is'), gateway('exclusive', 'x', { default: 'x-join' }), job('a'), gateway('parallel', 'join'), end('ie')];
    const stuck = sub('u', ...inner, path('is x join ie'), flow('x', 'a', '=false'), flow('a', 'join'));
    const tasks = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const long = [...tasks.map((id) => el('task', id)), path(`s ${tasks.join(' ')} z`)];
    const story = await given(diagram(start('s'), stuck, ...long, userTask('z'), path('s u')));
    story.world = { ...story.world, slice: { steps: 20, feel: 1_000_000, bytes: 1_000_000 } };
    story.start();
    expect(story.state?.paused).toBeDefined();
    while (story.state?.paused) story.when('continue-instance', {});
    expect(story.active()).toContain('z');
    expect(story.of('incident-raised').map(({ element }) => element)).toEqual(['join']);
  });

  test('[T10] in a sub-process it ends with it', async () => {
    const inner = [start('is'), job('a'), gateway('exclusive', 'x', { default: 'x-join' }), end('other'), gateway('parallel', 'join')];
    const flows = [path('is a x join'), flow('x', 'other', '=false'), flow('other-way', 'join')];
    const story = (
      await given(
        diagram(
          start('s'),
          sub('u', ...inner, job('other-way'), ...flows),
          boundary('late', 'u', timer('timeDuration', 'PT1H')),
          end('e'),
          path('s u e'),
          flow('late', 'e'),
        ),
      )
    ).start();
    story.completeJob('a');
    expect(story.incident()).toMatchObject({ element: 'join' });
    story.fire('late');
    expect(story.status).toBe('completed');
  });
});

describe('limits', () => {
  test('[T6] a scope in which nothing moves any more is judged even when another one hits the limit', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          gateway('parallel', 'fork'),
          sub(
            'joins',
            start('js'),
            gateway('inclusive', 'split', { default: 'split-one' }),
            gateway('inclusive', 'join'),
            job('after'),
            path('js split'),
            gateway('exclusive', 'one'),
            gateway('exclusive', 'two'),
            flow('split', 'one'),
            flow('split', 'two', '=false'),
            path('one join'),
            path('two join'),
            path('join after'),
          ),
          sub('loops', start('ls'), script('again', 'i', '=1'), path('ls again'), gateway('exclusive', 'g'), path('again g again')),
          path('s fork joins'),
          path('fork loops'),
        ),
      )
    ).start();
    expect(story.incident()).toMatchObject({ kind: 'UNKNOWN', el: 0 });
    story.when('resolve-incident', { n: story.incident().n });
    expect(story.active()).toContain('after');
  });

  test('[T6] tokens that multiply without end stop in one incident that keeps them all', async () => {
    const doubling = [
      gateway('exclusive', 'g'),
      gateway('parallel', 'fork'),
      path('s g fork g'),
      script('again', 'i', '=1'),
      path('fork again g'),
    ];
    const story = (await given(diagram(start('s'), ...doubling))).start();
    expect(story.of('incident-raised')).toHaveLength(1);
  });

  test('[T6] a fan of thousands of flows in a loop stops before it fills the memory', async () => {
    const ways = Array.from({ length: 2000 }, (_, index) => `w${index}`);
    const fan = ways.map((way) => gateway('exclusive', way) + path(`fork ${way} g`)).join('');
    const story = (await given(diagram(start('s'), gateway('exclusive', 'g'), gateway('parallel', 'fork'), path('s g fork'), fan))).start();
    expect(story.of('incident-raised')).toHaveLength(1);
    expect(story.of('element-activated').length).toBeLessThan(110_000);
    story.when('cancel-instance', {});
    expect(story.status).toBe('terminated');
  });
});

describe('numbers', () => {
  test('[T12] an instance that has used up its numbers stops with an incident, and in the end takes only its cancellation', async () => {
    const story = (await given(diagram(start('s'), job('a'), script('b', 'i', '=1'), job('c'), path('s a b c')))).start();
    const jobs = (state: InstanceState): number => [...state.jobs.keys()][0] ?? -1;
    const after = (counter: number, command: object): Decision => {
      const state = parse(serialize(story.state!));
      state.counter = counter;
      return decide(story.world, state, { ...command, at: story.at, by: { id: 'tester' } } as Command);
    };
    const complete = { type: 'complete-job', n: jobs(story.state!), variables: {} };
    const late = after(MAX_LOCAL - 100_000, complete);
    const incident = late.ok ? late.events.find((event) => event.t === 'incident-raised') : undefined;
    expect(incident).toMatchObject({ kind: 'UNKNOWN', message: expect.stringContaining('numbers') });
    expect(after(MAX_LOCAL - 10, complete)).toMatchObject({ ok: false, kind: 'RESOURCE_EXHAUSTED' });
    expect(after(MAX_LOCAL - 10, { type: 'cancel-instance' })).toMatchObject({ ok: true });
  });
});

describe('jobs and their incidents', () => {
  test('[I2] an incident about a job ends with the job, even when the element goes on', async () => {
    const story = (await given(diagram(error('E'), start('s'), job('a'), path('s a')))).start();
    const n = story.job('a');
    story.when('fail-job', { n, retries: 0 }).when('update-job', { n, retries: 1 });
    story.throwError('a', 'nobody catches this');
    expect([...story.state!.incidents.values()].map(({ kind }) => kind)).toEqual(['UNHANDLED_ERROR_EVENT']);
  });
});

describe('ending while something is undone', () => {
  const undoing = async (): Promise<Story> => {
    const done = (id: string) =>
      job(id) +
      boundary(`c-${id}`, id, '<bpmn:compensateEventDefinition />') +
      el('serviceTask', `undo-${id}`, ext(zeebe('taskDefinition', { type: 'undo' })), { isForCompensation: true }) +
      el('association', `as-${id}`, '', { sourceRef: `c-${id}`, targetRef: `undo-${id}`, associationDirection: 'One' });
    const inside = [start('is'), done('a'), done('b'), throwing('t', '<bpmn:compensateEventDefinition />'), path('is a b t')];
    const late = boundary('late', 'u', timer('timeDuration', 'PT1H'));
    const story = (await given(diagram(start('s'), sub('u', ...inside), late, end('e'), path('s u e'), flow('late', 'e')))).start();
    story.completeJob('a').completeJob('b');
    expect(story.active()).toContain('undo-b');
    return story;
  };

  test('[T7] cancelling ends the handler that works and begins no further one', async () => {
    const story = (await undoing()).when('cancel-instance', {});
    expect(story.status).toBe('terminated');
    expect(story.of('element-activated').map(({ element }) => element)).not.toContain('undo-a');
  });

  test('[B4] so does an event that interrupts', async () => {
    const story = (await undoing()).fire('late');
    expect(story.status).toBe('completed');
    expect(story.of('element-activated').map(({ element }) => element)).not.toContain('undo-a');
  });

  test('[Q1] a handler that an operator ends is followed by the next', async () => {
    const story = await undoing();
    story.when('modify-instance', { terminate: [{ elementId: 'undo-b' }] });
    expect(story.active()).toContain('undo-a');
  });
});

describe('operators', () => {
  test('[OP2] the process itself cannot be moved', async () => {
    const story = (await given(diagram(start('s'), job('a'), path('s a')))).start();
    const move = [{ source: { n: 0 }, targetElementId: 'a', ancestor: 'inferred' as const }];
    expect(story.rejected('modify-instance', { move })).toMatchObject({ kind: 'INVALID_ARGUMENT' });
  });
});
