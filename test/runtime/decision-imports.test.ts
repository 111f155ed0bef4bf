/** Decision models that use other ones, deployed and deployed again. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Runtime } from '../../runtime/runtime.ts';
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
    const process = (tag: string) =>
      `<?xml version="1.0"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t"><bpmn:process id="p${tag}" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:businessRuleTask id="r"><bpmn:extensionElements><zeebe:calledDecision decisionId="t" resultVariable="x" bindingType="versionTag" versionTag="${tag}"/></bpmn:extensionElements></bpmn:businessRuleTask><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="r"/></bpmn:process></bpmn:definitions>`;
    for (const [tag, expected] of [
      ['v1', 1],
      ['v2', 2],
    ] as const) {
      await deploy([`${tag}.bpmn`, process(tag)]);
      const started = await runtime.startInstance({ processDefinitionId: `p${tag}` }, by);
      const key = started.ok ? started.processInstanceKey : '';
      const found = await runtime.store.search('variables', { filter: { processInstanceKey: key } });
      expect(found.items.map(({ value }) => value)).toEqual([String(expected)]);
    }
  });
});
