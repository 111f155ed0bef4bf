/** What a call activity hears from the instance that it has started. */
import { Fault } from '../machine/fault.ts';
import { raiseIncident } from '../machine/incidents.ts';
import type { Run } from '../machine/run.ts';
import type { ElementOf } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { CommandOf, Rejection, Variables } from '../terms.ts';
import { reject } from './rejection.ts';

type Found = { readonly ok: true; readonly element: ElementOf<'call-activity'> };

function findCall(run: Run, n: number, doing: string): Found | Rejection {
  const instance = run.state.elements.get(n);
  const element = instance && run.elementOf(instance);
  if (element?.kind === 'call-activity' && waits(run, instance!)) return { ok: true, element };
  return reject('NOT_FOUND', `Expected to ${doing} call activity ${n}, but there is no such call waiting: it has ended or was canceled.`);
}

/** Neither before its start listeners have agreed nor after its output mappings. */
function waits(run: Run, { body, completing, owned = [] }: ElementInstance): boolean {
  return !body && !completing && !owned.some((n) => run.state.jobs.has(n));
}

/** The called instance ended. */
export function completeChild(run: Run, { n, variables }: CommandOf<'complete-child'>): Rejection | void {
  const found = findCall(run, n, 'complete');
  if (!found.ok) return found;
  run.push({ do: 'complete', n, payload: takenOver(found.element, variables) });
}

/** With output mappings, they choose; without, all or nothing, as the model says. */
function takenOver(element: ElementOf<'call-activity'>, variables: Variables): Variables {
  return element.outputs.length > 0 || element.propagateAllChildVariables ? variables : {};
}

/** The called instance did not catch an error or escalation: it goes on looking from here. */
export function propagateFromChild(run: Run, command: CommandOf<'propagate-from-child'>): Rejection | void {
  const { n, kind, code, message, variables } = command;
  const found = findCall(run, n, `throw the ${kind} '${code}' at`);
  if (!found.ok) return found;
  run.push({ do: 'throw', n, kind, code, ...(message !== undefined && { message }), variables });
}

/** The instance could not be started. */
export function failChild(run: Run, { n, message }: CommandOf<'fail-child'>): Rejection | void {
  const found = findCall(run, n, 'fail');
  if (!found.ok) return found;
  raiseIncident(run, { do: 'enter', n }, new Fault('CALLED_ELEMENT_ERROR', message));
}
