import { describe, expect, test } from '@jest/globals';
import { compile } from '../../engine/index.ts';
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
  onMessage,
  onSignal,
  path,
  script,
  start,
  sub,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';

const called = (values: Readonly<Record<string, string>>) =>
  el('callActivity', 'a', ext(zeebe('calledElement', { processId: 'x', ...values })));

async function problemsOf(xml: string) {
  const result = await compile(xml);
  return result.ok ? [] : result.problems.map(({ code, elementId }) => `${code} ${elementId ?? '-'}`);
}
const ok = diagram(start('s'), userTask('a'), end('e'), path('s a e'));

describe('refusals', () => {
  test('[Z1] a diagram that can be executed has no problems', async () => {
    expect(await problemsOf(ok)).toEqual([]);
  });

  test.each([
    ['text that is no XML', 'hello', 'MALFORMED_XML -'],
    ['nothing', '  ', 'MALFORMED_XML -'],
    ['a tag that is not closed', ok.replace('</bpmn:definitions>', ''), 'MALFORMED_XML -'],
    ['a DOCTYPE', `<!DOCTYPE x [<!ENTITY a "b">]>${ok}`, 'DOCTYPE_REFUSED -'],
    ['2 MB of text', ok + ' '.repeat(2_000_000), 'DIAGRAM_TOO_LARGE -'],
    [
      'many namespaces',
      ok.replace('<bpmn:process', `<bpmn:process ${Array.from({ length: 60 }, (_, i) => `xmlns:n${i}="u"`).join(' ')}`),
      'TOO_MANY_NAMESPACES -',
    ],
    ['deep nesting', '<a>'.repeat(100), 'NESTED_TOO_DEEP -'],
    ['an id that is reserved', ok.replaceAll('"a"', '"__proto__"'), 'RESERVED_NAME -'],
  ])('[Z2] refused before it is parsed or while: %s', async (_what, xml, expected) => {
    expect(await problemsOf(xml)).toEqual([expected]);
  });

  test.each([
    ['an id used twice', diagram(start('s'), userTask('a'), userTask('a'), path('s a')), 'DUPLICATE_ID'],
    ['a flow to nowhere', diagram(start('s'), path('s nowhere')), 'DANGLING_REFERENCE'],
    ['no executable process', ok.replace('isExecutable="true"', ''), 'NO_EXECUTABLE_PROCESS'],
    ['no start', diagram(userTask('a')), 'MISSING_START'],
    ['a service task without job type', diagram(start('s'), el('serviceTask', 'a'), path('s a')), 'MISSING_TASK_DEFINITION a'],
    [
      'a script without FEEL',
      diagram(start('s'), el('scriptTask', 'a', '<bpmn:script>alert(1)</bpmn:script>'), path('s a')),
      'MISSING_SCRIPT a',
    ],
    ['a decision without id', diagram(start('s'), el('businessRuleTask', 'a'), path('s a')), 'MISSING_DECISION a'],
    ['FEEL that does not parse', diagram(start('s'), script('a', 'x', '=1 +'), path('s a')), 'EXPRESSION_SYNTAX a'],
    [
      'a gateway flow without condition',
      diagram(start('s'), gateway('exclusive', 'x'), end('a'), end('b'), path('s x a'), flow('x', 'b')),
      'MISSING_CONDITION x',
    ],
    [
      'a message without key',
      diagram(`<bpmn:message id="m-m" name="m" />`, start('s'), catching('c', onMessage('m')), path('s c')),
      'MISSING_CORRELATION_KEY c',
    ],
    ['a timer that is none', diagram(start('s'), catching('c', timer('timeDuration', 'soon')), path('s c')), 'INVALID_TIMER c'],
    [
      'an event that may not be there',
      diagram(
        '<bpmn:error id="e-X" errorCode="X" />',
        start('s'),
        catching('c', '<bpmn:errorEventDefinition errorRef="e-X" />'),
        path('s c'),
      ),
      'EVENT_NOT_ALLOWED c',
    ],
    [
      'a cancel end outside a transaction',
      diagram(start('s'), end('c', '<bpmn:cancelEventDefinition />'), path('s c')),
      'CANCEL_OUTSIDE_TRANSACTION c',
    ],
    [
      'an error boundary that does not interrupt',
      diagram(start('s'), userTask('a'), boundary('b', 'a', '<bpmn:errorEventDefinition />', false), path('s a')),
      'ERROR_NOT_INTERRUPTING b',
    ],
    [
      'a cycle that interrupts',
      diagram(start('s'), userTask('a'), boundary('b', 'a', timer('timeCycle', 'R3/PT1H')), path('s a')),
      'CYCLE_HAPPENS_ONCE b',
    ],
    [
      'a cycle that is waited for once',
      diagram(start('s'), catching('c', timer('timeCycle', '0 0 8 * * *')), path('s c')),
      'CYCLE_HAPPENS_ONCE c',
    ],
    ['a secret', diagram(start('s'), script('t', 'r', '=camunda.secrets.API_KEY'), path('s t')), 'SECRET_REFERENCE t'],
    [
      'a secret in a mapping',
      diagram(start('s'), job('t', [mapping({ key: '="Bearer " + camunda.secrets.API_KEY' })]), path('s t')),
      'SECRET_REFERENCE t',
    ],
    [
      'an event-based gateway before a task',
      diagram(start('s'), gateway('eventBased', 'g'), userTask('a'), userTask('b'), path('s g a'), path('g b')),
      'EVENT_BASED_GATEWAY g',
    ],
    ['a start quantity', diagram(start('s'), el('task', 'a', '', { startQuantity: 2 }), path('s a')), 'UNSUPPORTED_QUANTITY a'],
    [
      'a sub-process with a message start',
      diagram('<bpmn:signal id="s-x" name="x" />', start('s'), sub('u', start('us', onSignal('x'))), path('s u')),
      'SUB_PROCESS_START u',
    ],
    [
      'an event sub-process without typed start',
      diagram(start('s'), eventSub('h', start('hs')), userTask('a'), path('s a')),
      'EVENT_SUB_PROCESS_START h',
    ],
    [
      'a multi-instance without collection',
      diagram(start('s'), job('a', [], '<bpmn:multiInstanceLoopCharacteristics />'), path('s a')),
      'MISSING_COLLECTION a',
    ],
    ['a loop without end', diagram(start('s'), job('a', [], '<bpmn:standardLoopCharacteristics />'), path('s a')), 'ENDLESS_LOOP a'],
    ['a choreography', diagram(start('s'), el('subChoreography', 'a')), 'UNSUPPORTED_ELEMENT a'],
    [
      'a link to nowhere',
      diagram(start('s'), el('intermediateThrowEvent', 't', '<bpmn:linkEventDefinition name="L" />'), path('s t')),
      'DANGLING_LINK t',
    ],
    [
      'a listener to the cancellation of something else than the process',
      diagram(start('s'), job('a', [zeebe('executionListeners', {}, zeebe('executionListener', { eventType: 'cancel', type: 'x' }))])),
      'LISTENER_NEVER_CALLED a',
    ],
    [
      'a listener that is never called',
      diagram(
        start('s'),
        job('a', [zeebe('executionListeners', {}, zeebe('executionListener', { eventType: 'beforeAll', type: 'x' }))]),
        path('s a'),
      ),
      'LISTENER_NEVER_CALLED a',
    ],
    [
      'a compensation event sub-process in the process itself',
      diagram(start('s'), eventSub('h', start('hs', '<bpmn:compensateEventDefinition />'))),
      'COMPENSATION_OF_PROCESS hs',
    ],
    [
      'an activity that undoes another one and has flows',
      diagram(start('s'), el('task', 'a', '', { isForCompensation: true }), path('s a')),
      'COMPENSATION_HANDLER_FLOW a',
    ],
    ['a binding by version tag without one', diagram(start('s'), called({ bindingType: 'versionTag' })), 'INVALID_BINDING a'],
    ['an unknown binding', diagram(start('s'), called({ bindingType: 'newest' })), 'INVALID_BINDING a'],
    ...[
      ['a time to live in words', 'ten years'],
      ['a negative time to live', '-P1D'],
      ['an empty time to live', ''],
    ].map(([what = '', text = '']): [string, string, string] => [
      what,
      ok.replace(
        'isExecutable="true">',
        `isExecutable="true"><bpmn:extensionElements><zeebe:properties><zeebe:property name="alur:historyTimeToLive" value="${text}"/></zeebe:properties></bpmn:extensionElements>`,
      ),
      'INVALID_TIME_TO_LIVE',
    ]),
    ['an undefined message', diagram(start('s'), catching('c', '<bpmn:messageEventDefinition />'), path('s c')), 'MISSING_REFERENCE c'],
  ])('[Z3] refused by name: %s', async (_what, xml, expected) => {
    expect(await problemsOf(xml)).toContainEqual(expect.stringContaining(expected));
  });

  test('[Z7] what was accepted once still compiles for those who say so; what cannot be read does not', async () => {
    const old = diagram(start('s'), catching('c', timer('timeCycle', 'R/PT1H')), end('e'), path('s c e'));
    expect(await compile(old)).toMatchObject({ ok: false });
    expect(await compile(old, { accepted: true })).toMatchObject({ ok: true, processes: [{ id: 'p' }] });
    expect(await compile('<a', { accepted: true })).toMatchObject({ ok: false });
  });

  test('[Z4] more than 10,000 elements are too many, 10,000 are not', async () => {
    const many = (count: number) => diagram(...Array.from({ length: count }, (_, i) => el('task', `t${i}`)), start('s'), path('s t0'));
    expect(await problemsOf(many(9_999))).toEqual([]);
    expect(await problemsOf(many(10_000))).toEqual(['TOO_MANY_ELEMENTS p']);
  });

  test('[Z5] every problem says what to do', async () => {
    const result = await compile(diagram(userTask('a'), el('serviceTask', 'b', '', { name: 'Check' })));
    expect(result.ok).toBe(false);
    for (const problem of result.problems)
      expect(problem).toMatchObject({ message: expect.stringMatching(/^Expected /), hint: expect.stringMatching(/./) });
    expect(result.problems).toContainEqual(expect.objectContaining({ elementId: 'b', elementName: 'Check' }));
  });
});
