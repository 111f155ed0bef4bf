import { z } from 'zod';
import { decisionScope } from '../case-sight.ts';
import { maskedText } from '../identity-mask.ts';
import { key, name, parseBody, variables } from '../input.ts';
import { staff, triesOut } from '../policy.ts';
import { accepted } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
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
    evaluatedDecisions: evaluated.map((row) => ({
      ...showDecisionInstance(row),
      output: row['result'] ?? null,
      matchedRules: row['matchedRules'] ?? [],
      evaluatedInputs: row['evaluatedInputs'] ?? [],
    })),
  });
}

async function evaluateExpression(asked: Asked) {
  const given = parseBody(
    asked,
    z.object({ expression: z.string().min(1).max(65_536), variables: variables.nullish(), context: variables.nullish() }),
  );
  const { result, warnings } = accepted(
    await asked.context.runtime.evaluateExpression(given.expression, given.variables ?? given.context ?? {}),
  );
  return ok({ expression: given.expression, result, warnings });
}

function tableFor({ reader }: Asked): typeof decisionInstances {
  return { ...decisionInstances, show: (row) => showDecisionInstance({ ...row, result: maskedText(reader, row['result']) }) };
}

export const decisionRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/decision-definitions/evaluation', allow: triesOut, handler: evaluate },
  {
    method: 'post',
    path: '/v2/decision-instances/search',
    allow: staff,
    handler: async (asked) => search(asked, tableFor(asked), { scope: await decisionScope(asked) }),
  },
  { method: 'post', path: '/v2/expression/evaluation', allow: triesOut, handler: evaluateExpression },
];
