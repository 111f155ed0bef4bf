/** Rehearsals: an analyst's diagram plays its test cases before anybody depends on it, on both implementations. */
import { z } from 'zod';
import type { Json } from '../../engine/terms.ts';
import type { RehearsalAnswer, Rehearsals } from '../../runtime/rehearsal/report.ts';
import { allRows } from '../all-rows.ts';
import { json, key, name, parseBody } from '../input.ts';
import { deploys } from '../policy.ts';
import { Problem } from '../problem.ts';
import { ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { latestModels } from './surroundings.ts';

/** characters of one diagram, as for deployment */
const MAX_XML = 2 * 1024 * 1024 - 1;

const body = z
  .object({
    /** the diagram, or which deployed one */
    xml: z.string().max(MAX_XML),
    processDefinitionKey: key,
    processDefinitionId: name,
    testCases: json,
  })
  .partial();
type Given = z.infer<typeof body>;

function rehearsalsOf({ context }: Asked): Rehearsals {
  if (context.rehearsals === undefined) throw new Problem('NOT_FOUND', 'Expected rehearsals, but none can be held here');
  return context.rehearsals;
}

async function run(asked: Asked) {
  const given = parseBody(asked, body);
  const rehearsals = rehearsalsOf(asked);
  const { xml, id } = diagramOf(asked, given);
  const testCases = given.testCases ?? (id === undefined ? [] : [...rehearsals.stored(id)]);
  const answer = await rehearsals.run({ xml, resources: await resourcesFor(asked, xml), testCases });
  if (answer.ok) return ok(answer.report);
  throw refused(answer);
}

function diagramOf({ context }: Asked, given: Given): { readonly xml: string; readonly id: string | undefined } {
  const { definitions } = context.runtime;
  const { xml, processDefinitionKey, processDefinitionId: id } = given;
  if (xml !== undefined) return { xml, id };
  const found =
    processDefinitionKey === undefined ? (id === undefined ? undefined : definitions.latest(id)) : definitions.byKey(processDefinitionKey);
  if (found !== undefined) return { xml: found.xml, id: String(found.row['processDefinitionId']) };
  if (processDefinitionKey === undefined && id === undefined)
    throw new Problem('INVALID_ARGUMENT', 'Expected xml, processDefinitionKey or processDefinitionId, but there is none of them');
  throw new Problem('NOT_FOUND', 'Expected a deployed process with this key or id, but there is none');
}

/** Decisions and forms as they are deployed now, and the other processes, so that a call activity finds what it calls. */
async function resourcesFor({ context }: Asked, xml: string) {
  const { definitions, store } = context.runtime;
  const models = (await latestModels(store)).map((text, index) => ({ name: `decisions-${index}.dmn`, text }));
  const forms = (await allRows(store, 'forms', { isLatest: true })).flatMap(({ formKey, formId }) => {
    const schema = definitions.form(String(formKey))?.schema;
    return schema === undefined ? [] : [{ name: `${String(formId)}.form`, text: JSON.stringify(schema) }];
  });
  return [...models, ...forms, ...called(definitions, xml)];
}

/** Diagrams of the processes that this one names, and of those that they name: nothing is deployed that no case can reach. */
function called({ latest }: Asked['context']['runtime']['definitions'], xml: string) {
  const found = new Map<string, string>();
  const open = [xml];
  for (const text of open) {
    for (const [, id = ''] of text.matchAll(/\bprocessId="([^"=]{1,255})"/g)) {
      const definition = found.has(id) ? undefined : latest(id);
      if (definition === undefined || definition.xml === xml) continue;
      found.set(id, definition.xml);
      open.push(definition.xml);
    }
  }
  return [...new Set(found.values())].map((text, index) => ({ name: `called-${index}.bpmn`, text }));
}

function refused(answer: Exclude<RehearsalAnswer, { ok: true }>): Problem {
  if (answer.reason === 'limit') return new Problem('RESOURCE_EXHAUSTED', answer.message, { retryAfterSeconds: 30 });
  if (answer.reason === 'diagram')
    return new Problem('INVALID_RESOURCE', 'Expected a diagram that can be deployed, but it is refused', { problems: answer.problems });
  const errors = answer.faults.map(({ pointer, message }) => ({ pointer, code: 'invalid', detail: message }));
  const [first] = errors;
  return new Problem('INVALID_ARGUMENT', `Expected test cases in CPT JSON, but ${first?.pointer ?? ''}: ${first?.detail ?? ''}`, {
    errors,
  });
}

function stored(asked: Asked) {
  const id = asked.query['processDefinitionId'] ?? '';
  const items: readonly Json[] = rehearsalsOf(asked).stored(id);
  return ok({ items });
}

export const rehearsalRoutes: readonly Route[] = [
  { method: 'post', path: '/api/v1/rehearsals', allow: deploys, body: body, handler: run },
  { method: 'get', path: '/api/v1/rehearsals/test-cases', allow: deploys, handler: stored },
];
