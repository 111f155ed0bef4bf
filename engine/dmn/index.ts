/** DMN 1.2 to 1.5: decision tables and boxed expressions, compiled once, evaluated over a FEEL scope. The whole public surface. */
export { compileDecisions, compileModel, variablesRead } from './compile-decisions.ts';
export type { Decision, Decisions } from './compile-decisions.ts';
export { evaluateDecision } from './evaluate-decision.ts';
export type { DecisionEvaluation, EvaluatedDecision } from './evaluate-decision.ts';
export type { DecisionProblem } from './problem.ts';
export type { MatchedRule, NamedValue } from './table.ts';
export { readModel } from './read-model.ts';
export type { FlatTree } from '../compile/flat.ts';
