import { z } from 'zod';
import type { Variables } from '../../engine/terms.ts';
import { readableCase } from '../case-reads.ts';
import { ownsCase, seenNames } from '../case-sight.ts';
import { maskedValues } from '../identity-mask.ts';
import { key, keyParam, name, parseBody, variables } from '../input.ts';
import { caseScope, endsCases, staff, startsCases } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { takesPart } from '../reach.ts';
import { actorOf } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { refuseOtherStarters } from '../starters.ts';
import { search } from '../search.ts';
import { TENANT, showProcessInstance, showSequenceFlow } from './show.ts';
import { processInstances } from './tables.ts';
import { allRows } from '../all-rows.ts';
import { takenFlows } from '../../runtime/taken-flows.ts';

const DEFAULT_WAIT = 30_000;
const LONGEST_WAIT = 10 * 60_000;

const tag = z.string().regex(/^[A-Za-z][A-Za-z0-9_\-:.]{0,99}$/, 'Expected a tag: a letter, then letters, digits, _ - : . (100 at most)');
const creation = z
  .object({
    processDefinitionKey: key.optional(),
    processDefinitionId: name.optional(),
    processDefinitionVersion: z.number().int().optional(),
    variables: variables.nullish(),
    businessId: z.string().min(1).max(256).nullish(),
    tags: z.array(tag).max(10).nullish(),
    startInstructions: z
      .array(z.object({ elementId: name }))
      .max(100)
      .nullish(),
    runtimeInstructions: z
      .array(z.object({ type: z.literal('TERMINATE_PROCESS_INSTANCE').default('TERMINATE_PROCESS_INSTANCE'), afterElementId: name }))
      .max(100)
      .nullish(),
    awaitCompletion: z.boolean().nullish(),
    fetchVariables: z.array(name).max(1000).nullish(),
    requestTimeout: z.number().int().max(LONGEST_WAIT).nullish(),
  })
  .refine(
    (given) => (given.processDefinitionKey === undefined) !== (given.processDefinitionId === undefined),
    'Expected either processDefinitionKey or processDefinitionId, but there are both or none',
  );
type Creation = z.infer<typeof creation>;

async function create(asked: Asked) {
  const { context, reader } = asked;
  const given = parseBody(asked, creation);
  await refuseForeignService(asked, given);
  const version = given.processDefinitionVersion;
  const started = accepted(
    await context.runtime.startInstance(
      {
        ...(given.processDefinitionKey === undefined ? {} : { processDefinitionKey: given.processDefinitionKey }),
        ...(given.processDefinitionId === undefined ? {} : { processDefinitionId: given.processDefinitionId }),
        ...(version === undefined || version < 0 ? {} : { version }),
        variables: given.variables ?? {},
        ...(given.businessId ? { businessId: given.businessId } : {}),
        ...(given.tags ? { tags: [...new Set(given.tags)] } : {}),
        ...(given.startInstructions?.length ? { startInstructions: given.startInstructions } : {}),
        ...(given.runtimeInstructions?.length
          ? { terminateAfter: given.runtimeInstructions.map(({ afterElementId }) => afterElementId) }
          : {}),
      },
      actorOf(reader),
    ),
  );
  const { ok: _ok, ...result } = started;
  const outcome = given.awaitCompletion ? await awaited(asked, started.processInstanceKey, given) : {};
  return ok({ ...result, tenantId: TENANT, variables: outcome, tags: given.tags ?? [], businessId: given.businessId ?? null });
}

/** Everybody starts only what the own agency takes part in, and what the diagram lets them start. */
async function refuseForeignService(asked: Asked, given: Creation): Promise<void> {
  const { definitions } = asked.context.runtime;
  const definition =
    given.processDefinitionKey === undefined
      ? definitions.latest(given.processDefinitionId ?? '')
      : definitions.byKey(given.processDefinitionKey);
  if (definition === undefined) return;
  if (!takesPart(asked.reader, definition))
    throw new Problem('FORBIDDEN', 'Expected a service in which your agency takes part, but this one is of others');
  await refuseOtherStarters(asked, definition);
}

