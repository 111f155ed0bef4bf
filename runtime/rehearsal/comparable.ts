import type { Element, Process, Trigger } from '../../engine/index.ts';
import type { NotComparable } from './report.ts';

/** All reasons against a comparison; empty: both can run it. */
export function comparableOrNot(process: Process, all: readonly Process[]): NotComparable[] {
  const others = all
    .filter((other) => other !== process)
    .map((other) => named(other, 'the other implementation would start every process of the diagram'));
  return [...incomparable(process), ...others];
}

function named({ id, name }: { readonly id: string; readonly name?: string | undefined }, why: string): NotComparable {
  return { elementId: id, elementName: name ?? id, why };
}

/** As one sentence. */
export function reasonOf({ elementId, elementName, why }: NotComparable): string {
  return elementName === elementId ? `'${elementId}': ${why}` : `'${elementName}' (${elementId}): ${why}`;
}

/** What bpmn-engine does not run, or runs by rules of its own, so that a comparison would say nothing. One sentence per element. */
function incomparable(process: Process): NotComparable[] {
  const elements = [...process.elements.values()];
  const reasons = elements.flatMap((element) => reasonsFor(element).map((why) => named(element, why)));
  const starts = elements.filter(({ kind, parent }) => kind === 'start-event' && parent === process.id);
  const none = starts.filter((start) => 'trigger' in start && start.trigger.type === 'none');
  if (none.length !== 1 || starts.length !== 1) reasons.push(named(process, 'it does not begin with exactly one none start event'));
  return reasons;
}

const UNKNOWN_KINDS: ReadonlyMap<Element['kind'], string> = new Map([
  ['complex-gateway', 'complex gateways are unknown there'],
  ['ad-hoc-sub-process', 'ad-hoc sub-processes are unknown there'],
  ['event-sub-process', 'event sub-processes follow other rules there'],
  ['transaction', 'transactions follow other rules there'],
]);

const UNKNOWN_TRIGGERS: ReadonlyMap<Trigger['type'], string> = new Map([
  ['condition', 'conditional events are polled there'],
  ['multiple', 'multiple events are unknown there'],
  ['compensation', 'compensation follows other rules there'],
  ['cancel', 'transactions follow other rules there'],
]);

function reasonsFor(element: Element): string[] {
  const found: (string | undefined)[] = [UNKNOWN_KINDS.get(element.kind)];
  if ('trigger' in element) {
    found.push(UNKNOWN_TRIGGERS.get(element.trigger.type));
    const throws = element.kind === 'throw-event' || element.kind === 'end-event';
    if (throws && element.trigger.type === 'signal') found.push('signals are broadcast outside the instance here');
    if (throws && element.trigger.type === 'message' && element.job === undefined) found.push('messages are sent by jobs here');
  }
  if (element.forCompensation || element.compensation !== undefined) found.push('compensation follows other rules there');
  if (element.loop !== undefined) found.push('its repetitions follow other rules there');
  if (element.listeners.length > 0 || (element.kind === 'user-task' && element.taskListeners.length > 0))
    found.push('listeners are unknown there');
  if (element.kind === 'inclusive-gateway' && element.incoming.length > 1)
    found.push('an inclusive gateway lets every token pass there instead of joining them (BPMN 2.0.2, 13.4.3)');
  if (element.kind === 'event-based-gateway' && (element.parallel || element.instantiating))
    found.push('parallel and instantiating event-based gateways are unknown there');
  const tied = ['process', 'start-event', 'boundary-event', 'event-sub-process'].includes(element.kind) || element.forCompensation;
  const linked = element.kind === 'catch-event' && element.trigger.type === 'link';
  if (element.incoming.length === 0 && !tied && !linked)
    found.push('no flow leads to it, and elements without incoming flow begin by themselves there');
  if (element.kind === 'receive-task' && element.instantiating) found.push('instantiating receive tasks follow other rules there');
  return [...new Set(found.filter((reason) => reason !== undefined))];
}
