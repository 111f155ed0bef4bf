import { elementOf, isScope } from '../process.ts';
import type { Element, Process } from '../process.ts';
import { triggersOf } from './scope-net.ts';
import { constantOf } from './words.ts';

/** Names that an element may write into the scope around it; `anything`: whatever comes from outside. */
export type Writes = 'anything' | ReadonlySet<string>;

export interface Known {
  readonly forms?: ReadonlyMap<string, readonly string[]>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** What an element may write into the scope around it, inner elements included. */
export function innerWrites(process: Process, element: Element, known: Known = {}): Writes {
  const mapped = element.outputs.map(({ target }) => target[0] ?? '');
  // what a case is created with stays, whatever the start event maps
  if (isProcessStart(process, element)) return union([new Set(mapped), ownWrites(process, element, known)]);
  if (mapped.length > 0) return new Set([...mapped, ...loopWrites(element)]);
  if (element.listeners.length > 0) return 'anything';
  const inner: Writes = isScope(element)
    ? union(element.children.map((id) => innerWrites(process, elementOf(process, id), known)))
    : ownWrites(process, element, known);
  return inner === 'anything' ? inner : new Set([...inner, ...loopWrites(element), ...adHocWrites(element)]);
}

function isProcessStart(process: Process, element: Element): boolean {
  return element.kind === 'start-event' && element.parent === process.id;
}

export function union(parts: readonly Writes[]): Writes {
  const all = new Set<string>();
  for (const part of parts) {
    if (part === 'anything') return part;
    for (const name of part) all.add(name);
  }
  return all;
}

function loopWrites({ loop }: Element): string[] {
  return loop?.type === 'multi-instance' && loop.outputCollection !== undefined ? [loop.outputCollection] : [];
}

function adHocWrites(element: Element): string[] {
  return element.kind === 'ad-hoc-sub-process' && element.outputCollection !== undefined ? [element.outputCollection] : [];
}

function ownWrites(process: Process, element: Element, known: Known): Writes {
  switch (element.kind) {
    case 'service-task':
    case 'send-task':
      return 'anything';
    case 'script-task':
      return element.script === undefined ? 'anything' : new Set([element.script.resultVariable]);
    case 'business-rule-task':
      return element.decision === undefined ? 'anything' : new Set([element.decision.resultVariable]);
    case 'user-task':
      return element.taskListeners.length > 0 ? 'anything' : formWrites(element.form?.id, known);
    case 'call-activity':
      return element.propagateAllChildVariables ? 'anything' : NOTHING;
    case 'start-event':
      if (!isProcessStart(process, element)) return triggered(element);
      return element.trigger.type === 'none' ? formWrites(element.form?.id, known) : 'anything';
    case 'throw-event':
    case 'end-event':
      return element.job === undefined ? NOTHING : 'anything';
    case 'catch-event':
    case 'boundary-event':
    case 'receive-task':
      return triggered(element);
    default:
      return NOTHING;
  }
}

function formWrites(form: string | undefined, known: Known): Writes {
  const names = form === undefined ? undefined : known.forms?.get(form);
  return names === undefined ? 'anything' : new Set(names);
}

/** Messages, signals, errors and escalations bring variables along; times and links do not. */
function triggered(element: Extract<Element, { trigger: unknown }>): Writes {
  const brings = triggersOf(element.trigger).some(({ type }) => ['message', 'signal', 'error', 'escalation'].includes(type));
  return brings ? 'anything' : NOTHING;
}

/** The decision that a business rule task always asks, if it is always the same. */
export function decisionOf(element: Element): string | undefined {
  return element.kind === 'business-rule-task' ? constantOf(element.decision?.id) : undefined;
}
