/** What the instance remembers besides: what can be undone, what begins next, steps that incidents hold. Each id in it needs a place, too. */
import type { Compensable } from '../../state.ts';
import type { Step } from '../../step.ts';
import type { ElementId } from '../../terms.ts';
import type { Moving } from './moving.ts';

export function matchRecords(moving: Moving): void {
  const { elements, incidents } = moving.run.state;
  for (const { compensable = [], handles, draining, begin } of elements.values()) {
    for (const record of [...compensable, ...(handles?.remaining ?? [])]) matchRecord(moving, record);
    for (const id of [...(draining?.start ? [draining.start.element] : []), ...(begin?.at ?? [])]) needs(moving, id, 'what begins next,');
  }
  for (const { step } of incidents.values()) for (const id of step ? idsIn(step) : []) needs(moving, id, 'the incident that concerns');
}

function needs(moving: Moving, id: ElementId, what: string): void {
  if (!moving.target.elements.has(moving.to(id)))
    moving.refuse(`${what} '${id}'`, `process '${moving.target.id}' has no element '${moving.to(id)}'`);
}

/** The handler of the same id, else the one that the target's activity has. */
function matchRecord(moving: Moving, { element, handler, inner = [] }: Compensable): void {
  inner.forEach((record) => matchRecord(moving, record));
  if (handler === undefined || moving.target.elements.has(moving.to(handler))) return;
  const other = moving.target.elements.get(moving.to(element))?.compensation;
  if (other !== undefined) moving.renamed.set(handler, other);
  else moving.refuse(`'${element}', which has completed`, `process '${moving.target.id}' has nothing that undoes it as '${handler}' does`);
}

function idsIn(step: Step): readonly ElementId[] {
  if (step.do === 'rest') return step.steps.flatMap(idsIn);
  if (step.do === 'repeat') return [step.element];
  if (step.do === 'join') return [step.gateway];
  if (step.do === 'reopen') return step.elements;
  return 'at' in step ? (step.at ?? []) : [];
}
