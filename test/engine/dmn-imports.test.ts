/** Decision models that use other ones. */
import { describe, expect, test } from '@jest/globals';
import { compileFiles, evaluateDecision, variablesRead } from '../../engine/dmn/index.ts';
import type { Decisions } from '../../engine/dmn/index.ts';
import { scopeOf, toJson } from '../../engine/feel/index.ts';

const CLOCK = { now: 0, zone: 'UTC' };
const DMN = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
const model = (id: string, inner: string, namespace = `urn:${id}`) =>
  `<?xml version="1.0"?><definitions xmlns="${DMN}" id="${id}" name="${id}" namespace="${namespace}">${inner}</definitions>`;
const uses = (name: string, namespace: string, more = '') =>
  `<import name="${name}" namespace="${namespace}" importType="${DMN}" ${more}/>`;
const needs = (kind: 'Decision' | 'Input', href: string) =>
  `<informationRequirement><required${kind} href="${href}"/></informationRequirement>`;
/** an element's id is its name, without spaces */
const named = (name: string) => `id="${name.replaceAll(' ', '_')}" name="${name}"`;
const decision = (name: string, text: string, rest = '', type = 'Any') =>
  `<decision ${named(name)}><variable name="${name}" typeRef="${type}"/>${rest}<literalExpression><text>${text}</text></literalExpression></decision>`;
const knowledge = (name: string, parameter: string, text: string) =>
  `<businessKnowledgeModel ${named(name)}><variable name="${name}"/><encapsulatedLogic><formalParameter name="${parameter}" typeRef="number"/><literalExpression><text>${text}</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>`;
const input = (name: string, type: string) => `<inputData ${named(name)}><variable name="${name}" typeRef="${type}"/></inputData>`;

async function made(...files: readonly (readonly [name: string, xml: string])[]): Promise<readonly Decisions[]> {
  const all = await compileFiles(files.map(([name, xml]) => ({ name, xml })));
  return all.map((one) => {
    if (!one.ok) throw new Error(JSON.stringify(one.problems));
    return one;
  });
}
async function problems(...xmls: readonly string[]) {
  return (await compileFiles(xmls.map((xml, at) => ({ name: `${at}.dmn`, xml })))).map((one) =>
    one.ok ? [] : one.problems.map(({ code }) => code),
  );
}
const outcome = (decisions: Decisions, id: string, variables = {}) => {
  const found = decisions.decisions.get(id);
  if (found === undefined) throw new Error(`no decision ${id}`);
  const result = evaluateDecision(found, scopeOf(variables), CLOCK);
  return result.ok ? { output: toJson(result.output), evaluated: result.evaluated.map(({ decisionId }) => decisionId) } : result;
};

const fees = model(
  'fees',
  `<itemDefinition name="tLevel"><typeRef>string</typeRef><allowedValues><text>"low", "high"</text></allowedValues></itemDefinition>
  ${input('area', 'number')}${knowledge('per square', 'n', 'n * 2')}${decision('base fee', 'if area &gt; 10 then per square(area) else 5', needs('Input', '#area'), 'number')}`,
);
const asking = (text: string, rest: string, type = 'Any') =>
  model('permit', uses('Fee model', 'urn:fees') + decision('d', text, rest, type));

