/**
 * bpmn-moddle reads and writes diagrams; three things it loses on the way, and here it does not:
 * - `messageVisibleKind="initiating"` (the schema has no default for it, the writer thinks that it has),
 * - references to what is not in this file: an interface of another document, say,
 * - carriage returns in names, which readers make line breaks of unless they are written as `&#13;`.
 */
export interface Moddle {
  fromXML: (xml: string, type?: string) => Promise<Read>;
  toXML: (element: object, options?: { readonly format?: boolean }) => Promise<{ readonly xml: string }>;
  /** a type by its name, e.g. bpmndi:BPMNEdge */
  getType: (name: string) => { readonly $descriptor: { readonly propertiesByName: Record<string, { default?: unknown } | undefined> } };
}
interface Read {
  readonly rootElement: object;
  readonly warnings: readonly { readonly message: string }[];
}
interface Element {
  get: (name: string) => unknown;
  set: (name: string, value: unknown) => void;
}
interface Unresolved {
  readonly element: Element;
  /** qualified, e.g. bpmn:outMessageRef */
  readonly property: string;
  readonly value: string;
}

/** What the drawing itself consists of: the modeler keeps these up to date, a dead end among them would come back for ever. */
const drawn = /:(?:incoming|outgoing|sourceRef|targetRef|flowNodeRef|default|attachedToRef|bpmnElement|choreographyActivityShape)$/;

/** The same moddle, which from now on writes all of what it has read. */
export function faithful<Kind>(given: Kind): Kind {
  const moddle = given as Kind & Moddle;
  const { fromXML, toXML } = moddle;
  const unresolved = new Set<Unresolved>();
  // made once, with its default for readers; the writer asks the descriptor afterwards
  const visible = moddle.getType('bpmndi:BPMNEdge').$descriptor.propertiesByName['messageVisibleKind'];
  if (visible) delete visible.default;
  return Object.assign(moddle, {
    fromXML: async (...question: Parameters<Moddle['fromXML']>) => {
      const read = await fromXML.apply(moddle, question);
      unresolved.clear();
      for (const warning of read.warnings) if (isUnresolved(warning) && !drawn.test(warning.property)) unresolved.add(warning);
      return read;
    },
    toXML: async (...question: Parameters<Moddle['toXML']>) => {
      const takeAway = [...unresolved].map(putBack);
      try {
        const { xml, ...rest } = await toXML.apply(moddle, question);
        return { ...rest, xml: xml.replaceAll('\r', '&#13;') };
      } finally {
        for (const undo of takeAway) undo();
      }
    },
  });
}

function isUnresolved(warning: object): warning is Unresolved {
  return 'property' in warning && 'element' in warning && 'value' in warning && typeof warning.property === 'string';
}

/** Lets the writer see the reference for a moment; nobody else ever does. Answers how to take it away again. */
function putBack({ element, property, value }: Unresolved): () => void {
  const before = element.get(property);
  const stand = { id: value };
  if (Array.isArray(before)) {
    before.push(stand);
    return () => void before.splice(before.indexOf(stand), 1);
  }
  if (before !== undefined) return () => undefined; // somebody has chosen another meanwhile
  element.set(property, stand);
  return () => element.set(property, undefined);
}
