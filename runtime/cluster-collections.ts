import type { Collection } from './collections.ts';

/** What holds for every process and is kept while the house runs. Part of the table in collections.ts. */
export const clusterCollections = {
  /** Key: `GLOBAL/<name>` or `TENANT/<name>` */
  clusterVariables: {
    fields: {
      name: 'text',
      /* GLOBAL | TENANT */ scope: 'text',
      /* of scope TENANT only */ tenantId: 'text',
      /* JSON text */ value: 'text',
      // ours
      updatedAt: 'time',
      updatedBy: 'text',
    },
    indexes: [['name']],
  },
  /** Key: the listener's id */
  globalTaskListeners: {
    fields: {
      listenerId: 'text',
      type: 'text',
      /* creating, assigning, updating, completing, canceling or all */ eventTypes: 'list',
      retries: 'number',
      afterNonGlobal: 'flag',
      /* 0..100 */ priority: 'number',
      /* API: made by a call */ source: 'text',
      // ours
      updatedAt: 'time',
      updatedBy: 'text',
    },
    indexes: [['priority']],
  },
} as const satisfies Record<string, Collection>;
