/** Variants of BPMN elements that no other test tries by themselves; docs/coverage.md has a row for each. */
import { describe, expect, test } from '@jest/globals';
import { compile } from '../../engine/index.ts';
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
  message,
  multiInstance,
  onCondition,
  onEscalation,
  onMessage,
  onSignal,
  path,
  signal,
  start,
  sub,
  throwing,
  timer,
  undoneBy,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';

const roots = [message('m'), signal('g'), error('E'), escalation('K')];

describe('what passes and what sends', () => {
  test.each([
    ['a manual task', el('manualTask', 'x')],
    ['an undefined task', el('task', 'x')],
    ['a none intermediate throw event', throwing('x', '')],
  ])('[T8] %s passes', async (_what, part) => {
    const story = (await given(diagram(start('s'), part, end('e'), path('s x e')))).start();
    expect([story.completed(), story.status]).toEqual([['s', 'x', 'e'], 'completed']);
  });

  test('[M3] a send task is a job', async () => {
    const send = el('sendTask', 'x', ext(zeebe('taskDefinition', { type: 'mail' })));
    const story = (await given(diagram(start('s'), send, end('e'), path('s x e')))).start();
    expect(story.of('job-created')).toMatchObject([{ jobType: 'mail' }]);
    expect(story.completeJob('x').status).toBe('completed');
  });

  test('[M1] a receive task waits for its message', async () => {
    const receive = el('receiveTask', 'x', '', { messageRef: 'm-m' });
    const story = (await given(diagram(...roots, start('s'), receive, end('e'), path('s x e')))).start({ key: 1 });
    expect(story.active()).toEqual(['x']);
    expect(story.message('m', { v: 1 }).variables()).toMatchObject({ v: 1 });
    expect(story.status).toBe('completed');
  });

  test.each(['intermediateThrowEvent', 'endEvent'])('[K1] an escalation of an %s is caught', async (type) => {
    const host = sub('u', start('us'), el(type, 't', onEscalation('K')), path('us t'));
    const parts = [start('s'), host, boundary('b', 'u', onEscalation('K')), userTask('after'), path('s u'), path('b after')];
    expect((await given(diagram(...roots, ...parts))).start().active()).toEqual(['after']);
  });

  test.each(['intermediateThrowEvent', 'endEvent'])('[Q1] compensation by an %s', async (type) => {
    const undo = el(type, 't', '<bpmn:compensateEventDefinition waitForCompletion="true" />');
    const story = (await given(diagram(start('s'), job('a'), undoneBy('a', 'undo'), undo, path('s a t')))).start().completeJob('a');
    expect(story.active()).toEqual(['t', 'undo']);
    expect(story.completeJob('undo').status).toBe('completed');
  });
});

describe('multiple events where something goes on', () => {
  const both = onMessage('m') + onSignal('g');
  const places = {
    'a boundary event': (values: object) =>
      diagram(...roots, start('s'), userTask('a'), el('boundaryEvent', 'x', both, { attachedToRef: 'a', ...values }), userTask('after'), path('s a'), path('x after')), // prettier-ignore
    'an event sub-process': (values: object) =>
      diagram(...roots, start('s'), userTask('a'), path('s a'), eventSub('h', start('x', both, values), userTask('after'), path('x after'))), // prettier-ignore
  };
  test.each(Object.entries(places))('[H2] %s goes on with the first of its events', async (_what, xml) => {
    const story = (await given(xml({}))).start({ key: 1 }).signal('g');
    expect([story.active().includes('after'), story.active().includes('a')]).toEqual([true, false]);
  });

  test.each(Object.entries(places))('[H3] %s that is parallel needs all of them', async (_what, xml) => {
    const story = (await given(xml({ parallelMultiple: true }))).start({ key: 1 }).signal('g');
    expect(story.active()).toEqual(['a']);
    expect(story.message('m').active()).toContain('after');
  });
});

