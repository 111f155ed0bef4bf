/**
 * Orders on their way between two threads: all numbers in one array, all texts in one text. Copying that costs a third of copying the objects,
 * and most of what a commit costs the main thread is what it hands over.
 */
import type { SQLInputValue } from 'node:sqlite';
import { ABSENT } from './sqlite-order.ts';
import type { Order, Step, StepWriter } from './sqlite-order.ts';

export interface Packed {
  readonly orders: number;
  readonly kinds: Uint8Array;
  /** numbers, and the lengths of texts */
  readonly numbers: Float64Array;
  readonly text: string;
  /** what is neither: keys beyond 2^53, bytes */
  readonly others: readonly SQLInputValue[];
}

const [NUMBER, TEXT, ABSENCE, NULL, OTHER] = [0, 1, 2, 3, 4] as const;
const PARTS = { version: 1, free: 2, steps: 4, find: 8, each: 16, visible: 32, held: 64 } as const;

/** A message that is being written. What goes wrong in the middle of an order leaves the message as it was before. */
export class Packing implements StepWriter {
  #kinds = new Uint8Array(4_096);
  #numbers = new Float64Array(4_096);
  #texts: string[] = [];
  #others: SQLInputValue[] = [];
  #kind = 0;
  #number = 0;
  #orders = 0;

  /** orders in it */
  get length(): number {
    return this.#orders;
  }

  /** Throws what the order's rows throw. */
  add(order: Order): void {
    const [kind, number, texts, others] = [this.#kind, this.#number, this.#texts.length, this.#others.length];
    try {
      this.#order(order);
      this.#orders += 1;
    } catch (error) {
      [this.#kind, this.#number, this.#texts.length, this.#others.length] = [kind, number, texts, others];
      throw error;
    }
  }

  begin(): number {
    this.#plain(0);
    this.#plain(0);
    return this.#number - 2;
  }

  end(at: number, text: number, values: number): void {
    this.#numbers[at] = text;
    this.#numbers[at + 1] = values;
  }

  number(value: number): void {
    this.#tell(NUMBER);
    this.#plain(value);
  }

  text(value: string): void {
    this.#texts.push(value);
    this.#tell(TEXT);
    this.#plain(value.length);
  }

  absent(): void {
    this.#tell(ABSENCE);
  }

  value(value: SQLInputValue): void {
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number') this.number(value);
    else if (value === ABSENT) this.absent();
    else if (value === null) this.#tell(NULL);
    else if (typeof value === 'bigint' && value < Number.MAX_SAFE_INTEGER && value > Number.MIN_SAFE_INTEGER) this.number(Number(value));
    else {
      this.#others.push(value);
      this.#tell(OTHER);
    }
  }

  /** What was written; the next orders go into another message. */
  taken(): Packed {
    const packed = {
      orders: this.#orders,
      kinds: this.#kinds.slice(0, this.#kind),
      numbers: this.#numbers.slice(0, this.#number),
      text: this.#texts.join(''),
      others: this.#others,
    };
    [this.#texts, this.#others, this.#kind, this.#number, this.#orders] = [[], [], 0, 0, 0];
    return packed;
  }

  #order({ version, held, free, steps, rows, find, each, visible }: Order): void {
    this.#plain(
      (version ? PARTS.version : 0) |
        (free ? PARTS.free : 0) |
        (steps || rows ? PARTS.steps : 0) |
        (find ? PARTS.find : 0) |
        (each ? PARTS.each : 0) |
        (visible ? PARTS.visible : 0) |
        (held ? PARTS.held : 0),
    );
    if (version) {
      this.value(version[0]);
      this.#plain(version[1]);
    }
    if (held) this.#step(held);
    if (free) this.#steps(free);
    if (steps || rows) this.#steps(steps ?? [], rows);
    if (find) this.#step(find);
    if (each) this.#step(each);
  }

  #tell(kind: number): void {
    if (this.#kind === this.#kinds.length) this.#kinds = grown(this.#kinds, Uint8Array);
    this.#kinds[this.#kind++] = kind;
  }

  #plain(value: number): void {
    if (this.#number === this.#numbers.length) this.#numbers = grown(this.#numbers, Float64Array);
    this.#numbers[this.#number++] = value;
  }

  #step([text, values]: Step): void {
    const at = this.begin();
    for (let index = 0; index < values.length; index += 1) this.value(values[index] as SQLInputValue);
    this.end(at, text, values.length);
  }

  #steps(steps: readonly Step[], rows?: Order['rows']): void {
    this.#plain(steps.length + (rows?.length ?? 0));
    for (let at = 0; at < steps.length; at += 1) this.#step(steps[at] as Step);
    rows?.write(this);
  }
}

function grown<T extends Uint8Array | Float64Array>(full: T, Made: new (length: number) => T): T {
  const larger = new Made(full.length * 2);
  larger.set(full);
  return larger;
}

class Unpacking {
  readonly #from: Packed;
  #kind = 0;
  #number = 0;
  #text = 0;
  #other = 0;

  constructor(from: Packed) {
    this.#from = from;
  }

  number(): number {
    return this.#from.numbers[this.#number++] as number;
  }

  value(): SQLInputValue {
    const kind = this.#from.kinds[this.#kind++];
    if (kind === NUMBER) return this.number();
    if (kind === TEXT) {
      const from = this.#text;
      this.#text += this.number();
      return this.#from.text.slice(from, this.#text);
    }
    if (kind === ABSENCE) return ABSENT;
    return kind === NULL ? null : (this.#from.others[this.#other++] as SQLInputValue);
  }

  step(): Step {
    const text = this.number();
    const values: SQLInputValue[] = [];
    for (let left = this.number(); left > 0; left -= 1) values.push(this.value());
    return [text, values];
  }

  steps(): readonly Step[] {
    const steps: Step[] = [];
    for (let left = this.number(); left > 0; left -= 1) steps.push(this.step());
    return steps;
  }
}

export function unpack(packed: Packed): readonly Order[] {
  const from = new Unpacking(packed);
  return Array.from({ length: packed.orders }, (): Order => {
    const parts = from.number();
    return {
      ...(parts & PARTS.version && { version: [from.value(), from.number()] as const }),
      ...(parts & PARTS.held && { held: from.step() }),
      ...(parts & PARTS.free && { free: from.steps() }),
      ...(parts & PARTS.steps && { steps: from.steps() }),
      ...(parts & PARTS.find && { find: from.step() }),
      ...(parts & PARTS.each && { each: from.step() }),
      ...(parts & PARTS.visible && { visible: true as const }),
    };
  });
}
