import { nextDue } from '../time/next-due.ts';
import type { Element, Process, Trigger } from '../process.ts';
import type { Finding } from './finding.ts';
import { triggersOf } from './scope-net.ts';
import { constantOf, named } from './words.ts';

/** Some moment: whether a timer is well-formed does not depend on it. */
const CLOCK = { now: 1_767_225_600_000, zone: 'UTC' };

/** Timers that can never fire, and repetitions that nobody sees. Values that depend on the case stay silent. */
export function timerFindings(process: Process): Finding[] {
  return [...process.elements.values()].flatMap((element) =>
    'trigger' in element ? triggersOf(element.trigger).flatMap((trigger) => (trigger.type === 'timer' ? check(element, trigger) : [])) : [],
  );
}

function check(element: Element, trigger: Extract<Trigger, { type: 'timer' }>): Finding[] {
  const text = constantOf(trigger.value);
  if (text === undefined) return [];
  const next = nextDue(trigger.timer, text, CLOCK);
  if (!next.ok) return [cannot(element, 'error', next.message)];
  if (next.due === undefined) return [cannot(element, 'error', `Expected at least one repetition, but '${text}' has none.`)];
  if (trigger.timer === 'cycle' && firesOnce(element)) {
    return [cannot(element, 'warning', `Expected one moment, because this event happens only once, but '${text}' repeats.`)];
  }
  return [];
}

function firesOnce(element: Element): boolean {
  return element.kind === 'catch-event' || (element.kind === 'boundary-event' && element.interrupting);
}

function cannot(element: Element, severity: 'error' | 'warning', why: string): Finding {
  return {
    code: 'timer-cannot-fire',
    severity,
    elementId: element.id,
    elementIds: [element.id],
    message: `The timer of ${named(element)} ${severity === 'error' ? 'can never fire' : 'can fire only once'}. ${why}`,
    hint: 'Write a duration such as PT15M, a date such as 2026-05-01T08:00:00+07:00, or a repetition such as R3/PT1H where the event may happen again.',
    values: { element: named(element), why },
    path: [],
  };
}
