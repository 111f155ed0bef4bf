/**
 * Jobs that end the process which runs them. An attempt that began and never reported leaves its lease behind; the next attempt finds it and counts.
 * The count is in the store, so it goes on across restarts; an attempt that reports, even a failure, sets it back.
 */
import type { Key } from '../engine/index.ts';
import type { Room } from './room.ts';

/** So many attempts in a row that never reported: the job waits as an incident. */
export const MOST_CRASHES = 10;

/** For an attempt whose lease says that the one before it never reported. Answers how many in a row did not. */
export async function countCrash({ store, clock }: Room, key: Key): Promise<number> {
  const id = idOf(key);
  const count = Number((await store.get('idempotency', id))?.['status'] ?? 0) + 1;
  await store.write([{ op: 'put', collection: 'idempotency', key: id, row: { id, status: count, createdAt: clock.now() } }]);
  return count;
}

/** It has reported. */
export async function forgetCrashes({ store }: Room, key: Key): Promise<void> {
  await store.write([{ op: 'delete', collection: 'idempotency', key: idOf(key) }]);
}

function idOf(key: Key): string {
  return `crashes-${key}`;
}
