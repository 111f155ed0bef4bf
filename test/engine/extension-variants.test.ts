/** Variants of the Camunda 8 vocabulary, each attribute at each element that may have it; docs/coverage.md has a row for each. */
import { describe, expect, test } from '@jest/globals';
import { compile } from '../../engine/index.ts';
import type { Binding } from '../../engine/index.ts';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  executionListeners,
  ext,
  gateway,
  job,
  mapping,
  message,
  onMessage,
  path,
  start,
  sub,
  taskListeners,
  throwing,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';

const roots = [message('m')];
const after = [end('e'), path('s x e')];
const headers = zeebe('taskHeaders', {}, zeebe('header', { key: 'k', value: 'v' }));

describe('what a worker is told', () => {
  const told = [
    zeebe('taskDefinition', { type: '="t-" + kind', retries: '=n' }),
    headers,
    zeebe('jobPriorityDefinition', { priority: '=n' }),
  ];
  const own = ext(...told);
  test.each([
    ['a service task', el('serviceTask', 'x', own)],
    ['a send task', el('sendTask', 'x', own)],
    ['a script task', el('scriptTask', 'x', own)],
    ['a business rule task', el('businessRuleTask', 'x', own)],
    ['a message throw event', el('intermediateThrowEvent', 'x', own + onMessage('m'))],
    ['a message end event', el('endEvent', 'x', own + onMessage('m'))],
    ['an ad-hoc sub-process', el('adHocSubProcess', 'x', own + userTask('in'))],
  ])('[J1] by %s: type, retries, headers, priority', async (_what, part) => {
    const story = (await given(diagram(...roots, start('s'), part, path('s x')))).start({ kind: 'a', n: 5 });
    expect(story.of('job-created')).toMatchObject([{ jobType: 't-a', retries: 5, priority: 5, headers: { k: 'v' } }]);
  });
});

describe('mappings', () => {
  const both = ext(mapping({ w: '=v + 1' }, { out: '=w + 1' }));
  const decided = { process: () => ({ key: '7' }), decision: () => ({ key: '8', evaluate: () => ({ ok: true as const, output: 0, matchedRules: [], inputs: [] }) }) }; // prettier-ignore
  const inside = (inner: string): string => both.replace('</bpmn:extensionElements>', `${inner}</bpmn:extensionElements>`);
  test.each([
    ['a service task', el('serviceTask', 'x', inside(zeebe('taskDefinition', { type: 'x' }))), 'job'],
    ['a user task', el('userTask', 'x', inside(zeebe('userTask'))), 'task'],
    ['a business rule task', el('businessRuleTask', 'x', inside(zeebe('calledDecision', { decisionId: 'd', resultVariable: 'r' }))), ''],
    ['a script task', el('scriptTask', 'x', inside(zeebe('script', { expression: '=w', resultVariable: 'r' }))), ''],
    ['a call activity', el('callActivity', 'x', inside(zeebe('calledElement', { processId: 'c' }))), 'child'],
    ['a sub-process', sub('x', both, start('us')), ''],
    ['an ad-hoc sub-process', el('adHocSubProcess', 'x', inside(zeebe('adHoc', { activeElementsCollection: '=["in1"]' })) + el('task', 'in1')), ''], // prettier-ignore
  ])('[V3] in and out of %s', async (_what, part, waits) => {
    const story = (await given(diagram(...roots, start('s'), part, ...after), decided)).start({ v: 1 });
    if (waits === 'job') story.completeJob('x');
    if (waits === 'task') story.completeTask('x');
    if (waits === 'child') story.when('complete-child', { n: story.instance('x'), variables: {} });
    expect([story.status, story.variables()]).toEqual(['completed', { v: 1, out: 3 }]);
  });

  test('[V3] out of a receive task', async () => {
    const receive = el('receiveTask', 'x', ext(mapping({}, { out: '=v + 1' })), { messageRef: 'm-m' });
    const story = (await given(diagram(...roots, start('s'), receive, ...after))).start({ key: 1 }).message('m', { v: 1 });
    expect(story.variables()).toEqual({ key: 1, out: 2 });
  });
});

