/** Where each agency's system is and how to be let in. Never from a model or a variable, so no diagram can aim a call elsewhere. */

/** How the city proves to an agency who it is. Secrets are never logged and never part of a message. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'api-key'; readonly place: 'header' | 'query'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'oauth2';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope?: string;
      /** where the client's name and secret travel; default `basic` (RFC 6749 §2.3.1) */
      readonly placed?: 'basic' | 'body';
    }
  /** PEM; the certificate that the agency knows the city by */
  | { readonly kind: 'mutual-tls'; readonly certificate: string; readonly key: string; readonly authority?: string }
  /** HMAC over method, address, time and the body's hash: see sign.ts */
  | { readonly kind: 'signed'; readonly keyId: string; readonly secret: string; readonly names?: SignatureNames };

export interface SignatureNames {
  readonly keyId?: string;
  readonly timestamp?: string;
  readonly signature?: string;
}

export interface Connection {
  /** base URL without trailing slash; may have a path */
  readonly url: string;
  readonly credential?: Credential;
  /** sent with every call as they are */
  readonly headers?: Readonly<Record<string, string>>;
  /** what the agency calls our headers; null: it does not want this one */
  readonly names?: { readonly idempotency?: string | null; readonly caseReference?: string | null };
  /** member path `INSTANCE/CLASS/MEMBER/SUBSYSTEM`: the agency is reached through X-Road */
  readonly xRoadClient?: string;
  /** milliseconds for a whole call, when the model names no `timeout` */
  readonly timeoutMs?: number;
  /** what the agency's system bears; absent: as much as the house sends to any */
  readonly limits?: { readonly callsPerMinute?: number; readonly concurrency?: number };
  /** the operator chose the address in the environment: it may lie in the house's own network. All others pass the network guard. */
  readonly trusted?: true;
}

/**
 * `ALUR_AGENCY_<ID>_URL` and `ALUR_AGENCY_<ID>_TOKEN`; the id in capitals, `-` as `_`.
 * `fallback`: agency → where it is, e.g. the sandboxes. Throws for a URL that is not http(s).
 */
export function readConnections(
  env: Readonly<Record<string, string | undefined>>,
  fallback: ReadonlyMap<string, Pick<Connection, 'url' | 'xRoadClient'>> = new Map(),
): ReadonlyMap<string, Connection> {
  const connections = new Map<string, Connection>();
  for (const [agency, own] of fallback) connections.set(agency, { ...own, trusted: true });
  for (const [name, value] of Object.entries(env)) {
    const id = /^ALUR_AGENCY_([A-Z0-9_]+)_URL$/.exec(name)?.[1];
    if (id === undefined || !value) continue;
    if (!/^https?:$/.test(protocolOf(value))) throw new Error(`Expected ${name} to be an http or https URL, but it is not`);
    const token = env[`ALUR_AGENCY_${id}_TOKEN`];
    const credential = token ? ({ credential: { kind: 'bearer', token } } as const) : {};
    connections.set(id.toLowerCase().replaceAll('_', '-'), { url: value.replace(/\/+$/, ''), ...credential, trusted: true });
  }
  return connections;
}

/** Networks (CIDR, comma-separated) that agencies' addresses may lie in although they are not public: `ALUR_AGENCY_NETWORKS`. */
export function readAllowedNetworks(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const parts = (env['ALUR_AGENCY_NETWORKS'] ?? '').split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

const protocolOf = (url: string): string => URL.parse(url)?.protocol ?? '';
