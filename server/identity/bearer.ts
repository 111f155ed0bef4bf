import { decodeJwt } from 'jose';
import { Problem } from '../problem.ts';
import type { Reader } from '../reader.ts';
import type { Issuers } from './issuers.ts';
import type { Machines } from './machines.ts';

/**
 * `Authorization: Bearer`: who a token stands for. Its `iss` only chooses who checks it; nothing else is believed before that.
 * Throws TOKEN_INVALID: who shows a token is never taken for nobody.
 */
export function bearerOf(machines: Machines, issuers: Issuers): (authorization: string) => Promise<Reader> {
  return (authorization) => {
    const token = authorization.replace(/^bearer\s+/i, '').trim();
    const issuer = issuerIn(token);
    return issuer === machines.issuer || !issuers.knows(issuer) ? machines.bearer(token) : issuers.bearer(token, issuer);
  };
}

function issuerIn(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw new Problem('TOKEN_INVALID', 'Expected a signed JSON Web Token, but it is none');
  }
}
