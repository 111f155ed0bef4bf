/**
 * Identity providers, from the environment: `ALUR_OIDC_<ID>_<SETTING>`, any number of them. A provider with an audience issues tokens for programs;
 * one with a client id signs people in. Every fault is named, and none repeats a secret.
 */
import { createPrivateKey } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';

export interface ClientKey {
  readonly key: CryptoKey;
  readonly kid: string;
  readonly algorithm: string;
  readonly publicJwk: JWK;
}

export interface Provider {
  /** lower case, as it stands in addresses */
  readonly id: string;
  readonly issuer: string;
  /** whom its access tokens for us are for */
  readonly audience?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** instead of a secret: `private_key_jwt` */
  readonly clientKey?: ClientKey;
  readonly realm: 'staff' | 'citizen';
  readonly scope: string;
  readonly name: string;
  readonly nameEn: string;
}

type Env = Readonly<Record<string, string | undefined>>;
type Settings = ReadonlyMap<string, string>;

const known = ['ISSUER', 'AUDIENCE', 'CLIENT_ID', 'CLIENT_SECRET', 'CLIENT_KEY_FILE', 'REALM', 'SCOPE', 'NAME', 'NAME_EN'] as const;
const SETTING = new RegExp(`^ALUR_OIDC_([A-Z0-9]+)_(.+)$`);
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Throws an Error that lists every fault. */
export async function readProviders(env: Env): Promise<readonly Provider[]> {
  const byId = new Map<string, Map<string, string>>();
  const faults: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    const [, id = '', setting = ''] = SETTING.exec(name) ?? [];
    if (id === '' || !value) continue;
    if (!(known as readonly string[]).includes(setting))
      faults.push(`Expected ${name} to be a known setting, but it is none of ${known.join(', ')}`);
    byId.set(id, (byId.get(id) ?? new Map<string, string>()).set(setting, value));
  }
  const providers: Provider[] = [];
  for (const [id, settings] of byId) {
    const found = faultsOf(id, settings);
    faults.push(...found);
    if (found.length === 0)
      await providerOf(id, settings).then(
        (one) => providers.push(one),
        (error: Error) => faults.push(error.message),
      );
  }
  if (faults.length > 0) throw new Error(`Expected valid identity providers, but:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  return providers;
}

function faultsOf(id: string, settings: Settings): readonly string[] {
  const name = (setting: string): string => `ALUR_OIDC_${id}_${setting}`;
  const has = (setting: string): boolean => settings.has(setting);
  const faults: string[] = [];
  if (!isIssuer(settings.get('ISSUER') ?? ''))
    faults.push(`Expected ${name('ISSUER')} to be an https address (http on this machine only), but it is not`);
  if (!has('AUDIENCE') && !has('CLIENT_ID'))
    faults.push(`Expected ${name('AUDIENCE')} (tokens of programs) or ${name('CLIENT_ID')} (people sign in), but there is neither`);
  if (has('CLIENT_ID') && has('CLIENT_SECRET') === has('CLIENT_KEY_FILE'))
    faults.push(
      `Expected either ${name('CLIENT_SECRET')} or ${name('CLIENT_KEY_FILE')} with ${name('CLIENT_ID')}, but there are both or none`,
    );
  if (has('AUDIENCE') && settings.get('AUDIENCE') === settings.get('CLIENT_ID'))
    faults.push(
      `Expected ${name('AUDIENCE')} to differ from the client id, but it is the same: tokens that tell who signed in would open the interface`,
    );
  if (!['staff', 'citizen', undefined].includes(settings.get('REALM')))
    faults.push(`Expected ${name('REALM')} to be staff or citizen, but it is another`);
  if (settings.get('REALM') === 'citizen' && has('AUDIENCE'))
    faults.push(`Expected no ${name('AUDIENCE')} with the realm citizen, but there is one: citizens have no programs`);
  return faults;
}

/** plain http: only to this very machine */
export function isInsecure(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && LOOPBACK.test(hostname);
}

function isIssuer(text: string): boolean {
  return URL.canParse(text) && (new URL(text).protocol === 'https:' || isInsecure(text));
}

async function providerOf(id: string, settings: Settings): Promise<Provider> {
  const { AUDIENCE, CLIENT_ID, CLIENT_SECRET, CLIENT_KEY_FILE, ...own } = Object.fromEntries(settings) as Partial<
    Record<(typeof known)[number], string>
  >;
  const name = own.NAME ?? id;
  return {
    id: id.toLowerCase(),
    issuer: String(own.ISSUER),
    ...(AUDIENCE === undefined ? {} : { audience: AUDIENCE }),
    ...(CLIENT_ID === undefined ? {} : { clientId: CLIENT_ID }),
    ...(CLIENT_SECRET === undefined ? {} : { clientSecret: CLIENT_SECRET }),
    ...(CLIENT_KEY_FILE === undefined ? {} : { clientKey: await readKey(`ALUR_OIDC_${id}_CLIENT_KEY_FILE`, CLIENT_KEY_FILE) }),
    realm: own.REALM === 'citizen' ? 'citizen' : 'staff',
    scope: own.SCOPE ?? 'openid profile email',
    name,
    nameEn: own.NAME_EN ?? name,
  };
}

const algorithms: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

async function readKey(setting: string, file: string): Promise<ClientKey> {
  try {
    return await keyOf(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`Expected ${setting} to name a private key (PEM or JWK; EC or RSA), but it cannot be read as one`);
  }
}

/** The key, and what anybody may know of it. EC keys sign as their curve says (P-521: ES512), RSA keys with PS256. */
export async function keyOf(text: string): Promise<ClientKey> {
  const given = text.trimStart().startsWith('{') ? (JSON.parse(text) as JWK) : undefined;
  const pem = given === undefined ? createPrivateKey(text) : createPrivateKey({ key: given as JsonWebKey, format: 'jwk' });
  const jwk = await exportJWK(pem);
  const algorithm = jwk.kty === 'EC' ? algorithms[String(jwk.crv)] : jwk.kty === 'RSA' ? 'PS256' : undefined;
  if (algorithm === undefined) throw new Error(`Expected an EC or RSA key, but it is ${String(jwk.kty)}`);
  const { kty, crv, x, y, n, e } = jwk;
  const open = Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)) as JWK;
  const kid = given?.kid ?? (await calculateJwkThumbprint(open));
  return { key: (await importJWK(jwk, algorithm)) as CryptoKey, kid, algorithm, publicJwk: { ...open, kid, alg: algorithm, use: 'sig' } };
}
