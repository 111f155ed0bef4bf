/** Errors and escalations: who throws them looks outwards, scope by scope, for the innermost event that catches the code. */
import { toJson } from '../feel/index.ts';
import { elementOf } from '../process.ts';
import type { Element, Trigger } from '../process.ts';
import type { ElementInstance } from '../state.ts';
import type { StepOf } from '../step.ts';
import type { ElementId } from '../terms.ts';
import { InstanceScope } from './evaluate.ts';
import { Fault } from './fault.ts';
import type { Run } from './run.ts';
import { boundary, eventSubProcess } from './triggering.ts';
import { triggersOf } from './waits.ts';

interface Thrown {
  readonly kind: 'error' | 'escalation';
  readonly code: string;
}
interface Catcher {
  readonly owner: ElementInstance;
  readonly element: Extract<Element, { readonly kind: 'boundary-event' | 'start-event' }>;
}

/** Nobody catches: an error goes to the calling instance or becomes an incident; an escalation is nobody's business and is over. */
export function throwStep(run: Run, step: StepOf<'throw'>, instance: ElementInstance): void {
  const catcher = catcherOf(run, instance, step);
  if (catcher) return caught(run, catcher, step);
  if (run.state.parent) {
    run.emit({
      t: 'propagated-to-parent',
      kind: step.kind,
      code: step.code,
      ...(step.message !== undefined && { message: step.message }),
      variables: step.variables,
    });
  } else if (step.kind === 'error') {
    const said = step.message === undefined ? '' : ` (${step.message})`;
    const message = `Expected the error '${step.code}'${said} to be caught, but no error event in the scopes around it catches this code.`;
    throw new Fault('UNHANDLED_ERROR_EVENT', message, step.again ?? (step.job ? { do: 'enter', n: step.n } : step));
  }
}

function caught(run: Run, { owner, element }: Catcher, { variables }: StepOf<'throw'>): void {
  if (element.kind === 'boundary-event') boundary(run, owner, { element, payload: variables });
  else eventSubProcess(run, owner, { element, payload: variables });
}

/** In each scope event sub-processes come before what is on its border; a named code comes before an event that catches all. */
export function catcherOf(run: Run, thrower: ElementInstance, thrown: Thrown): Catcher | undefined {
  let from: ElementInstance | undefined;
  for (let at: ElementInstance | undefined = thrower; at; from = at, at = run.state.elements.get(at.scope)) {
    const element = run.elementOf(at);
    const handledHere = from !== undefined && run.elementOf(from).kind === 'event-sub-process';
    const candidates = [
      ...(handledHere || at.draining || at.interrupted || at.completing ? [] : startsIn(run, at, element)),
      ...bordersOf(at, element),
    ];
    const found = bestOf(run, at, { candidates, thrown });
    if (found) return { owner: at, element: found };
  }
  return undefined;
}

function startsIn(run: Run, scope: ElementInstance, element: Element): readonly ElementId[] {
  if (!('eventSubProcesses' in element) || scope.body) return [];
  return element.eventSubProcesses.flatMap((id) => {
    const sub = elementOf(run.world.process, id);
    return sub.kind === 'event-sub-process' ? [sub.start] : [];
  });
}

function bordersOf(instance: ElementInstance, element: Element): readonly ElementId[] {
  return element.loop === undefined || instance.body ? element.boundaries : [];
}

function bestOf(
  run: Run,
  owner: ElementInstance,
  { candidates, thrown }: { readonly candidates: readonly ElementId[]; readonly thrown: Thrown },
): Catcher['element'] | undefined {
  let all: Catcher['element'] | undefined;
  for (const id of candidates) {
    const element = elementOf(run.world.process, id);
    if (element.kind !== 'boundary-event' && element.kind !== 'start-event') continue;
    const match = triggersOf(element.trigger).map((trigger) => matches(run, owner, { trigger, thrown }));
    if (match.includes('code')) return element;
    if (match.includes('all')) all ??= element;
  }
  return all;
}

function matches(
  run: Run,
  owner: ElementInstance,
  { trigger, thrown }: { readonly trigger: Trigger; readonly thrown: Thrown },
): 'code' | 'all' | 'no' {
  if (trigger.type !== thrown.kind) return 'no';
  if (trigger.code === undefined) return 'all';
  return codeOf(run, owner, trigger.code) === thrown.code ? 'code' : 'no';
}

/** A code that does not evaluate catches nothing. */
function codeOf(run: Run, owner: ElementInstance, code: Extract<Trigger, { type: 'error' }>['code'] & object): unknown {
  if ('fixed' in code) return code.fixed;
  const result = code.expression.evaluate(new InstanceScope(run, owner.n), run.clock);
  return result.ok ? toJson(result.value) : undefined;
}
