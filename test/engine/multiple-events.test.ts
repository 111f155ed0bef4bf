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
  onCondition,
  onError,
  onEscalation,
  onMessage,
  onSignal,
  path,
  signal,
  start,
  sub,
  terminate,
  throwing,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';

const send = ext(zeebe('taskDefinition', { type: 'send' }));
const compensate = '<bpmn:compensateEventDefinition />';
const cancel = '<bpmn:cancelEventDefinition />';
const link = '<bpmn:linkEventDefinition name="L" />';

describe('multiple throwing events', () => {
  test('[H4] the job sends the message, then come the other parts', async () => {
    const story = (
      await given(
        diagram(message('m'), signal('g'), start('s'), throwing('t', send + onMessage('m') + onSignal('g')), userTask('z'), path('s t z')),
      )
    ).start();
    expect(story.of('signal-broadcast')).toEqual([]);
    story.completeJob('t', { sent: true });
    expect(story.of('signal-broadcast')).toMatchObject([{ name: 'g', variables: { sent: true } }]);
    expect(story.active()).toEqual(['z']);
  });

  test('[H4] a part that terminates or cancels does so', async () => {
    const both = diagram(
      signal('g'),
      start('s'),
      gateway('parallel', 'f'),
      userTask('a'),
      end('e', onSignal('g') + terminate()),
      path('s f a'),
      flow('f', 'e'),
    );
    const story = (await given(both)).start();
    expect(story.of('signal-broadcast').length).toBe(1);
    expect(story.status).toBe('completed');
    const inner = el('transaction', 'u', [start('us'), end('c', onSignal('g') + cancel), path('us c')]);
    const cancelled = (
      await given(
        diagram(
          signal('g'),
          signal('h'),
          start('s'),
          inner,
          boundary('b', 'u', onSignal('h') + cancel),
          userTask('sorry'),
          path('s u'),
          path('b sorry'),
        ),
      )
    ).start();
    expect(cancelled.active()).toEqual(['sorry']);
  });

  test('[H4] when one part cannot be evaluated, none has taken effect', async () => {
    const unknown = signal('g').replace('<bpmn:signal id="s-g" name="g"', '<bpmn:signal id="s-h" name="=missing"');
    const story = (await given(diagram(signal('g'), unknown, start('s'), end('e', onSignal('g') + onSignal('h')), path('s e')))).start();
    expect(story.of('signal-broadcast')).toEqual([]);
    story.when('set-variables', { n: 0, variables: { missing: 'h' } }).when('resolve-incident', { n: story.incident().n });
    expect(story.of('signal-broadcast').map(({ name }) => name)).toEqual(['g', 'h']);
  });

  test('[H4] a signal and an error', async () => {
    const inner = sub('u', start('us'), end('x', onSignal('g') + onError('E')), path('us x'));
    const story = (
      await given(
        diagram(signal('g'), error('E'), start('s'), inner, boundary('b', 'u', onError('E')), userTask('z'), path('s u'), path('b z')),
      )
    ).start();
    expect(story.of('signal-broadcast').length).toBe(1);
    expect(story.active()).toEqual(['z']);
  });
});

describe('multiple events that are refused', () => {
  const all = { parallelMultiple: true };
  const on = (inner: string, values = {}) => el('boundaryEvent', 'x', inner, { attachedToRef: 'a', ...values });
  test.each([
    ['a link beside a signal', throwing('x', link + onSignal('g'))],
    ['two ends', end('x', terminate() + onError('E'))],
    ['a link that is caught beside a signal', catching('x', link + onSignal('g'))],
    ['compensation beside a signal', on(compensate + onSignal('g'))],
    ['two timers', catching('x', timer('timeDuration', 'PT1H') + timer('timeDuration', 'PT2H'))],
    ['two conditions', catching('x', onCondition('=a') + onCondition('=b'))],
    ['an error that would wait for a signal', on(onError('E') + onSignal('g'), all)],
    ['an escalation that would wait for a signal', on(onEscalation('K') + onSignal('g'), all)],
    ['a process that begins with the same signal twice', el('startEvent', 'x', onSignal('g') + onSignal('g'), all)],
  ])('[H5] %s', async (_what, part) => {
    const { problems } = await compile(diagram(signal('g'), error('E'), escalation('K'), start('s'), job('a'), part, path('s a')));
    expect(problems).toContainEqual(expect.objectContaining({ code: 'MULTIPLE_EVENT', elementId: 'x', severity: 'error' }));
  });

  test.each([
    ['any of them', on(onError('E') + onSignal('g'))],
    ['all of them, in an event sub-process', eventSub('h', start('hs', onSignal('g') + timer('timeDuration', 'PT1H'), all))],
    ['a start with any of them', el('startEvent', 'x', onSignal('g') + timer('timeDuration', 'PT1H'))],
    ['a start with all of them', el('startEvent', 'x', onSignal('g') + timer('timeDuration', 'PT1H'), all)],
  ])('[H5] those that mean something are not: %s', async (_what, part) => {
    const { problems } = await compile(diagram(signal('g'), error('E'), start('s'), job('a'), part, path('s a')));
    expect(problems).toEqual([]);
  });
});

