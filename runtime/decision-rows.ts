/** How decisions came about, as rows of `decisionInstances`. */
import type { Event, Key, MadeDecision } from '../engine/index.ts';
import type { Row } from './collections.ts';

type Evaluated = Extract<Event, { readonly t: 'decision-evaluated' }>;

/** What a row tells of the decision itself. */
export function decisionRow({ decisionId, key, name, kind, output, matchedRules, inputs }: MadeDecision): Row {
  return {
    state: 'EVALUATED',
    decisionDefinitionKey: key,
    decisionDefinitionId: decisionId,
    decisionDefinitionName: name,
    decisionDefinitionType: kind,
    result: JSON.stringify(output),
    evaluatedInputs: inputs,
    matchedRules,
  };
}

/** Of one evaluation in a case: required decisions first, the one that was asked last. */
export function decisionRows(event: Evaluated, decisionEvaluationKey: Key): readonly Row[] {
  const { required = [], decisionId, decisionKey, name = decisionId, kind = 'DECISION_TABLE', failure } = event;
  const { output, matchedRules, inputs } = event;
  const failed = failure === undefined ? {} : { state: 'FAILED', evaluationFailure: failure };
  const asked = { ...decisionRow({ decisionId, key: decisionKey, name, kind, output, matchedRules, inputs }), ...failed };
  return [...required.map(decisionRow), asked].map((row, index) => ({
    ...row,
    decisionEvaluationKey,
    decisionEvaluationInstanceKey: `${decisionEvaluationKey}-${index + 1}`,
    evaluationDate: event.at,
  }));
}
