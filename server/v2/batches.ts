/** One command for many cases: the filter chooses them, and a batch operation says how far it is. */
import { z } from 'zod';
import type { Filter, Row } from '../../runtime/ports.ts';
import type { Batch, BatchType } from '../../runtime/runtime.ts';
import { keyParam, name, parseBody } from '../input.ts';
import { caseScope, jobScope, repairs } from '../policy.ts';
import { Problem, accepted } from '../problem.ts';
import { actorOf, isCityWide } from '../reader.ts';
import { noContent, ok } from '../reply.ts';
import type { Asked, Route } from '../route.ts';
import { and, filterOf, search } from '../search.ts';
import { checkMapping, migration } from './instance-operations.ts';
import { showBatch } from './show.ts';
import { batchItems, batches, jobs, processInstances } from './tables.ts';

/** more than one batch may hold: the runtime refuses it by name */
const MOST = 10_000;
const filter = z.record(z.string(), z.unknown());
const running: Filter = { state: { $in: ['ACTIVE', 'SUSPENDED'] } };

/** The cases that the filter names and the reader may see, of those that the command is for. */
async function cases(asked: Asked, given: Readonly<Record<string, unknown>>, only: Filter): Promise<readonly Row[]> {
  const wanted = await filterOf({ asked, table: processInstances, path: '/filter' }, given);
  const found = await asked.context.runtime.store.search('processInstances', {
    filter: and([wanted, only]),
    scope: caseScope(asked.reader),
    limit: MOST,
  });
  if (found.items.length < found.totalItems || found.hasMoreTotalItems)
    throw new Problem('INVALID_ARGUMENT', `Expected a filter that finds at most ${MOST} cases, but it finds more`);
  return found.items;
}

export async function begin(asked: Asked, batch: Batch) {
  const { batchOperationKey } = accepted(await asked.context.runtime.startBatch(batch, actorOf(asked.reader)));
  return ok({ batchOperationKey, batchOperationType: batch.type });
}

function itemsOf(rows: readonly Row[]): Batch['items'] {
  return rows.map((row) => ({ itemKey: String(row['processInstanceKey']), processInstanceKey: String(row['processInstanceKey']) }));
}

const simpleBody = z.object({ filter });
/** Called cases end and vanish with the one that called them. */
function simple(type: BatchType, only: Filter) {
  return async (asked: Asked) => {
    const given = parseBody(asked, simpleBody);
    const rows = await cases(asked, given.filter, { ...only, parentProcessInstanceKey: { $exists: false } });
    return begin(asked, { type, items: itemsOf(rows) });
  };
}

const resolveIncidentsBody = z.object({ filter });
async function resolveIncidents(asked: Asked) {
  const given = parseBody(asked, resolveIncidentsBody);
  const rows = await cases(asked, given.filter, { ...running, hasIncident: true });
  const { store } = asked.context.runtime;
  const open: Row[] = [];
  for (const row of rows) {
    const ofCase = { processInstanceKey: row['processInstanceKey'], state: 'ACTIVE' };
    open.push(...(await store.search('incidents', { filter: ofCase, limit: MOST })).items);
  }
  const items = open.map((row) => ({ itemKey: String(row['incidentKey']), processInstanceKey: String(row['processInstanceKey']) }));
  return begin(asked, { type: 'RESOLVE_INCIDENT', items });
}

const migrateManyBody = z.object({ filter, migrationPlan: migration });
async function migrateMany(asked: Asked) {
  const given = parseBody(asked, migrateManyBody);
  checkMapping(asked, undefined, given.migrationPlan);
  const { targetProcessDefinitionKey: targetProcessKey, mappingInstructions: mapping } = given.migrationPlan;
  const rows = await cases(asked, given.filter, running);
  return begin(asked, { type: 'MIGRATE_PROCESS_INSTANCE', items: itemsOf(rows), plan: { targetProcessKey, mapping } });
}

const instruction = z.object({ sourceElementId: name, targetElementId: name });
const moveManyBody = z.object({ filter, moveInstructions: z.array(instruction).min(1).max(1_000) });
async function moveMany(asked: Asked) {
  const given = parseBody(asked, moveManyBody);
  const move = given.moveInstructions.map(({ sourceElementId, targetElementId }) => ({
    source: { elementId: sourceElementId },
    targetElementId,
  }));
  const rows = await cases(asked, given.filter, running);
  return begin(asked, { type: 'MODIFY_PROCESS_INSTANCE', items: itemsOf(rows), plan: { move } });
}

/** Suspended and resumed one by one, whoever called them. */
function each(type: BatchType, only: Filter) {
  return async (asked: Asked) => begin(asked, { type, items: itemsOf(await cases(asked, parseBody(asked, simpleBody).filter, only)) });
}

