/** What the modeler reads, it writes: also where bpmn-moddle alone would lose it. */
import { describe, expect, test } from '@jest/globals';
import { BpmnModdle } from 'bpmn-moddle';
import { faithful } from '../../modeler/bpmn-io/faithful-moddle.ts';

const NAMESPACES =
  'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:x="urn:elsewhere"';
const diagram = (body: string): string => `<bpmn:definitions ${NAMESPACES} id="d" targetNamespace="urn:test">${body}</bpmn:definitions>`;
const operation = (out: string): string =>
  `<bpmn:interface id="i" name="I"><bpmn:operation id="o" name="O"><bpmn:inMessageRef>m</bpmn:inMessageRef>${out}</bpmn:operation></bpmn:interface><bpmn:message id="m" />`;
const OUT = '<bpmn:outMessageRef>x:unknown</bpmn:outMessageRef>';

type Moddle = InstanceType<typeof BpmnModdle>;
interface Operation {
  outMessageRef?: unknown;
}
interface Definitions {
  readonly rootElements: readonly { readonly operations?: readonly Operation[] }[];
}

async function written(moddle: Moddle, xml: string, change: (definitions: Definitions) => void = () => undefined): Promise<string> {
  const { rootElement } = await moddle.fromXML(xml);
  change(rootElement as Definitions);
  return (await moddle.toXML(rootElement)).xml;
}

describe('a diagram that is read and written', () => {
  test('[MO10] keeps a reference to what another document has, and nobody else sees it', async () => {
    const moddle = faithful(new BpmnModdle());
    let seen: unknown = 'nothing';
    const xml = await written(moddle, diagram(operation(OUT)), (definitions) => {
      seen = definitions.rootElements[0]?.operations?.[0]?.outMessageRef;
    });
    expect(xml).toContain(OUT);
    expect(seen).toBeUndefined();
    // without our part it is lost: this test watches something real
    expect(await written(new BpmnModdle(), diagram(operation(OUT)))).not.toContain('x:unknown');
  });

  test('[MO10] a reference that was chosen anew replaces the dangling one', async () => {
    const xml = await written(faithful(new BpmnModdle()), diagram(operation(OUT)), (definitions) => {
      const [first, message] = definitions.rootElements;
      if (first?.operations?.[0]) first.operations[0].outMessageRef = message;
    });
    expect(xml).toContain('<bpmn:outMessageRef>m</bpmn:outMessageRef>');
    expect(xml).not.toContain('x:unknown');
  });

  test('[MO10] a flow that leads nowhere does not come back: the drawing owns its flows', async () => {
    const process = '<bpmn:process id="p"><bpmn:task id="t"><bpmn:incoming>gone</bpmn:incoming></bpmn:task></bpmn:process>';
    expect(await written(faithful(new BpmnModdle()), diagram(process))).not.toContain('gone');
  });

  test('[MO10] what one diagram lacked is not written into the next', async () => {
    const moddle = faithful(new BpmnModdle());
    await moddle.fromXML(diagram(operation(OUT)));
    expect(await written(moddle, diagram(operation('')))).not.toContain('outMessageRef');
  });

  test.each(['initiating', 'non_initiating'])(
    '[MO10] a message shown as %s stays so; where nothing is said, nothing is written',
    async (kind) => {
      const edge = (attribute: string): string =>
        diagram(`<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNEdge id="e" ${attribute}/></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`);
      expect(await written(faithful(new BpmnModdle()), edge(`messageVisibleKind="${kind}"`))).toContain(`messageVisibleKind="${kind}"`);
      expect(await written(faithful(new BpmnModdle()), edge(''))).not.toContain('messageVisibleKind');
    },
  );

  test('[MO10] a carriage return in a name is still one after writing', async () => {
    const process = '<bpmn:process id="p" name="one&#13;&#10;two" />';
    const xml = await written(faithful(new BpmnModdle()), diagram(process));
    expect(xml).toContain('one&#13;&#10;two');
    expect(xml).not.toContain('\r');
  });
});
