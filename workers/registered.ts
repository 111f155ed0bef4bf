/**
 * Agencies that somebody registered while the house runs: read from the store at each call, so a change takes effect with the next one, in every
 * process. What is registered goes before what the operator configured at start.
 */
import type { Connection, Credential } from './connections.ts';
import type { WsdlDocument } from './contracts/read-wsdl-contract.ts';
import type { AgencyDirectory, Contract } from './directory.ts';
import { JobFailure } from './job.ts';
import type { Seal } from './seal.ts';

type Row = Readonly<Record<string, unknown>>;
export type Environment = 'live' | 'sandbox';
/** a credential that is sent as it is, in headers of the agency's own naming */
export type StoredCredential =
  | Credential
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** what the agency signs its calls to us with */
  | { readonly kind: 'webhook'; readonly secret: string };

export interface RegisteredContext {
  /** one row of the register; undefined when there is none */
  readonly read: (
    collection: 'agencyProfiles' | 'agencyConnections' | 'agencyCredentials' | 'agencyContracts',
    key: string,
  ) => Promise<Row | undefined>;
  readonly seal: Seal;
  /** what was configured at start */
  readonly fallback: AgencyDirectory;
  /** base URL of a sandbox made of the contract; absent: none can be made here */
  readonly virtual?: (agency: string, contract: Contract) => Promise<string>;
  /** milliseconds since 1970 UTC */
  readonly now: () => number;
}

export interface RegisteredDirectory extends AgencyDirectory {
  /** one environment's connection, whether calls take it or not; undefined: nobody registered it */
  connectionTo(agency: string, environment: Environment): Promise<Connection | undefined>;
}

/** An agency's address and secret are sealed for the two together. */
export const ownerOf = (agencyId: string, credentialId: string): string => `${agencyId}/${credentialId}`;

export function registeredDirectory(context: RegisteredContext): RegisteredDirectory {
  const { read, fallback } = context;
  const environmentOf = async (agency: string): Promise<Environment> =>
    (await read('agencyProfiles', agency))?.['environment'] === 'sandbox' ? 'sandbox' : 'live';

  const contractOf = async (agency: string): Promise<Contract | undefined> => {
    const row = await read('agencyContracts', agency);
    if (row === undefined) return fallback.contractOf(agency);
    const hash = `${String(row['version'])} ${String(row['hash'])}`;
    const document = row['document'] as Row;
    if (row['format'] !== 'wsdl-1.1') return { kind: 'openapi', hash, document };
    const { wsdl, operations } = document as unknown as WsdlDocument;
    return { kind: 'wsdl', hash, texts: wsdl, operations };
  };

  const connectionTo = async (agency: string, environment: Environment): Promise<Connection | undefined> => {
    const row = await read('agencyConnections', `${agency}.${environment}`);
    return row === undefined ? undefined : connectionFrom(context, row);
  };

  const connectionOf = async (agency: string): Promise<Connection | undefined> => {
    const environment = await environmentOf(agency);
    const row = await read('agencyConnections', `${agency}.${environment}`);
    if (row !== undefined) return connectionFrom(context, row);
    const registered = environment === 'sandbox' && context.virtual !== undefined ? await read('agencyContracts', agency) : undefined;
    if (registered === undefined) return fallback.connectionOf(agency);
    const contract = await contractOf(agency);
    return contract && { url: await context.virtual!(agency, contract), trusted: true };
  };

  return { connectionOf, contractOf, connectionTo };
}

async function connectionFrom(context: RegisteredContext, row: Row): Promise<Connection> {
  const text = (name: string): string | undefined => (typeof row[name] === 'string' ? row[name] : undefined);
  const credential = await credentialOf(context, String(row['agencyId']), text('credentialId'));
  const own = (row['headers'] ?? {}) as Readonly<Record<string, string>>;
  const headers = credential?.kind === 'headers' ? { ...own, ...credential.headers } : own;
  const xRoadClient = text('xRoadClient');
  return {
    url: text('url') ?? '',
    headers,
    ...(credential === undefined || credential.kind === 'headers' || credential.kind === 'webhook' ? {} : { credential }),
    ...(row['names'] ? { names: row['names'] as NonNullable<Connection['names']> } : {}),
    ...(row['limits'] ? { limits: row['limits'] as NonNullable<Connection['limits']> } : {}),
    ...(xRoadClient === undefined ? {} : { xRoadClient }),
    ...(typeof row['timeoutMs'] === 'number' ? { timeoutMs: row['timeoutMs'] } : {}),
  };
}

/** Throws a JobFailure that is not retried when it is not there, not usable any more, or cannot be opened. */
export async function credentialOf(
  context: Pick<RegisteredContext, 'read' | 'seal' | 'now'>,
  agencyId: string,
  credentialId: string | undefined,
): Promise<StoredCredential | undefined> {
  if (credentialId === undefined) return undefined;
  const row = await context.read('agencyCredentials', credentialId);
  const failed = (what: string): JobFailure =>
    new JobFailure(`Expected the credential of ${agencyId} to be usable, but ${what}`, { retryable: false });
  if (row === undefined || row['agencyId'] !== agencyId) throw failed('it is not there');
  if (typeof row['expiresAt'] === 'number' && row['expiresAt'] <= context.now()) throw failed('it has expired');
  try {
    const text = context.seal.open({ keyId: String(row['keyId']), sealed: String(row['sealed']) }, ownerOf(agencyId, credentialId));
    return JSON.parse(text) as StoredCredential;
  } catch (error) {
    throw failed(error instanceof Error ? error.message : 'it cannot be opened');
  }
}
