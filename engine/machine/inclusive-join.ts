/**
 * Joining inclusive gateways, and complex ones without a condition (with one: complex-join.ts). One goes on when a token waits on one of
 * its flows and no token elsewhere in the scope can still reach one of its empty flows, unless it could as well reach one that has a
 * token (BPMN 2.0.2, 13.4.3) — so loops do not block it.
 */
import { elementOf } from '../process.ts';
import type { Element, Flow, Process } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { ElementId } from '../terms.ts';
import { join } from './activation.ts';
import { activateWhenReady, isConditional, resetWhatIsReady } from './complex-join.ts';
import type { Run } from './run.ts';

/** Looks at every scope in which a token has moved. Answers whether a gateway went on. */
export function joinWhatIsReady(run: Run): boolean {
  const scopes = [...run.touched];
  run.touched.clear();
  let joined = false;
  for (const n of scopes) {
    run.stirred.add(n);
    const scope = run.state.elements.get(n);
    if (scope === undefined || scope.draining) continue;
    if (scope.resetting && resetWhatIsReady(run, scope)) joined = true;
    if (!scope.tokens?.size) continue;
    for (const gateway of waitingGateways(run, scope)) {
      if (isConditional(gateway)) joined = activateWhenReady(run, scope, gateway) || joined;
      if (isConditional(gateway) || !isReady(run, scope, gateway)) continue;
      join(run, gateway, n);
      joined = true;
    }
  }
  return joined;
}

function waitingGateways(run: Run, scope: ElementInstance): readonly Element[] {
  const { process } = run.world;
  const ids = new Set([...(scope.tokens?.keys() ?? [])].map((flow) => process.flows.get(flow)?.target ?? ''));
  return [...ids]
    .map((id) => elementOf(process, id))
    .filter((element) => element.kind === 'inclusive-gateway' || element.kind === 'complex-gateway');
}

function isReady(run: Run, scope: ElementInstance, gateway: Element): boolean {
  return nothingElseArrives(run, scope, { gateway, settled: (flow) => scope.tokens?.has(flow.id) === true });
}

/** Where the other tokens of the scope are: at elements, or waiting in front of other joins. */
function positionsIn(run: Run, scope: ElementInstance, gateway: Element): readonly ElementId[] {
  const active = [...(scope.children ?? [])].map((n) => run.instance(n).element);
  const waiting = [...(scope.tokens?.keys() ?? [])]
    .map((flow) => run.world.process.flows.get(flow)?.target ?? '')
    .filter((id) => id !== gateway.id);
  return [...active, ...waiting];
}

/** Can no token elsewhere in the scope still reach one of the flows that are not settled, unless it could as well reach one that is? */
export function nothingElseArrives(
  run: Run,
  scope: ElementInstance,
  { gateway, settled }: { readonly gateway: Element; readonly settled: (flow: Flow) => boolean },
): boolean {
  const { process } = run.world;
  const open = gateway.incoming.filter((flow) => !settled(flow));
  const leadsToOpen = before(process, gateway, open);
  const leadsToSettled = before(process, gateway, gateway.incoming.filter(settled));
  return positionsIn(run, scope, gateway).every((position) => !leadsToOpen.has(position) || leadsToSettled.has(position));
}

/** Every element from which one of these flows can be reached without passing the gateway. */
function before(process: Process, gateway: Element, flows: readonly Flow[]): ReadonlySet<ElementId> {
  const found = new Set<ElementId>();
  const open = flows.map((flow) => flow.source);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === gateway.id || found.has(id)) continue;
    found.add(id);
    open.push(...predecessorsOf(process, elementOf(process, id)));
  }
  return found;
}

function predecessorsOf(process: Process, element: Element): readonly ElementId[] {
  const sources = element.incoming.map((flow) => flow.source);
  if (element.kind === 'boundary-event') return [...sources, element.attachedTo];
  if (element.kind !== 'catch-event' || element.trigger.type !== 'link') return sources;
  const { name } = element.trigger;
  const throwers = [...process.elements.values()].filter(
    (other) =>
      other.kind === 'throw-event' && other.parent === element.parent && other.trigger.type === 'link' && other.trigger.name === name,
  );
  return [...sources, ...throwers.map((other) => other.id)];
}
