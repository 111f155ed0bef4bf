import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileExpression, scopeOf } from '../../engine/feel/index.ts';
import type { Evaluation } from '../../engine/feel/index.ts';
import { sameValue, show } from './feel-equality.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';

interface Vector {
  readonly expression: string;
  readonly documentedResult: string;
}

/** The zone in which the examples were written. */
const CLOCK = { now: Date.UTC(2020, 6, 31, 12, 27, 30), zone: 'Europe/Berlin' };
const NO_TOOL_CALL = 'prose instead of a result';
const REFUSED = 'not deterministic, refused by design';
const OVERRULED = 'the example contradicts DMN; the kit decides';

/** Examples whose documented result is not a FEEL value, or is overruled, with the reason. */
function reasonNotToRun({ expression, documentedResult }: Vector): string | null {
  if (/^(random number|uuid)\(/.test(expression)) return REFUSED;
  if (/contents$| - if |^error/.test(documentedResult)) return NO_TOOL_CALL;
  if (expression === 'is defined()') return NO_TOOL_CALL;
  return null;
}

/** A documented result may be quoted once more, or have a bracket too many. */
function documented(text: string): Evaluation {
  const cleaned = text.replace(/^"(duration\(.*\))"$/, '$1').replace(/\)\)$/, ')');
  for (const each of [text, cleaned]) {
    const compiled = compileExpression(each);
    if (compiled.ok && (each === cleaned || text === cleaned)) return compiled.expression.evaluate(scopeOf({}), CLOCK);
  }
  return { ok: false, kind: 'type', message: 'the documented result is not FEEL' };
}

function judge(vector: Vector, tally: Tally): void {
  const id = vector.expression;
  const reason = reasonNotToRun(vector);
  if (reason !== null) return void tally.notApplicable.push({ id, reason });
  const expected = documented(vector.documentedResult);
  const compiled = compileExpression(vector.expression);
  if (!expected.ok) return void tally.notApplicable.push({ id, reason: NO_TOOL_CALL });
  if (!compiled.ok) return void tally.failed.push({ id, why: compiled.problem.message });
  const actual = compiled.expression.evaluate(scopeOf({}), CLOCK);
  if (!actual.ok) return void tally.failed.push({ id, why: actual.message });
  if (sameValue(actual.value, expected.value)) return void tally.passed.push(id);
  if (OVERRULES.has(id)) return void tally.notApplicable.push({ id, reason: OVERRULED });
  tally.failed.push({ id, why: `expected ${show(expected.value)}, but got ${show(actual.value)}` });
}

const OVERRULES: ReadonlySet<string> = new Set<string>();

export const set: ConformanceSet = async (folder) => {
  const file = join(folder, 'feel-builtins-examples.json');
  if (!existsSync(file)) return null;
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly Vector[] };
  const tally = newTally();
  for (const vector of vectors) judge(vector, tally);
  return tally;
};
