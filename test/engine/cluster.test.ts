import { describe, expect, test } from '@jest/globals';
import { clusterContext, TASK_EVENTS } from '../../engine/cluster.ts';
import type { ClusterSettings, GlobalTaskListener } from '../../engine/cluster.ts';
import { boundary, catching, diagram, el, end, ext, flow, gateway, onCondition, path, script, start, timer } from '../support/bpmn.ts';
import { userTask, zeebe } from '../support/bpmn.ts';
import { given } from '../support/given.ts';
import type { Story } from '../support/given.ts';

const listener = (id: string, more: Partial<GlobalTaskListener> = {}): GlobalTaskListener => ({
  id,
  type: id,
  events: TASK_EVENTS,
  retries: 3,
  afterNonGlobal: false,
  priority: 50,
  ...more,
});
const cluster = (...taskListeners: readonly GlobalTaskListener[]): ClusterSettings => ({ taskListeners, context: clusterContext([], []) });
const own = (eventType: string) => zeebe('taskListeners', {}, zeebe('taskListener', { eventType, type: `own-${eventType}`, retries: 2 }));

async function under(settings: ClusterSettings, ...inTask: readonly string[]): Promise<Story> {
  const story = await given(
    diagram(start('s'), userTask('a', ...inTask), boundary('b', 'a', timer('timeDuration', 'PT1H')), end('e'), path('s a e')),
  );
  story.world = { ...story.world, cluster: settings };
  return story.start();
}
const asked = (story: Story) => story.of('job-created').map(({ jobType }) => jobType);
const open = (story: Story) => story.state?.jobs.size ?? 0;
const answerAll = (story: Story) => {
  while (open(story) > 0) story.completeJob('a');
};

describe('task listeners of the whole cluster', () => {
  test("[U9] they are asked about every task, the highest priority first, before and after the model's own", async () => {
    const settings = cluster(
      listener('late', { afterNonGlobal: true, priority: 90 }),
      listener('b', { priority: 70 }),
      listener('a2', { priority: 50 }),
      listener('a1', { priority: 50 }),
      listener('only-canceling', { events: ['CANCELING'], priority: 100 }),
    );
    const story = await under(settings, own('creating'));
    answerAll(story);
    expect(asked(story)).toEqual(['b', 'a1', 'a2', 'own-creating', 'late']);
    expect(story.of('job-created')[0]).toMatchObject({ kind: 'TASK_LISTENER', listener: 'CREATING', retries: 3, index: 0 });
    expect(story.of('job-created')[3]).toMatchObject({ retries: 2, index: 3 });
    expect(story.completeTask('a').status).toBe('active');
    answerAll(story);
    expect(story.status).toBe('completed');
    expect(asked(story).slice(5)).toEqual(['b', 'a1', 'a2', 'late']);
  });

  test('[U9] a task of a process that knows nothing of them is not there without them', async () => {
    const story = await under(cluster());
    expect(asked(story)).toEqual([]);
    expect(story.completeTask('a').status).toBe('completed');
  });

  test('[U9] they correct and deny like those of the model', async () => {
    const story = await under(cluster(listener('x', { events: ['ASSIGNING', 'COMPLETING'] })));
    const n = story.task('a');
    story.when('assign-user-task', { n, assignee: 'ani' });
    story.completeJob('a', {}, { type: 'userTask', corrections: { assignee: 'budi', priority: 7 } });
    expect(story.of('user-task-assigned')).toMatchObject([{ assignee: 'budi' }]);
    story.completeTask('a').completeJob('a', {}, { type: 'userTask', denied: true });
    expect(story.status).toBe('active');
    story.completeTask('a').completeJob('a');
    expect(story.status).toBe('completed');
  });

  test('[U9] an assignee of the model is an assignment for them, and a cancelled task waits for them', async () => {
    const settings = cluster(listener('x', { events: ['ASSIGNING', 'CANCELING'] }));
    const story = await under(settings, zeebe('assignmentDefinition', { assignee: 'ani' }));
    expect(story.of('job-created')).toMatchObject([{ listener: 'ASSIGNING' }]);
    story.completeJob('a').fire('b');
    expect(story.active()).toEqual(['a']);
    expect(story.of('job-created').at(-1)).toMatchObject({ listener: 'CANCELING' });
    expect(story.completeJob('a').terminated()).toEqual(['a']);
  });

  test('[U9] a change goes on with those that it began with; the next one asks those of then', async () => {
    const story = await under(cluster(listener('first'), listener('second')), own('creating'));
    story.world = { ...story.world, cluster: cluster(listener('new')) };
    answerAll(story);
    expect(asked(story)).toEqual(['first', 'second', 'own-creating']);
    story.completeTask('a');
    expect(asked(story).at(-1)).toBe('new');
  });

  test('[U9] one without retries is an incident of the task', async () => {
    const story = await under(cluster(listener('x')));
    story.when('fail-job', { n: story.job('a'), retries: 0 });
    expect(story.incident()).toMatchObject({ kind: 'TASK_LISTENER_NO_RETRIES' });
    story.when('update-job', { n: story.job('a'), retries: 1 }).when('resolve-incident', { n: story.incident().n });
    story.completeJob('a');
    expect(story.completeTask('a').of('job-created')).toHaveLength(2);
  });

  test('[U9] a listener, of the model or not, finds the headers of its task', async () => {
    const story = await under(
      cluster(listener('x')),
      zeebe('taskHeaders', {}, zeebe('header', { key: 'unit', value: '1' })),
      own('creating'),
    );
    answerAll(story);
    expect(story.of('job-created').map(({ jobType, headers }) => [jobType, headers])).toEqual([
      ['x', { unit: '1' }],
      ['own-creating', { unit: '1' }],
    ]);
  });
});