async function awaited(asked: Asked, processInstanceKey: string, given: Creation): Promise<Variables> {
  const wait =
    given.requestTimeout !== null && given.requestTimeout !== undefined && given.requestTimeout > 0 ? given.requestTimeout : DEFAULT_WAIT;
  const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(wait)]);
  const end = await asked.context.runtime.awaitEnd(processInstanceKey, signal);
  if (end === undefined)
    throw new Problem('TIMED_OUT', `Expected process instance ${processInstanceKey} to end within ${wait} ms, but it goes on`);
  if (end.state === 'TERMINATED')
    throw new Problem('INVALID_STATE', `Expected process instance ${processInstanceKey} to complete, but it was terminated`);
  const { definitions, store } = asked.context.runtime;
  const row = await store.get('processInstances', processInstanceKey);
  const seen = seenNames(asked.reader, definitions.byKey(String(row?.['processDefinitionKey'])));
  const wanted = given.fetchVariables ?? [];
  const shown = Object.entries(end.variables).filter(
    ([variable]) => (ownsCase(asked.reader, row) || seen.has(variable)) && (wanted.length === 0 || wanted.includes(variable)),
  );
  return maskedValues(asked.reader, definitions, Object.fromEntries(shown));
}

async function cancel(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  await readableCase(asked, processInstanceKey);
  accepted(await asked.context.runtime.execute(processInstanceKey, { type: 'cancel-instance', by: actorOf(asked.reader) }));
  return noContent();
}

async function flows(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  await readableCase(asked, processInstanceKey);
  const rows = await allRows(asked.context.runtime.store, 'sequenceFlows', { processInstanceKey });
  return ok({ items: takenFlows(rows).map(showSequenceFlow) });
}

async function elementStatistics(asked: Asked) {
  const processInstanceKey = keyParam(asked, 'processInstanceKey');
  await readableCase(asked, processInstanceKey);
  const rows = await allRows(asked.context.runtime.store, 'elementInstances', { processInstanceKey });
  const counts = new Map<string, { elementId: string; active: number; canceled: number; incidents: number; completed: number }>();
  for (const row of rows) {
    if (row['type'] === 'PROCESS') continue;
    const elementId = String(row['elementId']);
    const count = counts.get(elementId) ?? { elementId, active: 0, canceled: 0, incidents: 0, completed: 0 };
    counts.set(elementId, count);
    if (row['state'] === 'COMPLETED') count.completed += 1;
    else if (row['state'] === 'TERMINATED') count.canceled += 1;
    else if (row['hasIncident'] === true) count.incidents += 1;
    else count.active += 1;
  }
  return ok({ items: [...counts.values()] });
}

export const instanceRoutes: readonly Route[] = [
  { method: 'post', path: '/v2/process-instances', creates: true, allow: startsCases, body: creation, handler: create },
  {
    method: 'post',
    path: '/v2/process-instances/search',
    allow: staff,
    searches: processInstances,
    handler: (asked) => search(asked, processInstances, { scope: caseScope(asked.reader) }),
  },
  {
    method: 'get',
    path: '/v2/process-instances/:processInstanceKey',
    allow: staff,
    handler: async (asked) => ok(showProcessInstance(await readableCase(asked, keyParam(asked, 'processInstanceKey')))),
  },
  { method: 'post', path: '/v2/process-instances/:processInstanceKey/cancellation', allow: endsCases, handler: cancel },
  { method: 'get', path: '/v2/process-instances/:processInstanceKey/sequence-flows', allow: staff, handler: flows },
  {
    method: 'get',
    path: '/v2/process-instances/:processInstanceKey/statistics/element-instances',
    allow: staff,
    handler: elementStatistics,
  },
];