describe('conditions and repetitions', () => {
  test.each([
    ['create', [true, false]],
    ['update', [false, true]],
    ['create, update', [true, true]],
  ])('[O3] a filter for %s counts these changes only', async (variableEvents, [created, updated]) => {
    const on = boundary('b', 'a', onCondition('=x > 0', { variableNames: 'x', variableEvents }), false);
    const story = (await given(diagram(start('s'), userTask('a'), on, userTask('after'), path('s a'), path('b after')))).start();
    const fires = (x: number): boolean => {
      const before = story.active().length;
      return story.when('set-variables', { n: 0, variables: { x } }).active().length > before;
    };
    expect([fires(1), fires(2)]).toEqual([created, updated]);
  });

  test.each([
    ['a user task', userTask('x'), 'x'],
    ['a receive task', el('receiveTask', 'x', '', { messageRef: 'm-m' }), 'x'],
    ['a sub-process', sub('x', start('xs'), userTask('in'), path('xs in')), 'in'],
    ['a call activity', el('callActivity', 'x', ext(zeebe('calledElement', { processId: 'other' }))), 'x'],
    ['a manual task', el('manualTask', 'x'), ''],
  ])('[L1] %s is repeated, one run per item', async (_what, part, waits) => {
    const repeated = part.replace(/<\/bpmn:(\w+)>$/, `${multiInstance({ inputCollection: '=[1, 2, 3]', inputElement: 'i' })}</bpmn:$1>`);
    const library = { process: () => ({ key: '7' }) };
    const story = (await given(diagram(...roots, start('s'), repeated, path('s x')), library)).start({ key: 1 });
    expect(story.of('element-activated').filter(({ element }) => element === 'x')).toHaveLength(4);
    expect(story.active().filter((id) => id === waits)).toHaveLength(waits === '' ? 0 : 3);
  });

  test.each(['exclusive', 'inclusive'] as const)('[X1] the default flow of an %s gateway', async (kind) => {
    const parts = [start('s'), gateway(kind, 'g', { default: 'g-b' }), userTask('a'), userTask('b'), path('s g b'), flow('g', 'a', '=yes')];
    expect((await given(diagram(...parts))).start({ yes: false }).active()).toEqual(['b']);
    expect((await given(diagram(...parts))).start({ yes: true }).active()).toEqual(['a']);
  });
});

describe('what is only drawn', () => {
  const drawn = [
    '<bpmn:dataObject id="do" /><bpmn:dataObjectReference id="dr" dataObjectRef="do" />',
    '<bpmn:dataStoreReference id="ds" />',
    '<bpmn:group id="gr" />',
    '<bpmn:textAnnotation id="ta"><bpmn:text>note</bpmn:text></bpmn:textAnnotation><bpmn:association id="as" sourceRef="a" targetRef="ta" />',
  ];
  const flowed =
    '<bpmn:collaboration id="co"><bpmn:participant id="p1" processRef="p" /><bpmn:participant id="p2" /><bpmn:messageFlow id="mf" sourceRef="a" targetRef="p2" /></bpmn:collaboration>';
  test.each([
    ['a data object', drawn[0]],
    ['a data store', drawn[1]],
    ['a group', drawn[2]],
    ['an annotation', drawn[3]],
    ['a message flow', flowed],
  ])('[Z6] %s is drawn and without effect', async (_what, part = '') => {
    const xml = diagram(start('s'), userTask('a'), end('e'), part, path('s a e'));
    expect((await compile(xml)).problems).toEqual([]);
    expect((await given(xml)).start().completeTask('a').completed()).toEqual(['s', 'a', 'e']);
  });
});

describe('timers where they may stand', () => {
  test.each([
    ['a cycle with its number', 'R2/PT1H', 2],
    ['a cron expression', '0 0 9 * * *', 3],
  ])('[W2] %s in an event sub-process repeats', async (_what, body, times) => {
    const repeats = eventSub('h', start('x', timer('timeCycle', body), { isInterrupting: false }), userTask('after'), path('x after'));
    const story = (await given(diagram(start('s'), userTask('a'), path('s a'), repeats))).start();
    for (let at = 0; at < times; at++) story.fire('x');
    expect(story.active().filter((id) => id === 'after')).toHaveLength(times);
  });

  test('[E1] a condition or a signal may be first behind an event-based gateway', async () => {
    const parts = [start('s'), gateway('eventBased', 'gw'), catching('c', onCondition('=x > 0')), catching('d', onSignal('g'))];
    const xml = diagram(...roots, ...parts, userTask('a'), userTask('b'), path('s gw c a'), path('gw d b'));
    expect((await given(xml)).start().signal('g').active()).toEqual(['b']);
    expect(
      (await given(xml))
        .start()
        .when('set-variables', { n: 0, variables: { x: 1 } })
        .active(),
    ).toEqual(['a']);
  });
});