const updateJobsBody = z.object({
  filter,
  changeset: z
    .strictObject({ retries: z.number().int().min(1).max(1000).nullish(), priority: z.number().int().nullish() })
    .refine(({ retries, priority }) => (retries ?? priority ?? null) !== null, 'Expected retries or priority, but there is neither'),
});
/** Open jobs of the reader's agency; a lease's time is its worker's own and not changed for many. */
async function updateJobs(asked: Asked) {
  const given = parseBody(asked, updateJobsBody);
  const found = await asked.context.runtime.store.search('jobs', {
    filter: and([await filterOf({ asked, table: jobs, path: '/filter' }, given.filter), { open: true }]),
    scope: jobScope(asked.reader),
    limit: MOST,
  });
  if (found.items.length < found.totalItems || found.hasMoreTotalItems)
    throw new Problem('INVALID_ARGUMENT', `Expected a filter that finds at most ${MOST} jobs, but it finds more`);
  const items = found.items.map((row) => ({ itemKey: String(row['jobKey']), processInstanceKey: String(row['processInstanceKey']) }));
  const { retries, priority } = given.changeset;
  const plan = { ...(typeof retries === 'number' ? { retries } : {}), ...(typeof priority === 'number' ? { priority } : {}) };
  return begin(asked, { type: 'UPDATE_JOB', items, plan });
}

/** Those who work for one agency see their own batches. */
function batchScope({ reader }: Asked): Filter {
  return isCityWide(reader) ? {} : { startedBy: reader.username };
}

async function readable(asked: Asked): Promise<Row> {
  const batchOperationKey = keyParam(asked, 'batchOperationKey');
  const found = await asked.context.runtime.store.search('batchOperations', {
    filter: { batchOperationKey },
    scope: batchScope(asked),
    limit: 1,
  });
  const [row] = found.items;
  if (row === undefined) throw new Problem('NOT_FOUND', `Expected a batch operation with the key ${batchOperationKey}, but there is none`);
  return row;
}

function control(wish: 'cancel' | 'suspend' | 'resume') {
  return async (asked: Asked) => {
    const row = await readable(asked);
    accepted(await asked.context.runtime.controlBatch(String(row['batchOperationKey']), wish));
    return noContent();
  };
}

const ended: Filter = { state: { $in: ['COMPLETED', 'TERMINATED'] } };
const one = '/v2/batch-operations/:batchOperationKey';
export const batchRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v2/process-instances/cancellation',
    allow: repairs,
    records: 'house',
    body: simpleBody,
    handler: simple('CANCEL_PROCESS_INSTANCE', running),
  },
  {
    method: 'post',
    path: '/v2/process-instances/deletion',
    allow: repairs,
    records: 'house',
    body: simpleBody,
    handler: simple('DELETE_PROCESS_INSTANCE', ended),
  },
  {
    method: 'post',
    path: '/v2/process-instances/incident-resolution',
    allow: repairs,
    records: 'house',
    body: resolveIncidentsBody,
    handler: resolveIncidents,
  },
  {
    method: 'post',
    path: '/v2/process-instances/migration',
    allow: repairs,
    records: 'house',
    body: migrateManyBody,
    handler: migrateMany,
  },
  {
    method: 'post',
    path: '/v2/process-instances/suspension',
    allow: repairs,
    records: 'house',
    body: simpleBody,
    handler: each('SUSPEND_PROCESS_INSTANCE', { state: 'ACTIVE' }),
  },
  {
    method: 'post',
    path: '/v2/process-instances/resumption',
    allow: repairs,
    records: 'house',
    body: simpleBody,
    handler: each('RESUME_PROCESS_INSTANCE', { state: 'SUSPENDED' }),
  },
  { method: 'post', path: '/v2/jobs/batch-update', allow: repairs, records: 'house', body: updateJobsBody, handler: updateJobs },
  { method: 'post', path: '/v2/process-instances/modification', allow: repairs, records: 'house', body: moveManyBody, handler: moveMany },
  {
    method: 'post',
    path: '/v2/batch-operations/search',
    allow: repairs,
    searches: batches,
    handler: (asked) => search(asked, batches, { scope: batchScope(asked) }),
  },
  { method: 'get', path: one, allow: repairs, handler: async (asked) => ok(showBatch(await readable(asked))) },
  { method: 'post', path: `${one}/cancellation`, allow: repairs, records: 'house', handler: control('cancel') },
  { method: 'post', path: `${one}/suspension`, allow: repairs, records: 'house', handler: control('suspend') },
  { method: 'post', path: `${one}/resumption`, allow: repairs, records: 'house', handler: control('resume') },
  {
    method: 'post',
    path: '/v2/batch-operation-items/search',
    allow: repairs,
    searches: batchItems,
    handler: (asked) => search(asked, batchItems, { scope: batchScope(asked) }),
  },
];
