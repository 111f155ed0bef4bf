import { describe, expect, test } from '@jest/globals';
import { compileDecisions, evaluateDecision, variablesRead } from '../../engine/dmn/index.ts';
import type { DecisionEvaluation, Decisions } from '../../engine/dmn/index.ts';
import { scopeOf, toJson } from '../../engine/feel/index.ts';

const CLOCK = { now: Date.UTC(2026, 0, 2), zone: 'Asia/Jakarta' };
const NAMESPACE = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
const model = (inner: string, namespace = NAMESPACE): string =>
  `<?xml version="1.0"?><definitions xmlns="${namespace}" id="drg" name="Fees" namespace="x">${inner}</definitions>`;
const literal = (id: string, text: string, rest = ''): string =>
  `<decision id="${id}" name="${id}"><variable name="${id}"/>${rest}<literalExpression id="${id}_e"><text>${text}</text></literalExpression></decision>`;
const requires = (id: string): string => `<informationRequirement><requiredDecision href="#${id}"/></informationRequirement>`;

type Row = readonly [string, string];
function table(hitPolicy: string, rows: readonly Row[], output = ''): string {
  const rules = rows.map(
    ([test, result], at) =>
      `<rule id="r${at + 1}"><inputEntry id="i${at}"><text>${test}</text></inputEntry><outputEntry id="o${at}"><text>${result}</text></outputEntry></rule>`,
  );
  return model(`<decision id="d" name="Decide"><variable name="d"/><decisionTable id="t" ${hitPolicy}>
    <input id="in1" label="Area"><inputExpression id="e1" typeRef="number"><text>area</text></inputExpression></input>
    <output id="out1" name="fee" typeRef="number">${output}</output>${rules.join('')}</decisionTable></decision>`);
}

async function compiled(xml: string): Promise<Decisions> {
  const made = await compileDecisions(xml);
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made;
}
async function evaluated(xml: string, variables: Record<string, unknown> = {}, id = 'd'): Promise<DecisionEvaluation> {
  const decision = (await compiled(xml)).decisions.get(id);
  if (!decision) throw new Error(`no decision ${id}`);
  return evaluateDecision(decision, scopeOf(variables), CLOCK);
}
async function outputOf(xml: string, variables: Record<string, unknown> = {}, id = 'd'): Promise<unknown> {
  const result = await evaluated(xml, variables, id);
  return result.ok ? toJson(result.output) : result;
}

const ROWS: readonly Row[] = [
  ['&lt; 10', '1'],
  ['&lt; 20', '2'],
  ['&lt; 30', '2'],
];

