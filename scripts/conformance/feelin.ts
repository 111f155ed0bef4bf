/**
 * Every FEEL expression of the kits, evaluated by us and by feelin, an implementation that we did not write. Each case where the two differ
 * is named in feelin-differences.ts with the reason; one that is not named there, or that is named and does not differ, is failed.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate } from 'feelin';
import { FeelFunction, compileExpression, scopeOf, toJson } from '../../engine/feel/index.ts';
import type { FeelValue } from '../../engine/feel/index.ts';
import { isContext, isList } from '../../engine/feel/values.ts';
import { attribute, CLOCK, listOf, parser, valueOf } from './dmn-tck.ts';
import type { Xml } from './dmn-tck.ts';
import { show } from './feel-equality.ts';
import { differences as known } from './feelin-differences.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';

interface Case {
  readonly id: string;
  readonly text: string;
  readonly inputs: Readonly<Record<string, FeelValue>>;
}
type Put = { readonly id: string; readonly reason: string };

const NO_EXPRESSION = 'its logic is a table, a boxed expression or a call of another element, which feelin does not know';

/** Each result that a case of the kit asks for: the expression behind it, or why there is none. */
function* casesOf(folder: string, name: string): Generator<Case | Put> {
  for (const file of readdirSync(join(folder, name)).filter((each) => /-test-\d+\.xml$/.test(each))) {
    const { testCases } = parser.parse(readFileSync(join(folder, name, file), 'utf8')) as { testCases: Xml };
    const expressions = expressionsOf(join(folder, name, String(testCases.modelName).trim()));
    for (const testCase of listOf(testCases.testCase)) {
      const inputs = Object.fromEntries(listOf(testCase.inputNode).map((node) => [attribute(node, 'name') ?? '', valueOf(node)]));
      const invoked = attribute(testCase, 'invocableName') !== undefined;
      for (const node of listOf(testCase.resultNode)) {
        const text = invoked ? undefined : expressions.get(attribute(node, 'name') ?? '');
        const id = `${name}/${file.replace('.xml', '')}/${attribute(testCase, 'id') ?? ''}/${attribute(node, 'name') ?? ''}`;
        yield text === undefined ? { id, reason: NO_EXPRESSION } : { id, text, inputs };
      }
    }
  }
}

function* examplesOf(file: string): Generator<Case> {
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly { readonly expression: string }[] };
  for (const expression of new Set(vectors.map((vector) => vector.expression)))
    yield { id: `example/${expression}`, text: expression, inputs: {} };
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

/** A value as feelin has it: times and durations are its own. */
function theirValue(value: FeelValue): unknown {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  if (isList(value)) return value.map((item) => theirValue(item));
  if (isContext(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, theirValue(item as FeelValue)]));
  return (evaluate(`@"${show(value)}"`) as { readonly value: unknown }).value;
}

function theirs({ text, inputs }: Case): unknown {
  try {
    const known = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, theirValue(value)]));
    const { value } = evaluate(text, known as never) as { readonly value: unknown };
    return typeof value === 'function' ? FUNCTION : (JSON.parse(JSON.stringify(value ?? null)) as unknown);
  } catch (problem) {
    return { error: String(problem).split('\n')[0] };
  }
}

function ours({ text, inputs }: Case): unknown {
  const compiled = compileExpression(text, { names: Object.keys(inputs) });
  const result = compiled.ok ? compiled.expression.evaluate(scopeOf(inputs), CLOCK) : undefined;
  if (!result?.ok) return null;
  return result.value instanceof FeelFunction ? FUNCTION : (JSON.parse(JSON.stringify(toJson(result.value))) as unknown);
}

const FUNCTION = 'a function';
/** The kit's tolerance for decimals. */
const TOLERANCE = 1e-8;

function alike(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const names = Object.keys(a);
  if (Array.isArray(a) !== Array.isArray(b) || names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && alike((a as Xml)[name], (b as Xml)[name]));
}

export function judge(tally: Tally, one: Case, differences: ReadonlyMap<string, string> = known): void {
  const [mine, other] = [ours(one), theirs(one)];
  const why = differences.get(one.id);
  const told = `ours ${JSON.stringify(mine)}, feelin's ${JSON.stringify(other)}`;
  if (alike(mine, other) === (why === undefined)) {
    if (why === undefined) tally.passed.push(one.id);
    else tally.notApplicable.push({ id: one.id, reason: why });
  } else if (why === undefined) tally.failed.push({ id: one.id, why: `a difference that nobody explains: ${told}` });
  else tally.failed.push({ id: one.id, why: `no difference any more, but named as one: ${told}` });
}

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, 'dmn-tck', 'TestCases');
  const examples = join(folder, 'feel-builtins-examples.json');
  if (!existsSync(root) || !existsSync(examples)) return null;
  const names = readdirSync(root).flatMap((level) => readdirSync(join(root, level)).map((name) => join(level, name)));
  const all = [...names.flatMap((name) => [...casesOf(root, name)]), ...examplesOf(examples)];
  const tally = newTally();
  for (const one of all) {
    if ('reason' in one) tally.notApplicable.push(one);
    else judge(tally, one);
  }
  const there = new Set(all.map(({ id }) => id));
  for (const id of known.keys()) if (!there.has(id)) tally.failed.push({ id, why: 'named as a difference, but there is no such case' });
  return tally;
};
