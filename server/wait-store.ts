import type { Row } from '../runtime/collections.ts';
import type { Store } from '../runtime/ports.ts';

/** What a worker keeps of a step that waits for its answer; the shape is the worker's (workers/waits.ts). */
export interface KeptWait {
  readonly jobKey: string;
}

export interface WaitStore<T extends KeptWait> {
  get(jobKey: string): Promise<T | undefined>;
  put(wait: T): Promise<void>;
  patch(jobKey: string, fields: Partial<T>): Promise<void>;
}

export function waitStore<T extends KeptWait>(store: () => Promise<Store>): WaitStore<T> {
  return {
    get: async (jobKey) => (await (await store()).get('agencyWaits', jobKey)) as T | undefined,
    put: async (wait) =>
      void (await (await store()).write([{ op: 'put', collection: 'agencyWaits', key: wait.jobKey, row: wait as unknown as Row }])),
    patch: async (jobKey, fields) =>
      void (await (await store()).write([{ op: 'patch', collection: 'agencyWaits', key: jobKey, fields: fields as Row }])),
  };
}
