/** FEEL for those who know no engine: agencies' success conditions and error codes. Compiled once per text. */
import * as feel from '../engine/feel/index.ts';
import type { Json, Variables } from '../engine/terms.ts';
import { recentlyUsed } from './recently-used.ts';

const KEPT = 1_000;

/** The value of an expression (with or without leading `=`) over a context. Throws an Error whose message says what is wrong with it. */
export function createFeel(zone: string, now: () => number): (expression: string, context: Variables) => Json {
  const compiled = recentlyUsed<ReturnType<typeof feel.compileExpression>>(KEPT);
  const compile = (expression: string): ReturnType<typeof feel.compileExpression> => {
    const known = compiled.get(expression) ?? feel.compileExpression(expression.replace(/^\s*=/, ''));
    compiled.set(expression, known, 1);
    return known;
  };
  return (expression, context) => {
    const made = compile(expression);
    if (!made.ok) throw new Error(made.problem.message);
    const result = made.expression.evaluate(feel.scopeOf(context), { now: now(), zone });
    if (!result.ok) throw new Error(result.message);
    return feel.toJson(result.value);
  };
}
