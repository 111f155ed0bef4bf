/** A value for a schema: the document's own example where it gives one, else the plainest thing that fits. */
type Node = { readonly [name: string]: unknown };
export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

const DEEPEST = 8;
const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value);

/** `media`: a response's or request's content of one type. */
export function exampleOf(document: Node, media: Node): Value {
  if (media['example'] !== undefined) return media['example'] as Value;
  const named = isNode(media['examples']) ? Object.values(media['examples']).map((one) => at(document, one))[0] : undefined;
  if (named?.['value'] !== undefined) return named['value'] as Value;
  return made(document, media['schema'], 0);
}

/** The node, its references inside the document followed. */
export function at(document: Node, given: unknown, hops = 0): Node {
  if (!isNode(given)) return {};
  const reference = given['$ref'];
  if (typeof reference !== 'string' || hops > 8) return given;
  const steps = reference
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return at(
    document,
    steps.reduce<unknown>((node, step) => (isNode(node) && Object.hasOwn(node, step) ? node[step] : undefined), document),
    hops + 1,
  );
}

function made(document: Node, given: unknown, depth: number): Value {
  const schema = at(document, given);
  const told = [
    schema['example'],
    Array.isArray(schema['examples']) ? schema['examples'][0] : undefined,
    schema['const'],
    schema['default'],
  ];
  const own = told.find((one) => one !== undefined) ?? (Array.isArray(schema['enum']) ? schema['enum'][0] : undefined);
  if (own !== undefined) return own as Value;
  const [option] = [schema['oneOf'], schema['anyOf']].flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []));
  if (option !== undefined) return made(document, option, depth + 1);
  return ofType(document, schema, depth);
}

function ofType(document: Node, schema: Node, depth: number): Value {
  const types = [schema['type']].flat();
  const type =
    types.find((one) => one !== 'null') ?? (isNode(schema['properties']) || Array.isArray(schema['allOf']) ? 'object' : types[0]);
  if (type === 'object') return anObject(document, schema, depth);
  if (type === 'array')
    return depth > DEEPEST
      ? []
      : Array.from({ length: Math.min(Number(schema['minItems'] ?? 1), 3) }, () => made(document, schema['items'] ?? {}, depth + 1));
  if (type === 'integer' || type === 'number') return aNumber(schema, type === 'integer');
  if (type === 'boolean') return true;
  return type === 'null' ? null : aText(schema);
}

function anObject(document: Node, schema: Node, depth: number): Value {
  const parts = Array.isArray(schema['allOf']) ? (schema['allOf'] as readonly unknown[]) : [];
  const inherited = parts.map((part) => made(document, part, depth)).filter(isNode) as readonly Record<string, Value>[];
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as readonly string[]) : []);
  const properties = isNode(schema['properties']) ? Object.entries(schema['properties']) : [];
  // a record that holds another of its kind ends here
  const wanted = properties.filter(([name]) => depth < 4 || (depth < DEEPEST && required.has(name)));
  return Object.assign({}, ...inherited, Object.fromEntries(wanted.map(([name, one]) => [name, made(document, one, depth + 1)]))) as Value;
}

function aNumber(schema: Node, whole: boolean): number {
  const { minimum, exclusiveMinimum, maximum, multipleOf } = schema as Readonly<Record<string, number | undefined>>;
  if (multipleOf !== undefined) return Math.ceil((minimum ?? multipleOf) / multipleOf) * multipleOf;
  const low = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + (whole ? 1 : 0.5);
  return low ?? Math.min(1, maximum ?? 1);
}

const formats: Readonly<Record<string, string>> = {
  date: '2026-01-15',
  'date-time': '2026-01-15T08:00:00Z',
  time: '08:00:00Z',
  email: 'contoh@example.go.id',
  uuid: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  uri: 'https://example.go.id/contoh',
  ipv4: '192.0.2.1',
};

function aText(schema: Node): string {
  const known = formats[String(schema['format'] ?? '')];
  if (known !== undefined) return known;
  const digits = /^\^?(?:\(\?:)?(?:\[0-9\]|\\d)\{(\d{1,2})/.exec(String(schema['pattern'] ?? ''))?.[1];
  const text = digits === undefined ? 'contoh' : '3573010101900001'.repeat(6).slice(0, Number(digits));
  const padded = text.padEnd(Math.min(Number(schema['minLength'] ?? 0), 1000), text);
  return padded.slice(0, Number(schema['maxLength'] ?? 1000));
}
