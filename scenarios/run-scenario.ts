/** Runs one test case from its first instruction to its last, or to the one that fails. */
import type { Resource } from '../runtime/runtime.ts';
import { acts, type Acts } from './act.ts';
import { checks, type Checks } from './check.ts';
import { traceOf, type Trace } from './coverage.ts';
import type { Instruction, TestCase } from './instruction.ts';
import { openStage, ScenarioFailure, type Stage } from './stage.ts';

export interface ScenarioResult {
  readonly name: string;
  /** undefined = passed */
  readonly failure:
    | {
        /** from 1; 0 = the resources could not be deployed */ readonly instruction: number;
        readonly type: string;
        readonly message: string;
      }
    | undefined;
  /** what it walked over */
  readonly trace: Trace;
}

type Step = (stage: Stage, of: Instruction) => Promise<unknown>;

function stepOf({ type }: Instruction): Step {
  return (type in checks ? checks[type as Checks] : acts[type as Acts]) as Step;
}

/**
 * `resources`: everything that the scenario needs deployed. `afterwards` sees the stage before it is closed.
 * Never throws for what a scenario finds; throws for our own faults.
 */
export async function runScenario(
  resources: readonly Resource[],
  testCase: TestCase,
  afterwards?: (stage: Stage) => Promise<void>,
): Promise<ScenarioResult> {
  const { name } = testCase;
  let stage: Stage;
  try {
    stage = await openStage(resources);
  } catch (error) {
    return { name, failure: failureOf(error, 0, 'DEPLOYMENT'), trace: { elements: new Set(), flows: new Set() } };
  }
  try {
    const failure = await play(stage, testCase);
    await afterwards?.(stage);
    return { name, failure, trace: await traceOf(stage) };
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, { instructions }: TestCase): Promise<ScenarioResult['failure']> {
  for (const [index, instruction] of instructions.entries()) {
    try {
      await stepOf(instruction)(stage, instruction);
      await stage.settle();
    } catch (error) {
      return failureOf(error, index + 1, instruction.type);
    }
  }
  return undefined;
}

function failureOf(error: unknown, instruction: number, type: string): ScenarioResult['failure'] {
  if (error instanceof ScenarioFailure) return { instruction, type, message: error.message };
  throw error;
}
