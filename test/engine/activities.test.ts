import { describe, expect, test } from '@jest/globals';
import {
  boundary,
  diagram,
  el,
  end,
  error,
  ext,
  flow,
  job,
  mapping,
  multiInstance,
  onError,
  path,
  script,
  start,
  sub,
  timer,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { given } from '../support/given.ts';

describe('jobs', () => {
  const xml = diagram(
    start('s'),
    el('serviceTask', 'j', [
      ext(
        zeebe('taskDefinition', { type: '="do-" + kind', retries: '=2' }),
        zeebe('taskHeaders', {}, zeebe('header', { key: 'agency', value: 'a1' })),
        zeebe('jobPriorityDefinition', { priority: '7' }),
      ),
    ]),
    end('e'),
    path('s j e'),
  );
  test('[J1] a job has the type, retries, priority and headers of the model', async () => {
    const story = (await given(xml)).start({ kind: 'it' });
    expect(story.of('job-created')).toMatchObject([
      { jobType: 'do-it', retries: 2, priority: 7, headers: { agency: 'a1' }, kind: 'BPMN_ELEMENT' },
    ]);
  });

  test('[J1] three retries when the model says nothing', async () => {
    expect((await given(diagram(start('s'), job('j'), path('s j')))).start().of('job-created')).toMatchObject([{ retries: 3 }]);
  });

  test('[J2] its result becomes variables; a second result is refused', async () => {
    const story = (await given(xml)).start({ kind: 'it' });
    const n = story.job('j');
    story.completeJob('j', { done: true });
    expect(story.variables()).toMatchObject({ done: true });
    expect(story.rejected('complete-job', { n, variables: {} })).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[J3] a failed job is offered again, after its back-off', async () => {
    const story = (await given(xml)).start({ kind: 'it' });
    story.when('fail-job', { n: story.job('j'), retries: 1, retryBackOff: 5000, errorMessage: 'down' });
    expect(story.of('job-failed')).toMatchObject([{ retries: 1, retryAt: story.at + 5000, message: 'down' }]);
    expect(story.completeJob('j').status).toBe('completed');
  });

  test('[J4] without retries it is an incident, which needs new retries before it is resolved', async () => {
    const story = (await given(xml)).start({ kind: 'it' });
    const n = story.job('j');
    story.when('fail-job', { n, retries: 0, errorMessage: 'down for good', variables: { tried: 1 } });
    expect(story.incident()).toMatchObject({ kind: 'JOB_NO_RETRIES', job: n, message: 'down for good' });
    expect(story.rejected('complete-job', { n, variables: {} })).toMatchObject({ kind: 'INVALID_STATE' });
    const incident = story.incident().n;
    expect(story.rejected('resolve-incident', { n: incident })).toMatchObject({ kind: 'INVALID_STATE' });
    story.when('update-job', { n, retries: 1 }).when('resolve-incident', { n: incident });
    expect(story.completeJob('j').status).toBe('completed');
  });

  test('[J5] a type that does not evaluate is an incident', async () => {
    expect((await given(xml)).start().incident()).toMatchObject({
      kind: 'EXTRACT_VALUE_ERROR',
      message: expect.stringContaining("'kind'"),
    });
  });
});

describe('user tasks', () => {
  const full = userTask(
    'a',
    zeebe('assignmentDefinition', { assignee: '=who', candidateGroups: '=["g1", "g2"]', candidateUsers: 'u1, u2' }),
    zeebe('taskSchedule', { dueDate: '=due' }),
    zeebe('priorityDefinition', { priority: '80' }),
    zeebe('formDefinition', { formId: 'f' }),
  );
  const library = { form: (id: string) => (id === 'f' ? { key: '99' } : undefined) };
  test('[U1] a task has what the model assigns', async () => {
    const story = (await given(diagram(start('s'), full, path('s a')), library)).start({ who: 'ani', due: '2026-02-01T00:00:00+07:00' });
    expect(story.of('user-task-created')).toMatchObject([
      {
        element: 'a',
        formKey: '99',
        fields: {
          assignee: 'ani',
          candidateGroups: ['g1', 'g2'],
          candidateUsers: ['u1', 'u2'],
          dueDate: '2026-01-31T17:00:00.000Z',
          priority: 80,
        },
      },
    ]);
  });

  test('[U2] a missing variable in the assignment is an incident, and so is a missing form', async () => {
    expect((await given(diagram(start('s'), full, path('s a')), library)).start({ who: 'ani' }).incident()).toMatchObject({
      kind: 'EXTRACT_VALUE_ERROR',
      message: expect.stringContaining("'due'"),
    });
    expect((await given(diagram(start('s'), full, path('s a')))).start({ who: 'ani', due: '2026-02-01' }).incident()).toMatchObject({
      kind: 'FORM_NOT_FOUND',
    });
  });

  test('[U3] assign, claim, update, give back, complete', async () => {
    const story = (await given(diagram(start('s'), userTask('a'), end('e'), path('s a e')))).start();
    const n = story.task('a');
    story.when('assign-user-task', { n, assignee: 'budi' });
    expect(story.rejected('assign-user-task', { n, assignee: 'citra', allowOverride: false })).toMatchObject({ kind: 'INVALID_STATE' });
    story
      .when('assign-user-task', { n, assignee: 'citra' })
      .when('update-user-task', { n, changes: { priority: 10 } })
      .when('unassign-user-task', { n });
    expect(story.of('user-task-assigned').map((event) => event.assignee)).toEqual(['budi', 'citra', null]);
    expect(story.rejected('update-user-task', { n, changes: { dueDate: 'tomorrow' } })).toMatchObject({ kind: 'INVALID_ARGUMENT' });
    story.completeTask('a', { ok: true });
    expect(story.of('user-task-completed')).toMatchObject([{ by: 'tester' }]);
    expect(story.rejected('complete-user-task', { n, variables: {} })).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[U4] without assignment the lane’s agency is the candidate group', async () => {
    const lane = `<bpmn:laneSet id="ls"><bpmn:lane id="l1">${ext(zeebe('properties', {}, zeebe('property', { name: 'alur:agency', value: 'dinas' })))}<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>`;
    const story = (await given(diagram(lane, start('s'), userTask('a'), path('s a')))).start();
    expect(story.of('user-task-created')).toMatchObject([{ fields: { candidateGroups: ['dinas'] } }]);
  });

  const listening = diagram(
    start('s'),
    userTask(
      'a',
      zeebe(
        'taskListeners',
        {},
        ['creating', 'assigning', 'completing', 'canceling']
          .map((eventType) => zeebe('taskListener', { eventType, type: `on-${eventType}` }))
          .join(''),
      ),
    ),
    boundary('b', 'a', timer('timeDuration', 'PT1H')),
    end('e'),
    path('s a e'),
  );
  test('[U5] listeners agree, correct or deny', async () => {
    const story = (await given(listening)).start();
    const n = story.task('a');
    expect(story.rejected('complete-user-task', { n, variables: {} })).toMatchObject({ kind: 'INVALID_STATE' });
    story.completeJob('a').when('assign-user-task', { n, assignee: 'ani' });
    expect(story.of('job-created').at(-1)).toMatchObject({ jobType: 'on-assigning', kind: 'TASK_LISTENER', listener: 'ASSIGNING' });
    story.completeJob('a', {}, { type: 'userTask', corrections: { assignee: 'budi', priority: 90 } });
    expect(story.of('user-task-assigned')).toMatchObject([{ assignee: 'budi' }]);
    expect(story.of('user-task-updated')).toMatchObject([{ changes: { priority: 90 } }]);
    story.completeTask('a', { v: 1 }).completeJob('a', {}, { type: 'userTask', denied: true, deniedReason: 'no' });
    expect(story.status).toBe('active');
    story.completeTask('a', { v: 2 }).completeJob('a');
    expect(story.status).toBe('completed');
    expect(story.variables()).toEqual({ v: 2 });
  });

  test('[U6] a cancelled task waits for its canceling listeners', async () => {
    const story = (await given(listening)).start().completeJob('a').fire('b');
    expect(story.active()).toEqual(['a']);
    expect(story.of('job-created').at(-1)).toMatchObject({ listener: 'CANCELING' });
    story.completeJob('a');
    expect(story.status).toBe('completed');
    expect(story.terminated()).toEqual(['a']);
  });
});

describe('call activities', () => {
  const call = (values = {}, extra = '') =>
    el('callActivity', 'c', [ext(zeebe('calledElement', { processId: 'child', ...values }), extra)]);
  const library = { process: (id: string) => (id === 'child' ? { key: '55' } : undefined) };
  test('[C1] it asks for an instance with its variables and takes over the result', async () => {
    const story = (await given(diagram(start('s'), call(), end('e'), path('s c e')), library)).start({ a: 1 });
    expect(story.of('child-requested')).toMatchObject([{ processId: 'child', processKey: '55', variables: { a: 1 } }]);
    story.when('complete-child', { n: story.instance('c'), variables: { b: 2 } });
    expect(story.variables()).toEqual({ a: 1, b: 2 });
    expect(story.status).toBe('completed');
  });

  test('[C2] propagation can be switched off on both sides', async () => {
    const story = (
      await given(
        diagram(
          start('s'),
          call({ propagateAllChildVariables: false, propagateAllParentVariables: false }, mapping({ x: '=a' }, { y: '=b' })),
          end('e'),
          path('s c e'),
        ),
        library,
      )
    ).start({ a: 1 });
    expect(story.of('child-requested')).toMatchObject([{ variables: { x: 1 } }]);
    expect(story.of('child-requested')[0]?.variables).not.toHaveProperty('a');
    story.when('complete-child', { n: story.instance('c'), variables: { b: 2, z: 3 } });
    expect(story.variables()).toEqual({ a: 1, y: 2 });
  });

  test('[C3] a process that is not deployed is an incident', async () => {
    expect((await given(diagram(start('s'), call(), path('s c')))).start().incident()).toMatchObject({ kind: 'CALLED_ELEMENT_ERROR' });
  });

  test('[C4] what the child did not catch is caught here; the child is told to stop', async () => {
    const story = (
      await given(
        diagram(error('NO'), start('s'), call(), boundary('b', 'c', onError('NO')), userTask('a'), path('s c'), path('b a')),
        library,
      )
    ).start();
    story.when('propagate-from-child', { n: story.instance('c'), kind: 'error', code: 'NO', variables: {} });
    expect(story.active()).toEqual(['a']);
    expect(story.of('child-cancel-requested')).toHaveLength(1);
    expect(story.rejected('complete-child', { n: 2, variables: {} })).toMatchObject({ kind: 'NOT_FOUND' });
  });

  test('[C5] a called instance ends with its variables', async () => {
    const story = (await given(diagram(start('s'), end('e'), path('s e')))).start(
      { r: 1 },
      { parent: { processInstanceKey: '1', elementInstanceKey: '2', rootProcessInstanceKey: '1' } },
    );
    expect(story.of('instance-completed')).toMatchObject([{ variables: { r: 1 } }]);
  });
});

describe('business rule tasks', () => {
  const xml = diagram(
    start('s'),
    el('businessRuleTask', 'd', [ext(zeebe('calledDecision', { decisionId: 'fee', resultVariable: 'fee' }))]),
    end('e'),
    path('s d e'),
  );
  test('[D1] a decision is evaluated with the variables; its output is a variable', async () => {
    const decision = () => ({
      key: '77',
      evaluate: (scope: { get(name: string): unknown }) => ({
        ok: true as const,
        output: Number(scope.get('area')) * 2,
        matchedRules: [],
        inputs: [],
      }),
    });
    const story = (await given(xml, { decision })).start({ area: 21 });
    expect(story.variables()).toMatchObject({ fee: 42 });
    expect(story.of('decision-evaluated')).toMatchObject([{ decisionId: 'fee', decisionKey: '77', output: 42 }]);
  });

  test('[D2] a decision that is missing or fails is an incident', async () => {
    expect((await given(xml)).start().incident()).toMatchObject({
      kind: 'CALLED_DECISION_ERROR',
      message: expect.stringContaining("'fee'"),
    });
    const failing = await given(xml, {
      decision: () => ({ key: '77', evaluate: () => ({ ok: false as const, message: 'no rule matches' }) }),
    });
    expect(failing.start().incident()).toMatchObject({ kind: 'DECISION_EVALUATION_ERROR', message: 'no rule matches' });
    expect(failing.of('decision-evaluated')).toMatchObject([{ failure: 'no rule matches' }]);
  });
});

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
