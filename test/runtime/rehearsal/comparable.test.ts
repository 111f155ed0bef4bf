/** Each reason for which a scenario is not compared with the other implementation, and what is compared although one would not expect it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { incomparabilities } from '../../../runtime/rehearsal/comparable.ts';
import type { Incomparability } from '../../../runtime/rehearsal/comparable.ts';
import { rehearse } from '../../../runtime/rehearsal/rehearse.ts';
import type { Scenario } from '../../../runtime/rehearsal/rehearsal.ts';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  error,
  eventSub,
  executionListeners,
  ext,
  flow,
  gateway,
  job,
  message,
  multiInstance,
  onCondition,
  onError,
  onMessage,
  onSignal,
  path,
  signal,
  start,
  sub,
  taskListeners,
  throwing,
  timer,
  undoneBy,
  userTask,
  zeebe,
} from '../../support/bpmn.ts';

const roots = [message('m'), signal('g'), error('E')];
const line = (part: string, ...more: readonly string[]): string => diagram(...roots, start('s'), part, end('e'), path('s x e'), ...more);
const split = (x: string, join: string): string =>
  diagram(start('s'), x, join, userTask('a'), userTask('b'), end('e'), path('s x'), flow('x', 'a', '=true'), flow('x', 'b', '=true'), path('a j e'), path('b j')); // prettier-ignore
const standardLoop = '<bpmn:standardLoopCharacteristics loopMaximum="2"><bpmn:loopCondition>=true</bpmn:loopCondition></bpmn:standardLoopCharacteristics>'; // prettier-ignore

type Named = readonly [code: Incomparability, elementId: string, what: string, xml: string];
const reasons: readonly Named[] = [
  ['start', 'p', 'a message start', diagram(...roots, start('s', onMessage('m')), userTask('x'), path('s x'))],
  ['start', 'p', 'two none starts', diagram(start('s'), start('t'), userTask('x'), path('s x'), flow('t', 'x'))],
  ['complex-gateway', 'x', 'a complex gateway', line(gateway('complex', 'x'))],
  ['ad-hoc', 'x', 'an ad-hoc sub-process', line(el('adHocSubProcess', 'x', userTask('in')))],
  ['event-sub-process', 'h', 'an event sub-process', line(userTask('x'), eventSub('h', start('hs', onSignal('g'))))],
  ['transaction', 'x', 'a transaction', line(el('transaction', 'x', [start('xs'), userTask('in'), path('xs in')]))],
  ['condition', 'x', 'a conditional event', line(catching('x', onCondition('=n > 1')))],
  ['multiple', 'x', 'a multiple event', line(catching('x', onSignal('g') + onMessage('m')))],
  ['compensation', 'x', 'an activity that can be undone', line(job('x'), undoneBy('x', 'undo'))],
  ['compensation', 'undo', 'the activity that undoes it', line(job('x'), undoneBy('x', 'undo'))],
  ['compensation', 'x', 'a compensation throw', line(throwing('x', '<bpmn:compensateEventDefinition />'))],
  ['repetition', 'x', 'a multi-instance activity', line(job('x', [], multiInstance({ inputCollection: '=[1]' })))],
  ['repetition', 'x', 'a standard loop', line(job('x', [], standardLoop))],
  ['inclusive-join', 'j', 'an inclusive join', split(gateway('inclusive', 'x'), gateway('inclusive', 'j'))],
  [
    'event-based-gateway',
    'x',
    'an event-based gateway that begins an instance',
    diagram(...roots, start('s'), gateway('eventBased', 'x', { instantiate: true }), catching('c', onMessage('m')), catching('d', onMessage('m')), userTask('u'), path('s u'), path('x c'), path('x d')), // prettier-ignore
  ],
  ['no-incoming', 'y', 'an element that no flow leads to', line(userTask('x'), userTask('y'))],
  [
    'instantiating',
    'y',
    'an instantiating receive task',
    line(userTask('x'), el('receiveTask', 'y', '', { messageRef: 'm-m', instantiate: true })),
  ],
];

describe('what is not compared', () => {
  test.each(reasons)('[SO4] %s, at %s: %s', async (code, elementId, _what, xml) => {
    const result = await rehearse(xml);
    expect(result).toMatchObject({ comparable: false });
    const found = result.comparable ? [] : (result.elements ?? []);
    expect(found).toContainEqual(expect.objectContaining({ code, elementId, why: incomparabilities[code] }));
    expect(result.comparable ? [] : result.reasons).toContainEqual(expect.stringContaining(incomparabilities[code]));
  });

  test('[SO4] each reason is tried, and has words in every language', () => {
    const codes = Object.keys(incomparabilities).sort();
    expect([...new Set(reasons.map(([code]) => code))].sort()).toEqual(codes);
    for (const language of ['en', 'id']) {
      const file = join(resolve(import.meta.dirname, '../../..'), 'ui/locales', language, 'modeler.json');
      const { rehearsal } = JSON.parse(readFileSync(file, 'utf8')) as { rehearsal: { why: object } };
      expect(Object.keys(rehearsal.why).sort()).toEqual(codes);
    }
  });
});

describe('what is compared', () => {
  const agreed = async (xml: string, scenario: Scenario = {}): Promise<readonly string[]> => {
    const result = await rehearse(xml, { processId: 'p', ...scenario });
    expect(result.comparable ? result.findings : result.reasons).toEqual([]);
    return result.comparable ? result.traces.theirs.completed : [];
  };

  test('[SO4] a process beside others: only the one that is meant begins', async () => {
    const other = '<bpmn:process id="q" isExecutable="true"><bpmn:startEvent id="qs" /></bpmn:process>';
    expect(await agreed(line(job('x'), other), { answers: { x: {} } })).toEqual(['s', 'x', 'e']);
    expect(await agreed(line(job('x'), other), { processId: 'q' })).toEqual(['qs']);
  });

  test.each(['intermediateThrowEvent', 'endEvent'])(
    '[SO4] a signal that an %s throws goes out, and comes back from the scenario',
    async (type) => {
      const parts = [
        start('s'),
        gateway('parallel', 'f'),
        catching('c', onSignal('g')),
        el(type, 't', onSignal('g')),
        path('s f c'),
        path('f t'),
      ];
      const xml = diagram(...roots, ...parts);
      expect(await agreed(xml)).not.toContain('c');
      expect(await agreed(xml, { steps: [{ do: 'receive', elementId: 'c' }] })).toContain('c');
    },
  );

  test('[SO4] listeners, which agree at once', async () => {
    const on = executionListeners('start', 'end');
    const parts = [
      ext(on),
      start('s', ext(executionListeners('end'))),
      job('x', [on]),
      gateway('exclusive', 'g', { default: 'g-u' }, ext(on)),
      userTask('u', on, taskListeners('creating', 'assigning', 'updating', 'completing')),
      sub('v', ext(on), start('vs'), userTask('w'), path('vs w')),
      boundary('b', 'v', ext(on) + timer('timeDuration', 'PT1H')),
      end('e'),
      path('s x g u v'),
      flow('g', 'e', '=skip'),
      path('b e'),
    ];
    const steps: Scenario['steps'] = [{ do: 'fire', elementId: 'b' }];
    expect(await agreed(diagram(...parts), { variables: { skip: false }, answers: { x: {}, u: {} }, steps })).toContain('b');
    expect(await agreed(diagram(...parts), { variables: { skip: true }, answers: { x: {} } })).toEqual(['s', 'x', 'g', 'e']);
  });

  test('[SO4] an error that a job ends with, where listeners work', async () => {
    const xml = line(job('x', [executionListeners('start')]), boundary('b', 'x', onError('E')), userTask('y'), flow('b', 'y'));
    expect(await agreed(xml, { steps: [{ do: 'error', elementId: 'x', code: 'E' }] })).toContain('b');
  });

  test('[SO4] an inclusive gateway that only splits, with tokens that end one by one', async () => {
    const xml = diagram(start('s'), gateway('inclusive', 'x'), job('a'), job('b'), path('s x'), flow('x', 'a', '=true'), flow('x', 'b', '=n > 1')); // prettier-ignore
    expect(await agreed(xml, { variables: { n: 1 }, answers: { a: {}, b: {} } })).toEqual(['s', 'x', 'a']);
  });

  test('[SO4] a link, where the catching event has no incoming flow', async () => {
    const link = (id: string) => `<bpmn:linkEventDefinition id="${id}" name="L" />`;
    const xml = diagram(start('s'), throwing('t', link('lt')), catching('c', link('lc')), job('x'), path('s t'), path('c x'));
    expect(await agreed(xml, { answers: { x: {} } })).toEqual(expect.arrayContaining(['t', 'c', 'x']));
  });

  test('[SO4] a task that carries a mapping, a header and properties', async () => {
    const own = [zeebe('taskHeaders', {}, zeebe('header', { key: 'k', value: 'v' })), zeebe('properties')];
    expect(await agreed(line(job('x', own)), { answers: { x: {} } })).toEqual(['s', 'x', 'e']);
  });
});
