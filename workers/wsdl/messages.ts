/** What an operation's messages hold: the element or the parts that stand in the envelope's body. */
import type { Node } from '../contracts/nodes.ts';
import { qnameIn, type QName, type Xml } from '../xml.ts';
import type { WsdlFiles } from './files.ts';
import { BINDINGS, inside, soapIn, WSDL } from './names.ts';
import { objectOf, type Types } from './types.ts';

export interface Message {
  /** of the element in the body */
  readonly name: QName;
  readonly schema: Node;
}

export interface Messages {
  readonly version: '1.1' | '1.2';
  readonly style: 'document' | 'rpc';
  readonly input: Message;
  /** absent: nothing is answered */
  readonly output?: Message;
}

export interface Service {
  readonly files: WsdlFiles;
  readonly types: Types;
}

export interface Place {
  readonly service: string;
  readonly port: string;
  /** of the operation */
  readonly name: string;
}

/** Every operation of every port, as they stand there. */
export function placesIn({ definitions }: WsdlFiles): readonly Place[] {
  const all = (kind: string): readonly Xml[] => definitions.flatMap((one) => inside(one, WSDL, kind));
  const nameOf = (one: Xml): string => one.attributes['name'] ?? '';
  return all('service').flatMap((service) =>
    inside(service, WSDL, 'port').flatMap((port) => {
      const binding = all('binding').find((one) => nameOf(one) === localIn(port, 'binding'));
      const bound = binding === undefined ? [] : inside(binding, WSDL, 'operation');
      return bound.map((one) => ({ service: nameOf(service), port: nameOf(port), name: nameOf(one) }));
    }),
  );
}

/** undefined: it is not reached over SOAP */
export function messagesOf(service: Service, place: Place): Messages | undefined {
  const all = (kind: string): readonly Xml[] => service.files.definitions.flatMap((one) => inside(one, WSDL, kind));
  const named = (list: readonly Xml[], name: string | undefined): Xml | undefined => list.find((one) => one.attributes['name'] === name);
  const at = named(all('service'), place.service);
  const port = at && named(inside(at, WSDL, 'port'), place.port);
  const binding = port && named(all('binding'), localIn(port, 'binding'));
  const type = binding && named(all('portType'), localIn(binding, 'type'));
  const soap = binding && soapIn(binding, 'binding');
  const bound = binding && named(inside(binding, WSDL, 'operation'), place.name);
  const operation = type && named(inside(type, WSDL, 'operation'), place.name);
  if (soap === undefined || bound === undefined || operation === undefined) return undefined;
  const given = soapIn(bound, 'operation')?.attributes['style'] ?? soap.attributes['style'];
  const style = given === 'rpc' ? 'rpc' : 'document';
  const message = (direction: 'input' | 'output') => messageOf(service, { direction, name: place.name, style, bound, operation });
  const output = message('output');
  const input = message('input') ?? { name: { local: place.name, ns: '' }, schema: NOTHING };
  return { version: BINDINGS.get(soap.ns)!, style, input, ...(output === undefined ? {} : { output }) };
} // prettier-ignore

const localIn = (xml: Xml, attribute: string): string | undefined => qnameIn(xml, xml.attributes[attribute] ?? '')?.local;
const NOTHING = objectOf([]);

interface Asked {
  readonly direction: 'input' | 'output';
  readonly name: string;
  readonly style: Messages['style'];
  /** of the binding, and of the port type */
  readonly bound: Xml;
  readonly operation: Xml;
}

function messageOf(service: Service, asked: Asked): Message | undefined {
  const { direction, operation, bound, style } = asked;
  const [given] = inside(operation, WSDL, direction);
  if (given === undefined) return undefined;
  const body = inside(bound, WSDL, direction).map(bodyIn)[0];
  const parts = partsOf(service, given, body);
  return style === 'rpc' ? wrapped(service, asked, { parts, body }) : bare(service, asked, parts);
}

/** with attachments, the body stands within the first part */
function bodyIn(direction: Xml): Xml | undefined {
  return soapIn(direction, 'body') ?? direction.children.map(bodyIn).find((one) => one !== undefined);
}

function partsOf({ files }: Service, given: Xml, body: Xml | undefined): readonly Xml[] {
  const name = localIn(given, 'message');
  const message = files.definitions.flatMap((one) => inside(one, WSDL, 'message')).find((one) => one.attributes['name'] === name);
  const parts = message === undefined ? [] : inside(message, WSDL, 'part');
  const chosen = body?.attributes['parts']?.trim().split(/\s+/).filter(Boolean);
  return chosen === undefined ? parts : parts.filter((one) => chosen.includes(one.attributes['name'] ?? ''));
}

/** style `document`: the part's element stands in the body */
function bare({ types }: Service, { name }: Asked, [part]: readonly Xml[]): Message {
  const element = part?.attributes['element'] === undefined ? undefined : qnameIn(part, part.attributes['element']);
  return element === undefined ? { name: { local: name, ns: '' }, schema: NOTHING } : { name: element, schema: types.ofElement(element) };
}

interface Parts {
  readonly parts: readonly Xml[];
  readonly body: Xml | undefined;
}

/** style `rpc`: an element of the operation's name holds the parts */
function wrapped({ types, files }: Service, { name, direction }: Asked, { parts, body }: Parts): Message {
  const ns = body?.attributes['namespace'] ?? files.definitions[0]?.attributes['targetNamespace'] ?? '';
  const particles = parts.map((part) => {
    const type = part.attributes['type'] === undefined ? undefined : qnameIn(part, part.attributes['type']);
    const element = part.attributes['element'] === undefined ? undefined : qnameIn(part, part.attributes['element']);
    const schema = type ? types.ofType(type) : element ? types.ofElement(element) : {};
    return { name: part.attributes['name'] ?? 'part', in: 'element' as const, namespace: '', required: true, schema };
  });
  return { name: { local: direction === 'input' ? name : `${name}Response`, ns }, schema: objectOf(particles) };
}
