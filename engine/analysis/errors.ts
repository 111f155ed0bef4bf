/** Error and escalation codes: those that nobody throws, and those that nobody catches. */
import { elementOf, isScope } from '../process.ts';
import type { Element, Process, ScopeElement, Trigger } from '../process.ts';
import type { ElementId } from '../terms.ts';
import type { Finding } from './finding.ts';
import { triggersOf } from './scope-net.ts';
import { constantOf, named } from './words.ts';

type Coded = Extract<Trigger, { type: 'error' | 'escalation' }>;
type Codes = 'any' | ReadonlySet<string>;

export function errorFindings(process: Process, others: readonly Process[]): Finding[] {
  const thrown = new Map<ElementId, Codes>();
  const elements = [...process.elements.values()];
  return [
    ...elements.flatMap((element) => neverThrown(process, element, thrown)),
    ...(isCalled(process, others) ? [] : elements.flatMap((element) => neverCaught(process, element))),
  ];
}

// ---------------------------------------------------------------- thrown?

function neverThrown(process: Process, element: Element, thrown: Map<ElementId, Codes>): Finding[] {
  const source = watched(process, element);
  if (source === undefined || !('trigger' in element)) return [];
  const errors = triggersOf(element.trigger).filter((trigger): trigger is Coded => trigger.type === 'error');
  return errors.flatMap((trigger) => {
    const codes = codesOf(process, source, thrown);
    const code = constantOf(trigger.code);
    if (codes === 'any' || (trigger.code !== undefined && code === undefined)) return [];
    return (code === undefined ? codes.size > 0 : codes.has(code)) ? [] : [thrownFinding(element, source, code)];
  });
}

/** What an error event listens to: the activity it is attached to, or the scope that its event sub-process is in. */
function watched(process: Process, element: Element): Element | undefined {
  if (element.kind === 'boundary-event') return elementOf(process, element.attachedTo);
  if (element.kind !== 'start-event' || element.parent === process.id) return undefined;
  const inner = elementOf(process, element.parent);
  return inner.kind === 'event-sub-process' ? elementOf(process, inner.parent) : undefined;
}

/** Codes that may leave an element. Jobs, called processes and listeners may throw any. */
function codesOf(process: Process, element: Element, thrown: Map<ElementId, Codes>): Codes {
  const known = thrown.get(element.id);
  if (known !== undefined) return known;
  const made = throwsAny(element) ? 'any' : isScope(element) ? innerCodes(process, element, thrown) : endCodes(element);
  thrown.set(element.id, made);
  return made;
}

function innerCodes(process: Process, scope: ScopeElement, thrown: Map<ElementId, Codes>): Codes {
  const all = new Set<string>();
  for (const id of scope.children) {
    const codes = codesOf(process, elementOf(process, id), thrown);
    if (codes === 'any') return codes;
    for (const code of codes) all.add(code);
  }
  return all;
}

function endCodes(element: Element): Codes {
  if (element.kind !== 'end-event') return new Set();
  const errors = triggersOf(element.trigger).filter((trigger): trigger is Coded => trigger.type === 'error');
  const codes = errors.map(({ code }) => constantOf(code));
  return codes.some((code) => code === undefined) ? 'any' : new Set(codes.filter((code) => code !== undefined));
}

function throwsAny(element: Element): boolean {
  if (element.listeners.length > 0 || element.kind === 'call-activity') return true;
  if (element.kind === 'user-task') return element.taskListeners.length > 0;
  return 'job' in element && element.job !== undefined;
}

function thrownFinding(element: Element, source: Element, code: string | undefined): Finding {
  const what = code === undefined ? 'an error' : `the error '${code}'`;
  return {
    code: 'error-never-thrown',
    severity: 'warning',
    elementId: element.id,
    elementIds: [element.id, source.id],
    message: `Expected ${named(source)} to be able to throw ${what} that ${named(element)} catches, but nothing in it does.`,
    hint: 'Check the error code on both sides, or remove the event.',
    values: { element: named(element), source: named(source), code: code ?? '' },
    path: [],
  };
}

// ---------------------------------------------------------------- caught?

function isCalled(process: Process, others: readonly Process[]): boolean {
  return others.some((other) =>
    [...other.elements.values()].some(
      (element) => element.kind === 'call-activity' && (constantOf(element.processId) ?? process.id) === process.id,
    ),
  );
}

function neverCaught(process: Process, element: Element): Finding[] {
  if (element.kind !== 'end-event' && element.kind !== 'throw-event') return [];
  const coded = triggersOf(element.trigger).filter(
    (trigger): trigger is Coded => trigger.type === 'error' || trigger.type === 'escalation',
  );
  return coded.flatMap((trigger) => {
    const code = constantOf(trigger.code);
    return code === undefined || isCaught(process, element, { type: trigger.type, code })
      ? []
      : [caughtFinding(element, trigger.type, code)];
  });
}

function isCaught(process: Process, from: Element, what: { type: 'error' | 'escalation'; code: string }): boolean {
  const matches = (trigger: Trigger): boolean =>
    trigger.type === what.type && (trigger.code === undefined || (constantOf(trigger.code) ?? what.code) === what.code);
  const catches = (id: ElementId): boolean => {
    const element = elementOf(process, id);
    if (element.kind === 'event-sub-process') return catches(element.start);
    return 'trigger' in element && triggersOf(element.trigger).some(matches);
  };
  for (let scope = elementOf(process, from.parent); ; scope = elementOf(process, scope.parent)) {
    if (isScope(scope) && scope.eventSubProcesses.some(catches)) return true;
    if (scope.boundaries.some(catches)) return true;
    if (scope.parent === scope.id) return false;
  }
}

function caughtFinding(element: Element, type: 'error' | 'escalation', code: string): Finding {
  const error = type === 'error';
  return {
    code: error ? 'error-never-caught' : 'escalation-never-caught',
    severity: error ? 'warning' : 'info',
    elementId: element.id,
    elementIds: [element.id],
    message: `Expected somebody to catch the ${type} '${code}' of ${named(element)}, but no event around it does${error ? ', so the case stops there with an incident' : ', so it has no effect'}.`,
    hint: 'Put a boundary event or an event sub-process with this code around it, or let a process that calls this one catch it.',
    values: { element: named(element), code },
    path: [],
  };
}
