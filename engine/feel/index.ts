/**
 * FEEL (DMN 1.3 to 1.5) with the built-ins that process analysts know, compiled once into closures.
 * The whole public surface. Pure: no clock, no randomness, no JavaScript evaluation, regular expressions in linear time.
 *
 * Numbers are doubles; see decimal.ts for what is done so that 0.1 + 0.2 = 0.3.
 */
export { compileExpression, compileUnaryTests } from './compile.ts';
export type { Compiled, CompileOptions, Expression, Problem } from './compile.ts';
export { scopeOf, toJson, fromJson } from './json.ts';
export { Runtime } from './runtime.ts';
export type { Clock, Evaluation, FailureKind, Scope, Tally, Warning, WarningKind } from './runtime.ts';
export { Special, FeelDate, FeelDateTime, FeelFunction, FeelRange, FeelTime, MonthsDuration, SecondsDuration } from './values.ts';
export type { FeelContext, FeelList, FeelType, FeelValue } from './values.ts';
