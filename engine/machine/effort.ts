/** What a command costs, counted so that no model can hold the thread or fill the memory: steps, evaluation and bytes of variables. */
import type { Tally } from '../feel/index.ts';
import type { Json } from '../terms.ts';

export interface Spent {
  /** steps of the token machine */
  readonly steps: number;
  /** steps of evaluating FEEL and decisions */
  readonly feel: number;
  /** bytes of variables that were set, about */
  readonly bytes: number;
}

/** From one wait to the next, over all commits of it. Behind them comes an incident. */
export const MAX: Spent = Object.freeze({ steps: 100_000, feel: 20_000_000, bytes: 50_000_000 });
/** In one commit of a runtime: some tens of milliseconds of work. */
export const SLICE: Spent = Object.freeze({ steps: 2_000, feel: 1_000_000, bytes: 2_000_000 });
/** Evaluation within one step, over all its expressions: a step cannot be divided. */
const STEP_FEEL = 1_000_000;

export class Effort {
  /** what earlier commits on the way from the same wait have spent */
  before: Spent = { steps: 0, feel: 0, bytes: 0 };
  steps = 0;
  bytes = 0;
  readonly tally: Tally = { left: STEP_FEEL, spent: 0 };
  readonly #weights = new WeakMap<object, number>();

  /** Another step begins. */
  step(): void {
    this.steps += 1;
    this.allow();
  }

  /** Something else is evaluated: what was used up before does not count against it. */
  allow(): void {
    this.tally.left = STEP_FEEL;
  }

  keeps(value: Json): void {
    this.bytes += this.#weightOf(value);
  }

  get total(): Spent {
    const { steps, feel, bytes } = this.before;
    return { steps: steps + this.steps, feel: feel + this.tally.spent, bytes: bytes + this.bytes };
  }

  /** What is used up, `pending` steps included: they would fill the memory before they are done. */
  exceeded(pending: number): keyof Spent | undefined {
    const { steps, feel, bytes } = this.total;
    if (steps + pending >= MAX.steps) return 'steps';
    if (feel >= MAX.feel) return 'feel';
    return bytes >= MAX.bytes ? 'bytes' : undefined;
  }

  fills({ steps, feel, bytes }: Spent): boolean {
    return this.steps >= steps || this.tally.spent >= feel || this.bytes >= bytes;
  }

  #weightOf(value: Json): number {
    if (typeof value === 'string') return value.length + 8;
    if (typeof value !== 'object' || value === null) return 8;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    const weight = weigh(value);
    this.#weights.set(value, weight);
    return weight;
  }
}

/** Without recursion: values may be nested deeper than the stack is. */
function weigh(value: object): number {
  let weight = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    weight += typeof next === 'string' ? next.length + 8 : 8;
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, inner] of Object.entries(next)) {
      weight += Array.isArray(next) ? 0 : name.length;
      open.push(inner);
    }
  }
  return weight;
}
