import { feel } from '../engine/index.ts';
import type { DeployedDecision, Json, Key, MadeDecision } from '../engine/index.ts';
import { evaluateDecision } from '../engine/dmn/index.ts';
import type { Decision, EvaluatedDecision, MatchedRule, NamedValue } from '../engine/dmn/index.ts';

/** A decision as the engine calls it: FEEL values become JSON at this border. `keyOf`: the keys of decisions that it requires. */
export function deployedDecision(
  key: Key,
  decision: Decision,
  keyOf: (required: Decision) => Key | undefined = () => undefined,
): DeployedDecision {
  return {
    key,
    name: decision.name,
    kind: decision.kind,
    evaluate: (scope, clock) => {
      const result = evaluateDecision(decision, scope, clock);
      if (!result.ok) return { ok: false, message: result.message };
      return {
        ok: true,
        output: feel.toJson(result.output),
        matchedRules: result.matched.map(ruleJson),
        inputs: result.inputs.map(inputJson),
        required: result.evaluated.slice(0, -1).map((one) => madeDecision(one, keyOf(one.decision))),
      };
    },
  };
}

export function madeDecision(
  { decisionId, decisionName: name, kind, output, matched, inputs }: EvaluatedDecision,
  key: Key | undefined,
): MadeDecision {
  const made = { decisionId, name, kind, output: feel.toJson(output), matchedRules: matched.map(ruleJson), inputs: inputs.map(inputJson) };
  return key === undefined ? made : { ...made, key };
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
