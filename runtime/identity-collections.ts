import type { Collection } from './collections.ts';

/** Who may come in besides accounts with a password. Part of the table in collections.ts. */
export const identityCollections = {
  /** programs of an agency with credentials of ours. Key: clientId */
  machineClients: {
    fields: {
      clientId: 'text',
      name: 'text',
      agency: 'text',
      roles: 'list',
      /* SHA-256 of 256 random bits */ secretHash: 'json',
      /* raised with every new secret: tokens of the one before are over */ generation: 'number',
      disabled: 'flag',
      createdBy: 'text',
      createdAt: 'time',
    },
    indexes: [['agency', 'name']],
  },
  /** claim of another issuer → agency and roles here. Key: mappingRuleId */
  mappingRules: {
    fields: {
      mappingRuleId: 'text',
      name: 'text',
      claimName: 'text',
      claimValue: 'text',
      agency: 'text',
      roles: 'list',
    },
    indexes: [['agency']],
  },
} as const satisfies Record<string, Collection>;