describe('imported models', () => {
  test('[DM10] a decision of another model is known by the name of the import, and is evaluated once, before', async () => {
    const [permit] = await made(
      ['permit.dmn', asking('Fee model.base fee + 1', needs('Decision', 'urn:fees#base_fee'))],
      ['fees.dmn', fees],
    );
    expect(outcome(permit as Decisions, 'd', { area: 20 })).toEqual({ output: 41, evaluated: ['base_fee', 'd'] });
    expect(outcome(permit as Decisions, 'd', { area: 2 })).toMatchObject({ output: 6 });
    expect(variablesRead((permit as Decisions).decisions.get('d') as never)).toEqual(['area']);
  });

  test.each([
    ['a function', { text: 'Fee model.per square(area)', rest: '', variables: { area: 4 }, output: 8 }],
    ['an input', { text: 'Fee model.area', rest: needs('Input', 'urn:fees#area'), variables: { area: 4 }, output: 4 }],
    ['an input given under its import', { text: 'Fee model.area', rest: '', variables: { 'Fee model': { area: 7 }, area: 4 }, output: 7 }],
    ['nothing of it that was not asked for', { text: 'Fee model.base fee', rest: '', variables: { area: 4 }, output: null }],
  ])('[DM10] %s is there under the name of the import', async (_what, { text, rest, variables, output }) => {
    const [permit] = await made(['permit.dmn', asking(text, rest)], ['fees.dmn', fees]);
    expect(outcome(permit as Decisions, 'd', variables)).toMatchObject({ output });
  });

  test('[DM10] so are its types', async () => {
    const [permit] = await made(['permit.dmn', asking('level', '', 'Fee model.tLevel')], ['fees.dmn', fees]);
    expect(outcome(permit as Decisions, 'd', { level: 'high' })).toMatchObject({ output: 'high' });
    expect(outcome(permit as Decisions, 'd', { level: 'other' })).toMatchObject({ output: null });
  });

  test('[DM10] models that are imported import others; what they have of them is theirs', async () => {
    const middle = model('middle', uses('F', 'urn:fees') + decision('m', 'F.base fee', needs('Decision', 'urn:fees#base_fee')));
    const top = model('top', uses('M', 'urn:middle') + decision('t', 'M.m', needs('Decision', 'urn:middle#m')) + decision('u', 'M.F'));
    const [compiled] = await made(['top.dmn', top], ['middle.dmn', middle], ['fees.dmn', fees]);
    expect(outcome(compiled as Decisions, 't', { area: 20 })).toEqual({ output: 40, evaluated: ['base_fee', 'm', 't'] });
    expect(outcome(compiled as Decisions, 'u', { area: 20 })).toMatchObject({ output: null });
  });

  test('[DM10] an import without a name has the names of its elements themselves', async () => {
    const permit = model('permit', uses('', 'urn:fees') + decision('d', 'per square(area)', needs('Input', 'urn:fees#area')));
    const [compiled] = await made(['permit.dmn', permit], ['fees.dmn', fees]);
    expect(outcome(compiled as Decisions, 'd', { area: 3 })).toMatchObject({ output: 6 });
  });

  test('[DM10] of several models with one namespace the import means the one that it names or that has what is used', async () => {
    const shared = 'http://camunda.org/schema/1.0/dmn';
    const one = model('one', decision('a', '1'), shared);
    const two = model('two', decision('b', '2'), shared);
    const asks = (ref: string, more = '') =>
      model('asks', uses('I', shared, more) + decision('d', `I.${ref}`, needs('Decision', `${shared}#${ref}`)), shared);
    expect(outcome((await made(['x.dmn', asks('b')], ['1.dmn', one], ['2.dmn', two]))[0] as Decisions, 'd')).toMatchObject({ output: 2 });
    expect(outcome((await made(['x.dmn', asks('a')], ['1.dmn', one], ['2.dmn', two]))[0] as Decisions, 'd')).toMatchObject({ output: 1 });
    const other = model('other', decision('a', '3'), shared);
    const located = asks('a', 'locationURI="./models/1.dmn"');
    expect(outcome((await made(['x.dmn', located], ['1.dmn', one], ['3.dmn', other]))[0] as Decisions, 'd')).toMatchObject({ output: 1 });
  });
});

describe('imports that are refused', () => {
  const first = needs('Decision', 'urn:fees#base_fee');
  test.each([
    ['a model that is not there', [asking('1', first)], [['MISSING_IMPORT', 'MISSING_REFERENCE']]],
    [
      'an element that it does not have',
      [asking('1', needs('Decision', 'urn:fees#none')), fees],
      [['MISSING_IMPORT', 'MISSING_REFERENCE'], []],
    ],
    [
      'a file of another kind',
      [model('permit', `<import name="X" namespace="urn:x" importType="http://www.w3.org/2001/XMLSchema"/>${decision('d', '1')}`)],
      [['UNSUPPORTED']],
    ],
    ['a model that is broken itself', [asking('1', ''), model('fees', decision('x', '1 +'))], [['MISSING_IMPORT'], ['INVALID_FEEL']]],
  ])('[DM10] %s', async (_what, files, codes) => {
    expect(await problems(...files)).toEqual(codes);
  });

  test('[DM10] models that import each other', async () => {
    const left = model('left', uses('R', 'urn:right') + decision('l', '1'));
    const right = model('right', uses('L', 'urn:left') + decision('r', '1'));
    expect(await problems(left, right)).toEqual([['MISSING_IMPORT'], ['CYCLE']]);
  });
});