describe('listeners at each place', () => {
  const on = (...events: readonly string[]) => ext(executionListeners(...events));
  const adHoc = ext(zeebe('adHoc', { activeElementsCollection: '=["in1"]' }), executionListeners('start', 'end')) + el('task', 'in1');
  test.each([
    ['a manual task', el('manualTask', 'x', on('start', 'end'))],
    ['a sub-process', sub('x', on('start', 'end'), start('us'))],
    ['an ad-hoc sub-process', el('adHocSubProcess', 'x', adHoc)],
    ['a none throw event', throwing('x', on('start', 'end'))],
    ['a catch event', catching('x', on('start', 'end') + timer('timeDuration', 'PT1H'))],
    ['an exclusive gateway', gateway('exclusive', 'x', {}, on('start', 'end'))],
    ['an inclusive gateway', gateway('inclusive', 'x', {}, on('start', 'end'))],
    ['a parallel gateway', gateway('parallel', 'x', {}, on('start', 'end'))],
  ])('[EL1] of %s: one before and one after it', async (what, part) => {
    const story = (await given(diagram(start('s'), part, ...after))).start().completeJob('x');
    if (what === 'a catch event') story.fire('x');
    story.completeJob('x');
    expect(story.of('job-created').map(({ jobType }) => jobType)).toEqual(['on-start', 'on-end']);
    expect(story.status).toBe('completed');
  });

  test('[EL1] of an event-based gateway: one before it', async () => {
    const parts = [
      gateway('eventBased', 'x', {}, on('start')),
      catching('c', onMessage('m')),
      catching('d', timer('timeDuration', 'PT1H')),
    ];
    const story = (await given(diagram(...roots, start('s'), ...parts, path('s x c'), path('x d')))).start({ key: 1 });
    expect(story.of('subscription-opened')).toEqual([]);
    expect(story.completeJob('x').fire('d').status).toBe('completed');
  });

  test('[EL1] of the process, its start and its end: around them', async () => {
    const story = (await given(diagram(on('start', 'end'), start('s', on('end')), end('e', on('start')), path('s e')))).start();
    for (const scope of ['p', 's', 'e', 'p']) story.completeJob(scope);
    expect(story.of('job-created').map(({ jobType }) => jobType)).toEqual(['on-start', 'on-end', 'on-start', 'on-end']);
    expect(story.status).toBe('completed');
  });

  test('[EL1] of a boundary event: around it', async () => {
    const event = boundary('b', 'x', on('start', 'end') + timer('timeDuration', 'PT1H'));
    const story = (await given(diagram(start('s'), userTask('x'), event, userTask('after'), path('s x'), path('b after'))))
      .start()
      .fire('b');
    expect(story.completeJob('b').completeJob('b').active()).toEqual(['after']);
  });

  test('[EL1] how often a listener is tried is its own', async () => {
    const one = zeebe('executionListeners', {}, zeebe('executionListener', { eventType: 'start', type: 'l', retries: '7' }));
    expect((await given(diagram(start('s'), job('x', [one]), path('s x')))).start().of('job-created')).toMatchObject([{ retries: 7 }]);
  });

  test.each(['creating', 'assigning', 'updating', 'completing', 'canceling'])('[U5] a task listener to %s', async (eventType) => {
    const story = (await given(diagram(start('s'), userTask('x', taskListeners(eventType)), path('s x')))).start();
    if (eventType === 'assigning') story.when('assign-user-task', { n: story.task('x'), assignee: 'ani' });
    if (eventType === 'updating') story.when('update-user-task', { n: story.task('x'), changes: { priority: 9 } });
    if (eventType === 'completing') story.completeTask('x');
    if (eventType === 'canceling') story.when('cancel-instance', {});
    expect(story.of('job-created')).toMatchObject([{ jobType: `on-${eventType}`, listener: eventType.toUpperCase() }]);
    story.completeJob('x');
    expect(story.of('job-created')).toHaveLength(1);
  });

  test.each([
    ['assignee', 'budi'],
    ['candidateGroups', ['g1']],
    ['candidateUsers', ['u1']],
    ['dueDate', '2026-03-01T00:00:00.000Z'],
    ['followUpDate', '2026-02-01T00:00:00.000Z'],
    ['priority', 90],
  ])('[U5] a task listener corrects %s', async (field, value) => {
    const story = (await given(diagram(start('s'), userTask('x', taskListeners('creating')), path('s x')))).start();
    story.completeJob('x', {}, { type: 'userTask', corrections: { [field]: value } });
    expect([...(story.state?.tasks.values() ?? [])]).toMatchObject([{ fields: { [field]: value } }]);
  });
});

