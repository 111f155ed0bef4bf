/** The provider itself, in a thread of its own: it takes only objects of its own realm, which a test's are not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import { SECRET } from './identity-provider-terms.ts';
import type { Order } from './identity-provider-terms.ts';

const people = new Map<string, Readonly<Record<string, unknown>>>();
const { privateKey } = await generateKeyPair('ES512', { extractable: true });
const own = await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey);
let handle: ReturnType<Provider['callback']> | undefined;
const server = createServer((request, response) => void handle?.(request, response));
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
// it has much to say about what a real one must change
for (const level of ['info', 'warn'] as const) console[level] = () => undefined;

function configurationFor(base: string): Configuration {
  const client = (id: string, provider: string, more: object) => ({
    client_id: id,
    redirect_uris: [`${base}/api/v1/sign-in/${provider}/callback`],
    post_logout_redirect_uris: [`${base}/`],
    ...more,
  });
  const signs = {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES512',
    // our public keys, read where we show them
    jwks_uri: `${base}/oauth/jwks`,
  } as const;
  return {
    clients: [client('alur-sso', 'sso', { client_secret: SECRET }), client('alur-inapas', 'inapas', signs)],
    jwks: { keys: [{ ...own, alg: 'RS256', use: 'sig' } as never] },
    cookies: { keys: ['x'.repeat(32)] },
    pkce: { required: () => true },
    enabledJWA: { clientAuthSigningAlgValues: ['ES512'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'], groups: ['groups'] },
    // by itself it reads nothing from this very machine
    fetch: (address, options) => fetch(address, { ...options, dispatcher: undefined } as RequestInit),
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
  };
}

parentPort?.on('message', (order: Order) => {
  if (order.what === 'tell') people.set(order.login, order.claims);
  if (order.what === 'serve') handle = new Provider(url, configurationFor(order.base)).callback();
  parentPort?.postMessage({ done: true });
});
parentPort?.postMessage({ url, key: await exportPKCS8(privateKey) });
