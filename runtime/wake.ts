import type { Key } from '../engine/index.ts';
import type { Room } from './room.ts';

/**
 * What a job waits for has come: it is due now, and goes on whatever the gate of its agency. One that is being worked on
 * is left alone: whoever does looks again when it is done. Answers when it is due; milliseconds since 1970 UTC.
 */
export async function wake({ store, clock }: Pick<Room, 'store' | 'clock'>, jobKey: Key): Promise<number> {
  const now = clock.now();
  const row = await store.get('jobs', jobKey);
  if (row?.['open'] !== true || (typeof row['leaseToken'] === 'string' && Number(row['deadline']) > now)) return now;
  const fields = { called: true, heldFor: null, heldSince: null, availableAt: now };
  await store.write([{ op: 'patch', collection: 'jobs', key: jobKey, fields }]);
  return now;
}
