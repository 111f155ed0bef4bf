/**
 * Jobs that wait for their agency, in the store: no queue has them, no worker can lease them, no sweep finds them. Each says whom it waits for
 * and since when.
 */
import type { Key } from '../../engine/index.ts';
import type { Row } from '../collections.ts';
import type { RowChange, Store } from '../ports.ts';

/** "not until somebody says so", in milliseconds since 1970 */
const NEVER = 9_000_000_000_000_000;
const CHUNK = 500;

export interface Failure {
  /** what the call said that this one waits after */
  readonly message: string;
}

/** `agencyOf`: whom a job waits for */
export async function park(store: Pick<Store, 'write'>, jobs: readonly Parking[], failure?: Failure): Promise<void> {
  const changes = jobs.map(({ jobKey, agency, since }): RowChange => {
    const failed = failure && { errorMessage: failure.message.slice(0, 4_000), hasFailedWithRetriesLeft: true };
    const fields: Row = { heldFor: agency, heldSince: since, availableAt: NEVER, deadline: null, leaseToken: null, ...failed };
    return { op: 'patch', collection: 'jobs', key: jobKey, fields };
  });
  for (let at = 0; at < changes.length; at += CHUNK) await store.write(changes.slice(at, at + CHUNK));
}

export interface Parking {
  readonly jobKey: Key;
  readonly agency: string;
  /** milliseconds since 1970 UTC */
  readonly since: number;
}

/** So that it can be leased from `now` on. */
export function unparked(jobKey: Key, now: number): RowChange {
  return { op: 'patch', collection: 'jobs', key: jobKey, fields: { heldFor: null, heldSince: null, availableAt: now } };
}

/** The oldest first. `limit`: 1..10,000 */
export async function oldestParked(store: Pick<Store, 'search'>, agency: string, limit: number): Promise<readonly Row[]> {
  const filter = { heldFor: agency, open: true, suspended: { $neq: true }, retries: { $gt: 0 } };
  return (await store.search('jobs', { filter, sort: [{ field: 'creationTime' }], limit, countUpTo: 1 })).items;
}

/** Agencies that anything waits for: one small search for each. */
export async function agenciesWaitedFor(store: Pick<Store, 'search'>): Promise<readonly string[]> {
  const found: string[] = [];
  for (;;) {
    const after = found.at(-1);
    const filter = { heldFor: after === undefined ? { $exists: true } : { $gt: after }, open: true };
    const { items } = await store.search('jobs', { filter, sort: [{ field: 'heldFor' }], limit: 1, countUpTo: 1 });
    const next = items[0]?.['heldFor'];
    if (typeof next !== 'string') return found;
    found.push(next);
  }
}
