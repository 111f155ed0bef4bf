/** Namespaces that WSDL 1.1 and XML Schema are written in. */
import type { Xml } from '../xml.ts';

export const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
export const WSDL_2 = 'http://www.w3.org/ns/wsdl';
export const XSD = 'http://www.w3.org/2001/XMLSchema';
export const SOAP_ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';
/** what a binding's elements are in, by the version of SOAP that it speaks */
export const BINDINGS: ReadonlyMap<string, '1.1' | '1.2'> = new Map([
  ['http://schemas.xmlsoap.org/wsdl/soap/', '1.1'],
  ['http://schemas.xmlsoap.org/wsdl/soap12/', '1.2'],
]);

export const inside = (xml: Xml, ns: string, ...names: readonly string[]): readonly Xml[] =>
  xml.children.filter((one) => one.ns === ns && names.includes(one.local));

/** an element of a SOAP binding */
export const soapIn = (xml: Xml, local: string): Xml | undefined => xml.children.find((one) => BINDINGS.has(one.ns) && one.local === local);

/** What people wrote about an element, in one line. */
export function documentationOf(xml: Xml): string | undefined {
  const notes = [
    ...inside(xml, WSDL, 'documentation'),
    ...inside(xml, XSD, 'annotation').flatMap((one) => inside(one, XSD, 'documentation')),
  ];
  const text = notes.map((one) => one.text).join(' ').replace(/\s+/g, ' ').trim(); // prettier-ignore
  return text === '' ? undefined : text.slice(0, 500);
}
