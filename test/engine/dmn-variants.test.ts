/** Each boxed expression of DMN by itself, with what a tool may leave out; docs/coverage.md has a row for each. */
import { describe, expect, test } from '@jest/globals';
import { compileDecisions, evaluateDecision } from '../../engine/dmn/index.ts';
import { scopeOf, toJson } from '../../engine/feel/index.ts';

const CLOCK = { now: Date.UTC(2026, 0, 2), zone: 'Asia/Jakarta' };
const model = (inner: string, version: string): string =>
  `<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/${version}/MODEL/" id="drg" name="Fees" namespace="x">${inner}</definitions>`;
const text = (feel: string): string => `<literalExpression><text>${feel}</text></literalExpression>`;
const part = (name: string, feel: string): string => `<${name}>${text(feel)}</${name}>`;
const entry = (feel: string, name = ''): string => `<contextEntry>${name && `<variable name="${name}"/>`}${text(feel)}</contextEntry>`;
const decision = (logic: string, rest = '', id = 'd'): string =>
  `<decision id="${id}" name="${id}"><variable name="${id}"/>${rest}${logic}</decision>`;
const knows = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>';
const double =
  '<businessKnowledgeModel id="k" name="double"><variable name="double"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/><literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>';
const binding = (feel: string): string => `<binding><parameter name="n"/>${text(feel)}</binding>`;
const service =
  '<decisionService id="k" name="double"><variable name="double"/><outputDecision href="#out"/><inputData href="#n"/></decisionService><inputData id="n" name="n"><variable name="n"/></inputData>' +
  decision(text('n * 2'), '<informationRequirement><requiredInput href="#n"/></informationRequirement>', 'out');

async function outputOf(xml: string): Promise<unknown> {
  const made = await compileDecisions(xml);
  const one = made.ok ? made.decisions.get('d') : undefined;
  if (!one) return made;
  const result = evaluateDecision(one, scopeOf({ x: 2 }), CLOCK);
  return result.ok ? toJson(result.output) : result;
}

describe.each([
  ['DMN 1.3', '20191111'],
  ['DMN 1.4', '20211108'],
  ['DMN 1.5', '20230324'],
])('%s', (_version, version) => {
  test.each([
    ['a literal expression', decision(text('x + 1')), 3],
    ['a context with a result', decision(`<context>${entry('x + 1', 'a b')}${entry('a b * 2')}</context>`), 6],
    ['a context without one', decision(`<context>${entry('x', 'a')}${entry('a + 1', 'b')}</context>`), { a: 2, b: 3 }],
    ['a list', decision(`<list>${text('x')}${text('x + 1')}</list>`), [2, 3]],
    ['a relation', decision(`<relation><column name="h"/><row>${text('x')}</row><row>${text('9')}</row></relation>`), [{ h: 2 }, { h: 9 }]],
    ['an invocation', double + decision(`<invocation>${text('double')}${binding('x')}</invocation>`, knows), 4],
    ['an invocation with a wrong type', double + decision(`<invocation>${text('double')}${binding('"a"')}</invocation>`, knows), null],
    ['a decision service', service + decision(text('double(x)'), knows), 4],
    ['a business knowledge model', double + decision(text('double(x)'), knows), 4],
  ])('[DM7] %s', async (_what, inner, expected) => {
    expect(await outputOf(model(inner, version))).toEqual(expected);
  });
});

describe.each([
  ['DMN 1.4', '20211108'],
  ['DMN 1.5', '20230324'],
])('%s', (_version, version) => {
  const iterator = (name: string, last: string): string => `<${name} iteratorVariable="i">${part('in', '[1, x]')}${last}</${name}>`;
  test.each([
    ['a conditional', `<conditional>${part('if', 'x = 2')}${part('then', '"two"')}${part('else', '"other"')}</conditional>`, 'two'],
    ['a filter', `<filter>${part('in', '[1, 2, 3]')}${part('match', 'item &gt; x')}</filter>`, [3]],
    ['an iterator "for"', iterator('for', part('return', 'i * 10')), [10, 20]],
    ['an iterator "every"', iterator('every', part('satisfies', 'i &lt; 2')), false],
    ['an iterator "some"', iterator('some', part('satisfies', 'i &lt; 2')), true],
  ])('[DM7] %s', async (_what, logic, expected) => {
    expect(await outputOf(model(decision(logic), version))).toEqual(expected);
  });
});
