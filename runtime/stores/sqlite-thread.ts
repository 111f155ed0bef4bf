/**
 * The thread that writes, seen from the main thread: one for all files of this process, started by the first write.
 *
 * LAW: a thread that ends by itself has not told what became of its orders: all of them are refused, and so is everything after them.
 */
import { Worker } from 'node:worker_threads';
import type { Answer, Text } from './sqlite-order.ts';
import type { Packed } from './sqlite-packed.ts';
import { texts } from './sqlite-texts.ts';

/** To the thread. `file`: which of the open files is meant. */
export type Batch =
  | { readonly t: 'open'; readonly file: number; readonly path: string }
  | {
      readonly t: 'orders';
      readonly file: number;
      /** its number, which the answers carry */
      readonly message: number;
      readonly orders: Packed;
      /** statements that were not named before, numbered on from here */
      readonly texts: readonly Text[];
      readonly from: number;
    }
  | { readonly t: 'close'; readonly file: number };

/** From the thread. */
export type Reply =
  | { readonly t: 'told'; readonly file: number; readonly message: number; readonly told: readonly Told[] }
  | { readonly t: 'closed'; readonly file: number };

/** What became of the order of this place in its message. `broken`: and nothing will be done any more. */
export type Told = readonly [place: number, answer: Answer | undefined, error?: Error, broken?: boolean];

/** Whose orders they are. */
export interface Orderer {
  readonly path: string;
  hear(message: number, told: readonly Told[]): void;
  closed(): void;
  /** nobody will tell any more */
  end(error: unknown): void;
}

export class WritingThread {
  readonly #worker: Worker;
  readonly #orderers = new Map<number, Orderer>();
  readonly #files = new Map<Orderer, number>();
  #last = 0;
  /** orders and closings that it has not answered */
  #open = 0;
  /** texts that it knows */
  #sent = 0;
  #broken: unknown;

  /** `program`: what runs in it; another one only for tests */
  constructor(program = new URL('./sqlite-writer-thread.ts', import.meta.url)) {
    this.#worker = new Worker(program);
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply) => this.#hear(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('Expected the writing thread to live as long as its process, but it has ended')));
  }

  get broken(): boolean {
    return this.#broken !== undefined;
  }

  /** They are answered with `hear`, each once, not necessarily together. */
  order(by: Orderer, orders: Packed, message: number): void {
    if (this.#broken !== undefined) return by.end(this.#broken);
    const fresh = { texts: texts.slice(this.#sent), from: this.#sent };
    this.#send(orders.orders, { t: 'orders', file: this.#fileOf(by), message, orders, ...fresh });
    this.#sent = texts.length;
  }

  close(by: Orderer): void {
    if (this.#broken !== undefined) return by.closed();
    this.#send(1, { t: 'close', file: this.#fileOf(by) });
  }

  #fileOf(by: Orderer): number {
    const known = this.#files.get(by);
    if (known !== undefined) return known;
    const file = (this.#last += 1);
    this.#orderers.set(file, by);
    this.#files.set(by, file);
    this.#send(0, { t: 'open', file, path: by.path });
    return file;
  }

  #send(answers: number, batch: Batch): void {
    this.#worker.postMessage(batch);
    this.#waits(answers);
  }

  /** An idle thread keeps no process alive. */
  #waits(more: number): void {
    this.#open += more;
    if (this.#open > 0) this.#worker.ref();
    else this.#worker.unref();
  }

  #hear(reply: Reply): void {
    const by = this.#orderers.get(reply.file);
    this.#waits(reply.t === 'told' ? -reply.told.length : -1);
    if (reply.t === 'told') return by?.hear(reply.message, reply.told);
    this.#orderers.delete(reply.file);
    if (by) this.#files.delete(by);
    by?.closed();
  }

  #end(error: unknown): void {
    this.#broken ??= error;
    this.#orderers.forEach((by) => by.end(this.#broken));
    this.#orderers.clear();
  }
}

let shared: WritingThread | undefined;

/** The one of this process. */
export function writingThread(): WritingThread {
  if (shared?.broken === true) shared = undefined;
  return (shared ??= new WritingThread());
}
