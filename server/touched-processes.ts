import type { Runtime } from '../runtime/runtime.ts';

/** A deployed process that calls some of the operations. */
export interface Touched {
  readonly processDefinitionId: string;
  readonly name: string;
  readonly version: number;
  readonly operations: readonly string[];
}

/** Latest versions of the processes that call one of these operations of the agency, by the headers of their steps. */
export function touchedProcesses(
  definitions: Runtime['definitions'],
  agencyId: string,
  operationIds: ReadonlySet<string>,
): readonly Touched[] {
  if (operationIds.size === 0) return [];
  const ids = new Set(definitions.all().map(({ row }) => String(row['processDefinitionId'])));
  return [...ids].flatMap((processDefinitionId) => {
    const latest = definitions.latest(processDefinitionId);
    const operations = [...new Set(callsIn(latest?.xml ?? '', agencyId))].filter((one) => operationIds.has(one));
    if (latest === undefined || operations.length === 0) return [];
    const { processDefinitionName, name, version } = latest.row;
    return [
      { processDefinitionId, name: String(name ?? processDefinitionName ?? processDefinitionId), version: Number(version), operations },
    ];
  });
}

/** Every step keeps its headers together, whatever prefix the file gives the namespace. */
function callsIn(xml: string, agencyId: string): readonly string[] {
  const blocks = xml.match(/<(?:[\w.-]+:)?taskHeaders\b[^>]*>[\s\S]*?<\/(?:[\w.-]+:)?taskHeaders>/g) ?? [];
  return blocks.flatMap((block) => {
    const headers = new Map(
      [...block.matchAll(/<(?:[\w.-]+:)?header\b([^>]*)>/g)].map(([, attributes = '']) => [
        valueOf(attributes, 'key'),
        valueOf(attributes, 'value'),
      ]),
    );
    const operation = headers.get('operation');
    return headers.get('agency') === agencyId && operation !== undefined ? [operation] : [];
  });
}

const valueOf = (attributes: string, name: string): string | undefined =>
  new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1];
