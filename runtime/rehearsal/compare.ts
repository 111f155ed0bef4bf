import type { Process } from '../../engine/index.ts';
import type { Difference, Trace } from './rehearsal.ts';

/**
 * What differs. Two runs agree when every element completed as often, every flow was taken as often, elements that a flow connects took
 * turns in the same order (parallel branches may interleave as they like), and both ended the same way at the same elements.
 */
export function compare(process: Process, ours: Trace, theirs: Trace): Difference[] {
  // flows of an event-based gateway: bpmn-engine takes all of them to arm the events, we take the one whose event happens
  const counts = (flow: string): boolean => process.elements.get(process.flows.get(flow)?.source ?? '')?.kind !== 'event-based-gateway';
  const counted = [
    ...differentCounts(ours.completed, theirs.completed, 'completed'),
    ...differentCounts(ours.flows.filter(counts), theirs.flows.filter(counts), 'taken'),
  ];
  return [...counted, ...(counted.length > 0 ? [] : differentOrder(process, ours, theirs)), ...differentEnd(process, ours, theirs)];
}

function differentCounts(ours: readonly string[], theirs: readonly string[], verb: string): Difference[] {
  const [a, b] = [countsOf(ours), countsOf(theirs)];
  const ids = [...new Set([...a.keys(), ...b.keys()])];
  return ids
    .filter((id) => a.get(id) !== b.get(id))
    .map((elementId) => ({ elementId, ours: `${verb} ${a.get(elementId) ?? 0} times`, theirs: `${verb} ${b.get(elementId) ?? 0} times` }));
}

function countsOf(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function differentOrder(process: Process, ours: Trace, theirs: Trace): Difference[] {
  // a flow that no token took fixes no order
  const taken = new Set(ours.flows);
  return [...process.flows.values()]
    .filter(({ id, source }) => taken.has(id) && process.elements.get(source)?.kind !== 'event-based-gateway')
    .flatMap(({ id, source, target }) => {
      const turns = (trace: Trace): string => trace.completed.filter((one) => one === source || one === target).join(' → ');
      return turns(ours) === turns(theirs) ? [] : [{ elementId: id, ours: turns(ours), theirs: turns(theirs) }];
    });
}

function differentEnd(process: Process, ours: Trace, theirs: Trace): Difference[] {
  const words = ({ ended, at }: Trace): string => (ended === 'completed' ? ended : `${ended} at ${[...new Set(at)].join(', ')}`);
  return words(ours) === words(theirs) ? [] : [{ elementId: process.id, ours: words(ours), theirs: words(theirs) }];
}
