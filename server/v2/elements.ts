/** Element instances, variables and incidents: what a case is made of, for those who may see the case. */
import { z } from 'zod';
import { readableRow, withinCases } from '../case-reads.ts';
import { correlationScope, ownsCase, seenNames, troubleScope, variableScope } from '../case-sight.ts';
import { identityNames, maskedRow, maskedText, seesIdentity } from '../identity-mask.ts';
import { keyParam, parseBody, variables as variablesSchema } from '../input.ts';
import { repairs, staff } from '../policy.ts';
import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import { Problem, accepted } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and, search } from '../search.ts';
import { readableCase } from '../case-reads.ts';
import { showElementInstance, showIncident, showVariable } from './show.ts';
import { correlations, elementInstances, incidents, subscriptions, variables } from './tables.ts';
import { instanceKeyOf } from '../../engine/keys.ts';

const setVariablesBody = z.object({ variables: variablesSchema, local: z.boolean().nullish() });
async function setVariables(asked: Asked) {
  const elementInstanceKey = keyParam(asked, 'elementInstanceKey');
  const given = parseBody(asked, setVariablesBody);
  const row = await readableCase(asked, instanceKeyOf(elementInstanceKey));
  refuseHidden(asked, row, Object.keys(given.variables));
  const local = given.local ?? false;
  accepted(
    await asked.context.runtime.execute(elementInstanceKey, {
      type: 'set-variables',
      by: actorOf(asked.reader),
      variables: given.variables,
      local,
    }),
  );
  return noContent();
}

/** What one may not see one may not overwrite. */
function refuseHidden({ context, reader }: Asked, row: Row, names: readonly string[]): void {
  if (ownsCase(reader, row)) return;
  const seen = seenNames(reader, context.runtime.definitions.byKey(String(row['processDefinitionKey'])));
  if (names.some((name) => !seen.has(name)))
    throw new Problem('FORBIDDEN', 'Expected variables that your agency sees in this case, but there is another');
}

/** Somebody who sees identity numbers masked must not learn them by asking for values until one fits. */
async function variablesFor(asked: Asked): Promise<Filter> {
  const scope = await variableScope(asked);
  const { filter, sort } = (asked.body ?? {}) as { readonly filter?: unknown; readonly sort?: unknown };
  const asksValues = /"value"/.test(JSON.stringify([filter, sort]) ?? '');
  if (seesIdentity(asked.reader) || !asksValues) return scope;
  return and([scope, { name: { $notIn: [...identityNames(asked.context.runtime.definitions)] } }]);
}

function shownVariable({ context, reader }: Asked) {
  return (row: Row) => showVariable(maskedRow(reader, context.runtime.definitions, row));
}

function shownIncident({ reader }: Asked) {
  return (row: Row) => showIncident({ ...row, errorMessage: maskedText(reader, row['errorMessage']) });
}

/** `table` with rows as this reader sees them */
function tableFor(asked: Asked, table: typeof variables, show: (asked: Asked) => (row: Row) => object): typeof variables {
  return { ...table, show: show(asked) };
}

async function resolveIncident(asked: Asked) {
  const incidentKey = keyParam(asked, 'incidentKey');
  await readableRow(asked, 'incidents', { key: incidentKey, scopeOf: troubleScope });
  accepted(await asked.context.runtime.execute(incidentKey, { type: 'resolve-incident', by: actorOf(asked.reader) }));
  return noContent();
}

async function incidentsOfCase(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  const row = await readableCase(asked, processInstanceKey);
  return search(asked, tableFor(asked, incidents, shownIncident), {
    scope: await troubleScope(asked, [row]),
    fixed: { processInstanceKey },
  });
}

export const elementRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/element-instances/search',
    allow: staff,
    searches: elementInstances,
    handler: async (asked) => search(asked, elementInstances, { scope: await withinCases(asked) }),
  },
  {
    method: 'get',
    path: '/v2/element-instances/:elementInstanceKey',
    allow: staff,
    handler: async (asked) =>
      ok(showElementInstance(await readableRow(asked, 'elementInstances', { key: keyParam(asked, 'elementInstanceKey') }))),
  },
  {
    method: 'put',
    path: '/v2/element-instances/:elementInstanceKey/variables',
    allow: repairs,
    body: setVariablesBody,
    handler: setVariables,
  },
  {
    method: 'post',
    path: '/v2/variables/search',
    allow: staff,
    searches: variables,
    handler: async (asked) => search(asked, tableFor(asked, variables, shownVariable), { scope: await variablesFor(asked) }),
  },
  {
    method: 'get',
    path: '/v2/variables/:variableKey',
    allow: staff,
    handler: async (asked) =>
      ok(shownVariable(asked)(await readableRow(asked, 'variables', { key: keyParam(asked, 'variableKey'), scopeOf: variableScope }))),
  },
  {
    method: 'post',
    path: '/v2/incidents/search',
    allow: staff,
    searches: incidents,
    handler: async (asked) => search(asked, tableFor(asked, incidents, shownIncident), { scope: await troubleScope(asked) }),
  },
  {
    method: 'get',
    path: '/v2/incidents/:incidentKey',
    allow: staff,
    handler: async (asked) =>
      ok(shownIncident(asked)(await readableRow(asked, 'incidents', { key: keyParam(asked, 'incidentKey'), scopeOf: troubleScope }))),
  },
  { method: 'post', path: '/v2/incidents/:incidentKey/resolution', allow: repairs, handler: resolveIncident },
  {
    method: 'post',
    path: '/v2/process-instances/:processInstanceKey/incidents/search',
    allow: staff,
    searches: incidents,
    handler: incidentsOfCase,
  },
  {
    method: 'post',
    path: '/v2/message-subscriptions/search',
    allow: staff,
    searches: subscriptions,
    handler: async (asked) => search(asked, subscriptions, { scope: await correlationScope(asked), fixed: { kind: 'message' } }),
  },
  {
    method: 'post',
    path: '/v2/correlated-message-subscriptions/search',
    allow: staff,
    searches: correlations,
    handler: async (asked) => search(asked, correlations, { scope: await correlationScope(asked) }),
  },
];
