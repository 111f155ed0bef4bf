/**
 * One command for many cases, in the background: the store holds the batch and its items, so that it goes on after a restart.
 * Each item ends by itself, done or failed with its reason; the others do not care.
 */
import type { Actor, Command, Json, Key, Rejection } from '../engine/index.ts';
import { instanceKeyOf, localOf } from '../engine/index.ts';
import type { Row } from './collections.ts';
import { forgetEvaluation, forgetInstance } from './forget.ts';
import type { RowChange } from './ports.ts';
import type { Room } from './room.ts';
import type { Batch, BatchType, Runtime } from './runtime.ts';

export interface Batches {
  start: Runtime['startBatch'];
  control: Runtime['controlBatch'];
  /** batches that a stop left half-done */
  restore(): Promise<void>;
}

/** Items of one batch at most; more would be a mistake more often than a wish. */
export const MOST_ITEMS = 10_000;
const CHUNK = 50;
const OVER = new Set(['COMPLETED', 'PARTIALLY_COMPLETED', 'CANCELED', 'FAILED']);

export function createBatches(room: Room): Batches {
  const running = new Map<Key, Promise<void>>();
  function go(key: Key): Promise<void> {
    const known = running.get(key);
    if (known) return known;
    const mine = work(room, key).finally(() => running.delete(key));
    running.set(key, mine);
    return mine;
  }
  return {
    start: async (batch, by) => {
      if (batch.items.length > MOST_ITEMS)
        return {
          ok: false,
          kind: 'INVALID_ARGUMENT',
          reason: `Expected at most ${MOST_ITEMS} cases in one batch, but the filter finds more`,
        };
      const key = await room.ids.next();
      await room.store.write(rowsOf(key, batch, { by, at: room.clock.now() }));
      // few enough to wait for: whoever asked reads his own writes
      if (batch.items.length <= CHUNK) await go(key);
      else if (room.leads()) room.background(() => go(key));
      else room.tell({ t: 'due', at: room.clock.now() });
      return { ok: true, batchOperationKey: key };
    },
    control: async (key, wish) => {
      const answer = await control(room, key, wish);
      // the run that saw it suspended may not have ended yet
      if (answer.ok && wish === 'resume')
        room.background(async () => {
          await running.get(key);
          if (room.leads()) await go(key);
          else room.tell({ t: 'due', at: room.clock.now() });
        });
      return answer;
    },
    restore: async () => {
      const { items } = await room.store.search('batchOperations', { filter: { state: 'ACTIVE' }, limit: 1_000 });
      for (const row of items.filter((known) => !isAtWork(room, known))) {
        const key = String(row['batchOperationKey']);
        if (!running.has(key)) room.background(() => go(key));
      }
    },
  };
}

/** A small one is done by the process that was asked; only when that has died it is somebody else's. */
function isAtWork(room: Room, { operationsTotalCount, startDate }: Row): boolean {
  return room.shared && Number(operationsTotalCount) <= CHUNK && Number(startDate) > room.clock.now() - 60_000;
}

function rowsOf(key: Key, { type, items, plan }: Batch, { by, at }: { readonly by: Actor; readonly at: number }): readonly RowChange[] {
  const counts = { operationsTotalCount: items.length, operationsFailedCount: 0, operationsCompletedCount: 0 };
  const row = { batchOperationKey: key, batchOperationType: type, state: 'ACTIVE', startDate: at, ...counts, plan, by, startedBy: by.id };
  return [
    { op: 'put', collection: 'batchOperations', key, row },
    ...items.map(({ itemKey, processInstanceKey }): RowChange => {
      const item = { batchOperationKey: key, itemKey, processInstanceKey, operationType: type, state: 'ACTIVE', startedBy: by.id };
      return { op: 'put', collection: 'batchOperationItems', key: `${key}/${itemKey}`, row: item };
    }),
  ];
}

async function work(room: Room, key: Key): Promise<void> {
  for (;;) {
    const batch = await room.store.get('batchOperations', key);
    if (batch === undefined || batch['state'] !== 'ACTIVE') return;
    // one process at a time: whoever leads now goes on with it
    if (room.shared && !room.leads() && Number(batch['operationsTotalCount']) > CHUNK) return;
    const filter = { batchOperationKey: key, state: 'ACTIVE' };
    const { items } = await room.store.search('batchOperationItems', { filter, limit: CHUNK });
    if (items.length === 0) return await finish(room, batch);
    const ended: RowChange[] = [];
    let failed = 0;
    for (const item of items) {
      const outcome = await doneBefore(room, await perform(room, batch, item), item);
      failed += outcome.ok ? 0 : 1;
      const fields = { state: outcome.ok ? 'COMPLETED' : 'FAILED', processedDate: room.clock.now() };
      const told = outcome.ok ? fields : { ...fields, errorMessage: outcome.reason };
      ended.push({ op: 'patch', collection: 'batchOperationItems', key: `${key}/${String(item['itemKey'])}`, fields: told });
    }
    const counts = {
      operationsFailedCount: Number(batch['operationsFailedCount']) + failed,
      operationsCompletedCount: Number(batch['operationsCompletedCount']) + items.length - failed,
    };
    await room.store.write([...ended, { op: 'patch', collection: 'batchOperations', key, fields: counts }]);
  }
}

