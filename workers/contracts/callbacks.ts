/** An operation whose answer comes later: what its contract says of the address that we name, and of what is brought there. */
import { placeOfCallback } from '../openapi.ts';
import { fieldsOf, type Field } from './fields.ts';
import { nodeAt, resolved, type Node } from './nodes.ts';

export interface Callback {
  /** `body:/callbackUrl`, `query:callback`, `header:X-Callback-Url` */
  readonly place: string;
  /** what the agency brings */
  readonly outputs: readonly Field[];
}

export interface ReadCallback {
  readonly callback?: Callback;
  /** as it stands in the document that calls are made by */
  readonly node?: Node;
}

const METHODS = ['post', 'put', 'patch'] as const;
const JSON_TYPE = /^(?:[^;]*[/+]json\b|\*\/\*)/i;

/** The first callback whose address the request names. */
export function callbackIn(document: Node, given: Node): ReadCallback {
  for (const one of Object.values(nodeAt(given, 'callbacks'))) {
    const expressions = Object.entries(resolved(document, one));
    for (const [expression, item] of expressions) {
      const place = placeOfCallback(expression);
      const at = resolved(document, item);
      const method = METHODS.find((name) => Object.hasOwn(at, name));
      if (place === undefined || method === undefined) continue;
      const content = nodeAt(resolved(document, nodeAt(at, method)['requestBody']), 'content');
      const type = Object.keys(content).find((name) => JSON_TYPE.test(name));
      const schema = type === undefined ? {} : (nodeAt(content, type)['schema'] ?? {});
      const outputs = type === undefined ? [] : fieldsOf(schema, { document, place: 'response.body', required: true });
      const node: Node = { later: { [expression]: { [method]: { requestBody: { content: { 'application/json': { schema } } } } } } };
      return { callback: { place, outputs }, node };
    }
  }
  return {};
}

/** The field that the house fills in with the address: nobody is asked for it. */
export function withoutAddress(inputs: readonly Field[], callback: Callback | undefined): readonly Field[] {
  const [, place, name = ''] = /^(query|body):(.+)$/.exec(callback?.place ?? '') ?? [];
  if (place === undefined) return inputs;
  const own = place === 'query' ? `query.${name}` : `body${name.replaceAll('/', '.')}`;
  return inputs.filter((field) => field.place !== own);
}
