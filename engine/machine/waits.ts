/** Waits: timers and subscriptions. Opened for an owner, named after the event element that is waited for. */
import type { Element, Trigger } from '../process.ts';
import { elementOf } from '../process.ts';
import type { ElementInstance, TimerState } from '../state.ts';
import type { StepOf } from '../step.ts';
import type { ElementId, Event } from '../terms.ts';
import { nextDue } from '../time/next-due.ts';
import { evaluateText } from './evaluate.ts';
import { Fault } from './fault.ts';
import type { Run } from './run.ts';

/** An event element with what it waits for. */
export interface Waiting {
  readonly element: ElementId;
  readonly trigger: Trigger;
  readonly interrupting: boolean;
}

export function openBoundaries(run: Run, owner: ElementInstance, element: Element): void {
  openWaits(
    run,
    owner,
    element.boundaries.map((id) => waitingOf(run, id)),
  );
}

export function openEventSubProcesses(
  run: Run,
  owner: ElementInstance,
  scope: Extract<Element, { readonly eventSubProcesses: unknown }>,
): void {
  const starts = scope.eventSubProcesses.map((id) => elementOf(run.world.process, id));
  openWaits(
    run,
    owner,
    starts.flatMap((sub) => (sub.kind === 'event-sub-process' ? [waitingOf(run, sub.start)] : [])),
  );
}

/** What the event element with this id waits for. Receive tasks and catch events end their own wait, so they count as interrupting. */
export function waitingOf(run: Run, id: ElementId): Waiting {
  const element = elementOf(run.world.process, id);
  if (!('trigger' in element)) throw new Error(`Expected '${id}' to be an event, but it is a ${element.kind}.`);
  return { element: id, trigger: element.trigger, interrupting: 'interrupting' in element ? element.interrupting : true };
}

/** Opens all or none: everything is evaluated before the first is opened. */
export function openWaits(run: Run, owner: ElementInstance, waitings: readonly Waiting[]): void {
  const opened = waitings.flatMap((waiting) =>
    triggersOf(waiting.trigger).flatMap((trigger) => openerOf(run, owner, { ...waiting, trigger }) ?? []),
  );
  for (const open of opened) {
    const event = open(run.number);
    if (event.t === 'subscription-opened' && event.kind === 'condition') run.opened.push(event.n);
    run.emit(event);
  }
}

export function triggersOf(trigger: Trigger): readonly Trigger[] {
  return trigger.type === 'multiple' ? trigger.of : [trigger];
}

type Opener = (n: number) => Event;

/** Errors, escalations, compensation and cancellation are not waited for: who throws them looks for who catches them (catching.ts). */
function openerOf(run: Run, owner: ElementInstance, waiting: Waiting): Opener | undefined {
  const { trigger } = waiting;
  if (trigger.type === 'timer') return timerOpener(run, owner, waiting);
  const wanted = subscriptionOf(run, owner, trigger);
  if (wanted === undefined) return undefined;
  return (n) => ({
    t: 'subscription-opened',
    n,
    el: owner.n,
    element: waiting.element,
    ...wanted,
    interrupting: waiting.interrupting,
    at: run.at,
  });
}

function subscriptionOf(run: Run, owner: ElementInstance, trigger: Trigger) {
  const purpose = (what: string) => ({ n: owner.n, what, kind: 'EXTRACT_VALUE_ERROR' as const });
  if (trigger.type === 'message') {
    const name = evaluateText(run, trigger.name, purpose('the name of the message'));
    const correlationKey = trigger.correlationKey && evaluateText(run, trigger.correlationKey, purpose('the correlation key'));
    return { kind: 'message' as const, name, ...(correlationKey !== undefined && { correlationKey }) };
  }
  if (trigger.type === 'signal')
    return { kind: 'signal' as const, name: evaluateText(run, trigger.name, purpose('the name of the signal')) };
  return trigger.type === 'condition' ? { kind: 'condition' as const, name: trigger.condition.text.trim() } : undefined;
}

function timerOpener(run: Run, owner: ElementInstance, waiting: Waiting): Opener | undefined {
  const due = dueOf(run, owner, waiting);
  return due && ((n) => ({ t: 'timer-scheduled', n, el: owner.n, element: waiting.element, ...due }));
}

function dueOf(run: Run, owner: ElementInstance, waiting: Waiting, previous?: Pick<TimerState, 'dueAt' | 'repeat'>) {
  if (waiting.trigger.type !== 'timer') return undefined;
  const { timer, value } = waiting.trigger;
  const text = evaluateText(run, value, { n: owner.n, what: 'the timer', kind: 'EXTRACT_VALUE_ERROR' });
  const next = nextDue(timer, text, run.clock, previous);
  if (!next.ok) throw new Fault('EXTRACT_VALUE_ERROR', next.message);
  return next.due;
}

/** A timer of a cycle fired: the owner waits for the next one. */
export function repeatTimer(run: Run, step: StepOf<'repeat'>, owner: ElementInstance): void {
  const timers = triggersOf(waitingOf(run, step.element).trigger).filter((trigger) => trigger.type === 'timer');
  const [trigger] = timers;
  if (trigger === undefined) return;
  const due = dueOf(run, owner, { element: step.element, trigger, interrupting: false }, { dueAt: step.from, repeat: step.repeat });
  if (due) run.emit({ t: 'timer-scheduled', n: run.number, el: owner.n, element: step.element, ...due });
}
