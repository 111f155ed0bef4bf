/** Is a call to us really the agency's, as it left it, and of now? HMAC-SHA256 in the ways that systems sign their webhooks. */
import { createHmac } from 'node:crypto';
import { isSignature, sign, signatureNames } from './sign.ts';

export interface InboundScheme {
  /** `lines`: as we sign (sign.ts). `body`: over the body alone. `timestamped`: over `<timestamp>.<body>` */
  readonly style: 'lines' | 'body' | 'timestamped';
  /** header with the signature */
  readonly header: string;
  /** before the signature, e.g. `sha256=` */
  readonly prefix?: string;
  readonly encoding: 'hex' | 'base64';
  /** header with the time; styles `lines` and `timestamped` */
  readonly timestampHeader?: string;
  /** header with the name of the key; style `lines` */
  readonly keyIdHeader?: string;
  /** how old a call may be, and how far ahead its clock: seconds */
  readonly toleranceSeconds: number;
}

export interface InboundCall {
  readonly method: string;
  /** path with query */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
  /** milliseconds since 1970 UTC */
  readonly now: number;
}

export type Refusal = 'missing' | 'wrong' | 'too-old';

/** Undefined: it is the agency's. */
export function refusalOf(scheme: InboundScheme, secret: string, call: InboundCall): Refusal | undefined {
  const given = call.header(scheme.header);
  const { prefix = '' } = scheme;
  const stamp = scheme.style === 'body' ? undefined : call.header(scheme.timestampHeader ?? signatureNames().timestamp);
  if (!given?.startsWith(prefix) || (scheme.style !== 'body' && stamp === undefined)) return 'missing';
  const expected = expectedOf(scheme, secret, { call, stamp: stamp ?? '' });
  const signature = given.slice(prefix.length).trim();
  if (!isSignature(scheme.encoding === 'hex' ? signature.toLowerCase() : signature, expected)) return 'wrong';
  // the time is under the signature, so it is believed only now
  return stamp !== undefined && !isOfNow(stamp, scheme.toleranceSeconds, call.now) ? 'too-old' : undefined;
}

interface Stamped {
  readonly call: InboundCall;
  readonly stamp: string;
}

function expectedOf({ style, encoding, keyIdHeader }: InboundScheme, secret: string, { call, stamp }: Stamped): string {
  const { body, method, target, header } = call;
  if (style === 'lines') {
    const keyId = header(keyIdHeader ?? signatureNames().keyId) ?? '';
    const hex = sign(secret, { keyId, timestamp: Number(stamp), method, target, body });
    return encoding === 'hex' ? hex : Buffer.from(hex, 'hex').toString('base64');
  }
  const hmac = createHmac('sha256', secret);
  if (style === 'timestamped') hmac.update(`${stamp}.`);
  return hmac.update(body).digest(encoding);
}

/** Milliseconds, seconds, or ISO 8601. */
function isOfNow(stamp: string, toleranceSeconds: number, now: number): boolean {
  const number = Number(stamp);
  const at = Number.isFinite(number) ? (number < 100_000_000_000 ? number * 1000 : number) : Date.parse(stamp);
  return Number.isFinite(at) && Math.abs(now - at) <= toleranceSeconds * 1000;
}
