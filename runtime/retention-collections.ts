import type { Collection } from './collections.ts';

/** What outlives a case's own rows (runtime/retention.ts): part of the table in collections.ts. Keys: of the outermost case. */
export const retentionCollections = {
  /** one sealed file per ended case, with everything that it called; the bytes are the blob of that name */
  archives: {
    key: 'processInstanceKey',
    sparse: ['businessId'],
    fields: {
      processInstanceKey: 'key',
      processDefinitionId: 'text',
      processDefinitionName: 'text',
      processDefinitionVersion: 'number',
      processDefinitionKey: 'key',
      businessId: 'text',
      state: 'text',
      startDate: 'time',
      endDate: 'time',
      // ours
      startedBy: 'text',
      ownerAgency: 'text',
      agencies: 'list',
      archivedAt: 'time',
      /* cases in it, records of their histories, bytes of the file */ cases: 'number',
      records: 'number',
      size: 'number',
      /* of the file, in hex */ sha256: 'text',
      blob: 'text',
    },
    indexes: [['processDefinitionId', 'endDate'], ['businessId'], ['archivedAt']],
  },
  /** cases that nobody and nothing deletes or archives until somebody says so */
  legalHolds: {
    key: 'processInstanceKey',
    fields: { processInstanceKey: 'key', reason: 'text', placedBy: 'text', agency: 'text', placedAt: 'time' },
    indexes: [['placedAt']],
  },
} as const satisfies Record<string, Collection>;
