import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  eventSub,
  ext,
  flow,
  gateway,
  job,
  mapping,
  message,
  multiInstance,
  onMessage,
  path,
  start,
  sub,
  throwing,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { compiled, given } from '../support/given.ts';
import type { Story } from '../support/given.ts';
import { visibleVariables } from '../../engine/index.ts';
import type { InstanceState, Rejection } from '../../engine/index.ts';

type Pairs = Readonly<Record<string, string>>;

function plan(pairs: Pairs) {
  return Object.entries(pairs).map(([sourceElementId, targetElementId]) => ({ sourceElementId, targetElementId }));
}

/** Migrates; afterwards the story's own world is the target's. */
async function migrate(story: Story, xml: string, pairs: Pairs = {}): Promise<Story> {
  const target = { process: await compiled(xml), processKey: '2', processVersion: 2 };
  story.when('migrate-instance', { targetProcessKey: '2', mapping: plan(pairs) }, { ...story.world, target });
  Object.assign(story, { world: { ...story.world, ...target } });
  return story;
}

async function refused(story: Story, xml: string, pairs: Pairs = {}): Promise<Rejection | undefined> {
  const target = { process: await compiled(xml), processKey: '2', processVersion: 2 };
  return story.rejected('migrate-instance', { targetProcessKey: '2', mapping: plan(pairs) }, { ...story.world, target });
}

const because = (text: string, kind = 'INVALID_STATE') => ({ kind, reason: expect.stringContaining(text) });
const seenBy = (story: Story, id: string) => visibleVariables(story.state as InstanceState, story.instance(id));

