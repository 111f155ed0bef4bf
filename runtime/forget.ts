/** An ended case leaves no trace in lists and history, with everything that it called. Documents stay: whoever holds a permit must be able to prove it. */
import type { Key, Rejection } from '../engine/index.ts';
import { caseRows } from './case-rows.ts';
import type { CaseRows } from './case-rows.ts';
import type { CollectionName, Row } from './collections.ts';
import { announceDeletion, deletionOver } from './legal-hold.ts';
import type { RowChange, RuntimeClock, Store } from './ports.ts';

const PAGE = 1_000;

export async function forgetInstance(
  { store, clock }: { readonly store: Store; readonly clock: RuntimeClock },
  key: Key,
): Promise<{ readonly ok: true } | Rejection> {
  const row = await store.get('processInstances', key);
  if (row === undefined) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a process instance ${key}, but there is none` };
  const reason = await reasonToKeep(store, key, row);
  if (reason !== undefined) return { ok: false, kind: 'INVALID_STATE', reason };
  if (await forgetUnlessHeld({ store, at: clock.now() }, key)) return { ok: true };
  return { ok: false, kind: 'INVALID_STATE', reason: `Expected a process instance that may be deleted, but ${key} is under legal hold` };
}

async function reasonToKeep(store: Store, key: Key, row: Row): Promise<string | undefined> {
  if (row['endDate'] === undefined) return `Expected process instance ${key} to have ended, but it is ${String(row['state'])}`;
  const parent = row['parentProcessInstanceKey'];
  if (parent !== undefined && (await store.get('processInstances', String(parent))) !== undefined)
    return `Expected a process instance that nobody called, but ${key} belongs to ${String(parent)}: delete that one`;
  return undefined;
}

/** False: the case is under legal hold and is left as it is. */
export async function forgetUnlessHeld(place: { readonly store: Store; readonly at: number }, key: Key): Promise<boolean> {
  if (!(await announceDeletion(place, key))) return false;
  await forgetWithChildren(place.store, key);
  await place.store.write([deletionOver(key)]);
  return true;
}

/** All that one evaluation of a decision wrote down. What a case decided stays with the case. */
export async function forgetEvaluation({ store }: { readonly store: Store }, key: Key): Promise<{ readonly ok: true } | Rejection> {
  const found: Row[] = [];
  // its rows are numbered from 1
  for (;;) {
    const row = await store.get('decisionInstances', `${key}-${found.length + 1}`);
    if (row === undefined) break;
    found.push(row);
  }
  if (found.length === 0) return { ok: false, kind: 'NOT_FOUND', reason: `Expected an evaluation ${key}, but there is none` };
  if (found.some((row) => typeof row['processInstanceKey'] === 'string'))
    return {
      ok: false,
      kind: 'INVALID_STATE',
      reason: 'Expected an evaluation that no case made, but this one belongs to a case: delete the case when it has ended',
    };
  await store.write(
    found.map((row): RowChange => ({ op: 'delete', collection: 'decisionInstances', key: String(row['decisionEvaluationInstanceKey']) })),
  );
  return { ok: true };
}

/** Children first and the case's own row last: after a crash in between it is still in the list and can be deleted again. */
async function forgetWithChildren(store: Store, key: Key): Promise<void> {
  for (;;) {
    const children = await rows(store, 'processInstances', { parentProcessInstanceKey: key });
    for (const child of children) await forgetWithChildren(store, String(child['processInstanceKey']));
    if (children.length < PAGE) break;
  }
  for (const each of caseRows) await drop(store, key, each);
  await dropCorrelations(store, key);
  await store.forget(key);
  await store.write([{ op: 'delete', collection: 'processInstances', key }]);
}

async function rows(store: Store, collection: CollectionName, filter: Row): Promise<readonly Row[]> {
  return (await store.search(collection, { filter, limit: PAGE })).items;
}

async function drop(store: Store, key: Key, { collection, keyOf }: CaseRows): Promise<void> {
  for (;;) {
    const found = await rows(store, collection, { processInstanceKey: key });
    if (found.length === 0) return;
    await store.write(found.map((row): RowChange => ({ op: 'delete', collection, key: keyOf(row) })));
    if (found.length < PAGE) return;
  }
}

/** The row that says "this message went to this process" lives as long as the message: without it the message would go there again. */
async function dropCorrelations(store: Store, key: Key): Promise<void> {
  for (const row of await rows(store, 'messageCorrelations', { processInstanceKey: key })) {
    if ((await store.get('messages', String(row['messageKey']))) !== undefined) continue;
    const name = `${String(row['messageKey'])}/${String(row['processDefinitionId'])}`;
    await store.write([{ op: 'delete', collection: 'messageCorrelations', key: name }]);
  }
}