describe('decision tables', () => {
  test.each([
    ['hitPolicy="FIRST"', 5, 1],
    ['hitPolicy="RULE ORDER"', 5, [1, 2, 2]],
    ['hitPolicy="COLLECT"', 15, [2, 2]],
    ['hitPolicy="COLLECT" aggregation="SUM"', 5, 5],
    ['hitPolicy="COLLECT" aggregation="MIN"', 5, 1],
    ['hitPolicy="COLLECT" aggregation="MAX"', 5, 2],
    ['hitPolicy="COLLECT" aggregation="COUNT"', 5, 3],
    ['hitPolicy="ANY"', 15, 2],
    ['hitPolicy="UNIQUE"', 25, 2],
    ['hitPolicy="FIRST"', 99, null],
  ])('[DM1] %s of %d is %j', async (policy, area, expected) => {
    expect(await outputOf(table(policy, ROWS), { area })).toEqual(expected);
  });

  test.each(['PRIORITY', 'OUTPUT ORDER'])('[DM1] %s follows the listed output values', async (policy) => {
    const xml = table(`hitPolicy="${policy}"`, ROWS, '<outputValues id="v"><text>2, 1</text></outputValues>');
    expect(await outputOf(xml, { area: 5 })).toEqual(policy === 'PRIORITY' ? 2 : [2, 2, 1]);
  });

  test.each(['UNIQUE', 'ANY'])('[DM2] %s violated is an error that names the decision, not a guess', async (policy) => {
    const result = await evaluated(table(`hitPolicy="${policy}"`, ROWS), { area: 5 });
    expect(result).toMatchObject({ ok: false, decisionId: 'd', message: expect.stringMatching(/^Expected the hit policy/) });
  });

  test('[DM3] the audit tells inputs, matched rules from 1 and their outputs', async () => {
    expect(await evaluated(table('hitPolicy="FIRST"', ROWS), { area: 15 })).toMatchObject({
      ok: true,
      inputs: [{ id: 'in1', name: 'Area', value: 15 }],
      matched: [{ ruleId: 'r2', ruleIndex: 2, outputs: [{ id: 'out1', name: 'fee', value: 2 }] }],
      evaluated: [{ decisionId: 'd', decisionName: 'Decide', output: 2 }],
    });
  });

  test('[DM2] no rule and a default output gives the default', async () => {
    const xml = table('hitPolicy="FIRST"', ROWS, '<defaultOutputEntry id="x"><text>-1</text></defaultOutputEntry>');
    expect(await outputOf(xml, { area: 99 })).toBe(-1);
    expect(await outputOf(xml, { area: 1 })).toBe(1);
  });

  test('[DM4] an input of the wrong type matches only what does not look at it', async () => {
    expect(
      await outputOf(
        table('hitPolicy="FIRST"', [
          ['&lt; 10', '1'],
          ['-', '9'],
        ]),
        { area: 'five' },
      ),
    ).toBe(9);
  });
});

describe('requirements', () => {
  test('[DM5] required decisions come first, each once, and are in the audit', async () => {
    const xml = model(
      literal('base', 'area * 2') +
        literal('extra', 'base + 1', requires('base')) +
        literal('d', 'base + extra', requires('base') + requires('extra')),
    );
    const result = await evaluated(xml, { area: 3 });
    expect(result).toMatchObject({
      ok: true,
      output: 13,
      evaluated: [{ decisionId: 'base' }, { decisionId: 'extra' }, { decisionId: 'd' }],
    });
  });

  test('[DM5] a business knowledge model is a function of the decisions', async () => {
    const xml = model(
      `<businessKnowledgeModel id="b" name="tax of"><variable name="tax of"/><encapsulatedLogic><formalParameter name="base fee" typeRef="number"/><literalExpression id="l"><text>base fee * rate</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>` +
        literal('d', 'tax of(100)', '<knowledgeRequirement><requiredKnowledge href="#b"/></knowledgeRequirement>'),
    );
    expect(await outputOf(xml, { rate: 0.11 })).toBe(11);
  });

  test('[DM6] the variables that a decision reads are known, through what it requires', async () => {
    const bkm =
      '<businessKnowledgeModel id="b" name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="n"/><literalExpression><text>n * rate</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>';
    const context =
      '<context><contextEntry><variable name="p"/><literalExpression><text>base + other</text></literalExpression></contextEntry><contextEntry><literalExpression><text>f(p)</text></literalExpression></contextEntry></context>';
    const made = await compiled(
      model(`${bkm}${literal('base', 'area * 2')}<decision id="d" name="d"><variable name="d"/>${requires('base')}${context}</decision>`),
    );
    const decision = made.decisions.get('d');
    expect(decision && variablesRead(decision)).toEqual(['area', 'other', 'rate']);
  });

  test('[DM7] boxed expressions of DMN 1.4 are evaluated from a DMN 1.5 file', async () => {
    const part = (name: string, text: string): string => `<${name}><literalExpression><text>${text}</text></literalExpression></${name}>`;
    const boxed = (id: string, inner: string): string => `<decision id="${id}" name="${id}"><variable name="${id}"/>${inner}</decision>`;
    const xml = model(
      boxed('a', `<conditional>${part('if', 'x &gt; 1')}${part('then', '"big"')}${part('else', '"small"')}</conditional>`) +
        boxed('b', `<filter>${part('in', '[{n: 1}, {n: 5}]')}${part('match', 'n &gt; x')}</filter>`) +
        boxed('c', `<for iteratorVariable="i">${part('in', '1..x')}${part('return', 'i * 2')}</for>`.replace('1..x', '[1..3]')) +
        boxed('e', `<every iteratorVariable="i">${part('in', '[1, 2]')}${part('satisfies', 'i &lt; 3')}</every>`) +
        boxed(
          'f',
          `<context><contextEntry><variable name="p q"/><literalExpression><text>2</text></literalExpression></contextEntry><contextEntry><literalExpression><text>p q * x</text></literalExpression></contextEntry></context>`,
        ) +
        boxed('g', `<relation><column name="h"/><row><literalExpression><text>1</text></literalExpression></row></relation>`),
      'https://www.omg.org/spec/DMN/20230324/MODEL/',
    );
    const all = await Promise.all(['a', 'b', 'c', 'e', 'f', 'g'].map((id) => outputOf(xml, { x: 2 }, id)));
    expect(all).toEqual(['big', [{ n: 5 }], [2, 4, 6], true, 4, [{ h: 1 }]]);
  });

  test('[DM4] the result has the type of its variable', async () => {
    const xml = (text: string): string =>
      model(
        `<itemDefinition id="i" name="grade"><typeRef>string</typeRef><allowedValues id="a"><text>"A","B"</text></allowedValues></itemDefinition>${literal('d', text).replace('<variable name="d"/>', '<variable name="d" typeRef="grade"/>')}`,
      );
    expect(await outputOf(xml('"A"'))).toBe('A');
    expect(await outputOf(xml('"C"'))).toBeNull();
  });
});

