/** A schema as the list of its fields: what templates ask for, what a re-import is compared by. */
import { isNode, listAt, nodeAt, resolved, textAt, type Node } from './nodes.ts';

export interface Field {
  /** `path.nik`, `query.page`, `body.owner.name`, `response.body.name` */
  readonly place: string;
  /** string | integer | number | boolean | array | object | any */
  readonly type: string;
  readonly required: boolean;
  readonly label: string;
  readonly description?: string;
  readonly choices?: readonly string[];
}

/** what FEEL and a mapping's target take as a name */
export const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);

/** levels below `place`; what lies deeper is one field */
const DEEPEST = 2;
const MOST_FIELDS = 300;

export interface Flattening {
  readonly document: Node;
  readonly place: string;
  readonly required: boolean;
}

/** One field for each leaf. References are followed, cycles end where they begin; what has no named parts is one field. */
export function fieldsOf(given: unknown, { document, place, required }: Flattening): readonly Field[] {
  const fields: Field[] = [];
  const visit = (schema: Node, at: Omit<Flattening, 'document'>, depth: number): void => {
    const parts = Object.entries(nodeAt(schema, 'properties'));
    const open = depth < DEEPEST && parts.length > 0 && parts.every(([name]) => isName(name));
    if (!open || fields.length >= MOST_FIELDS) return void fields.push(fieldOf(schema, at));
    const wanted = new Set(listAt(schema, 'required'));
    for (const [name, part] of parts)
      visit(merged(document, part), { place: `${at.place}.${name}`, required: at.required && wanted.has(name) }, depth + 1);
  };
  visit(merged(document, given), { place, required }, 0);
  return fields;
}

function fieldOf(schema: Node, { place, required }: Omit<Flattening, 'document'>): Field {
  const name = place.split('.').at(-1) ?? place;
  const [title, description] = [textAt(schema, 'title'), textAt(schema, 'description')];
  const choices = listAt(schema, 'enum')
    .filter((one) => typeof one === 'string' || typeof one === 'number')
    .map(String);
  return {
    place,
    type: typeOf(schema),
    required,
    label: (title ?? name).slice(0, 80),
    ...(description === undefined ? {} : { description: description.slice(0, 300) }),
    ...(choices.length > 0 && choices.length <= 50 ? { choices } : {}),
  };
}

function typeOf(schema: Node): string {
  const type = schema['type'];
  const types = (Array.isArray(type) ? (type as readonly unknown[]) : [type]).filter((one) => one !== 'null' && typeof one === 'string');
  if (types.length === 1) return String(types[0]);
  return isNode(schema['properties']) ? 'object' : 'any';
}

/** The schema with its reference followed and its `allOf` put together. */
export function merged(document: Node, given: unknown, depth = 0): Node {
  const schema = resolved(document, given);
  const parts = [...listAt(schema, 'allOf'), ...onlyOther(schema)];
  if (parts.length === 0 || depth > 8) return schema;
  const all = [...parts.map((part) => merged(document, part, depth + 1)), schema];
  const properties = Object.assign({}, ...all.map((part) => nodeAt(part, 'properties'))) as Node;
  const required = all.flatMap((part) => listAt(part, 'required'));
  const types = all.flatMap((part) => (part['type'] === undefined ? [] : [part['type']]));
  const { allOf: _allOf, ...own } = Object.assign({}, ...all) as Node;
  return {
    ...own,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
    ...(types.length > 0 ? { type: types.at(-1) } : {}),
  };
}

/** `anyOf` of one thing and null is that thing */
function onlyOther(schema: Node): readonly unknown[] {
  const others = listAt(schema, 'anyOf').filter((one) => !isNode(one) || one['type'] !== 'null');
  return others.length === 1 ? others : [];
}
