/**
 * Signing in with a code that is sent to an e-mail address or telephone. The code is bound to the browser that asked for it: a code that somebody reads
 * elsewhere, or that was asked for by another, opens nothing. Guesses are counted in the store, for all processes, and before they are looked at.
 * Who signed in from a browser before is counted apart, so that strangers who use up an address's codes keep nobody out.
 */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Row } from '../../runtime/collections.ts';
import { createLanes } from '../../runtime/lanes.ts';
import type { Store } from '../../runtime/ports.ts';
import { Problem } from '../problem.ts';
import { hashOfContact } from './contacts.ts';
import type { Contact } from './contacts.ts';
import type { Sealed } from './sealed.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const CODE_LIFE = 10 * MINUTE;
/** the next code for the same address at the earliest */
export const RESEND_AFTER = MINUTE;
const GUESSES = 5;
type Limit = readonly [within: number, most: number];
/** codes for one contact, asked for from one place or by one known browser: within so long, so many */
const FROM_ONE_PLACE: readonly Limit[] = [
  [RESEND_AFTER, 1],
  [HOUR, 5],
  [24 * HOUR, 10],
];
/** codes for one contact from all places that are not known: nobody's letter box is filled, and all guesses together stay hopeless */
const FROM_ANYWHERE: readonly Limit[] = [[24 * HOUR, 30]];
/** seconds that a browser is remembered as somebody's own */
const KNOWN_FOR = 180 * 24 * 3_600;

export const CODE_COOKIE = 'alur_code';
export const DEVICE_COOKIE = 'alur_device';

/** What is to be sent. Resolves when it was handed over; nothing of it is logged. */
export interface CodeMessage extends Contact {
  readonly id: string;
  readonly code: string;
  readonly language: 'id' | 'en';
  /** milliseconds since 1970 UTC */
  readonly expiresAt: number;
}
export type SendCode = (message: CodeMessage) => Promise<void>;

interface Parts {
  readonly store: Store;
  readonly secret: string;
  /** for the cookie of browsers that are known */
  readonly sealed: Sealed;
  readonly now: () => number;
  readonly send: SendCode;
}

interface Asking {
  readonly contact: Contact;
  readonly language: 'id' | 'en';
  /** cookie of a browser that signed in with this address before */
  readonly device: string | undefined;
  /** network address that asks */
  readonly address: string;
}

interface Begun {
  /** binds the code to the browser */
  readonly browser: string;
  /** milliseconds since 1970 UTC */
  readonly expiresAt: number;
  readonly resendAt: number;
}

interface Counts {
  readonly counted: string;
  readonly contactHash: string;
  readonly known: boolean;
}

