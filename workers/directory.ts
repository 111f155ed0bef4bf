/** What a worker knows of the agencies: their connections and their contracts. Asked for at each call, so a change takes effect with the next one. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Connection } from './connections.ts';

/** An agency's contract as it was imported. `hash` changes with the text: what was read from it is kept for as long as it stays. */
export type Contract =
  | {
      readonly kind: 'openapi';
      readonly hash: string;
      /** OpenAPI 3.1 as parsed JSON */ readonly document: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'wsdl';
      readonly hash: string;
      /** the WSDL and what it imports (wsdl-texts.ts) */ readonly texts: readonly string[];
      /** those that somebody picked; absent: all */
      readonly operations?: readonly string[];
    };

export interface AgencyDirectory {
  connectionOf(agency: string): Promise<Connection | undefined>;
  /** undefined: the agency has none. Rejects when it has one that cannot be read. */
  contractOf(agency: string): Promise<Contract | undefined>;
}

/** Connections as given, contracts from `<folder>/<agency>/openapi.yaml` or `service.wsdl`. */
export function directoryOf(connections: ReadonlyMap<string, Connection>, folder: string): AgencyDirectory {
  const contracts = new Map<string, Promise<Contract | undefined>>();
  const kept = (agency: string): Promise<Contract | undefined> => {
    const found = contracts.get(agency) ?? contractIn(join(folder, agency));
    contracts.set(agency, found);
    return found;
  };
  return {
    connectionOf: (agency) => Promise.resolve(connections.get(agency)),
    // the id becomes part of a file's name: only agencies that somebody configured get that far
    contractOf: (agency) => (connections.has(agency) ? kept(agency) : Promise.resolve(undefined)),
  };
}

async function contractIn(folder: string): Promise<Contract | undefined> {
  const openapi = await readFile(join(folder, 'openapi.yaml'), 'utf8').catch(() => undefined);
  if (openapi !== undefined) return { kind: 'openapi', hash: folder, document: parse(openapi) as Record<string, unknown> };
  const wsdl = await readFile(join(folder, 'service.wsdl'), 'utf8').catch(() => undefined);
  return wsdl === undefined ? undefined : { kind: 'wsdl', hash: folder, texts: [wsdl] };
}
