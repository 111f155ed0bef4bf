/** What the runtime asks about definitions and states without changing anything. */
import { withCluster } from './cluster.ts';
import type { ClusterSettings } from './cluster.ts';
import type { Element, FormSpec, Process, Trigger } from './process.ts';
import type { Clock } from './feel/index.ts';
import { scopeOf } from './feel/index.ts';
import type { ElementId, Variables } from './terms.ts';
import { startElements } from './starts.ts';
import { evaluateText } from './value.ts';
import { nextDue } from './time/next-due.ts';
import type { Due } from './time/next-due.ts';

/** The name that people gave the element; its id when they gave none. The process itself: its name. */
export function elementName(process: Process, id: ElementId): string {
  return process.elements.get(id)?.name ?? id;
}

/** Agency whose lane or pool the element is drawn in. */
export function agencyOf(process: Process, id: ElementId): string | undefined {
  return process.elements.get(id)?.agency ?? process.agency;
}

/** A `zeebe:property` of an element (or of the process, by its id), e.g. `alur:phase`. */
export function propertyOf(process: Process, id: ElementId, name: string): string | undefined {
  return id === process.id ? process.properties.get(name) : process.elements.get(id)?.properties.get(name);
}

/** An event that catches what a person raises in a user task. */
export interface Raisable {
  /** the boundary event, or the start event of an event sub-process */
  readonly event: ElementId;
  readonly kind: 'error' | 'escalation';
  /** empty: every code is caught */
  readonly code: string;
  /** the task ends with it */
  readonly interrupting: boolean;
}

/** What is caught around a user task, innermost first; none for other elements. Codes that are expressions are known only while running. */
export function raisedIn(process: Process, task: ElementId): readonly Raisable[] {
  const found = new Map<string, Raisable>();
  if (process.elements.get(task)?.kind !== 'user-task') return [];
  for (const event of catchersAround(process, task)) {
    if (event.kind !== 'boundary-event' && event.kind !== 'start-event') continue;
    const { trigger, interrupting } = event;
    for (const one of trigger.type === 'multiple' ? trigger.of : [trigger]) {
      if (one.type !== 'error' && one.type !== 'escalation') continue;
      if (one.code !== undefined && !('fixed' in one.code)) continue;
      const way = { event: event.id, kind: one.type, code: String(one.code?.fixed ?? ''), interrupting };
      if (!found.has(`${way.kind} ${way.code}`)) found.set(`${way.kind} ${way.code}`, way);
    }
  }
  return [...found.values()];
}

function* catchersAround(process: Process, from: ElementId): Generator<Element> {
  for (let at = process.elements.get(from), last: Element | undefined; at && at !== last; last = at, at = process.elements.get(at.parent)) {
    if ('eventSubProcesses' in at && last?.kind !== 'event-sub-process')
      for (const id of at.eventSubProcesses) {
        const sub = process.elements.get(id);
        const start = sub?.kind === 'event-sub-process' ? process.elements.get(sub.start) : undefined;
        if (start) yield start;
      }
    for (const id of at.boundaries) {
      const event = process.elements.get(id);
      if (event) yield event;
    }
  }
}

/** The form of the none start event. */
export function startForm(process: Process): FormSpec | undefined {
  for (const start of startElements(process))
    if (start.kind === 'start-event' && start.trigger.type === 'none' && start.form) return start.form;
  return undefined;
}

const typeNames: Record<Element['kind'], string> = {
  process: 'PROCESS',
  'sub-process': 'SUB_PROCESS',
  transaction: 'TRANSACTION',
  'event-sub-process': 'EVENT_SUB_PROCESS',
  'ad-hoc-sub-process': 'AD_HOC_SUB_PROCESS',
  'call-activity': 'CALL_ACTIVITY',
  'service-task': 'SERVICE_TASK',
  'send-task': 'SEND_TASK',
  'receive-task': 'RECEIVE_TASK',
  'user-task': 'USER_TASK',
  'script-task': 'SCRIPT_TASK',
  'business-rule-task': 'BUSINESS_RULE_TASK',
  'manual-task': 'MANUAL_TASK',
  task: 'TASK',
  'exclusive-gateway': 'EXCLUSIVE_GATEWAY',
  'parallel-gateway': 'PARALLEL_GATEWAY',
  'inclusive-gateway': 'INCLUSIVE_GATEWAY',
  'complex-gateway': 'COMPLEX_GATEWAY',
  'event-based-gateway': 'EVENT_BASED_GATEWAY',
  'start-event': 'START_EVENT',
  'catch-event': 'INTERMEDIATE_CATCH_EVENT',
  'throw-event': 'INTERMEDIATE_THROW_EVENT',
  'end-event': 'END_EVENT',
  'boundary-event': 'BOUNDARY_EVENT',
};