describe('migration into another nesting', () => {
  const flat = diagram(start('s'), userTask('a'), userTask('z'), end('e'), path('s a z e'));
  const nested = (...more: readonly string[]) =>
    diagram(
      start('s'),
      sub('u', start('us'), userTask('a'), end('ue'), path('us a ue'), ...more),
      userTask('z'),
      end('e'),
      path('s u z e'),
    );

  test('[OP9] a sub-process that is new around an element is made for it', async () => {
    const story = await migrate((await given(flat)).start({ v: 1 }), nested());
    expect(story.active()).toEqual(['a', 'u']);
    story.completeTask('a', { w: 2 });
    expect(story.active()).toEqual(['z']);
    expect(story.variables()).toEqual({ v: 1, w: 2 });
    expect(story.completeTask('z').status).toBe('completed');
  });

  test('[OP9] its mappings, boundary events and event sub-processes begin with it, its start event does not', async () => {
    const target = diagram(
      message('m'),
      message('n'),
      start('s'),
      el('subProcess', 'u', [
        ext(mapping({ inner: '=v + 1' })),
        start('us'),
        userTask('a'),
        userTask('never'),
        path('us never'),
        eventSub('h', start('hs', onMessage('n')), userTask('handled'), path('hs handled')),
      ]),
      boundary('b', 'u', onMessage('m')),
      userTask('z'),
      path('s u z'),
      flow('b', 'z'),
    );
    const story = await migrate((await given(flat)).start({ v: 1, key: 1 }), target);
    expect(story.active()).toEqual(['a', 'u']);
    expect(seenBy(story, 'a')).toMatchObject({ inner: 2 });
    expect(story.message('n').active()).toEqual(['h', 'handled', 'u']);
    expect((await migrate((await given(flat)).start({ v: 1, key: 1 }), target)).message('m').active()).toEqual(['z']);
  });

  test('[OP9] several elements share the new sub-process, levels are made as needed', async () => {
    const parallel = (inner: string) =>
      diagram(
        start('s'),
        gateway('parallel', 'g'),
        ...(inner === '' ? [userTask('a'), userTask('b'), path('s g a'), flow('g', 'b')] : [inner]),
      );
    const deep = sub(
      'u',
      start('us'),
      sub('v', start('vs'), gateway('parallel', 'k'), userTask('a'), userTask('b'), path('vs k a'), flow('k', 'b')),
      path('us v'),
    );
    const story = await migrate((await given(parallel(''))).start(), parallel(deep + path('s g u')));
    expect(story.active()).toEqual(['a', 'b', 'u', 'v']);
    expect(story.completeTask('a').completeTask('b').status).toBe('completed');
  });

  test('[OP9] an element goes into a sub-process that is active already', async () => {
    const both = (inside: boolean) => {
      const u = sub('u', start('us'), userTask('a'), path('us a'), ...(inside ? [userTask('b')] : []));
      return diagram(start('s'), gateway('parallel', 'g'), u, ...(inside ? [] : [userTask('b'), flow('g', 'b')]), path('s g u'));
    };
    const story = await migrate((await given(both(false))).start(), both(true));
    expect(story.active()).toEqual(['a', 'b', 'u']);
    expect(story.state?.elements.get(story.instance('b'))?.scope).toBe(story.instance('u'));
  });

  test('[OP10] a sub-process that is gone is dissolved: what is in it goes on around it, with its variables', async () => {
    const source = diagram(
      message('m'),
      start('s'),
      el('subProcess', 'u', [ext(mapping({ local: '=7' })), start('us'), userTask('a'), path('us a')]),
      boundary('b', 'u', onMessage('m')),
      userTask('z'),
      path('s u z'),
      flow('b', 'z'),
    );
    const story = await migrate((await given(source)).start({ key: 1 }), flat);
    expect(story.active()).toEqual(['a']);
    expect(story.terminated()).toEqual(['u']);
    expect(story.state?.subscriptions.size).toBe(0);
    expect(seenBy(story, 'a')).toEqual({ key: 1, local: 7 });
    expect(story.completeTask('a').active()).toEqual(['z']);
  });

  test('[OP10] what has completed in it can still be undone', async () => {
    const undo = [
      boundary('ub', 'a', '<bpmn:compensateEventDefinition />'),
      el('serviceTask', 'undo', ext(zeebe('taskDefinition', { type: 'undo' })), { isForCompensation: true }),
      '<bpmn:association id="as" sourceRef="ub" targetRef="undo" />',
    ];
    const tail = [throwing('t', '<bpmn:compensateEventDefinition />'), end('e')];
    const source = diagram(start('s'), sub('u', start('us'), job('a'), ...undo, userTask('w'), path('us a w')), ...tail, path('s u t e'));
    const target = diagram(start('s'), job('a'), ...undo, userTask('w'), ...tail, path('s a w t e'));
    const story = await migrate((await given(source)).start().completeJob('a', { seat: 1 }), target);
    expect(story.completeTask('w').active()).toEqual(['t', 'undo']);
    expect(story.completeJob('undo').status).toBe('completed');
  });

  test('[OP10] a variable that would overwrite another, and a sub-process with nothing in it, keep it', async () => {
    const source = diagram(
      start('s'),
      el('subProcess', 'u', [ext(mapping({ v: '=2' })), start('us'), userTask('a'), path('us a')]),
      path('s u'),
    );
    expect(await refused((await given(source)).start({ v: 1 }), flat)).toMatchObject(because("its variable 'v'"));
    expect((await migrate((await given(source)).start({ v: 2 }), flat)).active()).toEqual(['a']);
    const listener = zeebe('executionListeners', {}, zeebe('executionListener', { eventType: 'start', type: 'l' }));
    const waiting = diagram(start('s'), el('subProcess', 'u', [ext(listener), start('us'), userTask('a'), path('us a')]), path('s u'));
    expect(await refused((await given(waiting)).start(), flat)).toMatchObject(because('nothing is in it yet'));
  });

  test('[OP10] levels may change places', async () => {
    const levels = (outer: string, inner: string) =>
      diagram(
        start('s'),
        sub(outer, start('os'), sub(inner, start('is'), userTask('a'), path('is a')), path(`os ${inner}`)),
        path(`s ${outer}`),
      );
    const story = await migrate((await given(levels('u', 'v'))).start(), levels('v', 'u'));
    const scope = (id: string) => story.state?.elements.get(story.instance(id))?.scope;
    expect([scope('a'), scope('u'), scope('v')]).toEqual([story.instance('u'), story.instance('v'), 0]);
    expect(story.completeTask('a').status).toBe('completed');
  });

  test('[OP11] where no scope can be made or left, the reason names it', async () => {
    const repeated = diagram(
      start('s'),
      sub('u', start('us'), userTask('a'), path('us a'), multiInstance({ inputCollection: '=[1]' })),
      path('s u'),
    );
    expect(await refused((await given(flat)).start(), repeated)).toMatchObject(because("it would be in the repeated sub-process 'u'"));
    expect(await refused((await given(repeated)).start(), flat)).toMatchObject(because('it is repeated'));
    const handler = diagram(
      message('m'),
      start('s'),
      userTask('y'),
      eventSub('h', start('hs', onMessage('m')), userTask('a'), path('hs a')),
      path('s y'),
    );
    expect(await refused((await given(flat)).start({ key: 1 }), handler)).toMatchObject(
      because("it would be in the event-sub-process 'h'"),
    );
  });

  test('[OP11] a scope that stays is not left empty', async () => {
    const out = diagram(start('s'), userTask('a'), sub('u', start('us'), userTask('b'), path('us b')), path('s a u'));
    expect(await refused((await given(nested())).start(), out)).toMatchObject(because('nothing would be left in it'));
  });
});

