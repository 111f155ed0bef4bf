/** How alerts leave the house: as mail, and as signed calls to an address that an operator chose; through the same guard as calls to agencies. */
import { authenticate } from './authenticate.ts';
import type { Connection } from './connections.ts';
import { smtpFrom, caught, type PlainMail } from './mail.ts';
import { createNetworkGuard } from './network-guard.ts';
import type { Outbox } from './notify.ts';
import { createTokens } from './oauth-token.ts';
import { credentialOf, type RegisteredContext } from './registered.ts';
import { createSender, NoAnswer } from './send.ts';

export interface CarrierContext extends Pick<RegisteredContext, 'read' | 'seal' | 'now'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** where mail is caught when no server for it is configured */
  readonly outbox: Outbox;
  readonly allowedNetworks: readonly string[];
}

export interface WebhookCall {
  readonly owner: string;
  readonly url: string;
  /** of the sealed secret that it is signed with */
  readonly credentialId?: string;
  readonly body: object;
}

export interface AlertCarriers {
  mail(mail: PlainMail): Promise<void>;
  /** Rejects with a sentence when it was not taken. */
  webhook(call: WebhookCall): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const KEY_ID = 'alur';

export function createAlertCarriers(context: CarrierContext): AlertCarriers {
  const { env, outbox, allowedNetworks, now } = context;
  const sender = createSender(createNetworkGuard(allowedNetworks));
  const tokens = createTokens(() => Promise.reject(new Error('Expected no token to be needed, but one is')), now);

  async function connectionTo({ owner, url, credentialId }: WebhookCall): Promise<Connection> {
    const credential = await credentialOf(context, owner, credentialId);
    const signed =
      credential?.kind === 'webhook' ? { credential: { kind: 'signed', keyId: KEY_ID, secret: credential.secret } as const } : {};
    return { url: new URL(url).origin, ...signed };
  }

  async function webhook(call: WebhookCall): Promise<void> {
    const place = new URL(call.url);
    const connection = await connectionTo(call);
    const headers = { 'content-type': 'application/json', accept: 'application/json, */*' };
    const plain = { method: 'POST', target: place.pathname + place.search, headers, body: JSON.stringify(call.body) };
    const request = await authenticate(plain, connection, { tokens, now });
    const signal = new AbortController().signal;
    const answer = await sender.send({ connection, request, timeout: TIMEOUT_MS, signal }).catch((error: unknown) => {
      throw error instanceof NoAnswer ? new Error(`Expected the address for alerts to answer, but ${error.message}`) : error;
    });
    if (answer.status >= 300) throw new Error(`Expected the address for alerts to take it, but it answered ${answer.status}`);
  }

  return { mail: smtpFrom(env) ?? caught(outbox, now), webhook, close: async () => await sender.close() };
}
