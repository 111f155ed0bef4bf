import type { Row } from '../../runtime/collections.ts';
import type { Definition } from '../../runtime/runtime.ts';
import { keyParam } from '../input.ts';
import { staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { noContent, ok, xml } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { TENANT, showDecisionDefinition, showDecisionRequirements, showProcessDefinition } from './show.ts';
import { decisionDefinitions, decisionRequirements, processDefinitions } from './tables.ts';

function definitionOf(asked: Asked): Definition {
  const key = keyParam(asked, 'processDefinitionKey');
  const definition = asked.context.runtime.definitions.byKey(key);
  if (definition === undefined) throw new Problem('NOT_FOUND', `Expected a process definition with the key ${key}, but there is none`);
  return definition;
}

/** form-js schema with its key; 204 where there is no form */
export function formReply({ context }: Asked, formKey: unknown): Reply {
  const form = typeof formKey === 'string' ? context.runtime.definitions.form(formKey) : undefined;
  return form === undefined ? noContent() : ok({ tenantId: TENANT, ...form });
}

async function rowOf(asked: Asked, collection: 'decisionDefinitions' | 'decisionRequirements', param: string): Promise<Row> {
  const key = keyParam(asked, param);
  const row = await asked.context.runtime.store.get(collection, key);
  if (row === undefined) throw new Problem('NOT_FOUND', `Expected ${param} ${key} to exist, but it does not`);
  return row;
}

async function drgXml(asked: Asked, requirementsKey: unknown): Promise<Reply> {
  const { store } = asked.context.runtime;
  const requirements = await store.get('decisionRequirements', String(requirementsKey));
  const resource = requirements && (await store.get('resources', String(requirements['resourceKey'])));
  if (typeof resource?.['text'] !== 'string') throw new Problem('NOT_FOUND', 'Expected the deployed text to be there, but it is not');
  return xml(resource['text']);
}

/** What is deployed is no secret among staff: diagrams show how the city works, not whose case it is. */
export const definitionRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/process-definitions/search',
    allow: staff,
    handler: (asked) => search(asked, processDefinitions, { scope: {} }),
  },
  {
    method: 'get',
    path: '/v2/process-definitions/:processDefinitionKey',
    allow: staff,
    handler: (asked) => ok(showProcessDefinition(definitionOf(asked).row)),
  },
  {
    method: 'get',
    path: '/v2/process-definitions/:processDefinitionKey/xml',
    allow: staff,
    handler: (asked) => xml(definitionOf(asked).xml),
  },
  {
    method: 'get',
    path: '/v2/process-definitions/:processDefinitionKey/form',
    allow: staff,
    handler: (asked) => formReply(asked, definitionOf(asked).startFormKey),
  },
  {
    method: 'get',
    path: '/v2/forms/:formKey',
    allow: staff,
    handler: (asked) => {
      const reply = formReply(asked, keyParam(asked, 'formKey'));
      if (reply.status === 204) throw new Problem('NOT_FOUND', 'Expected a form with this key, but there is none');
      return reply;
    },
  },
  {
    method: 'post',
    path: '/v2/decision-definitions/search',
    allow: staff,
    handler: (asked) => search(asked, decisionDefinitions, { scope: {} }),
  },
  {
    method: 'get',
    path: '/v2/decision-definitions/:decisionDefinitionKey',
    allow: staff,
    handler: async (asked) => ok(showDecisionDefinition(await rowOf(asked, 'decisionDefinitions', 'decisionDefinitionKey'))),
  },
  {
    method: 'get',
    path: '/v2/decision-definitions/:decisionDefinitionKey/xml',
    allow: staff,
    handler: async (asked) =>
      drgXml(asked, (await rowOf(asked, 'decisionDefinitions', 'decisionDefinitionKey'))['decisionRequirementsKey']),
  },
  {
    method: 'post',
    path: '/v2/decision-requirements/search',
    allow: staff,
    handler: (asked) => search(asked, decisionRequirements, { scope: {} }),
  },
  {
    method: 'get',
    path: '/v2/decision-requirements/:decisionRequirementsKey',
    allow: staff,
    handler: async (asked) => ok(showDecisionRequirements(await rowOf(asked, 'decisionRequirements', 'decisionRequirementsKey'))),
  },
  {
    method: 'get',
    path: '/v2/decision-requirements/:decisionRequirementsKey/xml',
    allow: staff,
    handler: (asked) => drgXml(asked, keyParam(asked, 'decisionRequirementsKey')),
  },
];
