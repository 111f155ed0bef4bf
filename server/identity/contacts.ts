import { createHash } from 'node:crypto';

export interface Contact {
  readonly channel: 'email' | 'phone';
  /** one spelling for each: small letters, or `+` and digits */
  readonly address: string;
}

const EMAIL = /^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]]{1,190}\.[^\s@<>"(),:;\\[\]]{2,63}$/;
/** written without a country it is Indonesian */
const COUNTRY = '+62';

/** What somebody typed as the address of an e-mail or telephone; undefined when it is neither. */
export function contactOf(text: string): Contact | undefined {
  const typed = text.normalize('NFKC').trim();
  if (typed.includes('@')) return EMAIL.test(typed) ? { channel: 'email', address: typed.toLowerCase() } : undefined;
  const digits = typed.replace(/[\s().-]/g, '');
  if (!/^(\+|00)?\d{8,15}$/.test(digits)) return undefined;
  const address = digits.replace(/^00/, '+').replace(/^0/, COUNTRY);
  return { channel: 'phone', address: address.startsWith('+') ? address : `+${address}` };
}

/** names a contact where the contact itself is not needed */
export function hashOfContact({ channel, address }: Contact): string {
  return createHash('sha256')
    .update(JSON.stringify([channel, address]))
    .digest('hex');
}

/** enough to recognise one's own: `s•••@mail.id`, `+62•••••789` */
export function maskedContact({ channel, address }: Contact): string {
  if (channel === 'phone') return `${address.slice(0, 3)}${'•'.repeat(Math.max(address.length - 6, 1))}${address.slice(-3)}`;
  const [name = '', domain = ''] = address.split('@');
  return `${name.slice(0, 1)}${'•'.repeat(3)}@${domain}`;
}
