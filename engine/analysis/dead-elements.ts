import { elementOf } from '../process.ts';
import type { Element, Process } from '../process.ts';
import type { ElementId } from '../terms.ts';
import type { Exploration } from './explore.ts';
import type { Finding } from './finding.ts';
import { named } from './words.ts';

/** Elements that no token ever passes. Only the first ones of each dead part are reported; what follows them comes along. */
export function deadElements(explored: Exploration, explained: ReadonlySet<ElementId>): Finding[] {
  const { process, scope } = explored.net;
  if (!explored.complete) return [];
  const dead = new Set(scope.children.filter((id) => mayBeReached(process, elementOf(process, id)) && !explored.covered.has(id)));
  // what a deadlock keeps from being reached needs no second finding
  for (const id of explained) for (const after of following(process, id, dead)) dead.delete(after);
  const reported = new Set<ElementId>();
  const first = [...dead].filter((id) => before(elementOf(process, id)).every((other) => !dead.has(other)));
  return [...first, ...dead].flatMap((id) => {
    if (reported.has(id)) return [];
    const part = [id, ...[...following(process, id, dead)].filter((other) => other !== id && !reported.has(other))];
    for (const other of part) reported.add(other);
    return [findingOf(elementOf(process, id), part)];
  });
}

function mayBeReached(process: Process, element: Element): boolean {
  if (element.kind === 'event-sub-process' || element.forCompensation) return false;
  return element.kind !== 'boundary-event' || element.trigger.type !== 'compensation';
}

function before(element: Element): ElementId[] {
  return [...element.incoming.map(({ source }) => source), ...(element.kind === 'boundary-event' ? [element.attachedTo] : [])];
}

/** `from` and everything dead that is reached from it. */
function following(process: Process, from: ElementId, dead: ReadonlySet<ElementId>): Set<ElementId> {
  const seen = new Set([from]);
  for (const id of seen) {
    const element = elementOf(process, id);
    for (const next of [...element.outgoing.map(({ target }) => target), ...element.boundaries]) if (dead.has(next)) seen.add(next);
  }
  return seen;
}

function findingOf(element: Element, part: readonly ElementId[]): Finding {
  const more = part.length > 1 ? ` and ${part.length - 1} more after it` : '';
  return {
    code: 'dead-element',
    severity: 'warning',
    elementId: element.id,
    elementIds: part,
    message: `Expected ${named(element)} to be reachable, but no way from a start leads to it${more}.`,
    hint: 'Connect it with a sequence flow from a reachable element, or remove it.',
    values: { element: named(element), more: String(part.length - 1) },
    path: [],
  };
}
