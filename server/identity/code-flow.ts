/**
 * Signing people in with an identity provider: OpenID Connect's code flow with PKCE, state and nonce. What must come back to the same browser
 * goes with it in a sealed cookie, so that any process can finish what another began.
 */
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Configuration } from 'openid-client';
import { cookie } from '../cookies.ts';
import { Problem } from '../problem.ts';
import type { Claims } from './claims.ts';
import type { Issuers } from './issuers.ts';
import type { Provider } from './providers.ts';
import type { Sealed } from './sealed.ts';

/** seconds that somebody may spend at the provider */
const PATIENCE = 600;
export const FLOW_COOKIE = 'alur_sign_in';

export interface Wish {
  /** a path of ours */
  readonly returnTo: string;
  /** user name of the account that the identity is to be added to; absent: sign in */
  readonly linkTo?: string;
}

export interface Finished {
  readonly claims: Claims;
  /** for signing out there too */
  readonly idToken: string;
}

/** what went with the browser */
export interface Begun extends Wish {
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface CodeFlow {
  /** where to send the browser, and the cookie that must come back with it */
  begin(provider: Provider, wish: Wish): Promise<{ readonly location: string; readonly cookie: string }>;
  /** what this browser began with this provider; undefined: nothing, or too long ago */
  begun(provider: Provider, cookie: string | undefined): Promise<Begun | undefined>;
  /** Throws SIGN_IN_FAILED or ISSUER_UNREACHABLE. `query`: as the provider sent it. */
  finish(provider: Provider, begun: Begun, query: Readonly<Record<string, string | undefined>>): Promise<Finished>;
  /** where a browser signs out at the provider too; undefined where the provider has no such place */
  endSession(provider: Provider, idToken: string): Promise<string | undefined>;
  readonly clearingCookie: string;
}

export function createCodeFlow({
  issuers,
  sealed,
  publicUrl,
}: {
  readonly issuers: Issuers;
  readonly sealed: Sealed;
  readonly publicUrl: string;
}): CodeFlow {
  const callback = (provider: Provider): string => `${publicUrl}/api/v1/sign-in/${provider.id}/callback`;
  const cookieOf = (value: string, maxAge: number): string =>
    cookie(FLOW_COOKIE, value, { path: '/api/v1/sign-in', maxAge, secure: publicUrl.startsWith('https:') });
  return {
    clearingCookie: cookieOf('', 0),
    async begin(provider, wish) {
      const kept: Begun = {
        ...wish,
        provider: provider.id,
        state: randomState(),
        nonce: randomNonce(),
        verifier: randomPKCECodeVerifier(),
      };
      const location = buildAuthorizationUrl(await issuers.configuration(provider), {
        redirect_uri: callback(provider),
        scope: provider.scope,
        state: kept.state,
        nonce: kept.nonce,
        code_challenge: await calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
      });
      return { location: location.href, cookie: cookieOf(await sealed.seal({ ...kept }, PATIENCE), PATIENCE) };
    },
    async begun(provider, given) {
      const kept = (given === undefined ? undefined : await sealed.open(given)) as Begun | undefined;
      return kept?.provider === provider.id ? kept : undefined;
    },
    async finish(provider, kept, query) {
      const here = new URL(callback(provider));
      for (const [name, value] of Object.entries(query)) if (value !== undefined) here.searchParams.set(name, value);
      const configuration = await issuers.configuration(provider);
      const tokens = await authorizationCodeGrant(configuration, here, {
        pkceCodeVerifier: kept.verifier,
        expectedState: kept.state,
        expectedNonce: kept.nonce,
        idTokenExpected: true,
      }).catch(told);
      const claims = tokens.claims();
      if (claims === undefined || tokens.id_token === undefined)
        throw new Problem('SIGN_IN_FAILED', 'Expected the provider to say who signed in, but it does not');
      // names and groups may stand only here
      const more = configuration.serverMetadata().userinfo_endpoint
        ? await fetchUserInfo(configuration, tokens.access_token, claims.sub).catch(told)
        : {};
      return { claims: { ...more, ...claims }, idToken: tokens.id_token };
    },
    endSession: async (provider, idToken) => endSession(await issuers.configuration(provider), idToken, publicUrl),
  };
}

function endSession(configuration: Configuration, idToken: string, publicUrl: string): string | undefined {
  if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
  return buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: `${publicUrl}/` }).href;
}

/** What the provider, or somebody in between, answered wrong is no fault of ours; silence is ISSUER_UNREACHABLE. */
function told(error: unknown): never {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError)
    throw new Problem('SIGN_IN_FAILED', 'Expected the provider to sign somebody in, but it refused');
  if (error instanceof ClientError && error.code !== 'OAUTH_RESPONSE_IS_NOT_CONFORM')
    throw new Problem('SIGN_IN_FAILED', 'Expected an answer of the provider to what this browser asked, but it is another');
  throw new Problem('ISSUER_UNREACHABLE', 'Expected the identity provider to answer, but it does not', { retryAfterSeconds: 5 });
}
