import type { ElementId } from '../terms.ts';
import type { Exploration, Step } from './explore.ts';

/** All steps from a beginning to state `index`, and then `last`. */
export function stepsTo(explored: Exploration, index: number, last: readonly Step[] = []): Step[] {
  const parts: (readonly Step[])[] = [last];
  for (let at = index; at >= 0; at = explored.states[at]!.parent) parts.push(explored.states[at]!.steps);
  return parts.reverse().flat();
}

export function wayOf(steps: readonly Step[]): ElementId[] {
  return steps.flatMap(({ via }) => via).filter((id, index, all) => id !== all[index - 1]);
}

/** Only the steps that the tokens in `places` come from: what happened beside them is left out. */
export function causesOf(steps: readonly Step[], places: readonly number[]): Step[] {
  const wanted = new Set(places);
  const kept: Step[] = [];
  for (const step of [...steps].reverse()) {
    if (!step.produces.some((place) => wanted.has(place))) continue;
    for (const place of step.produces) wanted.delete(place);
    for (const place of step.consumes) wanted.add(place);
    kept.push(step);
  }
  return kept.reverse();
}
