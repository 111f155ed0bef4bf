/** Instructions that do something, and mocks. */
import type { JobResult, TaskFields, Variables } from '../engine/terms.ts';
import type { PublishMessage } from '../runtime/runtime.ts';
import { durationMs } from './duration.ts';
import { elementFilter, filterOf, instances, openJob, openTask } from './find.ts';
import type { InstructionType, Of } from './instruction.ts';
import { mockChildProcess, mockDecision } from './mock-resources.ts';
import { by, ScenarioFailure, type Stage } from './stage.ts';

export type Acts = Exclude<InstructionType, `ASSERT_${string}`>;

const vars = (given: unknown): Variables => (given ?? {}) as Variables;

function ms(text: string): number {
  const found = durationMs(text);
  if (found === undefined) throw new ScenarioFailure(`Expected an ISO 8601 duration, but got ${text}`);
  return found;
}

function messageOf(of: Of<'PUBLISH_MESSAGE'> | Of<'CORRELATE_MESSAGE'>): PublishMessage {
  const { name, correlationKey, messageId, timeToLive } = of;
  const ttl = typeof timeToLive === 'string' ? ms(timeToLive) : timeToLive;
  return {
    name,
    variables: vars(of.variables),
    ...(correlationKey === undefined ? {} : { correlationKey }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(ttl === undefined ? {} : { timeToLive: ttl }),
  };
}

async function completeWith(stage: Stage, selector: Of<'COMPLETE_JOB'>['jobSelector'], result: JobResult, given?: unknown): Promise<void> {
  const job = await openJob(stage, selector);
  await stage.done(stage.runtime.execute(String(job['jobKey']), { type: 'complete-job', variables: vars(given), result, by }));
}

/** One function per instruction: a missing one does not compile. */
export const acts: { readonly [T in Acts]: (stage: Stage, of: Of<T>) => Promise<unknown> } = {
  CREATE_PROCESS_INSTANCE: (stage, of) =>
    stage.done(
      stage.runtime.startInstance(
        {
          processDefinitionId: of.processDefinitionSelector.processDefinitionId,
          variables: vars(of.variables),
          ...(of.startInstructions ? { startInstructions: of.startInstructions } : {}),
        },
        by,
      ),
    ),
  COMPLETE_JOB: async (stage, of) => {
    const job = await openJob(stage, of.jobSelector);
    await stage.done(stage.runtime.execute(String(job['jobKey']), { type: 'complete-job', variables: vars(of.variables), by }));
  },
  THROW_BPMN_ERROR_FROM_JOB: async (stage, of) => {
    const job = await openJob(stage, of.jobSelector);
    const message = of.errorMessage === undefined ? {} : { errorMessage: of.errorMessage };
    await stage.done(
      stage.runtime.execute(String(job['jobKey']), {
        type: 'throw-job-error',
        errorCode: of.errorCode,
        ...message,
        variables: vars(of.variables),
        by,
      }),
    );
  },
  COMPLETE_JOB_AD_HOC_SUB_PROCESS: (stage, of) => {
    const activateElements = (of.activateElements ?? []).map(({ elementId, variables }) => ({ elementId, variables: vars(variables) }));
    const flags = {
      isCompletionConditionFulfilled: of.completionConditionFulfilled ?? false,
      isCancelRemainingInstances: of.cancelRemainingInstances ?? false,
    };
    return completeWith(stage, of.jobSelector, { type: 'adHocSubProcess', activateElements, ...flags }, of.variables);
  },
  COMPLETE_JOB_USER_TASK_LISTENER: (stage, of) =>
    completeWith(stage, of.jobSelector, {
      type: 'userTask',
      ...(of.denied === undefined ? {} : { denied: of.denied }),
      ...(of.deniedReason === undefined ? {} : { deniedReason: of.deniedReason }),
      ...(of.corrections === undefined ? {} : { corrections: of.corrections as TaskFields }),
    }),
  COMPLETE_USER_TASK: async (stage, of) => {
    const task = await openTask(stage, of.userTaskSelector);
    await stage.done(stage.runtime.execute(String(task['userTaskKey']), { type: 'complete-user-task', variables: vars(of.variables), by }));
  },
  PUBLISH_MESSAGE: (stage, of) => stage.done(stage.runtime.publishMessage(messageOf(of), by)),
  CORRELATE_MESSAGE: (stage, of) => stage.done(stage.runtime.correlateMessage(messageOf(of), by)),
  BROADCAST_SIGNAL: (stage, of) => stage.done(stage.runtime.broadcastSignal(of.signalName, vars(of.variables), by)),
  INCREASE_TIME: (stage, of) => stage.done(stage.runtime.moveClock(stage.runtime.clock.now() + ms(of.duration))),
  SET_TIME: (stage, of) => {
    const at = Date.parse(of.time);
    if (Number.isNaN(at)) throw new ScenarioFailure(`Expected an ISO 8601 time, but got ${of.time}`);
    return stage.done(stage.runtime.moveClock(at));
  },
  UPDATE_VARIABLES: async (stage, of) => {
    const element = of.elementSelector;
    const rows =
      element === undefined
        ? await instances(stage, of.processInstanceSelector)
        : await stage.rows('elementInstances', { ...elementFilter(of.processInstanceSelector, element), state: 'ACTIVE' });
    const key = rows[0]?.[element === undefined ? 'processInstanceKey' : 'elementInstanceKey'];
    if (key === undefined) throw new ScenarioFailure(`Expected an active element with ${JSON.stringify(element)}, but there is none`);
    await stage.done(stage.runtime.execute(String(key), { type: 'set-variables', variables: vars(of.variables), by }));
  },
  RESOLVE_INCIDENT: async (stage, of) => {
    const [incident] = await stage.rows('incidents', { ...filterOf(of.incidentSelector), state: 'ACTIVE' });
    if (incident === undefined)
      throw new ScenarioFailure(`Expected an incident with ${JSON.stringify(of.incidentSelector)}, but there is none`);
    const job = incident['jobKey'];
    if (typeof job === 'string') {
      const retries = Number((await stage.runtime.store.get('jobs', job))?.['retries'] ?? 0) + 1;
      await stage.done(stage.runtime.execute(job, { type: 'update-job', retries, by }));
    }
    await stage.done(stage.runtime.execute(String(incident['incidentKey']), { type: 'resolve-incident', by }));
  },
  EVALUATE_DECISION: (stage, of) =>
    stage.done(
      stage.runtime.evaluateDecision({ decisionDefinitionId: of.decisionSelector.decisionDefinitionId, variables: vars(of.variables) }, by),
    ),
  EVALUATE_CONDITIONAL_START_EVENT: () =>
    Promise.reject(
      new ScenarioFailure('Expected an instruction that this runner knows, but the runtime evaluates conditional start events by itself'),
    ),
  ALUR_FAIL_JOB: async (stage, of) => {
    const job = await openJob(stage, of.jobSelector);
    const retries = of.retries ?? Math.max(0, Number(job['retries']) - 1);
    const backOff = of.retryBackOff === undefined ? {} : { retryBackOff: ms(of.retryBackOff) };
    await stage.done(
      stage.runtime.execute(String(job['jobKey']), {
        type: 'fail-job',
        retries,
        errorMessage: of.errorMessage ?? 'failed by the scenario',
        ...backOff,
        by,
      }),
    );
  },
  MOCK_JOB_WORKER_COMPLETE_JOB: async (stage, of) => void stage.mocks.set(of.jobType, { variables: vars(of.variables) }),
  MOCK_JOB_WORKER_THROW_BPMN_ERROR: async (stage, of) =>
    void stage.mocks.set(of.jobType, {
      errorCode: of.errorCode,
      variables: vars(of.variables),
      ...(of.errorMessage === undefined ? {} : { errorMessage: of.errorMessage }),
    }),
  MOCK_CHILD_PROCESS: (stage, of) => stage.deploy([mockChildProcess(of.processDefinitionId, vars(of.variables))]),
  MOCK_DMN_DECISION: (stage, of) => stage.deploy([mockDecision(of.decisionDefinitionId, of.output ?? of.variables ?? null)]),
};
