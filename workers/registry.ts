/** The register's tools: what the house needs of the outside world to take in an agency. Given to the server when it is made. */
import type { AgencyDirectory, Contract } from './directory.ts';
import { jobOfCallback } from './callback.ts';
import { compareOperations } from './contracts/compare.ts';
import type { ContractOperation } from './contracts/operation.ts';
import { readContract } from './contracts/read-contract.ts';
import { checkTemplate, templateOf } from './contracts/template.ts';
import { fieldsOf } from './exchange.ts';
import { refusalOf, type InboundCall, type InboundScheme, type Refusal } from './inbound.ts';
import { JobFailure } from './job.ts';
import { createProbe, type Tried } from './probe.ts';
import {
  credentialOf,
  ownerOf,
  registeredDirectory,
  type Environment,
  type RegisteredContext,
  type StoredCredential,
} from './registered.ts';

export interface RegistryContext extends RegisteredContext {
  readonly allowedNetworks: readonly string[];
  /** seals the addresses of later answers */
  readonly secret: string;
}

export interface Registry {
  readonly directory: AgencyDirectory;
  readonly tools: ReturnType<typeof toolsOf>;
  close(): Promise<void>;
}

export function createRegistry(context: RegistryContext): Registry {
  const directory = registeredDirectory(context);
  const probe = createProbe(context);
  const tryConnection = async (agencyId: string, environment: Environment): Promise<Tried> => {
    const not = (detail: string): Tried => ({ reached: false, status: null, durationMs: 0, outcome: 'not-tried', detail });
    try {
      const connection = await directory.connectionTo(agencyId, environment);
      return connection === undefined ? not('Expected a registered connection, but there is none') : await probe.tryConnection(connection);
    } catch (error) {
      if (error instanceof JobFailure) return not(error.message);
      throw error;
    }
  };
  return { directory, tools: toolsOf(context, { tryConnection, fetchDocument: probe.fetchDocument }), close: probe.close };
}

interface Reaching {
  readonly tryConnection: (agencyId: string, environment: Environment) => Promise<Tried>;
  readonly fetchDocument: (url: string) => Promise<string>;
}

function toolsOf(context: RegistryContext, reaching: Reaching) {
  const { seal, secret, now } = context;
  return {
    ...reaching,
    readContract: (text: string, from?: string) => readContract(text, { from, fetchText: reaching.fetchDocument }),
    compareOperations,
    shippedOperations: (agencyId: string) => shippedOperations(context, agencyId),
    fieldsOf,
    templateOf,
    checkTemplate,
    jobOfCallback: (token: string) => jobOfCallback(secret, token),
    /** what is wrong with a call to us; undefined: it is the agency's. `unusable`: its secret cannot be opened here */
    async inboundRefusal(
      hook: { readonly agencyId: string; readonly credentialId: string; readonly scheme: InboundScheme },
      call: Omit<InboundCall, 'now'>,
    ): Promise<Refusal | 'unusable' | undefined> {
      const credential = await credentialOf(context, hook.agencyId, hook.credentialId).catch(() => undefined);
      if (credential?.kind !== 'webhook') return 'unusable';
      return refusalOf(hook.scheme, credential.secret, { ...call, now: now() });
    },
    /** bound to its agency and id: a row that was moved does not open */
    seal: (credential: StoredCredential, place: { readonly agencyId: string; readonly credentialId: string }) =>
      seal.seal(JSON.stringify(credential), ownerOf(place.agencyId, place.credentialId)),
    /** the same secret under the newest key; undefined: it is already, or its key is not here */
    resealed(row: Readonly<Record<string, unknown>>) {
      const owner = ownerOf(String(row['agencyId']), String(row['credentialId']));
      if (row['keyId'] === seal.keyId) return undefined;
      try {
        return seal.seal(seal.open({ keyId: String(row['keyId']), sealed: String(row['sealed']) }, owner), owner);
      } catch {
        return undefined;
      }
    },
  };
}

/** What the contract offers that came with the house, and that an imported one takes the place of; undefined: none came. */
async function shippedOperations({ fallback }: RegistryContext, agencyId: string): Promise<readonly ContractOperation[] | undefined> {
  const contract = await fallback.contractOf(agencyId);
  if (contract === undefined) return undefined;
  const text = contract.kind === 'wsdl' ? (contract.texts[0] ?? '') : JSON.stringify(contract.document);
  return (await readContract(text)).operations;
}

/** Contracts and connections of configured agencies; `contracts` knows also those without a connection. */
export function configuredDirectory(connections: AgencyDirectory, contracts: AgencyDirectory): AgencyDirectory {
  return {
    connectionOf: (agency) => connections.connectionOf(agency),
    contractOf: async (agency): Promise<Contract | undefined> => (await connections.contractOf(agency)) ?? contracts.contractOf(agency),
  };
}
