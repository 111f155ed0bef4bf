/** Evaluates what the model says, for one element instance. A result of the wrong type or a missing variable is a Fault that names it. */
import { clusterValue } from '../cluster.ts';
import { toJson } from '../feel/index.ts';
import type { Expression, FeelValue, Scope } from '../feel/index.ts';
import { format } from '../feel/format.ts';
import type { Value } from '../process.ts';
import type { InstanceState } from '../state.ts';
import type { World } from '../world.ts';
import type { IncidentKind, Json } from '../terms.ts';
import { Fault } from './fault.ts';
import type { Run } from './run.ts';

/** What an expression may read at an element instance: its own variables, those of each scope around it, then the cluster's. Nothing is copied. */
export class InstanceScope implements Scope {
  readonly #state: InstanceState;
  readonly #n: number;
  readonly #world: World;
  readonly #overlay: ReadonlyMap<string, Json> | undefined;

  constructor({ state, world }: Pick<Run, 'state' | 'world'>, n: number, overlay?: ReadonlyMap<string, Json>) {
    this.#state = state;
    this.#world = world;
    this.#n = n;
    this.#overlay = overlay;
  }

  get(name: string): FeelValue | undefined {
    // null is a value
    const own = this.#overlay?.get(name);
    const known = own === undefined ? this.variable(name) : own;
    return known === undefined ? clusterValue(this.#world.cluster, name) : known;
  }

  variable(name: string): Json | undefined {
    for (let at: number | undefined = this.#n; at !== undefined && at >= 0; at = this.#state.elements.get(at)?.scope) {
      const variable = this.#state.variables.get(at)?.get(name);
      if (variable !== undefined) return variable.value;
    }
    return undefined;
  }
}

/** Where something is evaluated and what an error there is called. */
export interface Purpose {
  readonly n: number;
  /** in the sentence "Expected ... to be ..." */
  readonly what: string;
  readonly kind: IncidentKind;
  readonly overlay?: ReadonlyMap<string, Json>;
}

export function evaluate(run: Run, expression: Expression, purpose: Purpose): FeelValue {
  const result = expression.evaluate(new InstanceScope(run, purpose.n, purpose.overlay), run.clock);
  if (!result.ok)
    throw new Fault(
      purpose.kind,
      `Expected ${purpose.what} '${expression.text.trim()}' to have a result, but its evaluation failed: ${result.message}`,
    );
  const missing = result.warnings.find((warning) => warning.kind === 'missing-variable');
  if (missing)
    throw new Fault(
      purpose.kind,
      `Expected ${purpose.what} '${expression.text.trim()}' to find the variable '${missing.name ?? ''}', but there is no variable of that name.`,
    );
  return result.value;
}

export function evaluateJson(run: Run, value: Value, purpose: Purpose): Json {
  return 'fixed' in value ? value.fixed : toJson(evaluate(run, value.expression, purpose));
}

/** Texts, and what has an unmistakable text: numbers, dates, durations. */
export function evaluateText(run: Run, value: Value, purpose: Purpose): string {
  const result = evaluateJson(run, value, purpose);
  if (typeof result === 'string') return result;
  if (typeof result === 'number') return format(result);
  throw wrongType(purpose, 'a text', result);
}

export function evaluateNumber(run: Run, value: Value, purpose: Purpose): number {
  const result = evaluateJson(run, value, purpose);
  const number = typeof result === 'string' && result.trim() !== '' ? Number(result) : result;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw wrongType(purpose, 'a number', result);
}

export function evaluateBoolean(run: Run, expression: Expression, purpose: Purpose): boolean {
  const result = evaluate(run, expression, purpose);
  if (typeof result === 'boolean') return result;
  throw wrongType(purpose, 'true or false', toJson(result), expression.text);
}

export function wrongType(purpose: Purpose, expected: string, found: Json, text?: string): Fault {
  const shown = JSON.stringify(found).slice(0, 100);
  return new Fault(
    purpose.kind,
    `Expected ${purpose.what}${text === undefined ? '' : ` '${text.trim()}'`} to be ${expected}, but it is ${shown}.`,
  );
}
