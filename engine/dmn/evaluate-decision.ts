import type { Clock, FeelValue, Scope, Warning } from '../feel/index.ts';
import { metered, Runtime, STEP_BUDGET } from '../feel/runtime.ts';
import { failureOf } from '../feel/compile.ts';
import type { Decision } from './graph.ts';
import { runDecision } from './run-decision.ts';
import type { Visit } from './run-decision.ts';
import type { MatchedRule, NamedValue } from './table.ts';

/** One decision as it was evaluated, for the audit. Decisions without a table have no inputs and no matched rules. */
export interface EvaluatedDecision {
  readonly decisionId: string;
  readonly decisionName: string;
  readonly kind: Decision['kind'];
  readonly decision: Decision;
  readonly output: FeelValue;
  readonly matched: readonly MatchedRule[];
  readonly inputs: readonly NamedValue[];
}

export type DecisionEvaluation =
  | {
      readonly ok: true;
      readonly output: FeelValue;
      readonly matched: readonly MatchedRule[];
      readonly inputs: readonly NamedValue[];
      /** every decision that was evaluated, required ones first, the asked one last */
      readonly evaluated: readonly EvaluatedDecision[];
      readonly warnings: readonly Warning[];
    }
  | { readonly ok: false; readonly decisionId: string; readonly message: string };

/** Evaluates a decision and what it requires over the variables of `scope`. Never throws for what a model or its data can do. */
export function evaluateDecision(decision: Decision, scope: Scope, clock: Clock): DecisionEvaluation {
  return metered(clock, STEP_BUDGET, (meter) => evaluated(decision, new Runtime(scope, clock, meter)));
}

function evaluated(decision: Decision, runtime: Runtime): DecisionEvaluation {
  const visited: Visit[] = [];
  try {
    const output = runDecision(decision, runtime, { known: new Map(), visited });
    const last = visited.at(-1)?.result;
    return {
      ok: true,
      output,
      matched: last?.matched ?? [],
      inputs: last?.inputs ?? [],
      evaluated: visited.map(evaluatedOf),
      warnings: runtime.meter.warnings,
    };
  } catch (problem) {
    return { ok: false, decisionId: decision.id, message: failureOf(problem).message };
  }
}

function evaluatedOf({ decision, result, output }: Visit): EvaluatedDecision {
  return {
    decisionId: decision.id,
    decisionName: decision.name,
    kind: decision.kind,
    decision,
    output,
    matched: result.matched,
    inputs: result.inputs,
  };
}
