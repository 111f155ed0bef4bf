/**
 * Writing happens in a thread of its own. What is asked in one turn of the event loop, or while the thread is at work, goes there in one message:
 * no timer, no waiting.
 */
import type { Answer, Order } from './sqlite-order.ts';
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

/** One message of each file is under way; what is asked meanwhile gathers, as it would in the thread. */
class Gathering implements Writing, Orderer {
  readonly path: string;
  readonly #start: () => WritingThread;
  #thread: WritingThread | undefined;
  #orders: Order[] = [];
  #waiting: Asked[] = [];
  /** what the thread has, by place in its message */
  #given: readonly Asked[] = [];
  /** how many of them it has not answered */
  #open = 0;
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
      this.#waiting.push({ resolve, reject });
      this.#orders.push(order);
      if (this.#scheduled || this.#open > 0) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        if (this.#open === 0) this.#give();
      });
    });
  }

  #give(): void {
    if (this.#orders.length === 0) return;
    const orders = this.#orders;
    [this.#given, this.#waiting, this.#orders] = [this.#waiting, [], []];
    this.#open = orders.length;
    this.#thread ??= this.#start();
    this.#thread.order(this, orders);
  }

  hear(told: readonly Told[]): void {
    const given = this.#given;
    this.#open -= told.length;
    // FIRST what waits: the thread goes on while those who hear now go on here
    if (this.#open === 0) this.#give();
    this.#broken ||= told.some(([, , , broken]) => broken === true);
    for (const [place, answer, error] of told)
      if (answer === undefined) given[place]?.reject(error);
      else given[place]?.resolve(answer);
    this.#letGo();
  }

  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = new Promise((resolve) => (this.#closed = resolve));
      if (this.#open === 0) this.#give();
      this.#letGo();
    }
    return this.#closing;
  }

  #letGo(): void {
    if (this.#closing === undefined || this.#open > 0) return;
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
    const all = [...this.#given, ...this.#waiting];
    [this.#given, this.#waiting, this.#orders, this.#open] = [[], [], [], 0];
    all.forEach(({ reject }) => reject(error));
    this.#closed();
  }
}

/** `start`: the thread, which is asked for with the first order. */
export function startWriting(path: string, start: () => WritingThread = writingThread): Writing {
  return new Gathering(path, start);
}
