/** Which elements and flows of the diagrams were walked over. */
import { compile } from '../engine/index.ts';
import { takenFlows } from '../runtime/taken-flows.ts';
import type { Resource } from '../runtime/runtime.ts';
import type { Stage } from './stage.ts';

export interface Trace {
  /** `<process id>/<element id>` */
  readonly elements: ReadonlySet<string>;
  readonly flows: ReadonlySet<string>;
}

export interface Coverage {
  readonly elements: { readonly covered: number; readonly total: number; readonly missed: readonly string[] };
  readonly flows: { readonly covered: number; readonly total: number; readonly missed: readonly string[] };
}

const named = (process: unknown, id: unknown): string => `${String(process)}/${String(id)}`;

export async function traceOf(stage: Stage): Promise<Trace> {
  const elements = await stage.rows('elementInstances', {});
  const flows = takenFlows(await stage.rows('sequenceFlows', {}));
  return {
    elements: new Set(elements.map((row) => named(row['processDefinitionId'], row['elementId']))),
    flows: new Set(flows.map((row) => named(row['processDefinitionId'], row['elementId']))),
  };
}

export async function coverageOf(resources: readonly Resource[], traces: readonly Trace[]): Promise<Coverage> {
  const elements: string[] = [];
  const flows: string[] = [];
  for (const { text } of resources.filter(({ name }) => name.endsWith('.bpmn'))) {
    const compiled = await compile(text);
    if (!compiled.ok) continue;
    for (const process of compiled.processes) {
      for (const id of process.elements.keys()) if (id !== process.id) elements.push(named(process.id, id));
      for (const id of process.flows.keys()) flows.push(named(process.id, id));
    }
  }
  return {
    elements: share(
      elements,
      traces.map((trace) => trace.elements),
    ),
    flows: share(
      flows,
      traces.map((trace) => trace.flows),
    ),
  };
}

function share(all: readonly string[], walked: readonly ReadonlySet<string>[]): Coverage['elements'] {
  const missed = all.filter((id) => !walked.some((set) => set.has(id)));
  return { covered: all.length - missed.length, total: all.length, missed };
}
