/**
 * Writing happens in a thread of its own. What is asked in one turn of the event loop, or while the thread is at work, goes there in one message:
 * no timer, no waiting.
 */
import type { Answer, Order } from './sqlite-order.ts';
import { Packing } from './sqlite-packed.ts';
import { writingThread } from './sqlite-thread.ts';
import type { Orderer, Told, WritingThread } from './sqlite-thread.ts';

export interface Writing {
  /** answers when it is on the disk, or (`visible`) when everybody can see it; rejects when it is not done */
  ask(order: Order): Promise<Answer>;
  /** nothing is written any more: only a start of the process helps */
  broken(): boolean;
  /** answers when everything that was asked for is decided and the thread has let go of the file */
  close(): Promise<void>;
}

interface Asked {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Messages under way: the thread begins with the next one at once, while what the last one brought is worked on here. */
const UNDER_WAY = 3;
/** So many go without waiting for the turn to end: else all callers would wait for the thread, and then the thread for all of them. */
const MANY = 24;

/** At most UNDER_WAY messages of each file are under way; what is asked meanwhile gathers, as it would in the thread. */
class Gathering implements Writing, Orderer {
  readonly path: string;
  readonly #start: () => WritingThread;
  #thread: WritingThread | undefined;
  /** orders of the next message, and who asked */
  readonly #orders = new Packing();
  #waiting: Asked[] = [];
  /** message → what the thread has of it, by place; `open`: how many of them it has not answered */
  readonly #given = new Map<number, { readonly asked: readonly Asked[]; open: number }>();
  #last = 0;
  #scheduled = false;
  #broken = false;
  #closing: Promise<void> | undefined;
  #closed: () => void = () => undefined;

  constructor(path: string, start: () => WritingThread) {
    this.path = path;
    this.#start = start;
  }

  ask(order: Order): Promise<Answer> {
    if (this.#closing !== undefined) return Promise.reject(new Error('Expected an open store, but it is closed'));
    return new Promise((resolve, reject) => {
      this.#orders.add(order);
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length >= MANY) this.#give();
      if (this.#scheduled || this.#waiting.length === 0 || this.#given.size >= UNDER_WAY) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#give();
      });
    });
  }

  #give(): void {
    if (this.#waiting.length === 0 || this.#given.size >= UNDER_WAY) return;
    const asked = this.#waiting;
    this.#waiting = [];
    this.#given.set((this.#last += 1), { asked, open: asked.length });
    this.#thread ??= this.#start();
    this.#thread.order(this, this.#orders.taken(), this.#last);
  }

  hear(message: number, told: readonly Told[]): void {
    const given = this.#given.get(message);
    if (given === undefined) return;
    given.open -= told.length;
    if (given.open === 0) this.#given.delete(message);
    // FIRST what waits: the thread goes on while those who hear now go on here
    this.#give();
    this.#broken ||= told.some(([, , , broken]) => broken === true);
    for (const [place, answer, error] of told)
      if (answer === undefined) given.asked[place]?.reject(error);
      else given.asked[place]?.resolve(answer);
    this.#letGo();
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = new Promise((resolve) => (this.#closed = resolve));
      this.#give();
      this.#letGo();
    }
    return this.#closing;
  }

  #letGo(): void {
    if (this.#closing === undefined || this.#given.size > 0 || this.#waiting.length > 0) return;
    if (this.#thread === undefined) this.#closed();
    else this.#thread.close(this);
  }

  closed(): void {
    this.#closed();
  }

  broken(): boolean {
    return this.#broken;
  }

  end(error: unknown): void {
    this.#broken = true;
    const all = [...[...this.#given.values()].flatMap(({ asked }) => asked), ...this.#waiting];
    this.#given.clear();
    this.#waiting = [];
    this.#orders.taken();
    all.forEach(({ reject }) => reject(error));
    this.#closed();
  }
}

/** `start`: the thread, which is asked for with the first order. */
export function startWriting(path: string, start: () => WritingThread = writingThread): Writing {
  return new Gathering(path, start);
}
