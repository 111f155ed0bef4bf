/**
 * A case under legal hold is deleted and archived by nobody and nothing until the hold is lifted. It stands beside the case, because an ended case
 * takes no command any more; who placed and lifted it, and why, stands in the audit.
 *
 * LAW: a hold that was acknowledged holds. Who deletes says so first and looks for a hold then; who holds, holds first and looks for deletions then.
 *      So at least one of them sees the other, in whichever process they are.
 */
import type { Actor, Key, Rejection } from '../engine/index.ts';
import { appendRecord, HOUSE } from './audit-log.ts';
import type { Row } from './collections.ts';
import type { RowChange, RuntimeClock, Store } from './ports.ts';

type Answer = Promise<{ readonly ok: true } | Rejection>;
interface Place {
  readonly store: Store;
  readonly clock: RuntimeClock;
}
interface Wish {
  readonly key: Key;
  readonly reason: string;
  readonly by: Actor;
}

export async function placeHold({ store, clock }: Place, { key, reason, by }: Wish): Answer {
  const of = await heldThing(store, key);
  if (of === undefined) return { ok: false, kind: 'NOT_FOUND', reason: `Expected a process instance or archive ${key}, but there is none` };
  if (of['parentProcessInstanceKey'] !== undefined)
    return {
      ok: false,
      kind: 'INVALID_STATE',
      reason: `Expected a process instance that nobody called, but ${key} belongs to ${String(of['rootProcessInstanceKey'])}: hold that one`,
    };
  const at = clock.now();
  const row = { processInstanceKey: key, reason, placedBy: by.id, placedAt: at, ...(by.agency !== undefined && { agency: by.agency }) };
  const record = recordOf('hold', { key, reason, by }, at);
  if (!(await appendRecord(store, HOUSE, { record, changes: [{ op: 'put', collection: 'legalHolds', key, row }] })))
    throw new Error(`Expected to hold ${key}, but it was not written`);
  // in this order: whoever began before the hold says so until nothing is left
  if (!(await isBeingDeleted(store, key)) && (await heldThing(store, key)) !== undefined) return { ok: true };
  await store.write([{ op: 'delete', collection: 'legalHolds', key }]);
  return { ok: false, kind: 'INVALID_STATE', reason: `Expected process instance ${key} to be there, but it is being deleted right now` };
}

export async function liftHold({ store, clock }: Place, wish: Wish): Answer {
  if ((await store.get('legalHolds', wish.key)) === undefined)
    return { ok: false, kind: 'NOT_FOUND', reason: `Expected process instance ${wish.key} to be under legal hold, but it is not` };
  const record = recordOf('hold-end', wish, clock.now());
  await appendRecord(store, HOUSE, { record, changes: [{ op: 'delete', collection: 'legalHolds', key: wish.key }] });
  return { ok: true };
}

export async function isHeld(store: Pick<Store, 'get'>, key: Key): Promise<boolean> {
  return (await store.get('legalHolds', key)) !== undefined;
}

async function heldThing(store: Store, key: Key): Promise<Row | undefined> {
  return (await store.get('processInstances', key)) ?? (await store.get('archives', key));
}

function recordOf(action: 'hold' | 'hold-end', { key, reason, by }: Wish, at: number): Row {
  const who = {
    by: by.id,
    ...(by.agency !== undefined && { agency: by.agency }),
    ...(by.onBehalfOf !== undefined && { onBehalfOf: by.onBehalfOf }),
  };
  return { at, ...who, action, subject: key, outcome: 'done', reason };
}

// ---------------------------------------------------------------- deletions

function deletionId(key: Key): string {
  return `deleting-${key}`;
}

/** For whoever is going to delete: says so, then looks. False: it is held, leave it as it is. */
export async function announceDeletion({ store, at }: { readonly store: Store; readonly at: number }, key: Key): Promise<boolean> {
  const id = deletionId(key);
  await store.write([{ op: 'put', collection: 'idempotency', key: id, row: { id, createdAt: at } }]);
  if (!(await isHeld(store, key))) return true;
  await store.write([deletionOver(key)]);
  return false;
}

/** To be written when what was announced is done. */
export function deletionOver(key: Key): RowChange {
  return { op: 'delete', collection: 'idempotency', key: deletionId(key) };
}

async function isBeingDeleted(store: Store, key: Key): Promise<boolean> {
  return (await store.get('idempotency', deletionId(key))) !== undefined;
}
