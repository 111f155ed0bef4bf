/** DMN 1.2 to 1.5: decision tables and boxed expressions, compiled once, evaluated over a FEEL scope. The whole public surface. */
export { compileDecisions, compileModel } from './compile-decisions.ts';
export type { CompileOptions } from './compile-decisions.ts';
export { variablesRead } from './graph.ts';
export type { Decision, Decisions } from './graph.ts';
export type { ImportWanted } from './imports.ts';
export { compileFiles, compileTogether, fitting, usesOthers } from './together.ts';
export type { Made, ReadModel } from './together.ts';
export { evaluateDecision } from './evaluate-decision.ts';
export type { DecisionEvaluation, EvaluatedDecision } from './evaluate-decision.ts';
export type { DecisionProblem } from './problem.ts';
export type { MatchedRule, NamedValue } from './table.ts';
export { readModel } from './read-model.ts';
export type { FlatTree } from '../compile/flat.ts';
