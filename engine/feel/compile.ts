import type { Clock, Evaluation, Scope } from './runtime.ts';
import type { FeelType } from './values.ts';

export interface CompileOptions {
  /** names that contain spaces or operators and are known to exist */
  readonly names?: readonly string[];
  /** item definitions that `instance of` and parameters may name */
  readonly types?: ReadonlyMap<string, FeelType>;
  /** steps that one evaluation may take; default 1,000,000 */
  readonly budget?: number;
}

export interface Expression {
  readonly text: string;
  /** free root names that it may read */
  readonly variables: readonly string[];
  evaluate(scope: Scope, clock: Clock): Evaluation;
}

export interface Problem {
  readonly message: string;
  /** 0-based index into the text */
  readonly position: number;
}

export type Compiled = { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly problem: Problem };

/** Compiles an expression once. `text` is without the leading `=`. */
export function compileExpression(text: string, options: CompileOptions = {}): Compiled {
  return { ok: false, problem: { message: `Expected FEEL to be ready for ${text.length} characters, but it is being written.`, position: options.names?.length ?? 0 } };
}

/** Compiles the cell of a decision table; it reads its input as `?`. Yields true or false. */
export function compileUnaryTests(text: string, options: CompileOptions = {}): Compiled {
  return compileExpression(text, options);
}