describe('bindings', () => {
  const bindings: readonly (readonly [string, Record<string, string>, Binding])[] = [
    ['nothing said', {}, { type: 'latest' }],
    ['latest', { bindingType: 'latest' }, { type: 'latest' }],
    ['deployment', { bindingType: 'deployment' }, { type: 'deployment' }],
    ['versionTag', { bindingType: 'versionTag', versionTag: 'v1' }, { type: 'versionTag', versionTag: 'v1' }],
  ];
  const asking = async (part: string): Promise<readonly unknown[]> => {
    const asked: unknown[] = [];
    const found = (id: string, binding: unknown) => {
      asked.push(id, binding);
      return { key: '7', evaluate: () => ({ ok: true as const, output: 1, matchedRules: [], inputs: [] }) };
    };
    (await given(diagram(start('s'), part, path('s x')), { process: found, decision: found, form: found })).start({ id: 'c' });
    return asked;
  };
  test.each(bindings)('[D3] of a called process: %s', async (_what, binding, expected) => {
    expect(await asking(el('callActivity', 'x', ext(zeebe('calledElement', { processId: '=id', ...binding }))))).toEqual(['c', expected]);
  });
  test.each(bindings)('[D3] of a called decision: %s', async (_what, binding, expected) => {
    const called = zeebe('calledDecision', { decisionId: '=id', resultVariable: 'r', ...binding });
    expect(await asking(el('businessRuleTask', 'x', ext(called)))).toEqual(['c', expected]);
  });
  test.each(bindings)('[D3] of a form: %s', async (_what, binding, expected) => {
    expect(await asking(userTask('x', zeebe('formDefinition', { formId: 'c', ...binding })))).toEqual(['c', expected]);
  });

  test('[D3] the version tag of a process is its own', async () => {
    const { processes } = (await compile(diagram(ext(zeebe('versionTag', { value: 'v1' })), start('s')))) as {
      processes?: readonly object[];
    };
    expect(processes).toMatchObject([{ versionTag: 'v1' }]);
  });
});

describe('user tasks', () => {
  test.each([
    ['formKey', { formKey: 'https://forms.example/a' }],
    ['externalReference', { externalReference: 'https://forms.example/a' }],
  ])('[U1] a form elsewhere, by %s', async (_what, form) => {
    const story = (await given(diagram(start('s'), userTask('x', zeebe('formDefinition', form)), path('s x')))).start();
    expect(story.of('user-task-created')).toMatchObject([{ externalForm: 'https://forms.example/a' }]);
  });

  test.each([
    ['a number', '80'],
    ['an expression', '=40 + 40'],
  ])('[U1] a priority that is %s; and a follow-up date', async (_what, priority) => {
    const own = [zeebe('priorityDefinition', { priority }), zeebe('taskSchedule', { followUpDate: '2026-02-01T00:00:00Z' })];
    const story = (await given(diagram(start('s'), userTask('x', ...own), path('s x')))).start();
    expect(story.of('user-task-created')).toMatchObject([{ fields: { priority: 80, followUpDate: '2026-02-01T00:00:00.000Z' } }]);
  });

  test.each([
    ['with the marker', userTask('x')],
    ['without it', el('userTask', 'x')],
  ])('[U3] a task %s is one of our inbox', async (_what, part) => {
    expect((await given(diagram(start('s'), part, ...after))).start().completeTask('x').status).toBe('completed');
  });
});
