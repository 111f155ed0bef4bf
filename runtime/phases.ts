import type { Process } from '../engine/index.ts';
import type { Definition } from './runtime.ts';

/** Stages that a citizen sees: elements with the same `alur:phase`, ordered by where the diagram's flow reaches them first. */
export function phasesOf(process: Process): Definition['phases'] {
  const phases = new Map<string, { id: string; label: string; labelEn?: string; elementIds: string[] }>();
  for (const id of inFlowOrder(process)) {
    const properties = process.elements.get(id)?.properties;
    const label = properties?.get('alur:phase');
    if (label === undefined) continue;
    const labelEn = properties?.get('alur:phase.en');
    const phase = phases.get(label) ?? { id: label, label, ...(labelEn !== undefined && { labelEn }), elementIds: [] };
    phase.elementIds.push(id);
    phases.set(label, phase);
  }
  return [...phases.values()];
}

function inFlowOrder(process: Process): readonly string[] {
  const starts = [...process.elements.values()]
    .filter(({ kind }) => kind === 'start-event')
    .toSorted((left, right) => Number(left.parent !== process.id) - Number(right.parent !== process.id));
  const seen = new Set<string>();
  const waiting = starts.map(({ id }) => id);
  for (const id of waiting) {
    if (seen.has(id)) continue;
    seen.add(id);
    const element = process.elements.get(id);
    if (element === undefined) continue;
    if ('starts' in element) waiting.push(...element.starts);
    waiting.push(...element.outgoing.map(({ target }) => target), ...element.boundaries);
  }
  return [...seen, ...[...process.elements.keys()].filter((id) => !seen.has(id))];
}
