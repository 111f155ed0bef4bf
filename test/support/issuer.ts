/** Another issuer on loopback: its metadata, its public keys, and tokens as honest or as hostile as a test wants them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWK, JWTHeaderParameters, JWTPayload } from 'jose';

export interface Issuer {
  readonly url: string;
  /** public keys, as it tells them to everybody */
  readonly keys: JWK[];
  /** its key */
  key(): { readonly privateKey: CryptoKey; readonly kid: string; readonly publicJwk: JWK };
  /** a token signed with its key; what is given goes before what would be right */
  token(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** how often its keys were read */
  asked(): number;
  close(): Promise<void>;
}

export async function openIssuer(audience: string): Promise<Issuer> {
  const keys: JWK[] = [];
  let asked = 0;
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = 'first';
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  keys.push(publicJwk);
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration')
      return void response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys`, authorization_endpoint: `${url}/auth` }));
    asked += 1;
    return void response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keys,
    key: () => ({ privateKey, kid, publicJwk }),
    asked: () => asked,
    token(claims, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const right = { iss: url, aud: audience, sub: 'worker', iat: now, exp: now + 300 };
      const payload = Object.fromEntries(Object.entries({ ...right, ...claims }).filter(([, value]) => value !== undefined));
      return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey);
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
}

/** a token put together by hand, with any signature */
export function forged(header: object, payload: object, signature = ''): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}
