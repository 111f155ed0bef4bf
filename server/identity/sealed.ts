import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';

export interface Sealed {
  /** readable by us alone, for so many seconds */
  seal(content: Readonly<Record<string, unknown>>, seconds: number): Promise<string>;
  /** undefined: not ours, changed, or over */
  open(text: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

const ALGORITHM = { alg: 'dir', enc: 'A256GCM' } as const;

/** Content that goes through somebody else's hands (a browser's cookie), or rests where others may read. `purpose`: what one is for, another does not open. */
export function createSealed(secret: string, { purpose, now }: { readonly purpose: string; readonly now: () => number }): Sealed {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32));
  return {
    seal(content, seconds) {
      const at = Math.floor(now() / 1000);
      return new EncryptJWT({ content })
        .setProtectedHeader(ALGORITHM)
        .setIssuedAt(at)
        .setExpirationTime(at + seconds)
        .encrypt(key);
    },
    open: (text) =>
      jwtDecrypt(text, key, {
        keyManagementAlgorithms: [ALGORITHM.alg],
        contentEncryptionAlgorithms: [ALGORITHM.enc],
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      }).then(
        ({ payload }) => payload['content'] as Readonly<Record<string, unknown>>,
        () => undefined,
      ),
  };
}