describe('bindings and foreign extensions', () => {
  test('[D3] the version tag of a called decision may be computed', async () => {
    const asked: unknown[] = [];
    const called = zeebe('calledDecision', {
      decisionId: 'd',
      resultVariable: 'r',
      bindingType: 'versionTag',
      versionTag: '="v" + string(n)',
    });
    const decision = (id: string, binding: unknown) => {
      asked.push(id, binding);
      return { key: '9', evaluate: () => ({ ok: true as const, output: 1, matchedRules: [], inputs: [] }) };
    };
    const story = (await given(diagram(start('s'), el('businessRuleTask', 'b', ext(called)), path('s b')), { decision })).start({ n: 2 });
    expect(asked).toEqual(['d', { type: 'versionTag', versionTag: 'v2' }]);
    expect(story.status).toBe('completed');
    expect(
      (await given(diagram(start('s'), el('businessRuleTask', 'b', ext(called)), path('s b')), { decision })).start().incident(),
    ).toMatchObject({
      kind: 'CALLED_DECISION_ERROR',
      message: expect.stringContaining("'n'"),
    });
  });

  test('[Z6] so is a form inside the diagram; a deployed one is not', async () => {
    const xml = (values: Readonly<Record<string, string>>) =>
      diagram(start('s'), userTask('a', zeebe('formDefinition', values)), path('s a'));
    expect((await compile(xml({ formKey: 'camunda-forms:bpmn:f' }))).problems).toMatchObject([
      { code: 'EMBEDDED_FORM', elementId: 'a', severity: 'warning' },
    ]);
    expect((await compile(xml({ formId: 'f' }))).problems).toEqual([]);
  });

  test('[Z8] who made a step, from which template, and that an agent does it stays in the file; what nobody knows is refused', async () => {
    const xml = (inner: string) => diagram(start('s'), job('a', [inner]), path('s a')).replace('<bpmn:serviceTask ', '<bpmn:serviceTask zeebe:modelerTemplate="agency.x.y" zeebe:modelerTemplateVersion="3" '); // prettier-ignore
    const compiled = await compile(xml(zeebe('agentDefinition', { agentType: 'planner' })));
    expect([compiled.ok, compiled.problems]).toEqual([true, []]);
    expect((await compile(xml(zeebe('agentPlan', { agentType: 'planner' })))).problems).toMatchObject([{ code: 'UNREADABLE_CONTENT' }]);
  });

  test('[Z6] what belongs to another engine is named in a warning; ours is not', async () => {
    const xml = (inner: string) =>
      diagram(start('s'), job('a', [inner]), path('s a')).replace(
        '<bpmn:definitions ',
        '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" ',
      );
    expect((await compile(xml('<camunda:inputOutput />'))).problems).toMatchObject([
      { code: 'FOREIGN_EXTENSION', elementId: 'a', severity: 'warning' },
    ]);
    expect((await compile(xml(zeebe('properties')))).problems).toEqual([]);
  });

  test.each([
    ['an activity', (attribute: string) => el('manualTask', 'a', '', { [attribute]: 'true' })],
    ['the process', (attribute: string) => el('manualTask', 'a', '').concat(`<!--${attribute}-->`)],
    ['an event definition', (attribute: string) => catching('a', timer('timeDuration', 'PT1H').replace('>', ` ${attribute}="x">`))],
    [
      'a loop marker',
      (attribute: string) => el('manualTask', 'a', `<bpmn:standardLoopCharacteristics loopMaximum="2" ${attribute}="x" />`),
    ],
  ])('[Z6] so are their attributes, at %s', async (what, part) => {
    const xml = (attribute: string) =>
      diagram(start('s'), part(attribute), path('s a'))
        .replace('<bpmn:definitions ', '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:own="urn:own" ')
        .replace('<bpmn:process ', what === 'the process' ? `<bpmn:process ${attribute}="x" ` : '<bpmn:process ');
    expect((await compile(xml('camunda:asyncBefore'))).problems).toMatchObject([{ code: 'FOREIGN_EXTENSION', severity: 'warning' }]);
    expect((await compile(xml('own:mark'))).problems).toEqual([]);
  });
});
