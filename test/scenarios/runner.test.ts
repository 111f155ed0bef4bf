import { describe, expect, test } from '@jest/globals';
import { durationMs } from '../../scenarios/duration.ts';
import { runScenario, testCase, type ScenarioResult } from '../../scenarios/index.ts';

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:test">
  <bpmn:process id="small" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:serviceTask id="work"><bpmn:extensionElements><zeebe:taskDefinition type="stamp" /></bpmn:extensionElements><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing></bpmn:serviceTask>
    <bpmn:userTask id="look" name="Look"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements><bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>c</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="end"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="work" />
    <bpmn:sequenceFlow id="b" sourceRef="work" targetRef="look" />
    <bpmn:sequenceFlow id="c" sourceRef="look" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>`;

const start = { type: 'CREATE_PROCESS_INSTANCE', processDefinitionSelector: { processDefinitionId: 'small' }, variables: { n: 1 } };
const stamp = { type: 'COMPLETE_JOB', jobSelector: { jobType: 'stamp' }, variables: { stamped: true } };

function run(...instructions: readonly object[]): Promise<ScenarioResult> {
  return runScenario([{ name: 'small.bpmn', text: xml }], testCase.parse({ name: 'x', instructions }));
}

describe('a scenario that holds', () => {
  test('[SC3] passes and says what it walked over', async () => {
    const result = await run(
      start,
      stamp,
      { type: 'COMPLETE_USER_TASK', userTaskSelector: { taskName: 'Look' } },
      { type: 'ASSERT_PROCESS_INSTANCE', processInstanceSelector: { processDefinitionId: 'small' }, state: 'IS_COMPLETED' },
    );
    expect(result.failure).toBeUndefined();
    expect([...result.trace.flows].sort()).toEqual(['small/a', 'small/b', 'small/c']);
  });

  test('[SC3] a mocked worker does its jobs by itself', async () => {
    const mock = { type: 'MOCK_JOB_WORKER_COMPLETE_JOB', jobType: 'stamp', variables: { stamped: 2 } };
    const vars = { type: 'ASSERT_VARIABLES', processInstanceSelector: { processDefinitionId: 'small' }, variables: { stamped: 2, n: 1 } };
    expect((await run(mock, start, vars)).failure).toBeUndefined();
  });
});

describe('a scenario that does not hold fails at its instruction, with what was found', () => {
  test.each([
    [
      'an element that is elsewhere',
      [start, { type: 'ASSERT_ELEMENT_INSTANCE', elementSelector: { elementId: 'look' }, state: 'IS_ACTIVE' }],
      2,
      'active now: work',
    ],
    ['a wrong variable', [start, { type: 'ASSERT_VARIABLES', variables: { n: 2 } }], 2, 'n = 2, but found 1'],
    ['a variable that is not there', [start, { type: 'ASSERT_VARIABLES', variables: { toString: 2 } }], 2, 'no such variable'],
    ['a job that is not there', [start, { type: 'COMPLETE_JOB', jobSelector: { elementId: 'look' } }], 2, 'there are only: stamp at work'],
    ['a task too early', [start, { type: 'COMPLETE_USER_TASK', userTaskSelector: { elementId: 'look' } }], 2, 'there is none at all'],
    ['a message nobody waits for', [start, { type: 'CORRELATE_MESSAGE', name: 'm', correlationKey: '1' }], 2, 'NOT_FOUND'],
    ['an unknown process', [{ ...start, processDefinitionSelector: { processDefinitionId: '__proto__' } }], 1, 'NOT_FOUND'],
    ['a duration that is none', [start, { type: 'INCREASE_TIME', duration: '3 days' }], 2, 'ISO 8601'],
    ['no incident to resolve', [start, { type: 'RESOLVE_INCIDENT', incidentSelector: { elementId: 'work' } }], 2, 'there is none'],
    ['an instance that goes on', [start, { type: 'ASSERT_PROCESS_INSTANCE', state: 'IS_COMPLETED' }], 2, '1 × ACTIVE'],
  ] as const)('[SC4] %s', async (_, instructions, at, words) => {
    const { failure } = await run(...instructions);
    expect(failure?.instruction).toBe(at);
    expect(failure?.message).toContain(words);
  });

  test('[SC4] an instruction outside the grammar is refused before anything runs', () => {
    expect(testCase.safeParse({ name: 'x', instructions: [{ type: 'DO_MAGIC' }] }).success).toBe(false);
  });

  test('[SC4] a diagram that cannot be deployed is instruction 0', async () => {
    const result = await runScenario([{ name: 'broken.bpmn', text: '<nope' }], testCase.parse({ name: 'x', instructions: [start] }));
    expect(result.failure).toMatchObject({ instruction: 0, type: 'DEPLOYMENT' });
  });
});

test.each([
  ['P1D', 86_400_000],
  ['PT1H30M', 5_400_000],
  ['PT0.5S', 500],
  ['P', undefined],
  ['PT', undefined],
  ['1h', undefined],
])('[SC5] the duration %s is %p ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