describe('cluster variables', () => {
  const settings = (global: object, tenant: object = {}): ClusterSettings => ({
    taskListeners: [],
    context: clusterContext(Object.entries(global), Object.entries(tenant)),
  });
  const story = async (expression: string, using?: ClusterSettings, variables = {}) => {
    const made = await given(diagram(start('s'), script('t', 'result', expression), end('e'), path('s t e')));
    if (using) made.world = { ...made.world, cluster: using };
    return made.start(variables);
  };
  const both = settings({ LIMIT: 10, API: { url: 'a', retry: 3 } }, { LIMIT: 20, ONLY: true });

  test.each([
    ['=camunda.vars.cluster.LIMIT', 10],
    ['=camunda.vars.tenant.LIMIT', 20],
    ['=camunda.vars.env.LIMIT', 20],
    ['=camunda.vars.env.API.url', 'a'],
    ['=camunda.vars.env.ONLY', true],
    ['=camunda.vars.cluster.ONLY', null],
    ['=camunda.vars.env.NONE', null],
    ['=if camunda.vars.env.NONE != null then 1 else 5000', 5000],
  ] as const)('[V9] %s is %j', async (expression, expected) => {
    expect((await story(expression, both)).variables()).toEqual({ result: expected });
  });

  test('[V9] a tenant replaces a whole value, and a variable of the name takes the place of all of them', async () => {
    const using = settings({ API: { timeout: 5, retry: 3 } }, { API: { timeout: 9 } });
    expect((await story('=camunda.vars.env.API', using)).variables()).toEqual({ result: { timeout: 9 } });
    const shadowed = await story('=camunda.vars.env.API', using, { camunda: { vars: { env: { API: 'mine' } } } });
    expect(shadowed.variables()['result']).toBe('mine');
  });

  test('[V9] without any, the namespaces are there and empty', async () => {
    expect((await story('=camunda.vars.env.X')).variables()).toEqual({ result: null });
  });

  test('[V9] a gateway condition that finds no number in them is an incident', async () => {
    const made = await given(
      diagram(
        start('s'),
        gateway('exclusive', 'g', { default: 'g-no' }),
        end('yes'),
        end('no'),
        path('s g'),
        flow('g', 'yes', '=amount > camunda.vars.env.LIMIT'),
        flow('g', 'no'),
      ),
    );
    expect(made.start({ amount: 15 }).incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR' });
    made.world = { ...made.world, cluster: both };
    expect(made.when('resolve-incident', { n: made.incident().n }).completed()).toEqual(['s', 'g', 'no']);
  });

  test('[V9] each command finds them as they are then; a condition is looked at again when a variable of the case changes', async () => {
    const made = await given(
      diagram(
        start('s'),
        catching('c', onCondition('=amount > camunda.vars.env.LIMIT')),
        el('task', 't', [ext()]),
        end('e'),
        path('s c t e'),
      ),
    );
    made.world = { ...made.world, cluster: settings({ LIMIT: 100 }) };
    made.start({ amount: 15 });
    made.world = { ...made.world, cluster: both };
    expect(made.active()).toEqual(['c']);
    made.when('set-variables', { n: 0, variables: { amount: 21 } });
    expect(made.status).toBe('completed');
  });

  test('[V9] names such as __proto__ reach nothing', async () => {
    const odd = settings(JSON.parse('{"__proto__": {"polluted": 1}, "A": 1}') as object);
    expect((await story('=camunda.vars.env.polluted', odd)).variables()).toEqual({ result: null });
    expect((await story('=camunda.vars.env.A', odd)).variables()).toEqual({ result: 1 });
  });
});
