/** Findings that follow from the reachable markings, scope by scope from the innermost outwards. */
import { elementOf, isScope } from '../process.ts';
import type { Element, Process, ScopeElement } from '../process.ts';
import type { ElementId } from '../terms.ts';
import { deadElements } from './dead-elements.ts';
import { explore } from './explore.ts';
import type { Exploration } from './explore.ts';
import type { Finding } from './finding.ts';
import { meetingFindings } from './meetings.ts';
import { scopeNet } from './scope-net.ts';
import { stuckFindings } from './stuck.ts';

export interface ControlFlow {
  readonly findings: readonly Finding[];
  readonly states: number;
  readonly complete: boolean;
}

export function controlFlow(process: Process, maxStates: number): ControlFlow {
  const completes = new Map<ElementId, boolean>();
  const findings: Finding[] = [];
  let states = 0;
  let complete = true;
  for (const scope of innermostFirst(process)) {
    const net = scopeNet(process, scope, (id) => completes.get(id) ?? true);
    const explored = explore(net, Math.max(1, maxStates - states));
    const found = [...meetingFindings(explored), ...stuckFindings(explored)];
    found.push(...deadElements(explored, new Set(found.map(({ elementId }) => elementId))));
    completes.set(scope.id, found.length > 0 || canComplete(process, explored, completes));
    findings.push(...found);
    states += explored.states.length;
    complete &&= explored.complete;
  }
  return { findings, states, complete };
}

/** All scopes, children before their parents; without recursion, because a model may nest a thousand deep. */
function innermostFirst(process: Process): ScopeElement[] {
  const found: ScopeElement[] = [];
  const open: Element[] = [elementOf(process, process.id)];
  while (open.length > 0) {
    const element = open.pop()!;
    if (!isScope(element)) continue;
    found.push(element);
    for (const child of [...element.children, ...element.eventSubProcesses]) if (child !== element.id) open.push(elementOf(process, child));
  }
  return [...new Set(found)].reverse();
}

function canComplete(process: Process, explored: Exploration, completes: ReadonlyMap<ElementId, boolean>): boolean {
  const { scope } = explored.net;
  if (!explored.complete || explored.states.length === 0) return true;
  if (explored.states.some((state) => state.ended === 'completed' || state.tainted)) return true;
  if (scope.kind === 'transaction') return true;
  return scope.eventSubProcesses.some((id) => {
    const inner = elementOf(process, id);
    return inner.kind === 'event-sub-process' && inner.interrupting && (completes.get(id) ?? true);
  });
}
