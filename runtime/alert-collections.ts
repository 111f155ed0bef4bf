import type { Collection } from './collections.ts';

/** What operators are told of by itself (server/alerts/): part of the table in collections.ts. */
export const alertCollections = {
  /** one row per kind and thing; a new occurrence takes the place of the one before. Key: `<kind>/<subject>` */
  alerts: {
    fields: {
      alertId: 'text',
      /* agency-down | backlog | contract-drift | expiry | incidents | quota | news-refused */ kind: 'text',
      subject: 'text',
      agencyId: 'text',
      /* warn | bad */ severity: 'text',
      /* open | resolved */ state: 'text',
      since: 'time',
      seenAt: 'time',
      resolvedAt: 'time',
      /* what the sentence about it names; never data of a case */ values: 'json',
      acknowledgedBy: 'text',
      acknowledgedAt: 'time',
      mutedUntil: 'time',
      mutedBy: 'text',
      muteReason: 'text',
      notifiedAt: 'time',
      escalatedAt: 'time',
      endToldAt: 'time',
      /* why telling somebody failed last */ failure: 'text',
    },
    indexes: [['state', 'since'], ['agencyId', 'state'], ['seenAt']],
  },
  /** who is told, and from when on. Key: the agency's id, or the city's */
  alertSettings: {
    fields: {
      owner: 'text',
      /* addresses */ mails: 'list',
      escalateTo: 'list',
      escalateAfterMinutes: 'number',
      webhookUrl: 'text',
      /* sealed secret that our calls are signed with */ webhookCredentialId: 'text',
      /* of the city only: server/alerts/settings.ts */ thresholds: 'json',
      updatedAt: 'time',
      updatedBy: 'text',
    },
    indexes: [],
  },
} as const satisfies Record<string, Collection>;
