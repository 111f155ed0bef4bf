import type { Json } from '../engine/terms.ts';

/** What the register needs of the outside world; given to the server when it is made (the workers' room has it). */
/** a secret that nobody reads without the house's key */
export interface Sealed {
  readonly keyId: string;
  readonly sealed: string;
}

export type Environment = 'live' | 'sandbox';
export const environments = ['live', 'sandbox'] as const;

export interface Field {
  readonly place: string;
  readonly type: string;
  readonly required: boolean;
  readonly label: string;
  readonly description?: string;
  readonly choices?: readonly string[];
}

export interface ContractOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  readonly errors: readonly string[];
  readonly repeatable: boolean;
  readonly callback?: { readonly place: string; readonly outputs: readonly Field[] };
  readonly unusable?: string;
}

export interface ImportedContract {
  readonly format: string;
  readonly title: string;
  readonly apiVersion: string;
  readonly hash: string;
  readonly servers: readonly string[];
  readonly operations: readonly ContractOperation[];
  readonly notes: readonly string[];
  documentOf(operationIds: readonly string[]): Readonly<Record<string, unknown>>;
}

export interface OperationChange {
  readonly operationId: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly object[];
  readonly breaking: boolean;
}

export interface TemplateFor {
  readonly agencyId: string;
  readonly agencyName: string;
  readonly language: 'id' | 'en';
  readonly version: number;
  readonly operation: ContractOperation;
}

/** how an agency signs what it sends us (workers/inbound.ts) */
export interface InboundScheme {
  readonly style: 'lines' | 'body' | 'timestamped';
  readonly header: string;
  readonly prefix?: string;
  readonly encoding: 'hex' | 'base64';
  readonly timestampHeader?: string;
  readonly keyIdHeader?: string;
  readonly toleranceSeconds: number;
}

export interface RegistryTools {
  /** `from`: where it was fetched, so that what it imports is found too. Rejects with an error named `ContractProblem` whose `faults` say what is wrong and where. */
  readContract(text: string, from?: string): Promise<ImportedContract>;
  /** the text behind an address, through the network guard; rejects like `readContract` */
  fetchDocument(url: string): Promise<string>;
  /** of the contract that came with the house, which an imported one takes the place of */
  shippedOperations(agencyId: string): Promise<readonly ContractOperation[] | undefined>;
  compareOperations(before: readonly ContractOperation[], after: readonly ContractOperation[]): readonly OperationChange[];
  /** JSON pointers of all leaves of a value, with `*` for the items of lists */
  fieldsOf(value: Json): readonly string[];
  templateOf(given: TemplateFor): object;
  /** rejects when it is none, by the validator of the format */
  checkTemplate(template: object): Promise<void>;
  seal(credential: never, place: { readonly agencyId: string; readonly credentialId: string }): Sealed;
  /** the job that this address of a later answer belongs to; undefined: it was not made here */
  jobOfCallback(token: string): string | undefined;
  /** what is wrong with a call to us; undefined: it is the agency's */
  inboundRefusal(
    hook: { readonly agencyId: string; readonly credentialId: string; readonly scheme: InboundScheme },
    call: {
      readonly method: string;
      readonly target: string;
      readonly header: (name: string) => string | undefined;
      readonly body: Uint8Array;
    },
  ): Promise<'missing' | 'wrong' | 'too-old' | 'unusable' | undefined>;
  resealed(row: Readonly<Record<string, unknown>>): Sealed | undefined;
  tryConnection(agencyId: string, environment: Environment): Promise<object>;
}
