/**
 * Checking a password. Guessing is slowed down per account and address, so that nobody can lock somebody else out from elsewhere.
 * Unknown names cost the same time as wrong passwords.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Store } from '../runtime/ports.ts';
import { Problem } from './problem.ts';
import type { Reader } from './reader.ts';
import { readerOfUser } from './sessions.ts';

const FREE_ATTEMPTS = 5;
const FORGET_AFTER = 15 * 60_000;
const LONGEST_WAIT = 5 * 60_000;
const MAX_REMEMBERED = 10_000;
/** argon2 takes memory on purpose: more at once than this would let strangers take all of it */
const MAX_AT_ONCE = 8;
const REMEMBER_BASIC = 60_000;

// OWASP's minimum for argon2id: 19 MiB, two passes
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

interface Failures {
  readonly count: number;
  readonly last: number;
}

export class SignIns {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();
  readonly #basic = new Map<string, { readonly reader: Reader; readonly until: number }>();
  #running = 0;
  #decoy: Promise<string> | undefined;
  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Throws SIGN_IN_FAILED, TOO_MANY_ATTEMPTS or RESOURCE_EXHAUSTED. */
  async check(username: string, password: string, address: string): Promise<Reader> {
    const attempt = `${username}\n${address}`;
    this.#refuseTooEarly(attempt);
    const user = await this.#store.get('users', username);
    const fits = await this.#verify(user?.['passwordHash'], password);
    if (user === undefined || !fits || user['disabled'] === true) {
      this.#remember(attempt);
      throw new Problem('SIGN_IN_FAILED', 'Expected user name and password to fit, but they do not');
    }
    this.#failures.delete(attempt);
    return readerOfUser(user);
  }

  /** `Authorization: Basic`, for workers and clients of /v2. A checked pair is remembered (as a hash) for a minute, because argon2 is slow on purpose. */
  async basic(authorization: string, address: string): Promise<Reader> {
    const id = createHash('sha256').update(authorization).digest('hex');
    const known = this.#basic.get(id);
    if (known !== undefined && known.until > this.#now()) return known.reader;
    const [username = '', ...rest] = Buffer.from(authorization.replace(/^basic\s+/i, ''), 'base64')
      .toString()
      .split(':');
    const reader = await this.check(username, rest.join(':'), address);
    if (this.#basic.size > MAX_REMEMBERED) this.#basic.clear();
    this.#basic.set(id, { reader, until: this.#now() + REMEMBER_BASIC });
    return reader;
  }

  #refuseTooEarly(attempt: string): void {
    const failures = this.#failures.get(attempt);
    if (failures === undefined || failures.count < FREE_ATTEMPTS) return;
    const wait = Math.min(1000 * 2 ** (failures.count - FREE_ATTEMPTS), LONGEST_WAIT);
    const left = failures.last + wait - this.#now();
    if (left > 0) {
      const seconds = Math.ceil(left / 1000);
      throw new Problem('TOO_MANY_ATTEMPTS', `Expected the next attempt in ${seconds} s or later, but it came earlier`, {
        retryAfterSeconds: seconds,
      });
    }
  }

  #remember(attempt: string): void {
    const now = this.#now();
    const before = this.#failures.get(attempt);
    if (this.#failures.size >= MAX_REMEMBERED) this.#forget(now);
    this.#failures.delete(attempt);
    this.#failures.set(attempt, { count: before !== undefined && now - before.last < FORGET_AFTER ? before.count + 1 : 1, last: now });
  }

  #forget(now: number): void {
    for (const [attempt, { last }] of this.#failures) {
      if (now - last >= FORGET_AFTER || this.#failures.size >= MAX_REMEMBERED) this.#failures.delete(attempt);
    }
  }

  async #verify(stored: unknown, password: string): Promise<boolean> {
    if (this.#running >= MAX_AT_ONCE)
      throw new Problem('RESOURCE_EXHAUSTED', 'Expected a few sign-ins at once, but there are too many right now');
    this.#running += 1;
    try {
      this.#decoy ??= hashPassword(randomBytes(16).toString('hex'));
      return (await verify(typeof stored === 'string' ? stored : await this.#decoy, password)) && typeof stored === 'string';
    } finally {
      this.#running -= 1;
    }
  }
}
