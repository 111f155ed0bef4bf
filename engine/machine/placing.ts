/** Putting a token somewhere by hand: start instructions, modification. Scopes that are missing on the way are activated without their start events. */
import { elementOf } from '../process.ts';
import type { Element, Process } from '../process.ts';
import type { ElementId, Variables } from '../terms.ts';
import { activate } from './activation.ts';
import type { Run } from './run.ts';
import { setAllLocal } from './variables.ts';

export interface Placement {
  readonly elementId: ElementId;
  /** element instance to activate under; default: the innermost active scope that contains the element */
  readonly ancestor?: number;
  readonly variables?: readonly { readonly variables: Variables; readonly scopeId?: ElementId }[];
}

/** Why no token can be put on this element by hand; undefined when it can. */
export function activationProblem(process: Process, id: ElementId): string | undefined {
  const element = process.elements.get(id);
  if (element === undefined) return 'there is no such element';
  const reason = beginsWith[element.kind];
  if (reason !== undefined) return reason;
  if (element.kind === 'process') return 'it is the process itself';
  for (let parent = elementOf(process, element.parent); parent.kind !== 'process'; parent = elementOf(process, parent.parent)) {
    if (parent.loop) return `it is inside the repeated activity '${parent.id}'`;
  }
  return undefined;
}

const beginsWith: { readonly [K in Element['kind']]?: string } = {
  'start-event': 'a start event begins with its scope',
  'boundary-event': 'a boundary event begins with its activity',
  'event-sub-process': 'an event sub-process begins with its event',
};

/** Why this is nothing that begins in the ad-hoc sub-process when somebody says so; undefined when it is. */
export function adHocProblem(
  process: Process,
  { children }: { readonly children: readonly ElementId[] },
  id: ElementId,
): string | undefined {
  if (!children.includes(id)) return 'it has no such activity';
  const element = elementOf(process, id);
  return element.forCompensation ? 'a compensation activity begins to undo another one' : beginsWith[element.kind];
}

/** Activates the element and whatever scopes around it are not active yet. */
export function activateAt(run: Run, placement: Placement): void {
  const element = elementOf(run.world.process, placement.elementId);
  const scope = scopeFor(run, elementOf(run.world.process, element.parent), placement);
  const n = activate(run, element, scope);
  setVariables(run, placement, { id: element.id, n });
  for (const { variables, scopeId } of placement.variables ?? [])
    if (scopeId === undefined || scopeId === run.world.process.id) setAllLocal(run, 0, variables);
}

function scopeFor(run: Run, scope: Element, placement: Placement): number {
  if (scope.kind === 'process') return 0;
  const active = placement.ancestor !== undefined ? within(run, scope.id, placement.ancestor) : activeInstances(run, scope.id)[0];
  if (active !== undefined) return active;
  const outer = scopeFor(run, elementOf(run.world.process, scope.parent), placement);
  const n = run.number;
  run.emit({ t: 'element-activated', n, element: scope.id, scope: outer, at: run.at });
  run.push({ do: 'activate', n, at: [] });
  setVariables(run, placement, { id: scope.id, n });
  return n;
}

/** Instances of a scope that can take new children. */
export function activeInstances(run: Run, id: ElementId): readonly number[] {
  if (id === run.world.process.id) return [0];
  return [...run.state.elements.values()]
    .filter((instance) => instance.element === id && !instance.body && !instance.draining && !instance.completing)
    .map((instance) => instance.n);
}

/** The instance of scope `id` that is the ancestor or lies directly around or inside it. */
function within(run: Run, id: ElementId, ancestor: number): number | undefined {
  for (let at = run.state.elements.get(ancestor); at; at = run.state.elements.get(at.scope)) if (at.element === id && !at.body) return at.n;
  return undefined;
}

function setVariables(run: Run, { variables = [] }: Placement, { id, n }: { readonly id: ElementId; readonly n: number }): void {
  for (const { variables: values, scopeId } of variables) if (scopeId === id) setAllLocal(run, n, values);
}
