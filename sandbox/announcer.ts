/**
 * Tells the city what happened (a payment, a finished installation): POSTs the message until it is taken.
 * At least once, with a stable messageId: the receiver takes it exactly once.
 */
import { request } from 'undici';
import type { AgencyState, Announcement } from './state.ts';

export interface Receiver {
  /** asked anew for each attempt: the receiver may start later than the sandbox; undefined = not yet */
  readonly url: () => string | undefined;
  readonly headers: () => Readonly<Record<string, string>>;
}

const RETRY_MS = [250, 500, 1_000, 2_000, 5_000];

export class Announcer {
  readonly #state: AgencyState;
  readonly #receiver: Receiver;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(state: AgencyState, receiver: Receiver) {
    this.#state = state;
    this.#receiver = receiver;
    for (const announcement of state.announcements) this.#try(announcement, 0);
  }

  announce(announcement: Announcement): void {
    this.#state.announcements.push(announcement);
    this.#state.save();
    this.#try(announcement, 0);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #try(announcement: Announcement, attempt: number): void {
    void this.#post(announcement).then((taken) => {
      if (this.#closed) return;
      if (taken) this.#forget(announcement);
      else this.#later(announcement, attempt);
    });
  }

  #later(announcement: Announcement, attempt: number): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#try(announcement, attempt + 1);
      },
      RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)],
    ).unref();
    this.#timers.add(timer);
  }

  #forget(announcement: Announcement): void {
    this.#state.announcements = this.#state.announcements.filter((other) => other !== announcement);
    this.#state.save();
  }

  async #post(announcement: Announcement): Promise<boolean> {
    const url = this.#receiver.url();
    if (url === undefined) return false;
    try {
      const headers = { 'content-type': 'application/json', ...this.#receiver.headers() };
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers,
        body: JSON.stringify(announcement),
        bodyTimeout: 5_000,
        headersTimeout: 5_000,
      });
      await body.dump();
      // 409: this messageId was taken before; the announcement has arrived
      return statusCode < 300 || statusCode === 409;
    } catch {
      return false;
    }
  }
}
