import type { Element, Process, Trigger } from '../../engine/index.ts';
import type { NotComparable } from './report.ts';

/** Everything that keeps an element from being compared: a stable code for screens, and the sentence. */
export const incomparabilities = {
  start: 'it does not begin with exactly one none start event',
  'complex-gateway': 'complex gateways are unknown there',
  'ad-hoc': 'ad-hoc sub-processes are unknown there',
  'event-sub-process': 'event sub-processes follow other rules there',
  transaction: 'transactions follow other rules there',
  condition: 'conditional events are polled there',
  multiple: 'multiple events are unknown there',
  compensation: 'compensation follows other rules there',
  repetition: 'its repetitions follow other rules there',
  'inclusive-join': 'an inclusive gateway lets every token pass there instead of joining them (BPMN 2.0.2, 13.4.3)',
  'event-based-gateway': 'parallel and instantiating event-based gateways are unknown there',
  'no-incoming': 'no flow leads to it, and elements without incoming flow begin by themselves there',
  instantiating: 'instantiating receive tasks follow other rules there',
} as const;
export type Incomparability = keyof typeof incomparabilities;

function named({ id, name }: { readonly id: string; readonly name?: string | undefined }, code: Incomparability): NotComparable {
  return { elementId: id, elementName: name ?? id, code, why: incomparabilities[code] };
}

/** As one sentence. */
export function reasonOf({ elementId, elementName, why }: NotComparable): string {
  return elementName === elementId ? `'${elementId}': ${why}` : `'${elementName}' (${elementId}): ${why}`;
}

/**
 * All reasons against a comparison: what bpmn-engine does not run, or runs by rules of its own, so that a comparison would say nothing.
 * Empty: both can run it.
 */
export function comparableOrNot(process: Process): NotComparable[] {
  const elements = [...process.elements.values()];
  const reasons = elements.flatMap((element) => reasonsFor(element).map((code) => named(element, code)));
  const starts = elements.filter(({ kind, parent }) => kind === 'start-event' && parent === process.id);
  const none = starts.filter((start) => 'trigger' in start && start.trigger.type === 'none');
  if (none.length !== 1 || starts.length !== 1) reasons.push(named(process, 'start'));
  return reasons;
}

const UNKNOWN_KINDS: ReadonlyMap<Element['kind'], Incomparability> = new Map([
  ['complex-gateway', 'complex-gateway'],
  ['ad-hoc-sub-process', 'ad-hoc'],
  ['event-sub-process', 'event-sub-process'],
  ['transaction', 'transaction'],
]);

const UNKNOWN_TRIGGERS: ReadonlyMap<Trigger['type'], Incomparability> = new Map([
  ['condition', 'condition'],
  ['multiple', 'multiple'],
  ['compensation', 'compensation'],
  ['cancel', 'transaction'],
]);

function reasonsFor(element: Element): Incomparability[] {
  const found: (Incomparability | undefined)[] = [UNKNOWN_KINDS.get(element.kind)];
  if ('trigger' in element) found.push(UNKNOWN_TRIGGERS.get(element.trigger.type));
  if (element.forCompensation || element.compensation !== undefined) found.push('compensation');
  if (element.loop !== undefined) found.push('repetition');
  if (element.kind === 'inclusive-gateway' && element.incoming.length > 1) found.push('inclusive-join');
  if (element.kind === 'event-based-gateway' && (element.parallel || element.instantiating)) found.push('event-based-gateway');
  const tied = ['process', 'start-event', 'boundary-event', 'event-sub-process'].includes(element.kind) || element.forCompensation;
  const linked = element.kind === 'catch-event' && element.trigger.type === 'link';
  if (element.incoming.length === 0 && !tied && !linked) found.push('no-incoming');
  if (element.kind === 'receive-task' && element.instantiating) found.push('instantiating');
  return [...new Set(found.filter((reason) => reason !== undefined))];
}
