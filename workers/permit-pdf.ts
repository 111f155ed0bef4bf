/**
 * Job type `permit-pdf`: the issued permit as a PDF that says of itself how to verify it.
 * Inputs `title`, `fields` (list of {label, labelEn, value}, or a context label → value), `number` (null: from the case's reference), `holder`.
 * Result `document` = { documentId, name, code, number }. A repeated job gives the same code and number; the sink keeps one document.
 */
import { createHash, createHmac } from 'node:crypto';
import { JobFailure, type Job, type JobHandler, type Json } from './job.ts';
import { drawPermit, type Permit, type PermitField } from './draw-permit.ts';

export interface NewDocument {
  /** stable across retries of the job: store once, answer what is stored */
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** hex */
  readonly sha256: string;
  readonly processInstanceKey: string;
  /** step that made it: decides which agencies may open it */
  readonly elementId?: string;
  readonly businessId: string | null;
  /** for GET /api/v1/verifications/{code}: code, number, title, holder, issuedAt (ISO 8601) */
  readonly metadata: { readonly [name: string]: Json };
}

export interface StoredDocument {
  readonly documentId: string;
}

export type DocumentSink = (document: NewDocument) => Promise<StoredDocument>;

export interface PermitContext {
  readonly publicUrl: string | Promise<string>;
  /** IANA name: whose calendar day the permit bears */
  readonly zone: string;
  readonly secret: string;
  readonly putDocument: DocumentSink;
  readonly now: () => number;
}

export function createPermitPdf({ publicUrl, zone, secret, putDocument, now }: PermitContext): JobHandler {
  return async (job) => {
    const code = verificationCode(secret, job.key);
    const issuedAt = new Date(now()).toISOString();
    const permit: Permit = {
      title: text(job.variables['title'], 'title'),
      number: optionalText(job.variables['number']) ?? `SK-${job.businessId ?? job.processInstanceKey}`,
      holder: text(job.variables['holder'], 'holder'),
      fields: fieldsOf(job),
      issuedAt,
      zone,
      verifyUrl: `${await publicUrl}/verify/${code}`,
    };
    const bytes = await drawPermit(permit);
    const name = `${permit.number.replace(/[^A-Za-z0-9._-]+/g, '-')}.pdf`;
    const { documentId } = await putDocument({
      id: job.key,
      name,
      contentType: 'application/pdf',
      bytes,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      processInstanceKey: job.processInstanceKey,
      elementId: job.elementId,
      businessId: job.businessId,
      metadata: { kind: 'permit', code, number: permit.number, title: permit.title, holder: permit.holder, issuedAt },
    });
    return { document: { documentId, name, code, number: permit.number } };
  };
}

/** 20 characters without look-alikes (100 bits): nobody guesses one, somebody can type one. */
function verificationCode(secret: string, jobKey: string): string {
  const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  const bytes = createHmac('sha256', secret).update(`permit:${jobKey}`).digest();
  return Array.from(bytes.subarray(0, 20), (byte) => alphabet[byte % alphabet.length]).join('');
}

function text(value: Json | undefined, name: string): string {
  const found = optionalText(value);
  if (found === undefined)
    throw new JobFailure(`Expected the input ${name} to be a text, but it is ${value === undefined ? 'missing' : 'none'}`, {
      retryable: false,
    });
  return found;
}

const optionalText = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 500) : undefined;

/** At most 40 rows: a permit is one page or two, not a book. */
function fieldsOf(job: Job): readonly PermitField[] {
  const value = job.variables['fields'] ?? null;
  if (value === null || typeof value !== 'object') return [];
  if (!Array.isArray(value))
    return Object.entries(value)
      .slice(0, 40)
      .map(([label, entry]) => ({ label, labelEn: '', value: shown(entry as Json) }));
  return (value as readonly Json[]).slice(0, 40).map((entry) => {
    const row = (entry !== null && typeof entry === 'object' && !Array.isArray(entry) ? entry : {}) as { readonly [name: string]: Json };
    return { label: shown(row['label']), labelEn: shown(row['labelEn']), value: shown(row['value']) };
  });
}

const shown = (value: Json | undefined): string =>
  (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, 500);
