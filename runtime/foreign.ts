/** What another agency answers for is not replaced by a deployment: its processes, and the forms and decisions that they use. */
import { decisionOf } from '../engine/analysis/writes.ts';
import type { Process } from '../engine/index.ts';
import type { DefinitionBook } from './definitions.ts';
import type { Compiled } from './read-resource.ts';

/** May the caller answer for what this agency owns? */
export type MayOwn = (agency: string) => boolean;

/** Why not, or undefined. */
export function foreignOf(book: DefinitionBook, resources: readonly Compiled[], mayOwn: MayOwn): string | undefined {
  const used = usedByOthers(book, mayOwn);
  for (const compiled of resources) {
    const owners = compiled.kind === 'bpmn' ? compiled.processes.map(({ agency }) => agency) : [];
    const owner = owners.find((agency) => agency !== undefined && !mayOwn(agency));
    if (owner !== undefined) return `Expected a process of your own agency, but its owner is '${owner}'`;
    const taken = idsOf(compiled).find((id) => used.has(id));
    if (taken !== undefined) return `Expected ids that no other agency uses, but ${taken} belongs to a process of another`;
  }
  return undefined;
}

/** Why what has these ids is not the caller's to take back, or undefined. */
export function foreignUse(book: DefinitionBook, ids: readonly string[], mayOwn: MayOwn): string | undefined {
  const used = usedByOthers(book, mayOwn);
  const taken = ids.find((id) => used.has(id));
  return taken === undefined ? undefined : `Expected what no other agency uses, but ${taken} belongs to a process of another`;
}

function usedByOthers(book: DefinitionBook, mayOwn: MayOwn): ReadonlySet<string> {
  const others = book.latestEntries().filter(({ process }) => process.agency !== undefined && !mayOwn(process.agency));
  return new Set(others.flatMap(({ process }) => [`process ${process.id}`, ...usedBy(process)]));
}

function usedBy(process: Process): readonly string[] {
  return [...process.elements.values()].flatMap((element) => [
    ...('form' in element && element.form ? [`form ${element.form.id}`] : []),
    ...(element.kind === 'business-rule-task' && element.decision ? [`decision ${decisionOf(element) ?? ''}`] : []),
  ]);
}

/** kind and id of everything in a resource */
export function idsOf(compiled: Compiled): readonly string[] {
  if (compiled.kind === 'bpmn') return compiled.processes.map(({ id }) => `process ${id}`);
  if (compiled.kind === 'dmn') return [...compiled.model.decisions.keys()].map((id) => `decision ${id}`);
  return [`${compiled.kind} ${compiled.id}`];
}
