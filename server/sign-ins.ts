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
/** wrong passwords for one account from addresses that it never signed in from */
const FREE_FROM_ANYWHERE = 30;
/** wrong passwords from one address, whatever the account: a whole office may share one */
const FREE_FOR_ANYBODY = 60;
/** milliseconds: slows a machine down, and keeps a person out for no longer than it takes to ask for help */
const SHORT_WAIT = 30_000;
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

interface Limit {
  readonly id: string;
  /** attempts that cost no waiting */
  readonly free: number;
  /** milliseconds */
  readonly longest: number;
}

interface Failures {
  readonly count: number;
  readonly last: number;
}

export class SignIns {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();
  readonly #basic = new Map<string, { readonly username: string; readonly passwordHash: unknown; readonly until: number }>();
  readonly #familiar = new Set<string>();
  #running = 0;
  #decoy: Promise<string> | undefined;
  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Throws SIGN_IN_FAILED, TOO_MANY_ATTEMPTS or RESOURCE_EXHAUSTED. */
  async check(username: string, password: string, address: string): Promise<Reader> {
    const attempt = `${username}\n${address}`;
    const own = this.#familiar.has(attempt);
    // an address where this person signed in before is never made to wait for what others try elsewhere
    const limits: readonly Limit[] = [
      { id: attempt, free: FREE_ATTEMPTS, longest: LONGEST_WAIT },
      ...(own ? [] : [{ id: `user\n${username}`, free: FREE_FROM_ANYWHERE, longest: SHORT_WAIT }]),
      ...(own ? [] : [{ id: `address\n${address}`, free: FREE_FOR_ANYBODY, longest: SHORT_WAIT }]),
    ];
    limits.forEach((limit) => this.#refuseTooEarly(limit));
    // counted before it is known: many attempts at the same moment count too
    const user = await this.#store.get('users', username);
    limits.forEach(({ id }) => this.#remember(id));
    const fits = await this.#verify(user?.['passwordHash'], password).catch((error: unknown) => {
      limits.forEach(({ id }) => this.#forgive(id));
      throw error;
    });
    if (user === undefined || !fits || user['disabled'] === true)
      throw new Problem('SIGN_IN_FAILED', 'Expected user name and password to fit, but they do not');
    this.#failures.delete(attempt);
    limits.slice(1).forEach(({ id }) => this.#forgive(id));
    if (this.#familiar.size >= MAX_REMEMBERED) this.#familiar.clear();
    this.#familiar.add(attempt);
    return readerOfUser(user);
  }

  /** `Authorization: Basic`, for workers and clients of /v2. A checked pair is remembered (as a hash) for a minute, because argon2 is slow on purpose. */
  async basic(authorization: string, address: string): Promise<Reader> {
    const id = createHash('sha256').update(authorization).digest('hex');
    const known = this.#basic.get(id);
    if (known !== undefined && known.until > this.#now()) {
      // disabled or with other roles since a moment ago: the store knows
      const user = await this.#store.get('users', known.username);
      if (user !== undefined && user['disabled'] !== true && user['passwordHash'] === known.passwordHash) return readerOfUser(user);
      this.#basic.delete(id);
    }
    const [username = '', ...rest] = Buffer.from(authorization.replace(/^basic\s+/i, ''), 'base64')
      .toString()
      .split(':');
    const reader = await this.check(username, rest.join(':'), address);
    if (this.#basic.size > MAX_REMEMBERED) this.#basic.clear();
    const user = await this.#store.get('users', username);
    if (user?.['passwordTemporary'] === true)
      throw new Problem('PASSWORD_TEMPORARY', 'Expected a password of your own, but it is one that somebody gave: sign in on a page first');
    const passwordHash = user?.['passwordHash'];
    this.#basic.set(id, { username, passwordHash, until: this.#now() + REMEMBER_BASIC });
    return reader;
  }

  /** Checked pairs of this person are asked for again. */
  forget(username: string): void {
    for (const [id, known] of this.#basic) if (known.username === username) this.#basic.delete(id);
  }

  #forgive(id: string): void {
    const failures = this.#failures.get(id);
    if (failures === undefined) return;
    if (failures.count <= 1) this.#failures.delete(id);
    else this.#failures.set(id, { ...failures, count: failures.count - 1 });
  }

  #refuseTooEarly({ id, free, longest }: Limit): void {
    const failures = this.#failures.get(id);
    if (failures === undefined || failures.count < free || this.#now() - failures.last >= FORGET_AFTER) return;
    const wait = Math.min(1000 * 2 ** Math.min(failures.count - free, 20), longest);
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
