/**
 * Camunda's CPT JSON (8.9) as we read it: one file holds test cases, one test case holds instructions that are done in order.
 * `ALUR_FAIL_JOB` is ours: a technical failure of a job, which the original grammar has no word for.
 */
import { z } from 'zod';

const variables = z.record(z.string(), z.json()).optional();
const processDefinitionId = z.string();
const processInstanceSelector = z.object({ processDefinitionId }).partial().optional();
const jobSelector = z.object({ jobType: z.string(), elementId: z.string(), processDefinitionId }).partial();
const userTaskSelector = z.object({ elementId: z.string(), taskName: z.string(), processDefinitionId }).partial();
const incidentSelector = z.object({ elementId: z.string(), processDefinitionId }).partial();
const elementSelector = z.object({ elementId: z.string(), elementName: z.string() }).partial();
const messageSelector = z.object({ messageName: z.string(), correlationKey: z.string() }).partial();
const elementState = z.enum(['IS_ACTIVE', 'IS_COMPLETED', 'IS_TERMINATED', 'IS_CREATED']);
const message = {
  name: z.string(),
  correlationKey: z.string().optional(),
  variables,
  timeToLive: z.union([z.number(), z.string()]).optional(),
  messageId: z.string().optional(),
};
const corrections = z.record(z.string(), z.json()).optional();

export const instruction = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('CREATE_PROCESS_INSTANCE'),
    processDefinitionSelector: z.object({ processDefinitionId }),
    variables,
    startInstructions: z.array(z.object({ elementId: z.string() })).optional(),
  }),
  z.object({ type: z.literal('COMPLETE_JOB'), jobSelector, variables, useExampleData: z.boolean().optional() }),
  z.object({
    type: z.literal('THROW_BPMN_ERROR_FROM_JOB'),
    jobSelector,
    errorCode: z.string(),
    errorMessage: z.string().optional(),
    variables,
  }),
  z.object({
    type: z.literal('COMPLETE_JOB_AD_HOC_SUB_PROCESS'),
    jobSelector,
    activateElements: z.array(z.object({ elementId: z.string(), variables })).optional(),
    completionConditionFulfilled: z.boolean().optional(),
    cancelRemainingInstances: z.boolean().optional(),
    variables,
  }),
  z.object({ type: z.literal('COMPLETE_USER_TASK'), userTaskSelector, variables, useExampleData: z.boolean().optional() }),
  z.object({
    type: z.literal('COMPLETE_JOB_USER_TASK_LISTENER'),
    jobSelector,
    denied: z.boolean().optional(),
    deniedReason: z.string().optional(),
    corrections,
  }),
  z.object({ type: z.literal('PUBLISH_MESSAGE'), ...message }),
  z.object({ type: z.literal('CORRELATE_MESSAGE'), ...message }),
  z.object({ type: z.literal('BROADCAST_SIGNAL'), signalName: z.string(), variables }),
  z.object({ type: z.literal('INCREASE_TIME'), duration: z.string() }),
  z.object({ type: z.literal('SET_TIME'), time: z.string() }),
  z.object({ type: z.literal('UPDATE_VARIABLES'), processInstanceSelector, elementSelector: elementSelector.optional(), variables }),
  z.object({ type: z.literal('RESOLVE_INCIDENT'), incidentSelector }),
  z.object({ type: z.literal('EVALUATE_DECISION'), decisionSelector: z.object({ decisionDefinitionId: z.string() }), variables }),
  z.object({ type: z.literal('EVALUATE_CONDITIONAL_START_EVENT'), variables }),
  z.object({
    type: z.literal('ALUR_FAIL_JOB'),
    jobSelector,
    errorMessage: z.string().optional(),
    retries: z.number().int().optional(),
    retryBackOff: z.string().optional(),
  }),
  z.object({ type: z.literal('MOCK_JOB_WORKER_COMPLETE_JOB'), jobType: z.string(), variables, useExampleData: z.boolean().optional() }),
  z.object({
    type: z.literal('MOCK_JOB_WORKER_THROW_BPMN_ERROR'),
    jobType: z.string(),
    errorCode: z.string(),
    errorMessage: z.string().optional(),
    variables,
  }),
  z.object({ type: z.literal('MOCK_CHILD_PROCESS'), processDefinitionId, variables }),
  z.object({ type: z.literal('MOCK_DMN_DECISION'), decisionDefinitionId: z.string(), output: z.json().optional(), variables }),
  z.object({
    type: z.literal('ASSERT_ELEMENT_INSTANCE'),
    processInstanceSelector,
    elementSelector,
    state: elementState,
    amount: z.number().int().optional(),
  }),
  z.object({
    type: z.literal('ASSERT_ELEMENT_INSTANCES'),
    processInstanceSelector,
    elementSelectors: z.array(elementSelector),
    state: elementState,
  }),
  z.object({
    type: z.literal('ASSERT_PROCESS_INSTANCE'),
    processInstanceSelector,
    state: elementState.optional(),
    hasActiveIncidents: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('ASSERT_VARIABLES'),
    processInstanceSelector,
    elementSelector: elementSelector.optional(),
    variableNames: z.array(z.string()).optional(),
    variables,
  }),
  z.object({
    type: z.literal('ASSERT_USER_TASK'),
    userTaskSelector,
    state: z.enum(['IS_CREATED', 'IS_COMPLETED', 'IS_CANCELED', 'IS_FAILED']).optional(),
    assignee: z.string().optional(),
    priority: z.number().optional(),
    elementId: z.string().optional(),
    name: z.string().optional(),
    dueDate: z.string().optional(),
    followUpDate: z.string().optional(),
    candidateGroups: z.array(z.string()).optional(),
  }),
  z.object({
    type: z.literal('ASSERT_DECISION'),
    decisionSelector: z.object({ decisionDefinitionId: z.string(), decisionDefinitionName: z.string() }).partial(),
    output: z.json().optional(),
    matchedRules: z.array(z.number()).optional(),
    notMatchedRules: z.array(z.number()).optional(),
    noMatchedRules: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('ASSERT_PROCESS_INSTANCE_MESSAGE_SUBSCRIPTION'),
    processInstanceSelector,
    messageSelector,
    state: z.enum(['IS_WAITING', 'IS_NOT_WAITING', 'IS_CORRELATED']),
  }),
]);
export type Instruction = z.infer<typeof instruction>;
export type InstructionType = Instruction['type'];
export type Of<T extends InstructionType> = Extract<Instruction, { type: T }>;

export const testCase = z.object({ name: z.string(), description: z.string().optional(), instructions: z.array(instruction) });
export type TestCase = z.infer<typeof testCase>;

export const scenarioFile = z.object({ $schema: z.string().optional(), testCases: z.array(testCase).min(1) });
