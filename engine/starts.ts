/** Where an instance of a process can begin because something happens: typed start events, instantiating receive tasks and event-based gateways. */
import type { Element, ElementOf, Process } from './process.ts';
import type { ElementId } from './terms.ts';

type Starting = ElementOf<'start-event'> | ElementOf<'receive-task'> | ElementOf<'catch-event'>;

/** All of them, none start events included. */
export function startElements(process: Process): readonly Starting[] {
  const root = process.elements.get(process.id);
  if (root?.kind !== 'process') return [];
  return root.children.flatMap((id) => {
    const element = process.elements.get(id);
    return element === undefined ? [] : startsOf(process, element);
  });
}

function startsOf(process: Process, element: Element): readonly Starting[] {
  if (element.kind === 'start-event') return [element];
  if (element.kind === 'receive-task') return element.instantiating ? [element] : [];
  return element.kind === 'event-based-gateway' && element.instantiating ? eventsBehind(process, element) : [];
}

function eventsBehind(process: Process, gateway: ElementOf<'event-based-gateway'>): readonly Starting[] {
  const targets = gateway.outgoing.map((flow) => process.elements.get(flow.target));
  return targets.filter((target) => target?.kind === 'catch-event' || target?.kind === 'receive-task');
}

/** Events that must happen too when this one has begun the instance: those behind the same parallel instantiating gateway. */
export function siblingsOf(process: Process, id: ElementId): readonly Starting[] {
  const gateway = process.elements.get(process.elements.get(id)?.incoming[0]?.source ?? '');
  if (gateway?.kind !== 'event-based-gateway' || !gateway.instantiating || !gateway.parallel) return [];
  return eventsBehind(process, gateway).filter((sibling) => sibling.id !== id);
}