/** Camunda's type name, e.g. USER_TASK. A multi-instance body (event field `body`) is a MULTI_INSTANCE_BODY: the caller knows. */
export function elementType(process: Process, id: ElementId): string {
  const element = process.elements.get(id);
  return element === undefined ? 'UNSPECIFIED' : typeNames[element.kind];
}

/** When and where something is worked out that belongs to no instance yet. */
export interface Moment extends Clock {
  readonly cluster?: ClusterSettings;
}

/** A start event of the process that waits for something; the runtime opens these when a definition becomes the latest. */
export type StartSubscription = {
  readonly elementId: ElementId;
  /** one part of an event that begins an instance only when all of its parts have happened; each is named by its kind and name */
  readonly together?: { readonly part: string; readonly all: readonly string[] };
} & (
  | { readonly kind: 'message' | 'signal'; readonly name: string }
  | { readonly kind: 'timer' }
  | { readonly kind: 'condition'; holds(variables: Variables, moment: Moment): boolean }
);

/** Message, signal, timer and conditional starts of the process; names of messages and signals must not depend on variables. */
export function startSubscriptions(process: Process, moment: Moment): readonly StartSubscription[] {
  return startElements(process).flatMap(({ id, trigger }) => {
    const parts = triggersOf(trigger).map((part) => subscriptionOf(id, part, moment));
    const found = parts.filter((part) => part !== undefined);
    if (trigger.type !== 'multiple' || !trigger.parallel) return found;
    // one that cannot happen (its name does not evaluate) keeps the others from beginning anything
    const all = [...new Set(found.map(partName))];
    return found.length < parts.length ? [] : found.map((part) => ({ ...part, together: { part: partName(part), all } }));
  });
}

function partName(part: StartSubscription): string {
  return 'name' in part ? `${part.kind} ${part.name}` : part.kind;
}

function subscriptionOf(elementId: ElementId, trigger: Trigger, moment: Moment): StartSubscription | undefined {
  if (trigger.type === 'timer') return { elementId, kind: 'timer' };
  if (trigger.type === 'message' || trigger.type === 'signal') {
    const name = evaluateText(trigger.name, withCluster(scopeOf({}), moment.cluster), moment);
    return name.ok ? { elementId, kind: trigger.type, name: name.text } : undefined;
  }
  if (trigger.type !== 'condition') return undefined;
  const { condition } = trigger;
  return {
    elementId,
    kind: 'condition',
    holds: (variables, then) => {
      const result = condition.evaluate(withCluster(scopeOf(variables), then.cluster), then);
      return result.ok && result.value === true;
    },
  };
}

export type TimerDue = Due;

/**
 * When a timer start event is due. `previous`: the dueAt and repeat of the one that just fired; absent for the first.
 * Undefined: no further one, or its definition does not evaluate without variables.
 */
export function startTimer(process: Process, elementId: ElementId, moment: Moment, previous?: TimerDue): TimerDue | undefined {
  const start = process.elements.get(elementId);
  if (start === undefined || !startElements(process).some(({ id }) => id === elementId) || !('trigger' in start)) return undefined;
  const timer = triggersOf(start.trigger).find((trigger) => trigger.type === 'timer');
  if (timer === undefined) return undefined;
  const text = evaluateText(timer.value, withCluster(scopeOf({}), moment.cluster), moment);
  if (!text.ok) return undefined;
  const due = nextDue(timer.timer, text.text, moment, previous);
  return due.ok ? due.due : undefined;
}

/** The trigger itself, or the triggers of a multiple event. */
function triggersOf(trigger: Trigger): readonly Trigger[] {
  return trigger.type === 'multiple' ? trigger.of : [trigger];
}

export { localVariables, visibleVariables } from './machine/visible.ts';
