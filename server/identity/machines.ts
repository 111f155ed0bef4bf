/**
 * Machine clients: programs of an agency that call us under a name of their own, with client credentials (RFC 6749 §4.4).
 * Their secret is 256 random bits, kept as a hash. A token lives for an hour, but the client's row is read at every use:
 * one that was taken away, or got a new secret, is refused at once.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import type { Row } from '../../runtime/collections.ts';
import type { Store } from '../../runtime/ports.ts';
import { Problem } from '../problem.ts';
import type { Reader, Role } from '../reader.ts';
import { refuse } from './issuers.ts';

/** seconds */
export const TOKEN_LIFE = 3_600;
/** whom our own tokens are for */
const AUDIENCE = 'alur';
const ALGORITHM = 'HS256';
/** no person's name begins like this */
export const CLIENT_PREFIX = 'client.';

interface Options {
  /** who issues, as the token says */
  readonly issuer: string;
  /** the same in all processes; the tokens' key is derived from it */
  readonly secret: string;
  readonly now: () => number;
}

export class Machines {
  readonly #store: Store;
  readonly #options: Options;
  readonly #key: Uint8Array;
  constructor(store: Store, options: Options) {
    this.#store = store;
    this.#options = options;
    this.#key = createHmac('sha256', options.secret).update('machine tokens').digest();
  }

  /** The client's row when its secret fits, else undefined: an unknown client and a wrong secret are not told apart. */
  async check(clientId: string, secret: string): Promise<Row | undefined> {
    const row = await this.#living(clientId);
    const given = Buffer.from(hashOf(secret));
    const kept = Buffer.from(String(row?.['secretHash'] ?? hashOf('')));
    // 256 random bits are not guessed: no slow hash, and nothing to wait for
    return timingSafeEqual(given, kept) && row !== undefined ? row : undefined;
  }

  /** is there a client of this name? */
  async knows(clientId: string): Promise<boolean> {
    return (await this.#living(clientId)) !== undefined;
  }

  issue(row: Row): Promise<string> {
    const now = Math.floor(this.#options.now() / 1000);
    return new SignJWT({ client_id: row['clientId'], generation: row['generation'] })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
      .setIssuer(this.#options.issuer)
      .setSubject(String(row['clientId']))
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + TOKEN_LIFE)
      .sign(this.#key);
  }

  get issuer(): string {
    return this.#options.issuer;
  }

  /** The client that a token of ours stands for. Throws TOKEN_INVALID. */
  async bearer(token: string): Promise<Reader> {
    const { issuer, now } = this.#options;
    // ONE algorithm, pinned: neither "none" nor another family's key is ever tried
    const expected = { algorithms: [ALGORITHM], typ: 'at+jwt', issuer, audience: AUDIENCE, currentDate: new Date(now()) };
    const claims = await jwtVerify(token, this.#key, expected).then(({ payload }) => payload, refuse);
    const row = await this.#living(String(claims.sub));
    if (row === undefined || row['generation'] !== claims['generation'])
      throw new Problem('TOKEN_INVALID', 'Expected a token of a client that may still call, but it was taken away or has a new secret');
    return machineReader(row);
  }

  async #living(clientId: string): Promise<Row | undefined> {
    const row = await this.#store.get('machineClients', clientId);
    return row?.['disabled'] === false ? row : undefined;
  }
}

export function machineReader(row: Row): Reader {
  const username = String(row['clientId']);
  return {
    kind: 'staff',
    username,
    name: String(row['name']),
    agency: String(row['agency']),
    roles: (row['roles'] ?? []) as readonly Role[],
    machine: true,
  };
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
