/**
 * Endless loops: cycles in which nothing waits. Gateways, scripts, decisions and plain events go on by themselves, so such a cycle
 * runs until the engine's step limit stops the case, unless a condition lets it out, and unless something in the cycle changes what
 * that condition reads.
 */
import { elementOf, isScope } from '../process.ts';
import type { Element, Process, ScopeElement } from '../process.ts';
import type { ElementId } from '../terms.ts';
import type { Finding } from './finding.ts';
import { listed, named } from './words.ts';
import { innerWrites } from './writes.ts';
import type { Writes } from './writes.ts';

export function endlessLoops(process: Process): Finding[] {
  const automatic = automaticElements(process);
  return [...process.elements.values()].filter(isScope).flatMap((scope) => loopsIn(process, scope, automatic));
}

function loopsIn(process: Process, scope: ScopeElement, automatic: ReadonlySet<ElementId>): Finding[] {
  const nodes = scope.children.filter((id) => automatic.has(id));
  return cyclesOf(process, nodes).flatMap((cycle) => findingOf(process, cycle));
}

function findingOf(process: Process, cycle: readonly ElementId[]): Finding[] {
  const inside = new Set(cycle);
  const elements = cycle.map((id) => elementOf(process, id));
  const outs = elements.flatMap(({ outgoing }) => outgoing).filter(({ target }) => !inside.has(target));
  if (outs.length > 0) {
    const reads = new Set(elements.flatMap(({ outgoing }) => outgoing).flatMap((flow) => flow.condition?.variables ?? []));
    const writes = elements.map((element) => innerWrites(process, element));
    if (reads.size > 0 && writes.some((names) => touches(names, reads))) return [];
  }
  const first = elements.find(({ incoming }) => incoming.some(({ source }) => !inside.has(source))) ?? elements[0]!;
  const words = listed(elements.slice(0, 4).map(named));
  const closed = outs.length === 0;
  return [
    {
      code: 'endless-loop',
      severity: closed ? 'error' : 'warning',
      elementId: first.id,
      elementIds: [first.id, ...cycle.filter((id) => id !== first.id)],
      message: closed
        ? `Expected the loop ${words} to wait somewhere or to have a way out, but it runs for ever without stopping.`
        : `Expected something in the loop ${words} to change what its way out depends on, but nothing in it waits or writes such a variable.`,
      hint: 'Put a task, a timer or a message into the loop, or let a script in it change the variable that the way out reads.',
      values: { elements: words },
      path: cycle,
    },
  ];
}

function touches(writes: Writes, reads: ReadonlySet<string>): boolean {
  return writes === 'anything' || [...writes].some((name) => reads.has(name));
}

/** Elements that a token passes without waiting for anything outside. */
function automaticElements(process: Process): Set<ElementId> {
  const made = new Set<ElementId>();
  for (const element of process.elements.values()) if (!isScope(element) && isAutomatic(element)) made.add(element.id);
  // innermost first: a sub-process of automatic elements only is automatic itself
  for (const scope of [...process.elements.values()].filter(isScope).sort((a, b) => depth(process, b) - depth(process, a))) {
    if (scope.kind === 'sub-process' && scope.children.every((id) => made.has(id))) made.add(scope.id);
  }
  return made;
}

function isAutomatic(element: Element): boolean {
  if (element.listeners.length > 0) return false;
  switch (element.kind) {
    case 'script-task':
    case 'business-rule-task':
    case 'throw-event':
    case 'end-event':
      return element.job === undefined && !('trigger' in element && element.trigger.type === 'compensation');
    case 'start-event':
    case 'task':
    case 'manual-task':
    case 'exclusive-gateway':
    case 'parallel-gateway':
    case 'inclusive-gateway':
    case 'complex-gateway':
      return true;
    case 'catch-event':
      return element.trigger.type === 'none' || element.trigger.type === 'link';
    default:
      return false;
  }
}

function depth(process: Process, element: Element): number {
  let steps = 0;
  for (let at = element; at.parent !== at.id; at = elementOf(process, at.parent)) steps++;
  return steps;
}

/** Strongly connected parts with more than one element or with a flow onto itself (Tarjan, without recursion). */
function cyclesOf(process: Process, nodes: readonly ElementId[]): ElementId[][] {
  const index = new Map<ElementId, number>();
  const low = new Map<ElementId, number>();
  const stack: ElementId[] = [];
  const onStack = new Set<ElementId>();
  const found: ElementId[][] = [];
  const known = new Set(nodes);
  const enter = (id: ElementId): void => {
    index.set(id, index.size);
    low.set(id, index.get(id)!);
    stack.push(id);
    onStack.add(id);
  };
  const leave = (id: ElementId): void => {
    if (low.get(id) !== index.get(id)) return;
    const part = stack.splice(stack.lastIndexOf(id));
    for (const member of part) onStack.delete(member);
    if (part.length > 1 || nextOf(process, id).includes(id)) found.push(part);
  };
  for (const root of nodes) {
    if (index.has(root)) continue;
    enter(root);
    const work = [{ id: root, next: nextOf(process, root), at: 0 }];
    while (work.length > 0) {
      const top = work.at(-1)!;
      const to = top.next[top.at++];
      if (to === undefined) {
        work.pop();
        const above = work.at(-1);
        if (above !== undefined) low.set(above.id, Math.min(low.get(above.id)!, low.get(top.id)!));
        leave(top.id);
      } else if (known.has(to) && !index.has(to)) {
        enter(to);
        work.push({ id: to, next: nextOf(process, to), at: 0 });
      } else if (onStack.has(to)) low.set(top.id, Math.min(low.get(top.id)!, index.get(to)!));
    }
  }
  return found;
}

function nextOf(process: Process, id: ElementId): ElementId[] {
  const element = elementOf(process, id);
  const next = element.outgoing.map(({ target }) => target);
  if (element.kind !== 'throw-event' || element.trigger.type !== 'link') return next;
  const linked = process.links.get(element.parent)?.get(element.trigger.name);
  return linked === undefined ? next : [linked];
}
