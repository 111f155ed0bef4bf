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
    indexes: [['agency', 'name'], ['clientId']],
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
  /** who signs in with a provider. Key: identityId, a hash of issuer and subject */
  identities: {
    fields: { identityId: 'text', provider: 'text', issuer: 'text', subject: 'text', username: 'text', linkedAt: 'time' },
    indexes: [['username']],
  },
  /** accounts of citizens by their e-mail address or telephone. Key: hash of it */
  citizenContacts: { fields: { contactHash: 'text', username: 'text', linkedAt: 'time' }, indexes: [['username']] },
  /** codes that were sent, and a row for each guess. Key: codeId, a hash of the browser's secret; `<codeId>/<guess>` */
  signInCodes: {
    fields: {
      codeId: 'text',
      /* what sends are counted by: hash of the contact and the place, or of a browser that is known */ counted: 'text',
      contactHash: 'text',
      /* asked for by a browser that is known */ known: 'flag',
      contact: 'json',
      codeHash: 'json',
      createdAt: 'time',
      expiresAt: 'time',
      usedAt: 'time',
    },
    indexes: [['counted', 'createdAt'], ['contactHash', 'createdAt'], ['expiresAt']],
  },
} as const satisfies Record<string, Collection>;
