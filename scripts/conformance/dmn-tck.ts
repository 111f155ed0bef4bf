import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { compileFiles, evaluateDecision } from '../../engine/dmn/index.ts';
import type { Decisions, Made } from '../../engine/dmn/index.ts';
import { FeelFunction, scopeOf } from '../../engine/feel/index.ts';
import type { FeelValue } from '../../engine/feel/index.ts';
import { callFunction } from '../../engine/feel/generate-calls.ts';
import { Meter, Runtime } from '../../engine/feel/runtime.ts';
import { readDate, readDateTime, readDuration, readTime } from '../../engine/feel/temporal-text.ts';
import { contextOf } from '../../engine/feel/values.ts';
import { sameValue, show } from './feel-equality.ts';
import { newTally } from './tally.ts';
import type { ConformanceSet, Tally } from './tally.ts';

/** The DMN Technology Compatibility Kit. Cases are named `<folder>/<file>/<id>` as in the verdicts of other engines. */

export type Xml = Record<string, unknown>;
export const CLOCK = { now: Date.UTC(2024, 0, 15, 10, 0, 0), zone: 'UTC' };
export const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: (name) => ['testCase', 'inputNode', 'resultNode', 'component', 'item'].includes(name),
});

export const listOf = (value: unknown): readonly Xml[] => (Array.isArray(value) ? (value as Xml[]) : []);
export const attribute = (node: Xml, name: string): string | undefined => {
  const value = node[`@_${name}`];
  return typeof value === 'string' ? value : undefined;
};

/** A value of the kit: simple by its xsi:type, a list of items, or components with names. */
export function valueOf(node: Xml): FeelValue {
  if (node.component !== undefined)
    return contextOf(listOf(node.component).map((each): [string, FeelValue] => [attribute(each, 'name') ?? '', valueOf(each)]));
  const list = node.list as Xml | string | undefined;
  if (list !== undefined) return typeof list === 'string' ? [] : attribute(list, 'nil') === 'true' ? null : listOf(list.item).map(valueOf);
  const value = node.value as Xml | string | undefined;
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  if (attribute(value, 'nil') === 'true') return null;
  const text = typeof value['#text'] === 'string' ? value['#text'] : '';
  return simple(attribute(value, 'type')?.replace(/^.*:/, ''), text);
}

function simple(type: string | undefined, text: string): FeelValue {
  switch (type) {
    case 'decimal':
    case 'double':
    case 'integer':
    case 'int':
    case 'long':
    case 'float':
      return Number(text);
    case 'boolean':
      return text.trim() === 'true';
    case 'date':
      return readDate(text.trim());
    case 'time':
      return readTime(text.trim());
    case 'dateTime':
      return readDateTime(text.trim());
    case 'duration':
      return readDuration(text.trim());
    default:
      return text;
  }
}

/** Cases that ask for what the design refuses, with the reason. */
export const REFUSED: ReadonlyMap<string, string> = new Map([
  ['K2-MatchesFunc-17', 'a backreference, refused because it cannot run in linear time'],
]);

type Outcome = { ok: true; value: FeelValue } | { ok: false; message: string };

function evaluate(decisions: Decisions, test: { testCase: Xml; node: Xml; inputs: Record<string, FeelValue> }): Outcome {
  const name = attribute(test.node, 'name') ?? '';
  const invocable = attribute(test.testCase, 'invocableName');
  if (invocable !== undefined) return invoke(decisions, { invocable, name }, test.inputs);
  const decision = [...decisions.decisions.values()].find((each) => each.name === name);
  if (!decision) return invoke(decisions, { invocable: name, name }, test.inputs);
  const result = evaluateDecision(decision, scopeOf(test.inputs), CLOCK);
  return result.ok ? { ok: true, value: result.output } : { ok: false, message: result.message };
}

