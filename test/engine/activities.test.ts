import { describe, expect, test } from '@jest/globals';
import { boundary, diagram, el, end, error, ext, job, mapping, onError, path, start, timer, userTask, zeebe } from '../support/bpmn.ts';
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

  test('[J1] a priority at the process is meant for all its jobs', async () => {
    const story = (
      await given(diagram(ext(zeebe('jobPriorityDefinition', { priority: '40' })), start('s'), job('j'), path('s j')))
    ).start();
    expect(story.of('job-created')).toMatchObject([{ priority: 40 }]);
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
