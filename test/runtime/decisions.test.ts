/** Decision models that use other ones, deployed and deployed again. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Runtime } from '../../runtime/runtime.ts';
import { bpmn, flow } from './support/bpmn.ts';
import { by, openTestRuntime } from './support/stores.ts';
import type { Opened } from './support/stores.ts';

const DMN = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
const model = (id: string, inner: string) =>
  `<?xml version="1.0"?><definitions xmlns="${DMN}" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="${id}" name="${id}" namespace="urn:${id}">${inner}</definitions>`;
const decision = (id: string, text: string, rest = '') =>
  `<decision id="${id}" name="${id}">${rest}<variable name="${id}"/><literalExpression><text>${text}</text></literalExpression></decision>`;
/** a library: nothing in it can be called from a process */
const fees = (factor: number) =>
  model(
    'fees',
    `<businessKnowledgeModel id="fee" name="fee"><variable name="fee"/><encapsulatedLogic><formalParameter name="n" typeRef="number"/><literalExpression><text>n * ${factor}</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>`,
  );
const permit = (id = 'permit') =>
  model(id, `<import name="F" namespace="urn:fees" importType="${DMN}"/>${decision(`${id}Fee`, 'F.fee(area)')}`);

let opened: Opened;
let runtime: Runtime;
beforeAll(async () => {
  opened = await openTestRuntime('sqlite');
  runtime = opened.runtime;
});
afterAll(() => opened.dispose());

const deploy = async (...files: readonly (readonly [name: string, text: string])[]) =>
  await runtime.deploy(
    files.map(([name, text]) => ({ name, text })),
    by,
  );
const feeOf = async (key: { decisionDefinitionId: string } | { decisionDefinitionKey: string }) => {
  const answer = await runtime.evaluateDecision({ ...key, variables: { area: 10 } }, by);
  return answer.ok ? answer.output : answer.reason;
};
const versions = (answer: Awaited<ReturnType<typeof deploy>>) =>
  answer.ok ? answer.requirements.map(({ version }) => version) : answer.reason;

const asking = (id: string, decisionId: string, binding = '') =>
  bpmn(
    id,
    `<bpmn:startEvent id="s"/><bpmn:businessRuleTask id="r"><bpmn:extensionElements><zeebe:calledDecision decisionId="${decisionId}" resultVariable="x" ${binding}/></bpmn:extensionElements></bpmn:businessRuleTask>${flow('s', 'r')}`,
  );
/** decisions that a new case has made */
const made = async (processDefinitionId: string, variables = {}) => {
  const started = await runtime.startInstance({ processDefinitionId, variables }, by);
  const filter = { processInstanceKey: started.ok ? started.processInstanceKey : '' };
  return await runtime.store.search('decisionInstances', { filter, sort: [{ field: 'decisionEvaluationInstanceKey' }] });
};

