/** The texts of a WSDL (wsdl-texts.ts) as trees: its definitions, and the schemas that they bring or import. */
import { PLACE } from '../wsdl-texts.ts';
import { parseXml, type Xml } from '../xml.ts';
import { inside, WSDL, XSD } from './names.ts';

/** one `schema` element; `targetNamespace` is that of who includes it, when it has none itself */
export interface SchemaFile {
  readonly xml: Xml;
  readonly targetNamespace: string;
}

export interface WsdlFiles {
  readonly definitions: readonly Xml[];
  readonly schemas: readonly SchemaFile[];
}

/** Throws XmlProblem. */
export function filesOf(texts: readonly string[]): WsdlFiles {
  const roots = texts.map(parseXml);
  const definitions: Xml[] = [];
  const schemas: SchemaFile[] = [];
  const seen = new Set<string>();

  const follow = (one: Xml, attribute: string, includer: string): void => {
    const at = one.attributes[attribute]?.slice(PLACE.length) ?? '';
    const root = at === '' ? undefined : roots[Number(at)];
    // a schema without a namespace is another one for each who includes it
    if (root === undefined || seen.has(`${at} ${includer}`)) return;
    seen.add(`${at} ${includer}`);
    if (root.local === 'schema') takeSchema(root, includer);
    else takeDefinitions(root);
  };
  const takeSchema = (xml: Xml, includer: string): void => {
    const targetNamespace = xml.attributes['targetNamespace'] ?? includer;
    schemas.push({ xml, targetNamespace });
    for (const one of inside(xml, XSD, 'import')) follow(one, 'schemaLocation', '');
    for (const one of inside(xml, XSD, 'include', 'redefine')) follow(one, 'schemaLocation', targetNamespace);
  };
  const takeDefinitions = (root: Xml): void => {
    definitions.push(root);
    for (const one of inside(root, WSDL, 'import')) follow(one, 'location', '');
    for (const types of inside(root, WSDL, 'types')) for (const one of inside(types, XSD, 'schema')) takeSchema(one, '');
  };
  if (roots[0] !== undefined) takeDefinitions(roots[0]);
  return { definitions, schemas };
}
