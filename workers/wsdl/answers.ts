/** The agency's side of its WSDL: what each operation answers, and how that is written. For a sandbox in its place. */
import type { Node } from '../contracts/nodes.ts';
import type { Json } from '../job.ts';
import { readWsdl } from '../wsdl.ts';
import { writeElement } from './body.ts';

export interface SoapAnswer {
  /** the schema of what it answers, and the document that it stands in */
  readonly schema: unknown;
  readonly document: Node;
  /** the element in the body */
  write(value: Json): string;
}

/** by operation; those that answer nothing are not in it. Rejects like readWsdl. */
export async function answersOf(texts: readonly string[]): Promise<ReadonlyMap<string, SoapAnswer>> {
  const operations = [...(await readWsdl('sandbox', texts)).values()];
  const answers = operations.flatMap(({ operationId, messages: { output }, document }): readonly (readonly [string, SoapAnswer])[] => {
    if (output === undefined) return [];
    const { name, schema } = output;
    return [[operationId, { schema, document, write: (value) => writeElement(document, { name, schema, value }) }]];
  });
  return new Map(answers);
}
