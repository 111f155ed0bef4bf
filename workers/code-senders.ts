/** How one-time codes leave the house: e-mail over SMTP, telephone through a gateway that takes JSON. Settings come from the environment; none is ever logged. */
import { request } from 'undici';
import { smtp as openSmtp } from './mail.ts';

export interface OneTimeCode {
  readonly id: string;
  readonly channel: 'email' | 'phone';
  readonly address: string;
  readonly code: string;
  readonly language: 'id' | 'en';
  /** milliseconds since 1970 UTC */
  readonly expiresAt: number;
}
type Send = (code: OneTimeCode) => Promise<void>;
type Env = Readonly<Record<string, string | undefined>>;

/** milliseconds */
const PATIENCE = 10_000;

const words = {
  id: {
    subject: 'Kode masuk Anda',
    text: (code: string, minutes: number) =>
      `Kode masuk Alur: ${code}\n\nKode berlaku ${minutes} menit, hanya di peramban tempat Anda memintanya. Jangan berikan kepada siapa pun. Jika Anda tidak memintanya, abaikan pesan ini.`,
  },
  en: {
    subject: 'Your sign-in code',
    text: (code: string, minutes: number) =>
      `Alur sign-in code: ${code}\n\nIt is good for ${minutes} minutes, in the browser where you asked for it only. Give it to nobody. If you did not ask for it, ignore this message.`,
  },
} as const;

/** Undefined: nothing is configured. Throws an Error that lists every fault. */
export function readCodeSenders(
  env: Env,
  now: () => number,
): { readonly send: Send; readonly channels: readonly OneTimeCode['channel'][] } | undefined {
  const { ALUR_SMTP_URL: smtp, ALUR_MAIL_FROM: from, ALUR_SMS_URL: sms, ALUR_SMS_TOKEN: token } = env;
  const faults = [
    ...(smtp && !from ? ['Expected ALUR_MAIL_FROM with ALUR_SMTP_URL, but there is none'] : []),
    ...(smtp && !/^smtps?:\/\//.test(smtp) ? ['Expected ALUR_SMTP_URL to begin with smtp:// or smtps://, but it does not'] : []),
    ...(sms && !/^https?:\/\//.test(sms) ? ['Expected ALUR_SMS_URL to begin with https:// or http://, but it does not'] : []),
  ];
  if (faults.length > 0) throw new Error(`Expected valid settings of messages, but:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  const senders = new Map<OneTimeCode['channel'], Send>();
  if (smtp && from) senders.set('email', mailer(smtp, { from, now }));
  if (sms) senders.set('phone', gateway(sms, { token, now }));
  if (senders.size === 0) return undefined;
  return {
    channels: [...senders.keys()],
    send: async (code) => {
      await senders.get(code.channel)?.(code);
    },
  };
}

function mailer(url: string, { from, now }: { readonly from: string; readonly now: () => number }): Send {
  const send = openSmtp(url, from);
  return async (code) => await send({ id: code.id, to: code.address, ...said(code, now()) });
}

function gateway(url: string, { token, now }: { readonly token: string | undefined; readonly now: () => number }): Send {
  return async (code) => {
    const { text } = said(code, now());
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': code.id,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    const body = JSON.stringify({ to: code.address, text });
    const answer = await request(url, { method: 'POST', headers, body, headersTimeout: PATIENCE, bodyTimeout: PATIENCE });
    await answer.body.dump();
    if (answer.statusCode >= 300)
      throw new Error(`Expected the gateway of messages to take a message, but it answers ${answer.statusCode}`);
  };
}

function said({ code, language, expiresAt }: OneTimeCode, now: number): { readonly subject: string; readonly text: string } {
  const { subject, text } = words[language];
  return { subject, text: text(code, Math.max(1, Math.round((expiresAt - now) / 60_000))) };
}
