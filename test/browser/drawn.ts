/** A diagram with coordinates out of a few lines: nodes at places of a grid, and what leads where. */
export interface Node {
  readonly id: string;
  /** BPMN's element, e.g. userTask */
  readonly kind: string;
  readonly name?: string;
  /** column and row, from 0 */
  readonly at: readonly [number, number];
  /** what stands inside of the element */
  readonly inside?: string;
}
export interface Link {
  readonly from: string;
  readonly to: string;
  /** FEEL, without = */
  readonly when?: string;
}

const size = (kind: string): readonly [number, number] => (/Event$/.test(kind) ? [36, 36] : /Gateway$/.test(kind) ? [50, 50] : [100, 80]);
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function drawnXml(process: { readonly id: string; readonly name: string }, nodes: readonly Node[], links: readonly Link[]): string {
  const middle = ({ at: [column, row] }: Node): readonly [number, number] => [180 + column * 160, 120 + row * 120];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const idOf = ({ from, to }: Link): string => `${from}-${to}`;
  const elements = nodes.map(
    (node) => `<bpmn:${node.kind} id="${node.id}" name="${escaped(node.name ?? '')}">${node.inside ?? ''}</bpmn:${node.kind}>`,
  );
  const flows = links.map((link) => {
    const condition =
      link.when === undefined
        ? ''
        : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=${escaped(link.when)}</bpmn:conditionExpression>`;
    return `<bpmn:sequenceFlow id="${idOf(link)}" sourceRef="${link.from}" targetRef="${link.to}">${condition}</bpmn:sequenceFlow>`;
  });
  const shapes = nodes.map((node) => {
    const [[x, y], [width, height]] = [middle(node), size(node.kind)];
    return `<bpmndi:BPMNShape id="${node.id}_di" bpmnElement="${node.id}"><dc:Bounds x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" /></bpmndi:BPMNShape>`;
  });
  const edges = links.map((link) => {
    const points = [byId.get(link.from), byId.get(link.to)].flatMap((node) => (node ? [middle(node)] : []));
    return `<bpmndi:BPMNEdge id="${idOf(link)}_di" bpmnElement="${idOf(link)}">${points.map(([x, y]) => `<di:waypoint x="${x}" y="${y}" />`).join('')}</bpmndi:BPMNEdge>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:test">
  <bpmn:process id="${process.id}" name="${escaped(process.name)}" isExecutable="true">${[...elements, ...flows].join('\n')}</bpmn:process>
  <bpmndi:BPMNDiagram id="x"><bpmndi:BPMNPlane id="y" bpmnElement="${process.id}">${[...shapes, ...edges].join('\n')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;
}

/** `zeebe:` parts of a service task and of a user task. */
export const job = (type: string): string => `<bpmn:extensionElements><zeebe:taskDefinition type="${type}" /></bpmn:extensionElements>`;
export const byPerson = '<bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements>';
