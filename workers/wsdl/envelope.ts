/** What stands in the body of an envelope. */
import type { Node } from '../contracts/nodes.ts';
import type { Json } from '../job.ts';
import { parseXml, XmlProblem, type QName, type Xml } from '../xml.ts';
import { readElement } from './body.ts';

/** The element in the body of an envelope; undefined: it is none, or its body is empty. */
export function elementInBody(text: string): Xml | undefined {
  try {
    const envelope = parseXml(text);
    const body = envelope.local === 'Envelope' ? envelope.children.find((one) => one.local === 'Body') : undefined;
    return body && withReferences(body);
  } catch (error) {
    if (error instanceof XmlProblem) return undefined;
    throw error;
  }
}

/** SOAP 1.1's encoding may put parts beside the answer and refer to them: `<owner href="#id1"/>`. */
function withReferences(body: Xml): Xml | undefined {
  const [first, ...others] = body.children;
  if (first === undefined || !others.some((one) => one.attributes['id'] !== undefined)) return first;
  const byId = new Map(others.map((one) => [`#${one.attributes['id'] ?? ''}`, one]));
  const budget = { left: 10_000 };
  const filled = (xml: Xml, depth: number): Xml => {
    budget.left -= 1;
    const target = byId.get(xml.attributes['href'] ?? '');
    // what refers to itself, or unfolds without end, stays as it is
    if (depth > 60 || budget.left < 0) return xml;
    const real = target === undefined ? xml : { ...target, local: xml.local, ns: xml.ns };
    return { ...real, children: real.children.map((one) => filled(one, depth + 1)) };
  };
  return filled(first, 0);
}

/** undefined: the body holds something else */
export function readBody(document: Node, { name, schema }: { readonly name: QName; readonly schema: unknown }, xml: Xml | undefined): Json | undefined {
  return xml === undefined || xml.local !== name.local ? undefined : readElement(document, schema, xml);
} // prettier-ignore
