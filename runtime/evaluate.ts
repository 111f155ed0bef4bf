import { feel, withCluster } from '../engine/index.ts';
import type { Actor, Json, Rejection, Variables } from '../engine/index.ts';
import { evaluateDecision } from '../engine/dmn/index.ts';
import type { Row } from './collections.ts';
import { inputJson, ruleJson } from './deployed-decision.ts';
import type { RowChange } from './ports.ts';
import type { Room } from './room.ts';
import type { Runtime } from './runtime.ts';

type DecisionRequest = Parameters<Runtime['evaluateDecision']>[0];

/** Evaluates outside of any instance and keeps the evaluation as rows of `decisionInstances`. */
export async function evaluateDeployedDecision(
  room: Room,
  { decisionDefinitionKey: key, decisionDefinitionId: id, variables }: DecisionRequest,
  _by: Actor,
): ReturnType<Runtime['evaluateDecision']> {
  const entry = room.book.decision({ ...(key !== undefined && { key }), ...(id !== undefined && { id }) });
  if (entry === undefined || !room.book.standing('decisionDefinitions', entry.decision.id).includes(entry.key))
    return { ok: false, kind: 'NOT_FOUND', reason: `Expected a deployed decision ${key ?? id ?? ''}, but there is none` };
  const evaluationKey = await room.ids.next();
  const clock = room.moment();
  const result = evaluateDecision(entry.decision, withCluster(feel.scopeOf(variables), clock.cluster), clock);
  const shared = { decisionEvaluationKey: evaluationKey, evaluationDate: clock.now, decisionDefinitionType: 'DECISION_TABLE' };
  const asked = {
    ...shared,
    decisionEvaluationInstanceKey: `${evaluationKey}-1`,
    decisionDefinitionKey: entry.key,
    decisionDefinitionId: entry.decision.id,
    decisionDefinitionName: entry.decision.name,
    decisionDefinitionVersion: entry.row['version'],
  };
  const instance: Row = result.ok
    ? {
        ...asked,
        state: 'EVALUATED',
        result: JSON.stringify(feel.toJson(result.output)),
        evaluatedInputs: result.inputs.map(inputJson),
        matchedRules: result.matched.map(ruleJson),
      }
    : { ...asked, state: 'FAILED', result: 'null', evaluationFailure: result.message, evaluatedInputs: [], matchedRules: [] };
  const evaluated = result.ok
    ? result.evaluated.map((one, index): Row => {
        const known = room.book.decision({ id: one.decisionId });
        return {
          ...shared,
          decisionEvaluationInstanceKey: `${evaluationKey}-${index + 1}`,
          decisionDefinitionKey: known?.key,
          decisionDefinitionId: one.decisionId,
          decisionDefinitionName: one.decisionName,
          decisionDefinitionVersion: known?.row['version'],
          state: 'EVALUATED',
          result: JSON.stringify(feel.toJson(one.output)),
          evaluatedInputs: one.inputs.map(inputJson),
          matchedRules: one.matched.map(ruleJson),
        };
      })
    : [instance];
  await room.store.write(
    evaluated.map((row): RowChange => ({
      op: 'put',
      collection: 'decisionInstances',
      key: String(row['decisionEvaluationInstanceKey']),
      row,
    })),
  );
  const output: Json = result.ok ? feel.toJson(result.output) : null;
  return { ok: true, instance, evaluated, output, ...(result.ok ? {} : { failure: result.message }) };
}

/** `expression`: with or without the leading `=`. */
export function evaluateExpression(
  room: Room,
  expression: string,
  variables: Variables,
): { readonly ok: true; readonly result: Json; readonly warnings: readonly string[] } | Rejection {
  const compiled = feel.compileExpression(expression.replace(/^\s*=/, ''));
  if (!compiled.ok) return { ok: false, kind: 'INVALID_ARGUMENT', reason: compiled.problem.message };
  const moment = room.moment();
  const result = compiled.expression.evaluate(withCluster(feel.scopeOf(variables), moment.cluster), moment);
  if (!result.ok) return { ok: false, kind: 'INVALID_ARGUMENT', reason: result.message };
  return { ok: true, result: feel.toJson(result.value), warnings: result.warnings.map(({ message }) => message) };
}
