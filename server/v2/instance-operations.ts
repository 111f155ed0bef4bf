/** What operators do to one running or ended case. */
import { z } from 'zod';
import { instanceKeyOf } from '../../engine/keys.ts';
import type { Key } from '../../engine/terms.ts';
import type { Row } from '../../runtime/ports.ts';
import type { Aimed, Definition } from '../../runtime/runtime.ts';
import { allRows } from '../all-rows.ts';
import { audit } from '../audit.ts';
import { readableCase } from '../case-reads.ts';
import { troubleScope } from '../case-sight.ts';
import { key, keyParam, name, parseBody, variables } from '../input.ts';
import { repairs, sendsMessages, staff } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { takesPart } from '../reach.ts';
import { actorOf } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { search } from '../search.ts';
import { withoutNulls } from './jobs.ts';
import { instructions, modificationOf } from './modification.ts';
import { TENANT } from './show.ts';
import { incidents } from './tables.ts';

/** A command to the case of the address, which the reader must be able to see. */
async function command(asked: Asked, aimed: (row: Row) => Aimed): Promise<Reply> {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  const row = await readableCase(asked, processInstanceKey);
  accepted(await asked.context.runtime.execute(processInstanceKey, aimed(row)));
  return noContent();
}

function modify(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  return command(asked, () => ({ ...modificationOf(asked, processInstanceKey), by: actorOf(asked.reader) }));
}

export const migration = z.object({
  targetProcessDefinitionKey: key,
  mappingInstructions: z.array(z.object({ sourceElementId: name, targetElementId: name })).max(10_000),
});

function migrate(asked: Asked) {
  const given = parseBody(asked, migration);
  return command(asked, (row) => {
    checkMapping(asked, String(row['processDefinitionKey']), given);
    const { targetProcessDefinitionKey: targetProcessKey, mappingInstructions: mapping } = given;
    return { type: 'migrate-instance', by: actorOf(asked.reader), targetProcessKey, mapping };
  });
}

/** A misspelt element would otherwise be ignored. */
export function checkMapping({ context, reader }: Asked, sourceKey: Key | undefined, given: z.infer<typeof migration>): void {
  const { definitions } = context.runtime;
  const target = definitions.byKey(given.targetProcessDefinitionKey);
  if (target === undefined)
    throw new Problem('NOT_FOUND', `Expected a process definition with the key ${given.targetProcessDefinitionKey}, but there is none`);
  if (!takesPart(reader, target))
    throw new Problem('FORBIDDEN', 'Expected a service in which your agency takes part, but this one is of others');
  const origin = sourceKey === undefined ? undefined : definitions.byKey(sourceKey);
  for (const { sourceElementId, targetElementId } of given.mappingInstructions) {
    if (origin) mustHave(origin, sourceElementId);
    mustHave(target, targetElementId);
  }
}

function mustHave({ elements, row }: Definition, id: string): void {
  if (elements.has(id)) return;
  const what = `'${String(row['processDefinitionId'])}' version ${String(row['version'])}`;
  throw new Problem('INVALID_ARGUMENT', `Expected to map elements of process ${what}, but it has no element '${id}'`);
}

const assignBusinessIdBody = z.object({ businessId: z.string().min(1).max(256) });
function assignBusinessId(asked: Asked) {
  const { businessId } = parseBody(asked, assignBusinessIdBody);
  return command(asked, () => ({ type: 'assign-business-id', by: actorOf(asked.reader), businessId }));
}

/** The way from the outermost case down to this one. */
async function callHierarchy(asked: Asked) {
  const way: Row[] = [];
  let at: Row | undefined = await readableCase(asked, keyParam(asked, 'processInstanceKey'));
  for (; at !== undefined && way.length < 1_000; at = await parentOf(asked, at)) way.unshift(at);
  return ok(
    way.map((row) => ({
      processInstanceKey: row['processInstanceKey'],
      processDefinitionKey: row['processDefinitionKey'],
      processDefinitionName: row['processDefinitionName'] ?? row['processDefinitionId'],
    })),
  );
}

async function parentOf({ context }: Asked, row: Row): Promise<Row | undefined> {
  const parent = row['parentProcessInstanceKey'];
  return parent === undefined ? undefined : await context.runtime.store.get('processInstances', String(parent));
}

async function remove(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  await readableCase(asked, processInstanceKey);
  accepted(await asked.context.runtime.forgetInstance(processInstanceKey));
  await audit(asked.context, asked.reader, { action: 'call', subject: `process instance ${processInstanceKey} deleted`, outcome: 'done' });
  return noContent();
}

