/**
 * Bearer tokens of other issuers (RFC 9068): which issuers, for whom and signed how is pinned here; what a token says about its own key is never believed.
 * The issuer's keys are found through its own metadata, and read again when it shows one that is not known yet.
 */
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { ClientSecretBasic, None, PrivateKeyJwt, allowInsecureRequests, discovery } from 'openid-client';
import type { ClientAuth, Configuration } from 'openid-client';
import type { Store } from '../../runtime/ports.ts';
import { Problem } from '../problem.ts';
import type { Reader } from '../reader.ts';
import { rightsOf } from './claims.ts';
import type { Claims } from './claims.ts';
import { isInsecure } from './providers.ts';
import type { Provider } from './providers.ts';

/** of public keys only: a secret that both sides know is no proof of an issuer */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** seconds that two clocks may differ */
const TOLERANCE = 30;
/** seconds to wait for an issuer */
const PATIENCE = 5;
const MAX_NAME = 200;

type Keys = ReturnType<typeof createRemoteJWKSet>;

export class Issuers {
  readonly providers: readonly Provider[];
  readonly #store: Store;
  readonly #now: () => number;
  readonly #configurations = new Map<string, Promise<Configuration>>();
  readonly #keys = new Map<string, Promise<Keys>>();
  constructor(store: Store, { providers, now }: { readonly providers: readonly Provider[]; readonly now: () => number }) {
    this.#store = store;
    this.#now = now;
    this.providers = providers;
  }

  /** Is this an issuer whose tokens programs may bring? */
  knows(issuer: unknown): boolean {
    return this.#of(issuer) !== undefined;
  }

  /** Who a token stands for. Throws TOKEN_INVALID, FORBIDDEN (no mapping rule fits) or ISSUER_UNREACHABLE. */
  async bearer(token: string, issuer: unknown): Promise<Reader> {
    const provider = this.#of(issuer);
    if (provider?.audience === undefined)
      throw new Problem('TOKEN_INVALID', 'Expected a token of an issuer that is known here, but it is of another');
    const expected = {
      algorithms: ALGORITHMS,
      issuer: provider.issuer,
      audience: provider.audience,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: TOLERANCE,
      currentDate: new Date(this.#now()),
    };
    const claims = await jwtVerify(token, await this.#keysOf(provider), expected).then(({ payload }) => payload, refuse);
    return this.#readerOf(provider, claims);
  }

  /** What the provider says of itself, read once and again after a fault. */
  configuration(provider: Provider): Promise<Configuration> {
    return remember(this.#configurations, provider.id, () => {
      const execute = isInsecure(provider.issuer) ? { execute: [allowInsecureRequests] } : {};
      const { clientId = 'alur' } = provider;
      return discovery(new URL(provider.issuer), clientId, undefined, clientAuthOf(provider), { ...execute, timeout: PATIENCE }).catch(
        unreachable,
      );
    });
  }

  #of(issuer: unknown): Provider | undefined {
    return this.providers.find((one) => one.audience !== undefined && one.issuer === issuer);
  }

  #keysOf(provider: Provider): Promise<Keys> {
    return remember(this.#keys, provider.id, async () => {
      const address = (await this.configuration(provider)).serverMetadata().jwks_uri;
      if (address === undefined || !(address.startsWith('https:') || isInsecure(address))) throw unreachable();
      return createRemoteJWKSet(new URL(address), {
        timeoutDuration: PATIENCE * 1000,
        [customFetch]: (...call) => fetch(...call).catch(unreachable),
      });
    });
  }

  async #readerOf(provider: Provider, claims: Claims): Promise<Reader> {
    const { agency, roles } = await rightsOf(this.#store, claims);
    const username = `${provider.id}:${String(claims['client_id'] ?? claims['azp'] ?? claims['sub'])}`.slice(0, MAX_NAME);
    return { kind: 'staff', username, name: String(claims['name'] ?? username).slice(0, MAX_NAME), agency, roles, machine: true };
  }
}

/** How we prove to a provider who we are: a key of ours (`private_key_jwt`, RFC 7523), else a secret. */
function clientAuthOf({ clientKey, clientSecret }: Provider): ClientAuth {
  if (clientKey !== undefined) return PrivateKeyJwt({ key: clientKey.key, kid: clientKey.kid });
  return clientSecret === undefined ? None() : ClientSecretBasic(clientSecret);
}

function remember<T>(kept: Map<string, Promise<T>>, id: string, make: () => Promise<T>): Promise<T> {
  const found = kept.get(id);
  if (found !== undefined) return found;
  const made = make();
  kept.set(id, made);
  made.catch(() => kept.delete(id));
  return made;
}

function unreachable(): never {
  throw new Problem('ISSUER_UNREACHABLE', 'Expected the identity provider to answer, but it does not', { retryAfterSeconds: 5 });
}

export function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new Problem('TOKEN_INVALID', 'Expected a token that is still valid, but it has run out');
  if (error instanceof errors.JWKSTimeout || (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC')) unreachable();
  if (error instanceof errors.JOSEError) throw new Problem('TOKEN_INVALID', 'Expected a token that its issuer made for us, but it is not');
  throw error;
}
