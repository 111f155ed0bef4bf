import type { Row } from '../../runtime/collections.ts';
import type { Filter } from '../../runtime/ports.ts';
import type { Definition } from '../../runtime/runtime.ts';
import { allRows } from '../all-rows.ts';
import { variableScope } from '../case-sight.ts';
import { keyParam } from '../input.ts';
import { listBody, listed } from '../matches.ts';
import { caseScope, staff } from '../policy.ts';
import { Problem } from '../problem.ts';
import { noContent, ok, xml } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and, search } from '../search.ts';
import { TENANT, showDecisionDefinition, showDecisionRequirements, showProcessDefinition } from './show.ts';
import { decisionDefinitions, decisionRequirements, processDefinitions } from './tables.ts';

function definitionOf(asked: Asked): Definition {
  const key = keyParam(asked, 'processDefinitionKey');
  const definition = asked.context.runtime.definitions.byKey(key);
  if (definition === undefined) throw new Problem('NOT_FOUND', `Expected a process definition with the key ${key}, but there is none`);
  return definition;
}

/** form-js schema (as JSON text, which clients parse) with its key; 204 where there is no form */
export function formReply({ context }: Asked, formKey: unknown): Reply {
  const form = typeof formKey === 'string' ? context.runtime.definitions.form(formKey) : undefined;
  if (form === undefined) return noContent();
  const { formKey: key, formId, version, schema } = form;
  return ok({ tenantId: TENANT, formKey: key, formId, version, schema: JSON.stringify(schema) });
}

async function rowOf(asked: Asked, collection: 'decisionDefinitions' | 'decisionRequirements', param: string): Promise<Row> {
  const key = keyParam(asked, param);
  const row = await asked.context.runtime.store.get(collection, key);
  if (row === undefined) throw new Problem('NOT_FOUND', `Expected ${param} ${key} to exist, but it does not`);
  return row;
}

/** a decision is told with the name and version of the diagram that it stands in */
async function withRequirements({ context }: Asked, rows: readonly Row[]): Promise<readonly Row[]> {
  const keys = [...new Set(rows.map((row) => String(row['decisionRequirementsKey'])))];
  const filter = { decisionRequirementsKey: { $in: keys } };
  const { items } = await context.runtime.store.search('decisionRequirements', { filter, limit: Math.max(keys.length, 1) });
  const known = new Map(items.map((row) => [row['decisionRequirementsKey'], row]));
  return rows.map((row) => {
    const requirements = known.get(row['decisionRequirementsKey']);
    return {
      ...row,
      decisionRequirementsName: requirements?.['decisionRequirementsName'],
      decisionRequirementsVersion: requirements?.['version'],
    };
  });
}

async function drgXml(asked: Asked, requirementsKey: unknown): Promise<Reply> {
  const { store } = asked.context.runtime;
  const requirements = await store.get('decisionRequirements', String(requirementsKey));
  const resource = requirements && (await store.get('resources', String(requirements['resourceKey'])));
  if (typeof resource?.['text'] !== 'string') throw new Problem('NOT_FOUND', 'Expected the deployed text to be there, but it is not');
  return xml(resource['text']);
}

/** what was withdrawn is known by its key alone, to whoever reads of its cases */
const STANDING: Filter = { withdrawn: { $exists: false } };
/** the newest cases are asked: names change with the diagram, not from case to case */
const CASES_ASKED = 200;

/** Names that the variables of this version's cases have, of those that the reader sees. */
async function variableNames(asked: Asked) {
  const { store } = asked.context.runtime;
  const cases = await store.search('processInstances', {
    filter: { processDefinitionKey: keyParam(asked, 'processDefinitionKey') },
    scope: caseScope(asked.reader),
    sort: [{ field: 'startDate', order: 'DESC' }],
    limit: CASES_ASKED,
  });
  const within: Filter = { processInstanceKey: { $in: cases.items.map((row) => row['processInstanceKey']) } };
  const rows = await allRows(store, 'variables', and([within, await variableScope(asked, cases.items)]));
  const names = [...new Set(rows.map(({ name }) => String(name)))].sort();
  return listed(
    asked,
    names.map((name) => ({ name })),
    ['name'],
  );
}

/** What is deployed is no secret among staff: diagrams show how the city works, not whose case it is. */
export const definitionRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/process-definitions/search',
    allow: staff,
    searches: processDefinitions,
    handler: (asked) => search(asked, processDefinitions, { scope: STANDING }),
  },
  {
    method: 'get',
    path: '/v2/process-definitions/:processDefinitionKey',
    allow: staff,
    handler: (asked) => ok(showProcessDefinition(definitionOf(asked).row)),
  },
  {
    method: 'post',
    path: '/v2/process-definitions/:processDefinitionKey/variable-names/search',
    allow: staff,
    body: listBody,
    handler: variableNames,
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
    searches: decisionDefinitions,
    handler: (asked) => search(asked, { ...decisionDefinitions, join: withRequirements }, { scope: STANDING }),
  },
  {
    method: 'get',
    path: '/v2/decision-definitions/:decisionDefinitionKey',
    allow: staff,
    handler: async (asked) => {
      const rows = await withRequirements(asked, [await rowOf(asked, 'decisionDefinitions', 'decisionDefinitionKey')]);
      return ok(rows.map(showDecisionDefinition)[0]);
    },
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
    searches: decisionRequirements,
    handler: (asked) => search(asked, decisionRequirements, { scope: STANDING }),
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
