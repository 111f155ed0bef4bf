/** Tokens by OAuth 2.0 client credentials (RFC 6749 §4.4): kept until shortly before they end, fetched once for all who wait. */
import { z } from 'zod';
import type { Connection, Credential } from './connections.ts';
import { JobFailure } from './job.ts';

export type ClientCredentials = Extract<Credential, { kind: 'oauth2' }>;

export interface TokenRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** sends it through the same guard as any call; resolves with status and body */
export type AskForToken = (connection: Connection, request: TokenRequest) => Promise<{ readonly status: number; readonly body: unknown }>;

export interface Tokens {
  /** a token that is good for a while; throws a JobFailure when the agency's token service gives none */
  tokenFor(connection: Connection, credential: ClientCredentials): Promise<string>;
  /** the agency refused it: the next call fetches a new one */
  forget(credential: ClientCredentials): void;
}

/** milliseconds that a token must still be good for */
const MARGIN = 30_000;
const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().default(300) });

interface Kept {
  readonly token: Promise<string>;
  /** milliseconds since 1970; Infinity while it is fetched */
  until: number;
}

export function createTokens(ask: AskForToken, now: () => number): Tokens {
  const kept = new Map<string, Kept>();
  return {
    tokenFor(connection, credential) {
      const id = idOf(credential);
      const known = kept.get(id);
      if (known !== undefined && known.until > now()) return known.token;
      const entry: Kept = {
        until: Infinity,
        token: fetchToken(connection, credential).then(({ token, seconds }) => keep(entry, token, seconds)),
      };
      kept.set(id, entry);
      entry.token.catch(() => kept.delete(id));
      return entry.token;
    },
    forget: (credential) => void kept.delete(idOf(credential)),
  };

  function keep(entry: Kept, token: string, seconds: number): string {
    // a token that lives shorter than the margin is used for the calls that wait for it, and then fetched anew
    entry.until = now() + Math.max(0, seconds * 1000 - MARGIN);
    return token;
  }

  async function fetchToken(connection: Connection, credential: ClientCredentials): Promise<{ token: string; seconds: number }> {
    const { status, body } = await ask(connection, tokenRequest(credential));
    const parsed = answer.safeParse(body);
    if (status === 200 && parsed.success) return { token: parsed.data.access_token, seconds: parsed.data.expires_in };
    // 400 and 401 mean that our name or secret is wrong: no repeat mends that
    throw new JobFailure(`Expected a token from the agency's token service, but it answered ${status}`, {
      retryable: status !== 400 && status !== 401,
      fault: status >= 500 ? 'down' : undefined,
    });
  }
}

const idOf = ({ tokenUrl, clientId, clientSecret, scope }: ClientCredentials): string =>
  JSON.stringify([tokenUrl, clientId, clientSecret, scope ?? '']);

function tokenRequest({ tokenUrl, clientId, clientSecret, scope, placed }: ClientCredentials): TokenRequest {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) });
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  if (placed === 'body') {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret);
  } else headers['authorization'] = basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret));
  return { url: tokenUrl, headers, body: form.toString() };
}

export const basic = (username: string, password: string): string => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
