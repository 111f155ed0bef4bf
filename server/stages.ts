import type { Row } from '../runtime/collections.ts';
import type { Definition } from '../runtime/runtime.ts';
import { iso } from './v2/show.ts';

export interface Stage {
  readonly id: string;
  readonly label: string;
  readonly labelEn: string | null;
  readonly state: 'done' | 'current' | 'todo';
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** The stages of the model (`alur:phase`) in its order, with how far this case is. `active`: the case has not ended. */
export function stagesOf(definition: Definition | undefined, elements: readonly Row[], active: boolean): readonly Stage[] {
  const visits = (definition?.phases ?? []).map((phase) => ({
    phase,
    rows: elements.filter((row) => isIn(phase.elementIds, row, definition)),
  }));
  const busy = visits.some(({ rows }) => rows.some(isActive));
  const latest = active && !busy ? latestVisited(visits.map(({ rows }) => rows)) : -1;
  return visits.map(({ phase, rows }, index) => {
    const current = active && (rows.some(isActive) || index === latest);
    const state = current ? 'current' : rows.length > 0 ? 'done' : 'todo';
    return {
      id: phase.id,
      label: phase.label,
      labelEn: phase.labelEn ?? null,
      state,
      startedAt: iso(minimum(rows.map((row) => row['startDate']))),
      endedAt: state === 'done' ? iso(maximum(rows.map((row) => row['endDate']))) : null,
    };
  });
}

function isIn(elementIds: readonly string[], row: Row, definition: Definition | undefined): boolean {
  return row['processDefinitionKey'] === definition?.row['processDefinitionKey'] && elementIds.includes(String(row['elementId']));
}

function isActive(row: Row): boolean {
  return row['state'] === 'ACTIVE';
}

/** Between two stages nothing is active in either: the case is still in the one it entered last. */
function latestVisited(stages: readonly (readonly Row[])[]): number {
  let [latest, at] = [-1, Number.NEGATIVE_INFINITY];
  stages.forEach((rows, index) => {
    const started = maximum(rows.map((row) => row['startDate'])) ?? Number.NEGATIVE_INFINITY;
    if (rows.length > 0 && started >= at) [latest, at] = [index, started];
  });
  return latest;
}

function minimum(times: readonly unknown[]): number | undefined {
  const numbers = times.filter((time) => typeof time === 'number');
  return numbers.length === 0 ? undefined : Math.min(...numbers);
}

function maximum(times: readonly unknown[]): number | undefined {
  const numbers = times.filter((time) => typeof time === 'number');
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}
