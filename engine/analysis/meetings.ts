import { elementOf } from '../process.ts';
import type { Exploration, Meeting } from './explore.ts';
import type { Finding } from './finding.ts';
import { named } from './words.ts';
import { causesOf, stepsTo, wayOf } from './way.ts';

/** Missing synchronisation: two tokens of one case arrive at an element that does not wait for the other one. */
export function meetingFindings(explored: Exploration): Finding[] {
  return explored.meetings.map((meeting) => findingOf(explored, meeting));
}

function findingOf(explored: Exploration, meeting: Meeting): Finding {
  const { process } = explored.net;
  const element = elementOf(process, meeting.element);
  const steps = causesOf(stepsTo(explored, meeting.parent, meeting.steps), meeting.places);
  const split = steps.find(({ produces }) => produces.length > 1)?.via[0];
  const from = split === undefined ? 'a split' : named(elementOf(process, split));
  return {
    code: 'missing-synchronisation',
    severity: 'warning',
    elementId: element.id,
    elementIds: split === undefined ? [element.id] : [element.id, split],
    message: `Expected ${named(element)} to be reached once, but the parallel ways from ${from} both lead to it, so it and what follows runs twice.`,
    hint: 'Join the ways before it: with a parallel gateway if all of them always come, with an inclusive gateway if only some do.',
    values: { element: named(element), split: from },
    path: wayOf(steps),
  };
}
