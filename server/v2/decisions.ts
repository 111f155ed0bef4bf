import { z } from 'zod';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { allRows } from '../all-rows.ts';
import { decisionScope } from '../case-sight.ts';
import { maskedText, seesIdentity } from '../identity-mask.ts';
import { key, keyParam, name, parseBody, textParam, variables } from '../input.ts';
import { repairs, staff, triesOut } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and, filterOf, search } from '../search.ts';
import { begin } from './batches.ts';
import { TENANT, showDecisionInstance } from './show.ts';
import { decisionInstances } from './tables.ts';

const evaluation = z
  .object({ decisionDefinitionKey: key.optional(), decisionDefinitionId: name.optional(), variables: variables.nullish() })
  .refine(
    (given) => (given.decisionDefinitionKey === undefined) !== (given.decisionDefinitionId === undefined),
    'Expected either decisionDefinitionKey or decisionDefinitionId, but there are both or none',
  );

async function evaluate(asked: Asked) {
  const { variables: given, ...which } = parseBody(asked, evaluation);
  const { decisionDefinitionKey, decisionDefinitionId } = which;
  const request = {
    ...(decisionDefinitionKey === undefined ? {} : { decisionDefinitionKey }),
    ...(decisionDefinitionId === undefined ? {} : { decisionDefinitionId }),
    variables: given ?? {},
  };
  const { instance, evaluated, output, failure } = accepted(await asked.context.runtime.evaluateDecision(request, actorOf(asked.reader)));
  const definition = await asked.context.runtime.store.get('decisionDefinitions', String(instance['decisionDefinitionKey']));
  return ok({
    decisionDefinitionId: instance['decisionDefinitionId'],
    decisionDefinitionName: instance['decisionDefinitionName'] ?? null,
    decisionDefinitionVersion: instance['decisionDefinitionVersion'],
    decisionDefinitionKey: instance['decisionDefinitionKey'],
    decisionRequirementsId: definition?.['decisionRequirementsId'] ?? null,
    decisionRequirementsKey: definition?.['decisionRequirementsKey'] ?? null,
    decisionEvaluationKey: instance['decisionEvaluationKey'],
    decisionInstanceKey: instance['decisionEvaluationKey'],
    output: JSON.stringify(output),
    failedDecisionDefinitionId: failure === undefined ? null : instance['decisionDefinitionId'],
    failureMessage: failure ?? null,
    tenantId: TENANT,
    evaluatedDecisions: evaluated.map((row) => ({ ...showDecisionInstance(row), output: row['result'] ?? 'null', ...howDecided(row) })),
  });
}

/** Inputs and rules as clients demand them: every name a text, every output with its rule. */
function howDecided(row: Row): object {
  const inputs = (row['evaluatedInputs'] ?? []) as readonly Row[];
  const rules = (row['matchedRules'] ?? []) as readonly (Row & { readonly evaluatedOutputs?: readonly Row[] })[];
  return {
    evaluatedInputs: inputs.map((input) => ({ ...input, inputName: input['inputName'] ?? input['inputId'] })),
    matchedRules: rules.map(({ evaluatedOutputs, ...rule }) => ({
      ...rule,
      evaluatedOutputs: (evaluatedOutputs ?? []).map((output) => ({
        ...output,
        outputName: output['outputName'] ?? output['outputId'],
        ruleId: rule['ruleId'],
        ruleIndex: rule['ruleIndex'],
      })),
    })),
  };
}

/** what a case decided goes with the case */
export const NO_CASE: Filter = { processInstanceKey: { $exists: false } };

async function readable(asked: Asked, filter: Filter): Promise<readonly Row[]> {
  const scope = await decisionScope(asked);
  const { items } = await asked.context.runtime.store.search('decisionInstances', { filter, scope, limit: 1_000 });
  if (items.length === 0) throw new Problem('NOT_FOUND', 'Expected a decision instance with this key, but there is none for you');
  return items;
}

async function instance(asked: Asked) {
  const [row = {}] = await readable(asked, { decisionEvaluationInstanceKey: textParam(asked, 'decisionEvaluationInstanceKey') });
  // whoever sees identity numbers masked sees the result masked, and not how it came about
  if (!seesIdentity(asked.reader)) return ok({ ...showMasked(asked, row), evaluatedInputs: [], matchedRules: [] });
  return ok({ ...showDecisionInstance(row), ...howDecided(row) });
}

/** All that one evaluation wrote down. What a running case decided stays with the case. */
async function remove(asked: Asked) {
  const decisionEvaluationKey = keyParam(asked, 'decisionEvaluationKey');
  await readable(asked, { decisionEvaluationKey });
  accepted(await asked.context.runtime.forgetEvaluation(decisionEvaluationKey));
  return noContent();
}

const removeManyBody = z.object({ filter: z.record(z.string(), z.unknown()) });
/** Of the evaluations that the filter finds and the reader sees, those that no case made. */
async function removeMany(asked: Asked) {
  const given = parseBody(asked, removeManyBody);
  const wanted = await filterOf({ asked, table: decisionInstances, path: '/filter' }, given.filter);
  const rows = await allRows(asked.context.runtime.store, 'decisionInstances', and([wanted, NO_CASE, await decisionScope(asked)]));
  const keys = [...new Set(rows.map((row) => String(row['decisionEvaluationKey'])))];
  return begin(asked, { type: 'DELETE_DECISION_INSTANCE', items: keys.map((itemKey) => ({ itemKey })) });
}

const evaluateExpressionBody = z.object({
  expression: z.string().min(1).max(65_536),
  variables: variables.nullish(),
  context: variables.nullish(),
});
async function evaluateExpression(asked: Asked) {
  const given = parseBody(asked, evaluateExpressionBody);
  const { result, warnings } = accepted(
    await asked.context.runtime.evaluateExpression(given.expression, given.variables ?? given.context ?? {}),
  );
  return ok({ expression: given.expression, result, warnings });
}

function tableFor({ reader }: Asked): typeof decisionInstances {
  return { ...decisionInstances, show: (row) => showMasked({ reader }, row) };
}

function showMasked({ reader }: Pick<Asked, 'reader'>, row: Row): Record<string, unknown> {
  return showDecisionInstance({ ...row, result: maskedText(reader, row['result']) });
}

export const decisionRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/decision-definitions/evaluation', allow: triesOut, body: evaluation, handler: evaluate },
  {
    method: 'post',
    path: '/v2/decision-instances/search',
    allow: staff,
    searches: decisionInstances,
    handler: async (asked) => search(asked, tableFor(asked), { scope: await decisionScope(asked) }),
  },
  {
    method: 'get',
    path: '/v2/decision-instances/:decisionEvaluationInstanceKey',
    allow: staff,
    handler: instance,
  },
  {
    method: 'post',
    path: '/v2/decision-instances/:decisionEvaluationKey/deletion',
    allow: repairs,
    records: 'house',
    handler: remove,
  },
  {
    method: 'post',
    path: '/v2/decision-instances/deletion',
    allow: repairs,
    records: 'house',
    body: removeManyBody,
    handler: removeMany,
  },
  { method: 'post', path: '/v2/expression/evaluation', allow: triesOut, body: evaluateExpressionBody, handler: evaluateExpression },
];