/** A decision service or business knowledge model, called with the inputs that bear its parameters' names. */
function invoke(decisions: Decisions, called: { invocable: string; name: string }, inputs: Record<string, FeelValue>): Outcome {
  const scope = scopeOf(inputs);
  const visible = { get: (name: string): FeelValue | undefined => scope.get(name) ?? decisions.graph.functions.get(name)?.(visible) };
  const fn = decisions.graph.functions.get(called.invocable)?.(visible);
  if (!(fn instanceof FeelFunction)) return { ok: false, message: `nothing called ${called.invocable}` };
  const names = fn.parameters.map((parameter) => parameter.name);
  const missing = names.find((name) => !(name in inputs));
  if (missing !== undefined) return { ok: false, message: `input ${missing} is missing` };
  const runtime = new Runtime(visible, CLOCK, new Meter());
  try {
    const value = callFunction(runtime, fn, { values: names.map((name) => inputs[name] ?? null), names: null });
    const isPart = typeof value === 'object' && value !== null && Object.hasOwn(value, called.name);
    return { ok: true, value: isPart ? ((value as Record<string, FeelValue>)[called.name] ?? null) : value };
  } catch (problem) {
    return { ok: false, message: String(problem) };
  }
}

function judgeCase(tally: Tally, decisions: Decisions, about: { id: string; testCase: Xml }): void {
  const inputs: Record<string, FeelValue> = {};
  for (const node of listOf(about.testCase.inputNode)) inputs[attribute(node, 'name') ?? ''] = valueOf(node);
  for (const node of listOf(about.testCase.resultNode)) {
    const outcome = evaluate(decisions, { testCase: about.testCase, node, inputs });
    const expected = valueOf((node.expected ?? {}) as Xml);
    const mayFail = attribute(node, 'errorResult') === 'true';
    if (!outcome.ok && (mayFail || expected === null)) continue;
    if (outcome.ok && (sameValue(outcome.value, expected) || (mayFail && outcome.value === null))) continue;
    const got = outcome.ok ? show(outcome.value) : `an error: ${outcome.message}`;
    return void tally.failed.push({ id: about.id, why: `${attribute(node, 'name')}: expected ${show(expected)}, but got ${got}` });
  }
  tally.passed.push(about.id);
}

/** A model, with those of its folder that it may import. */
async function compiledWithOthers(folder: string, file: string): Promise<Made> {
  const names = [file, ...readdirSync(folder).filter((name) => name.endsWith('.dmn') && name !== file)];
  const files = names.map((name) => ({ name, xml: readFileSync(join(folder, name), 'utf8') }));
  return (await compileFiles(files, true))[0] as Made;
}

async function judgeFolder(tally: Tally, folder: string, name: string): Promise<void> {
  for (const file of readdirSync(join(folder, name)).filter((each) => /-test-\d+\.xml$/.test(each))) {
    const { testCases } = parser.parse(readFileSync(join(folder, name, file), 'utf8')) as { testCases: Xml };
    const model = typeof testCases.modelName === 'string' ? testCases.modelName.trim() : '';
    const compiled = await compiledWithOthers(join(folder, name), model);
    for (const testCase of listOf(testCases.testCase)) {
      const id = `${name}/${file.replace('.xml', '')}/${attribute(testCase, 'id') ?? ''}`;
      if (!compiled.ok) tally.failed.push({ id, why: compiled.problems.map((problem) => problem.message).join(' ') });
      else if (REFUSED.has(attribute(testCase, 'id') ?? ''))
        tally.notApplicable.push({ id, reason: REFUSED.get(attribute(testCase, 'id') ?? '') ?? '' });
      else judgeCase(tally, compiled, { id, testCase });
    }
  }
}

export const set: ConformanceSet = async (folder) => {
  const root = join(folder, 'dmn-tck', 'TestCases');
  if (!existsSync(root)) return null;
  const tally = newTally();
  for (const level of readdirSync(root)) {
    for (const name of readdirSync(join(root, level))) await judgeFolder(tally, root, join(level, name));
  }
  demandBar(tally, join(folder, 'dmn-tck', 'camunda-dmn-scala-1.9.0-verdicts.csv'));
  return tally;
};

/** What Camunda's own engine passes is the bar: such a case may not be missing or called not applicable here. */
export function demandBar(tally: Tally, file: string): void {
  if (!existsSync(file))
    throw new Error(`Expected the verdicts of Camunda's engine in ${file}, but there is no such file: nothing says which cases must pass`);
  const judged = new Set([...tally.passed, ...tally.failed.map((each) => each.id)]);
  for (const row of readFileSync(file, 'utf8').split(/\r?\n/).slice(1)) {
    const [dir, test, id, verdict] = row.split(',');
    const name = `${dir}/${test}/${id}`;
    if (verdict === 'SUCCESS' && !judged.has(name))
      tally.failed.push({ id: name, why: 'Camunda passes this case, but it was not run here' });
  }
}
