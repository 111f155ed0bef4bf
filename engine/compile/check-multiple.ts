/** Multiple events: which combinations mean something. Those that do not are refused by name, so that no part of an event is silently ignored. */
import type { Element, Trigger, TriggerType } from '../process.ts';
import type { Complaint } from './context.ts';

/** What ends the throwing event or its scope: there can be one only. */
const ENDS: readonly TriggerType[] = ['error', 'compensation', 'cancel', 'terminate'];
/** Known by their event element when they come true, so there can be one of each only. */
const SINGLE: readonly TriggerType[] = ['timer', 'condition'];
/** Never waited for, but looked for by who throws them. */
const THROWN: readonly TriggerType[] = ['error', 'escalation', 'cancel'];

export function checkMultiple(
  element: Element,
  { isRootStart, complain }: { readonly isRootStart: boolean; complain(complaint: Complaint): void },
): void {
  if (!('trigger' in element) || element.trigger.type !== 'multiple') return;
  const { of: parts, parallel } = element.trigger;
  const throws = element.kind === 'throw-event' || element.kind === 'end-event';
  const problem = throws ? thrownProblem(parts) : caughtProblem(parts, parallel, isRootStart);
  if (problem)
    complain({
      code: 'MULTIPLE_EVENT',
      message: `Expected a multiple event whose parts can all take effect, but ${problem[0]}.`,
      hint: problem[1],
    });
}

type Problem = readonly [what: string, hint: string];

function thrownProblem(parts: readonly Trigger[]): Problem | undefined {
  if (parts.some(({ type }) => type === 'link')) return ['a link can only stand alone', 'Draw the link as an event of its own.'];
  const ends = parts.filter(({ type }) => ENDS.includes(type));
  if (ends.length > 1) return [`it ends in several ways: ${ends.map(({ type }) => type).join(', ')}`, 'Choose one of them.'];
  return undefined;
}

/** What has happened is known by its kind and name. */
function repeats(parts: readonly Trigger[]): boolean {
  const names = parts.flatMap((part) =>
    'name' in part && typeof part.name === 'object' && 'fixed' in part.name ? [`${part.type} ${String(part.name.fixed)}`] : [],
  );
  return new Set(names).size < names.length;
}

function caughtProblem(parts: readonly Trigger[], parallel: boolean, isRootStart: boolean): Problem | undefined {
  const types = parts.map(({ type }) => type);
  const alone = types.find((type) => type === 'link' || type === 'compensation');
  if (alone) return [`a ${alone} event can only stand alone`, 'Draw it as an event of its own.'];
  const twice = SINGLE.find((type) => types.filter((other) => other === type).length > 1);
  if (twice) return [`it has several parts of type ${twice}`, 'Draw one event for each.'];
  if (!parallel) return undefined;
  const thrown = types.find((type) => THROWN.includes(type));
  if (thrown)
    return [`its part of type ${thrown} cannot wait for the others`, 'Make it an event that any of its parts sets off, or draw two.'];
  if (isRootStart && repeats(parts)) return ['the same event is in it twice', 'Delete one of them.'];
  return undefined;
}