export class OneTimeCodes {
  readonly #parts: Parts;
  /** of many that ask at the same moment one is looked at after the other */
  readonly #lanes = createLanes();
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sends a code; answers the secret that binds it to the browser. The same for addresses that have an account and for those that have none. */
  async begin({ contact, language, device, address }: Asking): Promise<Begun> {
    const contactHash = hashOfContact(contact);
    const known = await this.#deviceOf(device, contactHash);
    const counted = known ?? hash(`${contactHash} ${address}`);
    return await this.#lanes.run(contactHash, async () => {
      await this.#refuseTooMany({ counted }, FROM_ONE_PLACE);
      // a known browser's codes are its own: what strangers ask for keeps nobody out
      if (known === undefined) await this.#refuseTooMany({ contactHash, known: false }, FROM_ANYWHERE);
      return await this.#send(contact, { counted, contactHash, known: known !== undefined, language });
    });
  }

  async #send(contact: Contact, { language, ...counts }: Counts & { readonly language: 'id' | 'en' }): Promise<Begun> {
    const { store, now, send } = this.#parts;
    const browser = randomBytes(32).toString('base64url');
    const [codeId, code, at] = [hash(browser), String(randomInt(1_000_000)).padStart(6, '0'), now()];
    const row: Row = {
      codeId,
      ...counts,
      contact: { ...contact },
      codeHash: this.#codeHash(codeId, code),
      createdAt: at,
      expiresAt: at + CODE_LIFE,
    };
    await store.write([{ op: 'put', collection: 'signInCodes', key: codeId, row }]);
    await send({ ...contact, id: codeId, code, language, expiresAt: at + CODE_LIFE }).catch(async () => {
      // it counts for nothing: the next try may come at once
      await store.write([{ op: 'delete', collection: 'signInCodes', key: codeId }]);
      throw new Problem('MESSAGE_NOT_SENT', 'Expected the message to be taken on its way, but it was not', { retryAfterSeconds: 30 });
    });
    return { browser, expiresAt: at + CODE_LIFE, resendAt: at + RESEND_AFTER };
  }

  /** The contact that the code proves. Throws CODE_WRONG or CODE_OVER. */
  async check(browser: string | undefined, code: string): Promise<Contact> {
    const { store, now } = this.#parts;
    const codeId = browser === undefined ? '' : hash(browser);
    const row = await store.get('signInCodes', codeId);
    if (row === undefined || row['usedAt'] !== undefined || now() >= Number(row['expiresAt'])) throw over();
    const guess = await this.#countGuess(codeId, Number(row['expiresAt']));
    const fits = timingSafeEqual(Buffer.from(this.#codeHash(codeId, code)), Buffer.from(String(row['codeHash'])));
    if (!fits && guess >= GUESSES) throw over();
    if (!fits)
      throw new Problem('CODE_WRONG', `Expected the code that was sent, but it is another; ${GUESSES - guess} tries are left`, {
        left: GUESSES - guess,
      });
    // of two that come at the same moment one signs in
    const used = `${codeId}/used`;
    const first = await store.write(
      [
        { op: 'patch', collection: 'signInCodes', key: codeId, fields: { usedAt: now() } },
        { op: 'put', collection: 'signInCodes', key: used, row: { codeId: used, expiresAt: row['expiresAt'] } },
      ],
      [{ collection: 'signInCodes', key: used }],
    );
    if (!first) throw over();
    return row['contact'] as Contact;
  }

  /** marks this browser as one of the contact's own */
  deviceCookie(contact: Contact): Promise<string> {
    return this.#parts.sealed.seal({ contactHash: hashOfContact(contact), device: randomBytes(16).toString('base64url') }, KNOWN_FOR);
  }

  get deviceLife(): number {
    return KNOWN_FOR;
  }

  async #deviceOf(cookie: string | undefined, contactHash: string): Promise<string | undefined> {
    const known = cookie === undefined ? undefined : await this.#parts.sealed.open(cookie);
    return known?.['contactHash'] === contactHash ? hash(`${contactHash} ${String(known['device'])}`) : undefined;
  }

  async #refuseTooMany(of: Partial<Counts>, limits: readonly Limit[]): Promise<void> {
    const { store, now } = this.#parts;
    const [[longest] = [0]] = limits.slice(-1);
    const filter = { ...of, createdAt: { $gt: now() - longest } };
    const { items } = await store.search('signInCodes', { filter, sort: [{ field: 'createdAt', order: 'DESC' }], limit: 100 });
    const times = items.map((row) => Number(row['createdAt']));
    for (const [within, most] of limits) {
      const last = times[most - 1];
      if (last === undefined || last <= now() - within) continue;
      const seconds = Math.ceil((last + within - now()) / 1000);
      throw new Problem('TOO_MANY_ATTEMPTS', `Expected the next code to be asked for in ${seconds} s or later, but it was asked for now`, {
        retryAfterSeconds: seconds,
      });
    }
  }

  /** The number of this guess. A place per guess can be taken once, whoever takes it in whatever process. */
  async #countGuess(codeId: string, expiresAt: number): Promise<number> {
    for (let guess = 1; guess <= GUESSES; guess += 1) {
      const key = `${codeId}/${guess}`;
      const place = { op: 'put', collection: 'signInCodes', key, row: { codeId: key, expiresAt } } as const;
      if (await this.#parts.store.write([place], [{ collection: 'signInCodes', key }])) return guess;
    }
    throw over();
  }

  #codeHash(codeId: string, code: string): string {
    return createHmac('sha256', this.#parts.secret).update(`one-time code ${codeId} ${code}`).digest('hex');
  }
}

function over(): Problem {
  return new Problem('CODE_OVER', 'Expected a code that may still be used in this browser, but there is none; ask for a new one');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