describe('a decision model that imports another', () => {
  test('[DM11] finds it in its own deployment, in whichever order, or deployed before; alone it is refused by name', async () => {
    const alone = await deploy(['permit.dmn', permit()]);
    expect(alone).toMatchObject({ ok: false, problems: [{ code: 'MISSING_IMPORT', resource: 'permit.dmn' }] });
    expect(versions(await deploy(['permit.dmn', permit()], ['fees.dmn', fees(2)]))).toEqual([1, 1]);
    expect(await feeOf({ decisionDefinitionId: 'permitFee' })).toBe(20);
    expect(versions(await deploy(['other.dmn', permit('other')]))).toEqual([1]);
    expect(await feeOf({ decisionDefinitionId: 'otherFee' })).toBe(20);
  });

  test('[DM11] keeps the version with which it was deployed, also after a restart', async () => {
    expect(versions(await deploy(['fees.dmn', fees(3)]))).toEqual([2]);
    expect(await feeOf({ decisionDefinitionId: 'permitFee' })).toBe(20);
    runtime = await opened.reopen();
    expect(await feeOf({ decisionDefinitionId: 'permitFee' })).toBe(20);
  });

  test('[DM11] deployed again, unchanged, it is a new version over what it uses now; the old one decides as before', async () => {
    const old = (await runtime.store.search('decisionDefinitions', { filter: { decisionDefinitionId: 'permitFee' } })).items[0];
    expect(versions(await deploy(['permit.dmn', permit()]))).toEqual([2]);
    expect(await feeOf({ decisionDefinitionId: 'permitFee' })).toBe(30);
    expect(await feeOf({ decisionDefinitionKey: String(old?.['decisionDefinitionKey']) })).toBe(20);
    expect(versions(await deploy(['permit.dmn', permit()], ['fees.dmn', fees(3)]))).toEqual([2, 2]);
    runtime = await opened.reopen();
    expect(await feeOf({ decisionDefinitionId: 'permitFee' })).toBe(30);
    expect(await feeOf({ decisionDefinitionKey: String(old?.['decisionDefinitionKey']) })).toBe(20);
  });

  test('[DM12] a case tells of each decision that was made for it, required ones first, with their versions', async () => {
    const requires = '<informationRequirement><requiredDecision href="#inner"/></informationRequirement>';
    const table = `<decision id="inner" name="inner"><variable name="inner"/><decisionTable hitPolicy="FIRST"><input id="i"><inputExpression><text>area</text></inputExpression></input><output id="o" name="level"/><rule id="small"><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>"low"</text></outputEntry></rule><rule id="large"><inputEntry><text>-</text></inputEntry><outputEntry><text>"high"</text></outputEntry></rule></decisionTable></decision>`;
    await deploy(['chain.dmn', model('chain', table + decision('outer', 'inner + "!"', requires))]);
    await deploy(['asks.bpmn', asking('asks', 'outer')]);
    const { items } = await made('asks', { area: 7 });
    expect(items).toMatchObject([
      {
        decisionDefinitionId: 'inner',
        decisionDefinitionType: 'DECISION_TABLE',
        result: '"high"',
        matchedRules: [{ ruleId: 'large', ruleIndex: 2 }],
        evaluatedInputs: [{ inputValue: '7' }],
      },
      { decisionDefinitionId: 'outer', decisionDefinitionType: 'LITERAL_EXPRESSION', result: '"high!"', matchedRules: [] },
    ]);
    for (const row of items)
      await expect(runtime.store.get('decisionDefinitions', String(row['decisionDefinitionKey']))).resolves.toMatchObject({ version: 1 });
    const alone = await runtime.evaluateDecision({ decisionDefinitionId: 'outer', variables: { area: 1 } }, by);
    expect(alone).toMatchObject({
      ok: true,
      output: 'low!',
      evaluated: [{ matchedRules: [{ ruleId: 'small' }] }, { decisionDefinitionType: 'LITERAL_EXPRESSION' }],
    });
  });

  test('[D3] a decision is found by the version tag that its model gives it', async () => {
    const tagged = (tag: string, text: string) =>
      model('tagged', decision('t', text, `<extensionElements><zeebe:versionTag value="${tag}"/></extensionElements>`));
    await deploy(['t.dmn', tagged('v1', '1')]);
    await deploy(['t.dmn', tagged('v2', '2')]);
    const { items } = await runtime.store.search('decisionDefinitions', {
      filter: { decisionDefinitionId: 't' },
      sort: [{ field: 'version' }],
    });
    expect(items.map(({ versionTag }) => versionTag)).toEqual(['v1', 'v2']);
    for (const [tag, expected] of [
      ['v1', 1],
      ['v2', 2],
    ] as const) {
      await deploy([`${tag}.bpmn`, asking(`p${tag}`, 't', `bindingType="versionTag" versionTag="${tag}"`)]);
      expect((await made(`p${tag}`)).items).toMatchObject([{ result: String(expected) }]);
    }
  });
});
