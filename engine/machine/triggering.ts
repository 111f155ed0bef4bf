/** A wait came true: what the event element behind it does. */
import { elementOf } from '../process.ts';
import type { Element } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { ElementId, Variables } from '../terms.ts';
import { activate, takeFlow } from './activation.ts';
import { closeOwned, closeWaits } from './owned.ts';
import type { Run } from './run.ts';
import { childEnded, drain, isLast, terminate } from './termination.ts';

/** `owner`: the element instance that waited; `id`: the event element that it waited for. */
export function trigger(run: Run, owner: ElementInstance, happened: { readonly element: ElementId; readonly variables: Variables }): void {
  const element = elementOf(run.world.process, happened.element);
  if (stillMissesSome(run, owner, element)) return;
  if (element.kind === 'boundary-event') return boundary(run, owner, { element, payload: happened.variables });
  if (element.kind === 'start-event') return eventSubProcess(run, owner, { element, payload: happened.variables });
  if (owner.element !== element.id) return afterGateway(run, owner, { element, payload: happened.variables });
  closeWaits(run, owner.n, (id) => id === element.id);
  run.push({ do: 'complete', n: owner.n, payload: happened.variables });
}

interface Happened<E extends Element = Element> {
  readonly element: E;
  readonly payload: Variables;
}

/** A parallel-multiple event goes on when the last of its waits came true. */
function stillMissesSome(run: Run, owner: ElementInstance, element: Element): boolean {
  if (!('trigger' in element) || element.trigger.type !== 'multiple' || !element.trigger.parallel) return false;
  return (owner.owned ?? []).some((n) => (run.state.timers.get(n) ?? run.state.subscriptions.get(n))?.element === element.id);
}

export function boundary(
  run: Run,
  owner: ElementInstance,
  { element, payload }: Happened<Extract<Element, { kind: 'boundary-event' }>>,
): void {
  if (element.interrupting) terminate(run, owner.n, { element: element.id, payload });
  else activate(run, element, owner.scope, { payload });
}

/** `element`: the start event of the event sub-process; `owner`: the scope around it. */
export function eventSubProcess(
  run: Run,
  owner: ElementInstance,
  { element, payload }: Happened<Extract<Element, { kind: 'start-event' }>>,
): void {
  const sub = elementOf(run.world.process, element.parent);
  if (!element.interrupting) return void activate(run, sub, owner.n, { payload });
  // nothing may interrupt this scope from inside any more; boundary events on its border stay
  closeWaits(run, owner.n, (id) => elementOf(run.world.process, id).kind === 'start-event');
  drain(run, owner.n, { end: 'stay', start: { element: sub.id, payload } });
}

/** An event-based gateway goes on over the flow to the event that happened first. */
function afterGateway(run: Run, gateway: ElementInstance, { element, payload }: Happened): void {
  const flow = run.elementOf(gateway).outgoing.find((outgoing) => outgoing.target === element.id);
  if (flow === undefined) throw new Error(`Expected a flow from '${gateway.element}' to '${element.id}', but there is none.`);
  closeOwned(run, gateway.n);
  run.emit({ t: 'element-completed', n: gateway.n, at: run.at });
  if (isLast(run, gateway)) return terminate(run, 0);
  takeFlow(run, flow, gateway.scope, { payload });
  childEnded(run, gateway.scope);
}
