/** Small commits and rows for the contracts. */
import type { Event } from '../../engine/terms.ts';
import type { Commit, Row, RowChange } from '../../runtime/ports.ts';

export const by = 'tester';
export const created: Event = { t: 'instance-suspended', at: 1 };

export function commitOf(instanceKey: string, expected: number, extra: Partial<Commit> = {}): Commit {
  return { instanceKey, expected, events: [created], audit: { command: 'test', by, at: 5 }, rows: [], effects: [], ...extra };
}

export function job(n: number, fields: Row = {}): RowChange {
  const row = {
    jobKey: String(n),
    type: 'stamp',
    open: true,
    retries: 3,
    priority: 0,
    availableAt: 10,
    creationTime: n,
    suspended: false,
    ...fields,
  };
  return { op: 'put', collection: 'jobs', key: String(n), row };
}

export function task(n: number, fields: Row = {}): RowChange {
  return {
    op: 'put',
    collection: 'userTasks',
    key: String(n),
    row: { userTaskKey: String(n), state: 'CREATED', name: `task ${n}`, creationDate: n, ...fields },
  };
}
