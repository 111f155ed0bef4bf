/**
 * Job type `notify`: a message to a person. Inputs `to` (user name), `subject`, `text`. Goes to the outbox that the context gives;
 * what really sends it (mail, SMS) stands behind that. Nothing of it is logged.
 */
import { JobFailure, type Job, type JobHandler, type Json } from './job.ts';

export interface Mail {
  /** the same for a repeated job: keep one */
  readonly id: string;
  /** user name of the reader */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly processInstanceKey: string;
  readonly businessId: string | null;
  /** milliseconds since 1970 UTC */
  readonly at: number;
}

/** Resolves when the mail is kept. Called again with the same id after a crash. */
export type Outbox = (mail: Mail) => Promise<void>;

export function createNotify({ outbox, now }: { readonly outbox: Outbox; readonly now: () => number }): JobHandler {
  return async (job) => {
    const mail: Mail = {
      id: job.key,
      to: text(job, 'to', 200),
      subject: text(job, 'subject', 200),
      text: text(job, 'text', 10_000),
      processInstanceKey: job.processInstanceKey,
      businessId: job.businessId,
      at: now(),
    };
    await outbox(mail);
    return { notifiedAt: new Date(mail.at).toISOString() };
  };
}

function text(job: Job, name: string, limit: number): string {
  const value: Json | undefined = job.variables[name];
  if (typeof value !== 'string' || value === '')
    throw new JobFailure(`Expected the input ${name} to be a text, but it is ${value === undefined ? 'missing' : 'none'}`, {
      retryable: false,
    });
  return value.slice(0, limit);
}
