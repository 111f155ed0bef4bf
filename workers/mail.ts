/** Mail that leaves the house: over SMTP where it is configured, else into a folder where somebody can look. */
import { createTransport } from 'nodemailer';
import type { Outbox } from './notify.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** milliseconds */
const PATIENCE = 10_000;

/** Undefined: none is configured. `ALUR_SMTP_URL`, `ALUR_MAIL_FROM` */
export function smtpFrom(env: Env): ReturnType<typeof smtp> | undefined {
  const { ALUR_SMTP_URL: url, ALUR_MAIL_FROM: from } = env;
  return url && from ? smtp(url, from) : undefined;
}

export interface PlainMail {
  /** the same for a repeated telling */
  readonly id: string;
  /** address */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** One reader, plain text: nothing of it is a page. Rejects when the server does not take it. */
export function smtp(url: string, from: string): (mail: PlainMail) => Promise<void> {
  const transport = createTransport(url, { connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE } as object);
  return async ({ id, to, subject, text }) =>
    void (await transport.sendMail({ from, to: { name: '', address: to }, subject, text, messageId: `<${id}@alur>` }));
}

/** Through the outbox of notifications: the local catcher. */
export function caught(outbox: Outbox, now: () => number): (mail: PlainMail) => Promise<void> {
  return async (mail) => await outbox({ ...mail, processInstanceKey: '', businessId: null, at: now() });
}