/** As one batch: the incidents that are open now, each with a retry for its job where that has none. */
async function resolveAll(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  await readableCase(asked, processInstanceKey);
  const open = await allRows(asked.context.runtime.store, 'incidents', { processInstanceKey, state: 'ACTIVE' });
  const items = open.map((row) => ({ itemKey: String(row['incidentKey']), processInstanceKey }));
  const batch = accepted(await asked.context.runtime.startBatch({ type: 'RESOLVE_INCIDENT', items }, actorOf(asked.reader)));
  return ok({ batchOperationKey: batch.batchOperationKey, batchOperationType: 'RESOLVE_INCIDENT' });
}

const reference = z.object({ elementId: name, variables: variables.nullish() });
const activateAdHocBody = z.object({ elements: z.array(reference).min(1).max(1_000), cancelRemainingInstances: z.boolean().nullish() });
async function activateAdHoc(asked: Asked) {
  const elementInstanceKey = keyParam(asked, 'adHocSubProcessInstanceKey');
  const given = parseBody(asked, activateAdHocBody);
  await readableCase(asked, instanceKeyOf(elementInstanceKey));
  accepted(
    await asked.context.runtime.execute(elementInstanceKey, {
      type: 'activate-ad-hoc',
      by: actorOf(asked.reader),
      elements: given.elements.map(withoutNulls) as { elementId: string }[],
      ...(given.cancelRemainingInstances ? { cancelRemaining: true } : {}),
    }),
  );
  return noContent();
}

async function incidentsOfElement(asked: Asked) {
  const elementInstanceKey = keyParam(asked, 'elementInstanceKey');
  const row = await readableCase(asked, instanceKeyOf(elementInstanceKey));
  return search(asked, incidents, { scope: await troubleScope(asked, [row]), fixed: { elementInstanceKey } });
}

const evaluateConditionsBody = z.object({ processDefinitionKey: key.nullish(), variables, tenantId: z.literal(TENANT).nullish() });
async function evaluateConditions(asked: Asked) {
  const given = parseBody(asked, evaluateConditionsBody);
  const { processDefinitionKey } = given;
  const { definitions } = asked.context.runtime;
  const asking = processDefinitionKey ? [definitions.byKey(processDefinitionKey)] : definitions.all();
  if (asking.some((definition) => definition !== undefined && !takesPart(asked.reader, definition)))
    throw new Problem('FORBIDDEN', 'Expected the processDefinitionKey of a service in which your agency takes part, but it is of others');
  const { ok: _ok, ...result } = accepted(
    await asked.context.runtime.evaluateConditions(
      { variables: given.variables, ...(processDefinitionKey ? { processDefinitionKey } : {}) },
      actorOf(asked.reader),
    ),
  );
  return ok({ ...result, tenantId: TENANT });
}

const at = '/v2/process-instances/:processInstanceKey';
export const operationRoutes: readonly Route[] = [
  { method: 'post', path: `${at}/modification`, allow: repairs, body: instructions, handler: modify },
  { method: 'post', path: `${at}/migration`, allow: repairs, body: migration, handler: migrate },
  {
    method: 'post',
    path: `${at}/suspension`,
    allow: repairs,
    handler: (asked) => command(asked, () => ({ type: 'suspend-instance', by: actorOf(asked.reader) })),
  },
  {
    method: 'post',
    path: `${at}/resumption`,
    allow: repairs,
    handler: (asked) => command(asked, () => ({ type: 'resume-instance', by: actorOf(asked.reader) })),
  },
  { method: 'post', path: `${at}/business-id-assignment`, allow: repairs, body: assignBusinessIdBody, handler: assignBusinessId },
  { method: 'get', path: `${at}/call-hierarchy`, allow: staff, handler: callHierarchy },
  { method: 'post', path: `${at}/deletion`, allow: repairs, handler: remove },
  { method: 'post', path: `${at}/incident-resolution`, allow: repairs, handler: resolveAll },
  {
    method: 'post',
    path: '/v2/element-instances/ad-hoc-activities/:adHocSubProcessInstanceKey/activation',
    allow: repairs,
    body: activateAdHocBody,
    handler: activateAdHoc,
  },
  {
    method: 'post',
    path: '/v2/element-instances/:elementInstanceKey/incidents/search',
    allow: staff,
    searches: incidents,
    handler: incidentsOfElement,
  },
  {
    method: 'post',
    path: '/v2/conditionals/evaluation',
    creates: true,
    allow: sendsMessages,
    body: evaluateConditionsBody,
    handler: evaluateConditions,
  },
];