/** state of a case that a command wants to reach */
const REACHED: ReadonlyMap<unknown, string> = new Map([
  ['CANCEL_PROCESS_INSTANCE', 'TERMINATED'],
  ['SUSPEND_PROCESS_INSTANCE', 'SUSPENDED'],
  ['RESUME_PROCESS_INSTANCE', 'ACTIVE'],
]);

/** After a crash an item may come twice; what it wanted is there already then. */
async function doneBefore(room: Room, outcome: Done, { operationType, itemKey }: Row): Promise<Done> {
  if (outcome.ok) return outcome;
  return (await isReached(room, operationType, String(itemKey))) ? { ok: true } : outcome;
}

async function isReached({ store }: Room, operationType: unknown, key: Key): Promise<boolean> {
  if (operationType === 'DELETE_DECISION_INSTANCE') return (await store.get('decisionInstances', `${key}-1`)) === undefined;
  if (operationType === 'RESOLVE_INCIDENT') return (await store.get('incidents', key))?.['state'] === 'RESOLVED';
  const state = (await store.get('processInstances', key))?.['state'];
  return operationType === 'DELETE_PROCESS_INSTANCE' ? state === undefined : state !== undefined && state === REACHED.get(operationType);
}

async function finish(room: Room, batch: Row): Promise<void> {
  const failed = Number(batch['operationsFailedCount']);
  const all = failed > 0 && failed === Number(batch['operationsTotalCount']);
  const state = all ? 'FAILED' : failed > 0 ? 'PARTIALLY_COMPLETED' : 'COMPLETED';
  const key = String(batch['batchOperationKey']);
  await room.store.write([{ op: 'patch', collection: 'batchOperations', key, fields: { state, endDate: room.clock.now() } }]);
}

type Done = { readonly ok: true } | { readonly ok: false; readonly reason: string };
type Step = Command extends infer C ? (C extends Command ? Omit<C, 'at' | 'by' | 'n'> : never) : never;

async function perform(room: Room, batch: Row, item: Row): Promise<Done> {
  const by = batch['by'] as Actor;
  const key = String(item['itemKey']);
  const type = batch['batchOperationType'] as BatchType;
  if (type === 'DELETE_PROCESS_INSTANCE') return await forgetInstance(room, key);
  if (type === 'DELETE_DECISION_INSTANCE') return await forgetEvaluation(room, key);
  if (type === 'RESOLVE_INCIDENT') await giveRetry(room, key, by);
  return await act(room, key, { step: stepOf(type, batch['plan'] as Json), by });
}

function stepOf(type: Exclude<BatchType, 'DELETE_PROCESS_INSTANCE' | 'DELETE_DECISION_INSTANCE'>, plan: Json): Step {
  if (type === 'CANCEL_PROCESS_INSTANCE') return { type: 'cancel-instance' };
  if (type === 'RESOLVE_INCIDENT') return { type: 'resolve-incident' };
  if (type === 'SUSPEND_PROCESS_INSTANCE') return { type: 'suspend-instance' };
  if (type === 'RESUME_PROCESS_INSTANCE') return { type: 'resume-instance' };
  if (type === 'UPDATE_JOB') return { type: 'update-job', ...(plan as object) } as Step;
  const fields = plan as object;
  return (type === 'MIGRATE_PROCESS_INSTANCE' ? { type: 'migrate-instance', ...fields } : { type: 'modify-instance', ...fields }) as Step;
}

/** An incident of a job without retries needs one, else resolving it is refused. */
async function giveRetry(room: Room, incidentKey: Key, by: Actor): Promise<void> {
  const jobKey = (await room.store.get('incidents', incidentKey))?.['jobKey'];
  const job = jobKey === undefined ? undefined : await room.store.get('jobs', String(jobKey));
  if (job?.['open'] !== true || Number(job['retries']) > 0) return;
  await act(room, String(jobKey), { step: { type: 'update-job', retries: 1 }, by });
}

async function act(room: Room, key: Key, { step, by }: { readonly step: Step; readonly by: Actor }): Promise<Done> {
  const command = { ...step, n: localOf(key), at: room.clock.now(), by } as Command;
  return await room.act(instanceKeyOf(key), command);
}

async function control(room: Room, key: Key, wish: 'cancel' | 'suspend' | 'resume'): Promise<{ readonly ok: true } | Rejection> {
  const row = await room.store.get('batchOperations', key);
  if (row === undefined) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a batch operation ${key}, but there is none` };
  const state = String(row['state']);
  const fits = wish === 'resume' ? state === 'SUSPENDED' : wish === 'suspend' ? state === 'ACTIVE' : !OVER.has(state);
  if (!fits) return { ok: false, kind: 'INVALID_STATE', reason: `Expected to ${wish} batch operation ${key}, but it is ${state}` };
  const next = { cancel: 'CANCELED', suspend: 'SUSPENDED', resume: 'ACTIVE' }[wish];
  const endDate = wish === 'cancel' ? { endDate: room.clock.now() } : {};
  await room.store.write([{ op: 'patch', collection: 'batchOperations', key, fields: { state: next, ...endDate } }]);
  return { ok: true };
}
