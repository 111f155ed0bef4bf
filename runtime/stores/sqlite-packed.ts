/**
 * Orders on their way between two threads: all numbers in one array, all texts in one text. Copying that costs a third of copying the objects,
 * and most of what a commit costs the main thread is what it hands over.
 */
import type { SQLInputValue } from 'node:sqlite';
import { ABSENT } from './sqlite-order.ts';
import type { Order, Step } from './sqlite-order.ts';

export interface Packed {
  readonly kinds: Uint8Array;
  /** numbers, and the lengths of texts */
  readonly numbers: Float64Array;
  readonly text: string;
  /** what is neither: keys beyond 2^53, bytes */
  readonly others: readonly SQLInputValue[];
}

const [NUMBER, TEXT, ABSENCE, NULL, OTHER] = [0, 1, 2, 3, 4] as const;
const PARTS = { version: 1, free: 2, steps: 4, find: 8, each: 16, visible: 32, held: 64 } as const;

class Packing {
  #kinds = new Uint8Array(4_096);
  #numbers = new Float64Array(4_096);
  readonly #texts: string[] = [];
  readonly #others: SQLInputValue[] = [];
  #kind = 0;
  #number = 0;

  number(value: number): void {
    if (this.#number === this.#numbers.length) this.#numbers = grown(this.#numbers, Float64Array);
    this.#numbers[this.#number++] = value;
  }

  value(value: SQLInputValue): void {
    if (typeof value === 'string') {
      this.#texts.push(value);
      this.#tell(TEXT, value.length);
    } else if (typeof value === 'number') this.#tell(NUMBER, value);
    else if (value === ABSENT) this.#tell(ABSENCE);
    else if (value === null) this.#tell(NULL);
    else if (typeof value === 'bigint' && value < Number.MAX_SAFE_INTEGER && value > Number.MIN_SAFE_INTEGER)
      this.#tell(NUMBER, Number(value));
    else {
      this.#others.push(value);
      this.#tell(OTHER);
    }
  }

  #tell(kind: number, number?: number): void {
    if (this.#kind === this.#kinds.length) this.#kinds = grown(this.#kinds, Uint8Array);
    this.#kinds[this.#kind++] = kind;
    if (number !== undefined) this.number(number);
  }

  step([text, values]: Step): void {
    this.number(text);
    this.number(values.length);
    for (let at = 0; at < values.length; at += 1) this.value(values[at] as SQLInputValue);
  }

  steps(steps: readonly Step[]): void {
    this.number(steps.length);
    for (let at = 0; at < steps.length; at += 1) this.step(steps[at] as Step);
  }

  packed(): Packed {
    return {
      kinds: this.#kinds.slice(0, this.#kind),
      numbers: this.#numbers.slice(0, this.#number),
      text: this.#texts.join(''),
      others: this.#others,
    };
  }
}

function grown<T extends Uint8Array | Float64Array>(full: T, Made: new (length: number) => T): T {
  const larger = new Made(full.length * 2);
  larger.set(full);
  return larger;
}

export function pack(orders: readonly Order[]): Packed {
  const into = new Packing();
  into.number(orders.length);
  for (const { version, held, free, steps, find, each, visible } of orders) {
    into.number(
      (version ? PARTS.version : 0) |
        (free ? PARTS.free : 0) |
        (steps ? PARTS.steps : 0) |
        (find ? PARTS.find : 0) |
        (each ? PARTS.each : 0) |
        (visible ? PARTS.visible : 0) |
        (held ? PARTS.held : 0),
    );
    if (version) {
      into.value(version[0]);
      into.number(version[1]);
    }
    if (held) into.step(held);
    if (free) into.steps(free);
    if (steps) into.steps(steps);
    if (find) into.step(find);
    if (each) into.step(each);
  }
  return into.packed();
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
  return Array.from({ length: from.number() }, (): Order => {
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