describe('migration of repeated activities', () => {
  const each = (id: string, ...more: readonly string[]) =>
    diagram(
      start('s'),
      job(id, [], multiInstance({ inputCollection: '=[1,2,3]', inputElement: 'i', outputCollection: 'out', outputElement: '=r' })),
      ...more,
      path(`s ${id} z`),
      userTask('z'),
    );
  test('[OP12] the whole goes on where it was, with its results so far', async () => {
    const story = await migrate((await given(each('a'))).start().completeJob('a', { r: 'x' }), each('b'), { a: 'b' });
    story.completeJob('b', { r: 'y' }).completeJob('b', { r: 'z' });
    expect(story.active()).toEqual(['z']);
    expect(story.variables()).toMatchObject({ out: ['x', 'y', 'z'] });
  });

  test('[OP12] what is in a repeated sub-process keeps its run; a new level is made in each', async () => {
    const body = (inner: string, first: string) =>
      diagram(
        start('s'),
        sub('u', start('us'), inner, path(`us ${first}`), multiInstance({ inputCollection: '=[1,2]', inputElement: 'i' })),
        end('e'),
        path('s u e'),
      );
    const story = await migrate(
      (await given(body(userTask('a'), 'a'))).start(),
      body(sub('v', start('vs'), userTask('a'), path('vs a')), 'v'),
    );
    expect(story.active()).toEqual(['a', 'a', 'u', 'u', 'v', 'v']);
    expect(story.completeTask('a').completeTask('a').status).toBe('completed');
  });

  test('[OP11] another loop marker is refused', async () => {
    const sequential = diagram(start('s'), job('a', [], multiInstance({ inputCollection: '=[1]' }, { sequential: true })), path('s a'));
    expect(await refused((await given(each('a'))).start(), sequential)).toMatchObject(because('its loop marker differs'));
  });
});

describe('migration of tokens that wait at joins', () => {
  const fork = (kind: 'parallel' | 'inclusive', [a, b]: readonly [string, string], join: string, ids?: (text: string) => string) =>
    (ids ?? String)(
      diagram(
        start('s'),
        gateway('parallel', 'f'),
        userTask(a),
        userTask(b),
        gateway(kind, join),
        userTask('z'),
        path(`s f ${a} ${join} z`),
        path(`f ${b} ${join}`),
      ),
    );

  test.each(['parallel', 'inclusive'] as const)('[OP13] at a %s gateway they find the flow from the same element', async (kind) => {
    const story = (await given(fork(kind, ['a', 'b'], 'j'))).start().completeTask('a');
    await migrate(story, fork(kind, ['a2', 'b2'], 'j2'), { a: 'a2', b: 'b2', j: 'j2' });
    expect(story.active()).toEqual(['b2']);
    expect(story.completeTask('b2').active()).toEqual(['z']);
  });

  test('[OP13] or the flow that the mapping names, or the one of the same id', async () => {
    const target = diagram(
      start('s'),
      gateway('parallel', 'f'),
      userTask('a'),
      userTask('c'),
      userTask('b'),
      gateway('parallel', 'j'),
      userTask('z'),
      path('s f a c j z'),
      path('f b j'),
    );
    const story = (await given(fork('parallel', ['a', 'b'], 'j'))).start().completeTask('a');
    expect(await refused(story, target)).toMatchObject(because("no flow leads from 'a' to 'j'"));
    await migrate(story, target, { 'a-j': 'c-j' });
    expect(story.completeTask('b').active()).toEqual(['z']);
  });

  test('[OP13] a join that needs no more goes on at once', async () => {
    const target = diagram(
      start('s'),
      gateway('parallel', 'f'),
      userTask('a'),
      userTask('b'),
      gateway('parallel', 'j'),
      userTask('z'),
      path('s f a j z'),
      path('f b'),
    );
    const story = await migrate((await given(fork('parallel', ['a', 'b'], 'j'))).start().completeTask('a'), target);
    expect(story.active()).toEqual(['b', 'z']);
    const held = (await given(fork('parallel', ['a', 'b'], 'j'))).start().completeTask('a').when('suspend-instance', {});
    expect(await refused(held, target)).toMatchObject(because('resume it first'));
  });

  test('[OP13] they follow their gateway into a new sub-process and out of one', async () => {
    const inner = [gateway('parallel', 'f'), userTask('a'), userTask('b'), gateway('parallel', 'j'), path('f a j'), path('f b j')];
    const outside = diagram(start('s'), ...inner, userTask('z'), path('s f'), path('j z'));
    const inside = diagram(start('s'), sub('u', start('us'), ...inner, path('us f')), userTask('z'), path('s u z'));
    const into = await migrate((await given(outside)).start().completeTask('a'), inside);
    expect(into.completeTask('b').active()).toEqual(['z']);
    const out = await migrate((await given(inside)).start().completeTask('a'), outside);
    expect(out.completeTask('b').active()).toEqual(['z']);
  });

  test('[OP13] a gateway of another kind, or none, is refused by name', async () => {
    const story = (await given(fork('parallel', ['a', 'b'], 'j'))).start().completeTask('a');
    expect(await refused(story, fork('inclusive', ['a', 'b'], 'j'))).toMatchObject(because("no parallel-gateway 'j'"));
    expect(await refused(story, diagram(start('s'), userTask('b'), path('s b')))).toMatchObject(because("waits at 'j' on flow 'a-j'"));
  });
});

