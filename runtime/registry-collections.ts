import type { Collection } from './collections.ts';

/** The register of agencies: who they are, where their systems are, what they offer. Part of the table in collections.ts. */
export const registryCollections = {
  /** an agency as somebody registered it; before what `processes/agencies` says of it. Key: agencyId */
  agencyProfiles: {
    fields: {
      agencyId: 'text',
      name: 'text',
      nameEn: 'text',
      /* agency | provider */ kind: 'text',
      description: 'text',
      /* { name, role, mail, phone } each */ contacts: 'json',
      /* names of units */ units: 'list',
      /* live | sandbox: which connection its calls take */ environment: 'text',
      updatedAt: 'time',
      updatedBy: 'text',
    },
    indexes: [],
  },
  /** where its system is. Key: `<agencyId>.<environment>` */
  agencyConnections: {
    fields: {
      agencyId: 'text',
      /* live | sandbox */ environment: 'text',
      url: 'text',
      credentialId: 'text',
      headers: 'json',
      names: 'json',
      xRoadClient: 'text',
      timeoutMs: 'number',
      /* { callsPerMinute, concurrency, callsPerDay } */ limits: 'json',
      /* { from, until, reason } each, milliseconds since 1970 */ maintenance: 'json',
      updatedAt: 'time',
      updatedBy: 'text',
    },
    indexes: [['agencyId', 'environment']],
  },
  /** NEVER ANSWERED: what opens an agency's door, sealed (workers/seal.ts). Key: credentialId */
  agencyCredentials: {
    fields: {
      credentialId: 'text',
      agencyId: 'text',
      kind: 'text',
      /* which key it is sealed with */ keyId: 'text',
      /* AES-256-GCM */ sealed: 'text',
      expiresAt: 'time',
      createdAt: 'time',
      createdBy: 'text',
    },
    indexes: [['agencyId', 'createdAt'], ['keyId']],
  },
  /** what an agency offers: one row per import. Key: `<agencyId>.<version>` */
  agencyContracts: {
    fields: {
      agencyId: 'text',
      version: 'number',
      isLatest: 'flag',
      /* of the document as it came */ hash: 'text',
      title: 'text',
      apiVersion: 'text',
      /* openapi-3.1 | openapi-3.0 | swagger-2.0 */ format: 'text',
      /* the picked operations as OpenAPI 3.1 */ document: 'json',
      /* what each operation takes and answers, field by field */ operations: 'json',
      importedAt: 'time',
      importedBy: 'text',
    },
    sparse: ['isLatest'],
    indexes: [['agencyId', 'version'], ['isLatest']],
  },
  /** whether calls go out to it (runtime/compartments/terms.ts); absent: nothing is wrong. Key: agencyId */
  agencyCompartments: {
    fields: {
      agencyId: 'text',
      /* closed | open | half-open | ramping */ phase: 'text',
      since: 'time',
      downSince: 'time',
      openings: 'number',
      nextTryAt: 'time',
      /* the job that tries */ probe: 'key',
      failure: 'text',
      perSecond: 'number',
      heldBy: 'text',
      heldSince: 'time',
      heldReason: 'text',
    },
    indexes: [],
  },
  /** what a step waits for after its call (workers/waits.ts). Key: jobKey */
  agencyWaits: {
    key: 'jobKey',
    fields: {
      jobKey: 'key',
      /* callback | poll */ kind: 'text',
      agency: 'text',
      operationId: 'text',
      processInstanceKey: 'key',
      since: 'time',
      deadline: 'time',
      sentAt: 'time',
      looks: 'number',
      overAt: 'time',
      /* the case's data: gone soon after the job is done */ answer: 'json',
      answerHash: 'text',
      answeredAt: 'time',
    },
    indexes: [['processInstanceKey'], ['since']],
  },
  /** addresses that an agency tells news to, and what becomes of them. Key: hookId */
  agencyHooks: {
    fields: {
      hookId: 'text',
      agencyId: 'text',
      name: 'text',
      active: 'flag',
      /* sealed secret that it signs with */ credentialId: 'text',
      /* how it signs (workers/inbound.ts) */ scheme: 'json',
      messageName: 'text',
      /* FEEL over body: correlationKey, variables, condition, eventId */ mapping: 'json',
      /* milliseconds */ timeToLive: 'number',
      updatedAt: 'time',
      updatedBy: 'text',
    },
    indexes: [['agencyId', 'name']],
  },
  /** news that came, without a value of it: one row per event (key: hookId/hash of its id), and one per minute of what was refused */
  hookDeliveries: {
    only: { outcome: 'refused' },
    fields: {
      deliveryId: 'text',
      hookId: 'text',
      agencyId: 'text',
      at: 'time',
      /* taking | correlated | waiting | ignored | refused */ outcome: 'text',
      /* why it was refused, or what came of it, as a sentence */ detail: 'text',
      count: 'number',
      messageKey: 'key',
    },
    indexes: [['hookId', 'at'], ['at'], ['outcome', 'at']],
  },
  /** calls of one day, where the agency allows only so many. Key: `<agencyId>/<day>` */
  agencyUsage: {
    fields: { agencyId: 'text', day: 'text', calls: 'number' },
    indexes: [['agencyId', 'day']],
  },
} as const satisfies Record<string, Collection>;
