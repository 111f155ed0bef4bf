import type { Collection } from './collections.ts';

/** Batches and their items (runtime/batches.ts): part of the table in collections.ts. */
export const batchCollections = {
  /** one command for many cases */
  batchOperations: {
    key: 'batchOperationKey',
    fields: {
      batchOperationKey: 'key',
      batchOperationType: 'text',
      /* ACTIVE | SUSPENDED | COMPLETED | PARTIALLY_COMPLETED | CANCELED | FAILED */ state: 'text',
      startDate: 'time',
      endDate: 'time',
      operationsTotalCount: 'number',
      operationsFailedCount: 'number',
      operationsCompletedCount: 'number',
      // ours
      plan: 'json',
      by: 'json',
      startedBy: 'text',
    },
    indexes: [['state', 'startDate']],
  },
  /** key: batchOperationKey/itemKey */
  batchOperationItems: {
    fields: {
      batchOperationKey: 'key',
      itemKey: 'key',
      processInstanceKey: 'key',
      operationType: 'text',
      /* ACTIVE | COMPLETED | FAILED */ state: 'text',
      processedDate: 'time',
      errorMessage: 'text',
      /* ours */ startedBy: 'text',
    },
    indexes: [['batchOperationKey', 'state'], ['processInstanceKey']],
  },
} as const satisfies Record<string, Collection>;
