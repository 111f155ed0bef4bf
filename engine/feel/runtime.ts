import type { FeelValue } from './values.ts';

/** The variables that an expression may read. `undefined` = no such variable. Whoever implements it walks its own chain; nothing is copied. */
export interface Scope {
  get(name: string): FeelValue | undefined;
}

/** Time comes in; FEEL reads no clock. */
export interface Clock {
  /** milliseconds since 1970 UTC */
  readonly now: number;
  /** IANA name, e.g. Asia/Jakarta */
  readonly zone: string;
  /** shared by several evaluations: none of them gets more than is `left`, all of them add to `spent` */
  readonly tally?: Tally;
}

/** Steps of evaluation. */
export interface Tally {
  left: number;
  spent: number;
}

export type WarningKind = 'missing-variable' | 'missing-entry' | 'function' | 'type';

/** Something that made a part of the expression null. The value is still what FEEL demands. */
export interface Warning {
  readonly kind: WarningKind;
  readonly message: string;
  /** the variable, entry or function concerned */
  readonly name?: string;
}

export type FailureKind = 'budget' | 'type' | 'assertion' | 'not-deterministic';

export type Evaluation =
  | { readonly ok: true; readonly value: FeelValue; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly kind: FailureKind; readonly message: string };

/** Thrown inside one evaluation only; `evaluate` turns it into a value. */
export class EvaluationFailure extends Error {
  readonly kind: FailureKind;
  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const STEP_BUDGET = 1_000_000;
const LENGTH_LIMIT = 1_000_000;
const CALL_DEPTH = 1000;
const WARNINGS_KEPT = 100;
const NONE: readonly Warning[] = Object.freeze([]);

/** What one evaluation has used up and complains about; shared by the parts of a decision. */
export class Meter {
  left: number;
  depth = 0;
  /** above 0: somebody asked whether a thing exists, so a missing one is no complaint */
  quiet = 0;
  kept: Warning[] | null = null;
  readonly budget: number;
  constructor(budget: number = STEP_BUDGET) {
    this.budget = budget;
    this.left = budget;
  }
  get warnings(): readonly Warning[] {
    return this.kept ?? NONE;
  }
}

/** Runs one evaluation on a meter of its own, which the clock's tally limits and is charged for. */
export function metered<T>(clock: Clock, budget: number, evaluate: (meter: Meter) => T): T {
  const { tally } = clock;
  if (tally === undefined) return evaluate(new Meter(budget));
  const allowed = Math.min(budget, tally.left);
  const meter = new Meter(allowed);
  try {
    return evaluate(meter);
  } finally {
    const used = allowed - Math.max(0, meter.left);
    tally.left -= used;
    tally.spent += used;
  }
}

/** One evaluation: what it may read, the time, and its meter. */
export class Runtime {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly meter: Meter;

  constructor(scope: Scope, clock: Clock, meter: Meter) {
    this.scope = scope;
    this.clock = clock;
    this.meter = meter;
  }

  /** The same evaluation with other variables. */
  within(scope: Scope): Runtime {
    return new Runtime(scope, this.clock, this.meter);
  }

  /** Pays for `steps`; every loop, call and element of a built list passes here. */
  spend(steps: number): void {
    this.meter.left -= steps;
    if (this.meter.left < 0) {
      throw new EvaluationFailure(
        'budget',
        `Expected the expression to finish within its budget of ${this.meter.budget} steps, but it needs more. Make the lists or ranges smaller.`,
      );
    }
  }

  /** Pays for a string that was built: repeated doubling would otherwise fill the memory within a few steps. */
  grown(text: string): string {
    if (text.length > LENGTH_LIMIT) {
      throw new EvaluationFailure('budget', `Expected no text longer than ${LENGTH_LIMIT} characters, but the expression builds one.`);
    }
    if (text.length > 1000) this.spend(text.length >> 6);
    return text;
  }

  /** Enters a function call; `leave` must follow, also after a throw that is caught within the evaluation (none is). */
  enter(): void {
    this.spend(1);
    if (++this.meter.depth > CALL_DEPTH) {
      throw new EvaluationFailure('budget', `Expected at most ${CALL_DEPTH} nested function calls, but the expression goes deeper.`);
    }
  }

  leave(): void {
    this.meter.depth--;
  }

  warn(kind: WarningKind, message: string, name?: string): null {
    const meter = this.meter;
    if (meter.quiet > 0) return null;
    meter.kept ??= [];
    if (meter.kept.length < WARNINGS_KEPT) meter.kept.push(name === undefined ? { kind, message } : { kind, message, name });
    return null;
  }
}
