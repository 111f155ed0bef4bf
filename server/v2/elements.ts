/** Element instances, variables and incidents: what a case is made of, for those who may see the case. */
import { z } from 'zod';
import { readableRow, withinCases } from '../case-reads.ts';
import { keyParam, parseBody, variables as variablesSchema } from '../input.ts';
import { repairs, staff } from '../policy.ts';
import { accepted } from '../problem.ts';
import { actorOf } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { readableCase } from '../case-reads.ts';
import { showElementInstance, showIncident, showVariable } from './show.ts';
import { correlations, elementInstances, incidents, subscriptions, variables } from './tables.ts';
import { instanceKeyOf } from '../../engine/keys.ts';

async function setVariables(asked: Asked) {
  const elementInstanceKey = keyParam(asked, 'elementInstanceKey');
  const given = parseBody(asked, z.object({ variables: variablesSchema, local: z.boolean().nullish() }));
  await readableCase(asked, instanceKeyOf(elementInstanceKey));
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

async function resolveIncident(asked: Asked) {
  const incidentKey = keyParam(asked, 'incidentKey');
  await readableRow(asked, 'incidents', incidentKey);
  accepted(await asked.context.runtime.execute(incidentKey, { type: 'resolve-incident', by: actorOf(asked.reader) }));
  return noContent();
}

async function incidentsOfCase(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  await readableCase(asked, processInstanceKey);
  return search(asked, incidents, { scope: {}, fixed: { processInstanceKey } });
}

export const elementRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/element-instances/search',
    allow: staff,
    handler: async (asked) => search(asked, elementInstances, { scope: await withinCases(asked) }),
  },
  {
    method: 'get',
    path: '/v2/element-instances/:elementInstanceKey',
    allow: staff,
    handler: async (asked) => ok(showElementInstance(await readableRow(asked, 'elementInstances', keyParam(asked, 'elementInstanceKey')))),
  },
  { method: 'put', path: '/v2/element-instances/:elementInstanceKey/variables', allow: repairs, handler: setVariables },
  {
    method: 'post',
    path: '/v2/variables/search',
    allow: staff,
    handler: async (asked) => search(asked, variables, { scope: await withinCases(asked) }),
  },
  {
    method: 'get',
    path: '/v2/variables/:variableKey',
    allow: staff,
    handler: async (asked) => ok(showVariable(await readableRow(asked, 'variables', keyParam(asked, 'variableKey')))),
  },
  {
    method: 'post',
    path: '/v2/incidents/search',
    allow: staff,
    handler: async (asked) => search(asked, incidents, { scope: await withinCases(asked) }),
  },
  {
    method: 'get',
    path: '/v2/incidents/:incidentKey',
    allow: staff,
    handler: async (asked) => ok(showIncident(await readableRow(asked, 'incidents', keyParam(asked, 'incidentKey')))),
  },
  { method: 'post', path: '/v2/incidents/:incidentKey/resolution', allow: repairs, handler: resolveIncident },
  { method: 'post', path: '/v2/process-instances/:processInstanceKey/incidents/search', allow: staff, handler: incidentsOfCase },
  {
    method: 'post',
    path: '/v2/message-subscriptions/search',
    allow: staff,
    handler: async (asked) => search(asked, subscriptions, { scope: await withinCases(asked), fixed: { kind: 'message' } }),
  },
  {
    method: 'post',
    path: '/v2/correlated-message-subscriptions/search',
    allow: staff,
    handler: async (asked) => search(asked, correlations, { scope: await withinCases(asked) }),
  },
];
