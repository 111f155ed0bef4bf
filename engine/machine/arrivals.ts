/** Which flows of a join a token can still reach (BPMN 2.0.2, 13.4.3): what inclusive gateways join by and complex ones are reset by. */
import { elementOf } from '../process.ts';
import type { Element, Flow, Process } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { ElementId } from '../terms.ts';
import type { Run } from './run.ts';

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
