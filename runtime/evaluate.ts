import { feel, withCluster } from '../engine/index.ts';
import type { Actor, Json, Rejection, Variables } from '../engine/index.ts';
import { evaluateDecision } from '../engine/dmn/index.ts';
import type { EvaluatedDecision } from '../engine/dmn/index.ts';
import type { Row } from './collections.ts';
import { decisionRow } from './decision-rows.ts';
import type { DecisionEntry } from './definitions.ts';
import { madeDecision } from './deployed-decision.ts';
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
  const shared = { decisionEvaluationKey: evaluationKey, evaluationDate: clock.now };
  const keyed = (row: Row, index: number): Row => ({ ...row, ...shared, decisionEvaluationInstanceKey: `${evaluationKey}-${index + 1}` });
  const evaluated = result.ok
    ? result.evaluated.map((one, index) => keyed(madeRow(room, one), index))
    : [keyed(failedRow(entry, result.message), 0)];
  const instance = evaluated.at(-1) ?? {};
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

function madeRow({ book }: Room, one: EvaluatedDecision): Row {
  const key = book.decisionKey(one.decision);
  return { ...decisionRow(madeDecision(one, key)), decisionDefinitionVersion: key && book.decision({ key })?.row['version'] };
}

function failedRow({ key, decision, row }: DecisionEntry, evaluationFailure: string): Row {
  const { id: decisionId, name, kind } = decision;
  const made = decisionRow({ decisionId, key, name, kind, output: null, matchedRules: [], inputs: [] });
  return { ...made, state: 'FAILED', evaluationFailure, decisionDefinitionVersion: row['version'] };
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
