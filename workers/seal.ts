/**
 * Secrets at rest: AES-256-GCM under a key that is not in the store. Each sealed text names its key, so that keys can be replaced one by one:
 * the first one seals, all of them open. What a text belongs to is sealed in with it, so a row that was moved to another agency does not open.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export interface Sealed {
  readonly keyId: string;
  /** base64url of nonce (12 bytes), tag (16 bytes), text */
  readonly sealed: string;
}

export interface Seal {
  /** id of the key that seals now */
  readonly keyId: string;
  /** `owner`: what the text belongs to; the same is needed to open it */
  seal(text: string, owner: string): Sealed;
  /** Throws an Error with a sentence when the key is not here, or when somebody changed the text or its owner. */
  open(sealed: Sealed, owner: string): string;
}

const [NONCE, TAG, BYTES] = [12, 16, 32];

/** `keys`: 32 bytes each as base64url, base64 or hexadecimal, separated by commas; the newest first. Throws an Error that repeats none of them. */
export function createSeal(keys: string): Seal {
  const known = new Map(keys.split(',').map((text, index) => named(text.trim(), index)));
  const keyId = [...known.keys()][0]!;
  return {
    keyId,
    seal(text, owner) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', known.get(keyId)!, nonce).setAAD(Buffer.from(owner));
      const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return { keyId, sealed: Buffer.concat([nonce, cipher.getAuthTag(), bytes]).toString('base64url') };
    },
    open(given, owner) {
      const key = known.get(given.keyId);
      if (key === undefined)
        throw new Error(`Expected the key ${given.keyId} among those of ALUR_SECRET_KEY, but it is not there: the secret stays closed`);
      const bytes = Buffer.from(given.sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
      } catch {
        throw new Error('Expected a sealed secret as it was written, but it was changed or moved');
      }
    },
  };
}

function named(text: string, index: number): readonly [string, Buffer] {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64url');
  if (key.byteLength !== BYTES)
    throw new Error(`Expected each key of ALUR_SECRET_KEY to be ${BYTES} bytes (base64 or hexadecimal), but number ${index + 1} is not`);
  // tells which key it is and nothing about it
  return [createHash('sha256').update(key).digest('hex').slice(0, 12), key];
}
