import { feel } from '../engine/index.ts';
import type { DeployedDecision, Json, Key } from '../engine/index.ts';
import { evaluateDecision } from '../engine/dmn/index.ts';
import type { Decision, MatchedRule, NamedValue } from '../engine/dmn/index.ts';

/** A decision as the engine calls it: FEEL values become JSON at this border. */
export function deployedDecision(key: Key, decision: Decision): DeployedDecision {
  return {
    key,
    evaluate: (scope, clock) => {
      const result = evaluateDecision(decision, scope, clock);
      if (!result.ok) return { ok: false, message: result.message };
      return {
        ok: true,
        output: feel.toJson(result.output),
        matchedRules: result.matched.map(ruleJson),
        inputs: result.inputs.map(inputJson),
      };
    },
  };
}

/** As Camunda's REST interface names it. */
export function ruleJson({ ruleId, ruleIndex, outputs }: MatchedRule): Json {
  return {
    ruleId,
    ruleIndex,
    evaluatedOutputs: outputs.map(({ id, name, value }) => ({
      outputId: id,
      outputName: name,
      outputValue: JSON.stringify(feel.toJson(value)),
    })),
  };
}

export function inputJson({ id, name, value }: NamedValue): Json {
  return { inputId: id, inputName: name, inputValue: JSON.stringify(feel.toJson(value)) };
}
