/** A test case of Camunda's CPT JSON → a scenario that both implementations can run. Assertions are left to the scenario runner. */
import type { Element, Json, Process, Variables } from '../../engine/index.ts';
import { addDuration, parseDuration } from '../../engine/time/duration.ts';
import type { LooseStep, Scenario } from './rehearsal.ts';

/** An instruction as it stands in the file; what a type does not need is absent. */
export interface Instruction {
  readonly type: string;
  readonly variables?: Variables;
  readonly processDefinitionId?: string;
  readonly processDefinitionSelector?: { readonly processDefinitionId?: string };
  readonly jobSelector?: { readonly jobType?: string; readonly elementId?: string };
  readonly userTaskSelector?: { readonly elementId?: string; readonly taskName?: string };
  readonly jobType?: string;
  readonly errorCode?: string;
  readonly name?: string;
  readonly signalName?: string;
  readonly duration?: string;
  readonly decisionDefinitionId?: string;
  readonly output?: Json;
}

export type FromTestCase = { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly reason: string };

export function fromTestCase(process: Process, instructions: readonly Instruction[]): FromTestCase {
  const elements = [...process.elements.values()];
  const answers = new Map<string, Variables>();
  const decisions = new Map<string, Json>();
  const steps: LooseStep[] = [];
  let variables: Variables = {};
  for (const instruction of instructions) {
    const { type } = instruction;
    if (type.startsWith('ASSERT_')) continue;
    if (type === 'CREATE_PROCESS_INSTANCE') variables = instruction.variables ?? {};
    else if (type === 'MOCK_JOB_WORKER_COMPLETE_JOB')
      for (const id of withJob(elements, instruction.jobType)) answers.set(id, instruction.variables ?? {});
    else if (type === 'MOCK_CHILD_PROCESS')
      for (const id of calling(elements, instruction.processDefinitionId)) answers.set(id, instruction.variables ?? {});
    else if (type === 'MOCK_DMN_DECISION') decisions.set(instruction.decisionDefinitionId ?? '', instruction.output ?? null);
    else {
      const step = stepOf(elements, instruction);
      if (step === undefined)
        return { ok: false, reason: `Expected instructions that both implementations know, but '${type}' is only for ours.` };
      steps.push(step);
    }
  }
  return {
    ok: true,
    scenario: { processId: process.id, variables, steps, answers: Object.fromEntries(answers), decisions: Object.fromEntries(decisions) },
  };
}

function stepOf(elements: readonly Element[], instruction: Instruction): LooseStep | undefined {
  const given = { variables: instruction.variables ?? {} };
  switch (instruction.type) {
    case 'COMPLETE_JOB':
      return { do: 'complete', oneOf: jobs(elements, instruction), ...given };
    case 'THROW_BPMN_ERROR_FROM_JOB':
      return { do: 'error', oneOf: jobs(elements, instruction), code: instruction.errorCode ?? '', ...given };
    case 'COMPLETE_USER_TASK':
      return { do: 'complete', oneOf: tasks(elements, instruction), ...given };
    case 'PUBLISH_MESSAGE':
    case 'CORRELATE_MESSAGE':
      return { do: 'publish', name: instruction.name ?? '', ...given };
    case 'BROADCAST_SIGNAL':
      return { do: 'publish', name: instruction.signalName ?? '', ...given };
    case 'INCREASE_TIME': {
      const duration = parseDuration(instruction.duration ?? '');
      return duration === undefined ? undefined : { do: 'advance', milliseconds: addDuration(0, duration) };
    }
    default:
      return undefined;
  }
}

function jobs(elements: readonly Element[], { jobSelector }: Instruction): string[] {
  return jobSelector?.elementId === undefined ? withJob(elements, jobSelector?.jobType) : [jobSelector.elementId];
}

function tasks(elements: readonly Element[], { userTaskSelector }: Instruction): string[] {
  if (userTaskSelector?.elementId !== undefined) return [userTaskSelector.elementId];
  return elements
    .filter(({ kind, name }) => kind === 'user-task' && (userTaskSelector?.taskName === undefined || name === userTaskSelector.taskName))
    .map(({ id }) => id);
}

function withJob(elements: readonly Element[], type: string | undefined): string[] {
  return elements
    .filter(
      (element) =>
        'job' in element &&
        element.job !== undefined &&
        (type === undefined || !('fixed' in element.job.type) || element.job.type.fixed === type),
    )
    .map(({ id }) => id);
}

function calling(elements: readonly Element[], processId: string | undefined): string[] {
  return elements
    .filter((element) => element.kind === 'call-activity' && (!('fixed' in element.processId) || element.processId.fixed === processId))
    .map(({ id }) => id);
}
