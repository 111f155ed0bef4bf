import { compileExpression, compileUnaryTests } from '../feel/index.ts';
import type { Compiled, FeelType, FeelValue, Runtime, Scope } from '../feel/index.ts';
import { EvaluationFailure } from '../feel/runtime.ts';
import { convert } from '../feel/types.ts';
import { typeName } from '../feel/values.ts';
import type { DecisionProblem } from './problem.ts';
import { textOf } from './read-model.ts';
import type { Element } from './read-model.ts';

/** What every boxed expression becomes. */
export type Boxed = (runtime: Runtime) => FeelValue;

/** Names in front of an outer scope. */
export class Names implements Scope {
  readonly values = new Map<string, FeelValue>();
  private readonly outer: Scope;
  constructor(outer: Scope, values: Iterable<readonly [string, FeelValue]> = []) {
    this.outer = outer;
    for (const [name, value] of values) this.values.set(name, value);
  }
  get(name: string): FeelValue | undefined {
    const own = this.values.get(name);
    return own !== undefined ? own : this.outer.get(name);
  }
}

/** What the compiler of one model knows, and the problems that it has found so far. */
export class Model {
  readonly names: readonly string[];
  readonly types: ReadonlyMap<string, FeelType>;
  readonly problems: DecisionProblem[] = [];
  /** root names that the expressions of the element being compiled read, and those that it binds itself */
  reads = new Set<string>();
  readonly bound = new Set<string>();

  constructor(names: readonly string[], types: ReadonlyMap<string, FeelType>) {
    this.names = names;
    this.types = types;
  }

  expression(text: string, element: Element): Boxed {
    return this.compiled(compileExpression(text, this), { text, element });
  }

  unaryTests(text: string, element: Element): Boxed {
    return this.compiled(compileUnaryTests(text, this), { text, element });
  }

  private compiled(compiled: Compiled, { text, element }: { text: string; element: Element }): Boxed {
    if (compiled.ok) {
      for (const name of compiled.expression.variables) this.reads.add(name);
      return (runtime) => compiled.expression.run(runtime);
    }
    const message = `${compiled.problem.message} In: ${text.trim().slice(0, 200)}`;
    return this.broken(element, { code: 'INVALID_FEEL', message, hint: 'Correct the FEEL expression.' });
  }

  /** Notes the problem; the expression fails whenever it is evaluated. */
  broken(element: Element, problem: Omit<DecisionProblem, 'elementId'>): Boxed {
    const elementId = textOf(element, 'id');
    this.problems.push(elementId === undefined ? problem : { elementId, ...problem });
    return () => {
      throw new EvaluationFailure('type', problem.message);
    };
  }

  /** The value as its type demands it, or null with a warning (DMN 10.3.2.9.4). */
  typed(boxed: Boxed, type: FeelType | undefined): Boxed {
    if (!type) return boxed;
    return (runtime) => convertOr(runtime, boxed(runtime), type);
  }
}

export function convertOr(runtime: Runtime, value: FeelValue, type: FeelType | undefined): FeelValue {
  if (!type || value === null) return value;
  const made = convert(value, type);
  return made !== undefined ? made : runtime.warn('type', `Expected a value of the type ${type.name}, but got ${typeName(value)}.`);
}
