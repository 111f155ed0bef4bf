/** Tokens on the move: activating elements, taking flows, joining. */
import { elementOf } from '../process.ts';
import type { Element, Flow } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { Begin } from '../step.ts';
import type { ElementId } from '../terms.ts';
import type { Run } from './run.ts';

export interface Activation extends Begin {
  readonly loop?: number;
  readonly takes?: readonly ElementId[];
}

/** Makes an element instance and leaves the rest to its first step. An activity with a loop marker gets a body first. Answers its number. */
export function activate(run: Run, element: Element, scope: number, how: Activation = {}): number {
  const n = run.number;
  const { loop, takes, ...begin } = how;
  run.touched.add(scope);
  run.emit({
    t: 'element-activated',
    n,
    element: element.id,
    scope,
    at: run.at,
    ...(loop !== undefined && { loop }),
    ...(element.loop && loop === undefined && { body: true as const }),
    ...(takes && { takes }),
  });
  run.push({ do: 'activate', n, ...begin });
  return n;
}

/** A token leaves over `flow`. At a joining gateway it waits for the others. */
export function takeFlow(run: Run, flow: Flow, scope: number, begin: Begin = {}): void {
  const target = elementOf(run.world.process, flow.target);
  run.touched.add(scope);
  if (!isJoin(target)) {
    run.emit({ t: 'flow-taken', scope, flow: flow.id });
    activate(run, target, scope, begin);
    return;
  }
  run.emit({ t: 'flow-taken', scope, flow: flow.id, waitsAt: target.id });
  if (target.kind === 'parallel-gateway') joinParallel(run, target, scope);
}

/** Gateways that wait for tokens on several flows. With one incoming flow they only split. */
export function isJoin(element: Element): boolean {
  return (
    (element.kind === 'parallel-gateway' || element.kind === 'inclusive-gateway' || element.kind === 'complex-gateway') &&
    element.incoming.length > 1
  );
}

function joinParallel(run: Run, gateway: Element, scope: number): void {
  const { tokens } = run.instance(scope);
  if (gateway.incoming.every((flow) => (tokens?.get(flow.id) ?? 0) > 0)) join(run, gateway, scope);
}

/** Uses up one waiting token of every incoming flow that has one. */
export function join(run: Run, gateway: Element, scope: number): void {
  const { tokens } = run.instance(scope);
  activate(run, gateway, scope, { takes: gateway.incoming.map((flow) => flow.id).filter((id) => (tokens?.get(id) ?? 0) > 0) });
}

/** Nothing moves inside the scope any more, and nothing waits at a join. */
export function isIdle(scope: ElementInstance): boolean {
  return (scope.children?.size ?? 0) === 0 && (scope.tokens?.size ?? 0) === 0;
}
