import type { Runtime } from '../../runtime/runtime.ts';
import { bpmn, flow } from '../runtime/support/bpmn.ts';

export const ROUNDS = 800;

/** Counts to `ROUNDS` without a wait: some slices of work. */
const longCase = bpmn(
  'long',
  `<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="again"/><bpmn:exclusiveGateway id="enough" default="enough_again"/>
  <bpmn:scriptTask id="count"><bpmn:extensionElements><zeebe:script expression="=if is defined(n) then n + 1 else 1" resultVariable="n"/></bpmn:extensionElements></bpmn:scriptTask>
  <bpmn:endEvent id="end"/>${flow('start', 'again')}${flow('again', 'count')}${flow('count', 'enough')}${flow('enough', 'again')}
  <bpmn:sequenceFlow id="done" sourceRef="enough" targetRef="end"><bpmn:conditionExpression>=n &gt;= ${ROUNDS}</bpmn:conditionExpression></bpmn:sequenceFlow>`,
);

export async function beginLongCase(runtime: Runtime): Promise<void> {
  const by = { id: 'crash-test' };
  const deployed = await runtime.deploy([{ name: 'p.bpmn', text: longCase }], by);
  if (!deployed.ok) throw new Error(JSON.stringify(deployed));
  await runtime.startInstance({ processDefinitionId: 'long', variables: {} }, by);
}
