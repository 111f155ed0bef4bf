import { SyntaxProblem } from './ast.ts';
import type { Node } from './ast.ts';
import { builtinNames } from './builtins/index.ts';
import { NameTable } from './cursor.ts';
import { Generator } from './generate.ts';
import type { Code } from './generate.ts';
import { parseExpression, parseUnaryTests } from './parse.ts';
import type { ParseOptions } from './parse-primary.ts';
import { EvaluationFailure, metered, Runtime, STEP_BUDGET } from './runtime.ts';
import type { Clock, Evaluation, Scope } from './runtime.ts';
import type { FeelType, FeelValue } from './values.ts';

export interface CompileOptions {
  /** names with spaces or operators in them that are known to exist; plain words need not be told */
  readonly names?: readonly string[];
  /** item definitions that `instance of` and parameters may name */
  readonly types?: ReadonlyMap<string, FeelType>;
  /** steps that one evaluation may take; default 1,000,000 */
  readonly budget?: number;
}

export interface Expression {
  readonly text: string;
  /** free root names that it may read, sorted */
  readonly variables: readonly string[];
  /** Never throws for what a model or its data can do. */
  evaluate(scope: Scope, clock: Clock): Evaluation;
  /** As a part of a larger evaluation (a decision), sharing its budget. Throws EvaluationFailure. */
  run(runtime: Runtime): FeelValue;
}

export interface Problem {
  /** "Expected ..., but ..." */
  readonly message: string;
  /** 0-based index into the text */
  readonly position: number;
}

export type Compiled = { readonly ok: true; readonly expression: Expression } | { readonly ok: false; readonly problem: Problem };

const TEXT_LIMIT = 100_000;
const PROPERTY_NAMES = ['start included', 'end included', 'time offset'];
let builtinTable: NameTable | null = null;
/** A decision model hands the same list of names to each of its cells. */
const tables = new WeakMap<readonly string[], NameTable>();

/** Compiles an expression once. `text` is without the leading `=`. */
export function compileExpression(text: string, options: CompileOptions = {}): Compiled {
  return compile(text, options, parseExpression);
}

/** Compiles the cell of a decision table; it reads its input as the variable `?`. Yields true or false. */
export function compileUnaryTests(text: string, options: CompileOptions = {}): Compiled {
  return compile(text, options, parseUnaryTests);
}

function namesOf(options: CompileOptions): NameTable {
  if (!builtinTable) {
    builtinTable = new NameTable();
    for (const name of [...builtinNames(), ...PROPERTY_NAMES]) builtinTable.add(name);
  }
  if (!options.names?.length) return builtinTable;
  const known = tables.get(options.names);
  if (known) return known;
  const made = builtinTable.copy();
  for (const name of options.names) made.add(name);
  tables.set(options.names, made);
  return made;
}

function compile(text: string, options: CompileOptions, parse: (text: string, options: ParseOptions) => Node): Compiled {
  if (text.length > TEXT_LIMIT) {
    return {
      ok: false,
      problem: { message: `Expected an expression of at most ${TEXT_LIMIT} characters, but it has ${text.length}.`, position: TEXT_LIMIT },
    };
  }
  const generator = new Generator();
  try {
    const node = parse(text, { names: namesOf(options), types: options.types ?? new Map() });
    const code = generator.make(node, null);
    return {
      ok: true,
      expression: expressionOf(code, { text, variables: [...generator.variables].sort(), budget: options.budget ?? STEP_BUDGET }),
    };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { ok: false, problem: { message: problem.message, position: problem.position } };
    throw problem;
  }
}

function expressionOf(code: Code, about: { text: string; variables: readonly string[]; budget: number }): Expression {
  return {
    text: about.text,
    variables: about.variables,
    run: (runtime) => code(runtime, null),
    evaluate(scope, clock) {
      return metered(clock, about.budget, (meter) => {
        try {
          return { ok: true, value: code(new Runtime(scope, clock, meter), null), warnings: meter.warnings };
        } catch (problem) {
          return failureOf(problem);
        }
      });
    },
  };
}

/** The failure as a value; what is not the model's fault is thrown on. */
export function failureOf(problem: unknown): Evaluation & { ok: false } {
  if (problem instanceof EvaluationFailure) return { ok: false, kind: problem.kind, message: problem.message };
  // the only RangeError that evaluation can meet is a full stack
  if (problem instanceof RangeError)
    return { ok: false, kind: 'budget', message: 'Expected values and calls that are not nested so deeply, but these are.' };
  throw problem;
}
