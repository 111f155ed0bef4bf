import type { Collection } from './collections.ts';

/** Records of exchange (workers/exchange.ts): part of the table in collections.ts. */
export const exchangeCollections = {
  /** one row per call of an agency; names and fingerprints only, never a value. Key: exchangeId */
  exchanges: {
    only: { outcome: 'contract-drift' },
    fields: {
      /* jobKey-attempt-at-random: a redelivered job's second call is a second record */ exchangeId: 'text',
      /* who was called */ agency: 'text',
      operationId: 'text',
      /* absent: we called | callback | webhook */ kind: 'text',
      jobKey: 'key',
      processInstanceKey: 'key',
      processDefinitionId: 'text',
      elementId: 'text',
      purpose: 'text',
      attempt: 'number',
      at: 'time',
      durationMs: 'number',
      /* answered | business-error | contract-drift | failed | exchange-fault | not-sent */ outcome: 'text',
      status: 'number',
      code: 'text',
      sentFields: 'list',
      receivedFields: 'list',
      requestHash: 'text',
      replyHash: 'text',
      drift: 'json',
      /* who may read it: the agencies of the case */ agencies: 'list',
      /* who asked: owner of the process */ ownerAgency: 'text',
    },
    indexes: [['at'], ['agency', 'at'], ['processInstanceKey', 'at'], ['outcome', 'at']],
  },
} as const satisfies Record<string, Collection>;
