/** A certified OpenID provider on loopback, with people of its own: what INApas or a city's sign-in would be. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Jar, Visit } from './browser-jar.ts';
import { SECRET } from './identity-provider-terms.ts';
import type { Order } from './identity-provider-terms.ts';

export interface IdentityProvider {
  readonly url: string;
  /** private key (PEM) of the client that proves itself with one */
  readonly key: string;
  /** what it says of a person from now on */
  tell(login: string, claims: Readonly<Record<string, unknown>>): Promise<void>;
  /** tells it where clients may return to, once that is known */
  serve(base: string): Promise<void>;
  /** signs in at its pages, having come there by `visit` */
  signIn(jar: Jar, visit: Visit, login: string): Promise<Visit>;
  close(): Promise<unknown>;
}

export async function openIdentityProvider(): Promise<IdentityProvider> {
  const worker = new Worker(join(import.meta.dirname, 'identity-provider-worker.ts'));
  const [{ url, key }] = (await once(worker, 'message')) as [{ readonly url: string; readonly key: string }];
  const order = async (given: Order): Promise<void> => {
    const done = once(worker, 'message');
    worker.postMessage(given);
    await done;
  };
  return {
    url,
    key,
    tell: (login, claims) => order({ what: 'tell', login, claims }),
    serve: (base) => order({ what: 'serve', base }),
    async signIn(jar, visit, login) {
      let at = visit;
      // its pages ask who it is, then whether we may know
      while (at.url.startsWith(`${url}/interaction/`)) {
        const prompt = /name="prompt" value="(\w+)"/.exec(at.text)?.[1] ?? '';
        const action = /action="([^"]+)"/.exec(at.text)?.[1] ?? '';
        at = await jar.go(new URL(action, at.url).href, { prompt, login, password: 'x' });
      }
      return at;
    },
    close: () => worker.terminate(),
  };
}

export const settingsOf = ({ url }: IdentityProvider, keyFile: string) => ({
  ALUR_OIDC_SSO_ISSUER: url,
  ALUR_OIDC_SSO_CLIENT_ID: 'alur-sso',
  ALUR_OIDC_SSO_CLIENT_SECRET: SECRET,
  ALUR_OIDC_SSO_SCOPE: 'openid profile email groups',
  ALUR_OIDC_SSO_NAME: 'SSO Kota',
  ALUR_OIDC_SSO_NAME_EN: 'City sign-in',
  ALUR_OIDC_INAPAS_ISSUER: url,
  ALUR_OIDC_INAPAS_CLIENT_ID: 'alur-inapas',
  ALUR_OIDC_INAPAS_CLIENT_KEY_FILE: keyFile,
  ALUR_OIDC_INAPAS_REALM: 'citizen',
  ALUR_OIDC_INAPAS_NAME: 'INApas',
});