describe('what cannot be executed is refused by name', () => {
  const problemsOf = async (xml: string): Promise<unknown> => {
    const made = await compileDecisions(xml);
    return made.ok ? [] : made.problems;
  };

  test.each([
    ['no XML', '<definitions', 'INVALID_XML'],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${model(literal('d', '1'))}`, 'INVALID_XML'],
    ['another vocabulary', '<a xmlns="x"/>', 'INVALID_XML'],
    ['broken FEEL', model(literal('d', '1 +')), 'INVALID_FEEL'],
    ['an empty expression', model(literal('d', ' ')), 'NO_LOGIC'],
    ['a decision without logic', model('<decision id="d" name="d"/>'), 'NO_LOGIC'],
    ['a circle', model(literal('a', '1', requires('d')) + literal('d', '1', requires('a'))), 'CYCLE'],
    ['a requirement of nothing', model(literal('d', '1', requires('gone'))), 'MISSING_REFERENCE'],
    ['another language', model(literal('d', '1').replace('id="d_e"', 'expressionLanguage="javascript"')), 'UNSUPPORTED'],
    ['a broken cell', table('hitPolicy="FIRST"', [['&gt;', '1']]), 'INVALID_FEEL'],
  ])('[DM8] %s', async (_what, xml, code) => {
    expect(await problemsOf(xml)).toEqual(
      expect.arrayContaining([expect.objectContaining({ code, message: expect.stringMatching(/^Expected/), hint: expect.any(String) })]),
    );
  });

  test('[DM8] a part that cannot be read is refused, not left out; what was once accepted is still read', async () => {
    const xml = model(literal('a b', '1'));
    expect(await compileDecisions(xml)).toMatchObject({
      ok: false,
      problems: [{ code: 'INVALID_XML', message: expect.stringContaining('a b') }],
    });
    expect(await compileDecisions(xml, { lenient: true })).toMatchObject({ ok: true });
  });

  test('[DM8] a sound model has no problems', async () => {
    expect(await problemsOf(model(literal('d', '1')))).toEqual([]);
  });

  test('[DM9] a function that calls itself for ever stops at the budget', async () => {
    const xml = model(
      `<businessKnowledgeModel id="b" name="loop"><variable name="loop"/><encapsulatedLogic><formalParameter name="n"/><literalExpression><text>loop(n + 1)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>${literal('d', 'loop(1)')}`,
    );
    expect(await evaluated(xml)).toMatchObject({ ok: false, decisionId: 'd' });
  });
});
