/**
 * The built-in job types and what does them. Everything they may touch of the outside world is in the context; nothing is imported from the house.
 */
import { createAgencyCall, type AgencyCallContext } from './agency-call.ts';
import type { JobHandler } from './job.ts';
import { createNotify, type Outbox } from './notify.ts';
import { createPermitPdf, type DocumentSink } from './permit-pdf.ts';

export { readConnections } from './connections.ts';
export type { Connection, Credential } from './connections.ts';
export type { AgencyCallContext } from './agency-call.ts';
export { directoryOf } from './directory.ts';
export type { AgencyDirectory, Contract } from './directory.ts';
export type { Exchange, Outcome } from './exchange.ts';
export type { Outbox, Mail } from './notify.ts';
export type { DocumentSink, NewDocument, StoredDocument } from './permit-pdf.ts';
export { BpmnError, JobFailure } from './job.ts';
export type { Job, JobHandler } from './job.ts';

export interface WorkerContext extends AgencyCallContext {
  /** where citizens reach the portal, without trailing slash: for the QR code, and agencies for their later answers; a promise while the server has no port yet */
  readonly publicUrl: string | Promise<string>;
  /** IANA name of the city's time zone */
  readonly zone: string;
  /** seals verification codes, so that nobody can guess one; the same for the life of the installation */
  readonly secret: string;
  readonly putDocument: DocumentSink;
  readonly outbox: Outbox;
  /** milliseconds since 1970 UTC */
  readonly now: () => number;
}

export interface Handlers extends ReadonlyMap<string, JobHandler> {
  /** ends the connections to the agencies */
  close(): Promise<void>;
}

/** The types that `createHandlers` makes handlers for. */
export const jobTypes = ['agency-call', 'permit-pdf', 'notify'] as const;

/** Job type → handler. A handler resolves with job variables, or throws `BpmnError` (business) or `JobFailure` (technical). */
export function createHandlers(context: WorkerContext): Handlers {
  const agencyCall = createAgencyCall(context);
  const made: Readonly<Record<(typeof jobTypes)[number], JobHandler>> = {
    'agency-call': agencyCall.handler,
    'permit-pdf': createPermitPdf(context),
    notify: createNotify(context),
  };
  const handlers = new Map<string, JobHandler>(Object.entries(made));
  return Object.assign(handlers, { close: () => agencyCall.close() });
}