describe('migration of waits', () => {
  const waiting = (...more: readonly string[]) =>
    diagram(message('m'), message('n'), start('s'), userTask('a'), userTask('z'), path('s a'), ...more);
  const on = (id: string, inner: string) => [boundary(id, 'a', inner, false), flow(id, 'z')];

  test('[OP14] a wait whose event is there stays as it is, under its new id', async () => {
    const story = (await given(waiting(...on('b', timer('timeDuration', 'PT1H'))))).start();
    const { n, dueAt } = story.timer('b');
    await migrate(story, waiting(...on('c', timer('timeDuration', 'PT9H'))), { b: 'c' });
    expect(story.timer('c')).toMatchObject({ n, dueAt });
    expect(story.fire('c').active()).toEqual(['a', 'z']);
  });

  test('[OP14] one whose event is gone or waits for something else ends; a new event is waited for', async () => {
    const story = (await given(waiting(...on('b', timer('timeDuration', 'PT1H')), ...on('c', onMessage('m'))))).start({ key: 1 });
    await migrate(story, waiting(...on('b', onMessage('n'))));
    expect(story.state?.timers.size).toBe(0);
    expect([...(story.state?.subscriptions.values() ?? [])].map(({ name }) => name)).toEqual(['n']);
    expect(story.message('n').active()).toEqual(['a', 'z']);
  });

  test('[OP14] an event that has happened already does not happen again', async () => {
    const xml = waiting(...on('b', timer('timeDuration', 'PT1H')));
    const story = await migrate((await given(xml)).start().fire('b'), xml);
    expect(story.state?.timers.size).toBe(0);
  });

  test('[OP14] a new wait that cannot be opened is an incident', async () => {
    const story = await migrate((await given(waiting())).start(), waiting(...on('b', onMessage('m'))));
    expect(story.incident()).toMatchObject({ message: expect.stringContaining("'key'") });
    story.when('set-variables', { n: 0, variables: { key: 1 } }).when('resolve-incident', { n: story.incident().n });
    expect(story.message('m').active()).toEqual(['a', 'z']);
  });

  test('[OP11] an element that waits for something else is refused', async () => {
    const catches = (inner: string) => diagram(message('m'), start('s'), catching('c', inner), path('s c'));
    const story = (await given(catches(onMessage('m')))).start({ key: 1 });
    expect(await refused(story, catches(timer('timeDuration', 'PT1H')))).toMatchObject(because('it waits for something else'));
  });

  test('[OP11] a mapping that names what is not there, or a source twice, is refused', async () => {
    const story = (await given(waiting())).start();
    expect(await refused(story, waiting(), { nope: 'a' })).toMatchObject(because("'nope'", 'INVALID_ARGUMENT'));
    expect(await refused(story, waiting(), { a: 'nope' })).toMatchObject(because("'nope'", 'INVALID_ARGUMENT'));
  });
});
