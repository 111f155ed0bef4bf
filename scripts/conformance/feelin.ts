/**
 * The kit's literal expressions, evaluated by us and by feelin, an implementation that we did not write. Where the two differ the kit's own
 * result decides: a case is failed only when ours is the one that is wrong.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { evaluate } from 'feelin';
import { compileExpression, scopeOf, toJson } from '../../engine/feel/index.ts';
import type { FeelValue } from '../../engine/feel/index.ts';
import { attribute, CLOCK, listOf, parser, REFUSED, valueOf } from './dmn-tck.ts';
import type { Xml } from './dmn-tck.ts';
import { sameValue } from './feel-equality.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';

const KIT_DECIDES = 'feelin answers something else, and the kit has ours';
const KIT_REFUSES = 'feelin answers, and the kit wants the error or null that we answer';
const CANNOT = 'feelin cannot read or evaluate it, and the kit has ours';

interface Case {
  readonly id: string;
  readonly text: string;
  readonly inputs: Readonly<Record<string, FeelValue>>;
  readonly expected: FeelValue;
}

/** Of those decisions whose whole logic is one expression over inputs that JSON can carry. */
function* casesOf(folder: string, name: string): Generator<Case> {
  for (const file of readdirSync(join(folder, name)).filter((each) => /-test-\d+\.xml$/.test(each))) {
    const { testCases } = parser.parse(readFileSync(join(folder, name, file), 'utf8')) as { testCases: Xml };
    const expressions = expressionsOf(join(folder, name, String(testCases.modelName).trim()));
    for (const testCase of listOf(testCases.testCase)) {
      const inputs = Object.fromEntries(listOf(testCase.inputNode).map((node) => [attribute(node, 'name') ?? '', valueOf(node)]));
      if (attribute(testCase, 'invocableName') !== undefined || !Object.values(inputs).every(isPlain)) continue;
      for (const node of listOf(testCase.resultNode)) {
        const text = expressions.get(attribute(node, 'name') ?? '');
        const id = `${name}/${attribute(testCase, 'id') ?? ''}/${attribute(node, 'name') ?? ''}`;
        if (text !== undefined) yield { id, text, inputs, expected: valueOf((node.expected ?? {}) as Xml) };
      }
    }
  }
}

function expressionsOf(file: string): ReadonlyMap<string, string> {
  const { definitions } = parser.parse(readFileSync(file, 'utf8')) as { definitions: Xml };
  const decisions = [definitions.decision].flat().filter((each): each is Xml => typeof each === 'object' && each !== null);
  return new Map(decisions.flatMap((decision) => expressionOf(decision)));
}

function expressionOf(decision: Xml): readonly (readonly [string, string])[] {
  const needs = [decision.informationRequirement].flat().filter((each): each is Xml => typeof each === 'object' && each !== null);
  const text = (decision.literalExpression as Xml | undefined)?.text;
  const alone = needs.every((need) => need.requiredDecision === undefined) && decision.knowledgeRequirement === undefined;
  // a declared type converts the result, which is no part of the expression
  return alone && typeof text === 'string' ? [[attribute(decision, 'name') ?? '', text.trim()]] : [];
}

function isPlain(value: FeelValue): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  return typeof value === 'number'
    ? Number.isSafeInteger(value)
    : Array.isArray(value) && value.every((each) => isPlain(each as FeelValue));
}

function theirs({ text, inputs }: Case): { readonly value: unknown } | undefined {
  try {
    const { value } = evaluate(text, inputs as never) as { readonly value: unknown };
    return { value: JSON.parse(JSON.stringify(value ?? null)) as unknown };
  } catch {
    return undefined;
  }
}

function judge(tally: Tally, one: Case): void {
  const compiled = compileExpression(one.text, { names: Object.keys(one.inputs) });
  const result = compiled.ok ? compiled.expression.evaluate(scopeOf(one.inputs), CLOCK) : undefined;
  const ours = result?.ok ? result.value : null;
  const other = theirs(one);
  if (other !== undefined && isDeepStrictEqual(toJson(ours), other.value)) return void tally.passed.push(one.id);
  const refused = REFUSED.get(one.id.split('/')[2] ?? '');
  if (refused !== undefined) return void tally.notApplicable.push({ id: one.id, reason: refused });
  if (!sameValue(ours, one.expected))
    return void tally.failed.push({ id: one.id, why: `neither feelin nor the kit has our answer to ${one.text}` });
  const reason = other === undefined ? CANNOT : one.expected === null ? KIT_REFUSES : KIT_DECIDES;
  tally.notApplicable.push({ id: one.id, reason });
}

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, 'dmn-tck', 'TestCases');
  if (!existsSync(root)) return null;
  const tally = newTally();
  for (const level of readdirSync(root))
    for (const name of readdirSync(join(root, level))) for (const one of casesOf(root, join(level, name))) judge(tally, one);
  return tally;
};
