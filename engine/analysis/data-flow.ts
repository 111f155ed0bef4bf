/**
 * Variables that are read before anything can have written them. Silent wherever something unknown may have come before: a job's
 * result, a message, a form that is not given, a start that is not described by a form.
 */
import { elementOf, isScope } from '../process.ts';
import type { Element, Process } from '../process.ts';
import type { ElementId } from '../terms.ts';
import type { AnalysisOptions, Finding } from './finding.ts';
import { localNames, readsOf } from './reads.ts';
import type { Read } from './reads.ts';
import { isSplit } from './suspects.ts';
import { innerWrites, union } from './writes.ts';
import type { Writes } from './writes.ts';
import { named } from './words.ts';

export function dataFlowFindings(process: Process, options: AnalysisOptions): Finding[] {
  const starts = elementOf(process, process.id);
  const first = isScope(starts) ? starts.children.map((id) => elementOf(process, id)).filter(({ kind }) => kind === 'start-event') : [];
  // nothing can be said about what follows an open start
  if (first.length === 0 || first.some((start) => innerWrites(process, start, options) === 'anything')) return [];
  const flow = new DataFlow(process, options);
  return [...process.elements.values()].filter(({ kind }) => kind !== 'process').flatMap((element) => flow.check(element));
}

class DataFlow {
  private readonly process: Process;
  private readonly options: AnalysisOptions;
  private readonly written = new Map<ElementId, Writes>();
  private readonly reported = new Set<string>();

  constructor(process: Process, options: AnalysisOptions) {
    this.process = process;
    this.options = options;
  }

  check(element: Element): Finding[] {
    const reads = readsOf(element);
    if (reads.length === 0) return [];
    const known = this.visibleAt(element, reads);
    if (known === 'anything') return [];
    return reads.flatMap((read) => (known.has(read.name) || this.seen(element, read) ? [] : [this.findingOf(element, read)]));
  }

  private seen(element: Element, { name }: Read): boolean {
    const key = `${element.id} ${name}`;
    if (this.reported.has(key)) return true;
    this.reported.add(key);
    return false;
  }

  /** All names that may have a value when the element reads: written before it in its scope, or around that scope. */
  private visibleAt(element: Element, reads: readonly Read[]): Writes {
    const flowReads = element.outgoing.some(({ condition }) => condition !== undefined) && reads.length > 0;
    const parts: Writes[] = [new Set(this.options.given ?? []), localNames(element)];
    // conditions of its own flows come after what it has written itself
    if (flowReads) parts.push(innerWrites(this.process, element, this.options));
    for (let at = element; at.kind !== 'process'; at = elementOf(this.process, at.parent)) {
      parts.push(localNames(at), ...this.before(at).map((id) => innerWrites(this.process, elementOf(this.process, id), this.options)));
    }
    return union(parts);
  }

  /** Elements of the same scope that may have run before this one, at the same time included. A superset. */
  private before(element: Element): ElementId[] {
    const scope = elementOf(this.process, element.parent);
    if (!isScope(scope)) return [];
    const all = [...new Set([...scope.children, ...scope.eventSubProcesses])];
    if (element.kind === 'event-sub-process' || scope.kind === 'ad-hoc-sub-process' || element.forCompensation) return all;
    const earlier = this.closure(element, backwards);
    const beside = [...earlier].map((id) => elementOf(this.process, id)).filter((at) => isSplit(this.process, at));
    const concurrent = beside.flatMap((split) => [...this.closure(split, (at) => (at.id === element.id ? [] : forwards(at)))]);
    const anyTime = all.filter((id) => mayRunAnyTime(elementOf(this.process, id)));
    return [...new Set([...earlier, ...concurrent, ...anyTime])].filter(
      (id) => id !== element.id || this.closure(element, forwards).has(element.id),
    );
  }

  /** Everything reached from an element; the element itself only when a way leads back to it. */
  private closure(from: Element, next: (element: Element) => readonly ElementId[]): Set<ElementId> {
    const seen = new Set<ElementId>(next(from));
    for (const id of seen) for (const other of next(elementOf(this.process, id))) seen.add(other);
    return seen;
  }

  private findingOf(element: Element, { name, where }: Read): Finding {
    return {
      code: 'variable-never-written',
      severity: 'warning',
      elementId: element.id,
      elementIds: [element.id],
      message: `Expected the variable '${name}' to exist when ${where} of ${named(element)} reads it, but nothing before it writes it.`,
      hint: 'Check the spelling, write it in a form, a script or an output mapping before, or read it with a default: get or else(value, default).',
      values: { element: named(element), variable: name, where },
      path: this.wayTo(element),
    };
  }

  /** Shortest way from a start of the element's scope. */
  private wayTo(element: Element): ElementId[] {
    const came = new Map<ElementId, readonly ElementId[]>([[element.id, []]]);
    for (const [id, rest] of came) {
      const at = elementOf(this.process, id);
      if (at.kind === 'start-event') return [id, ...rest];
      for (const flow of at.incoming) if (!came.has(flow.source)) came.set(flow.source, [flow.id, id, ...rest]);
      if (at.kind === 'boundary-event' && !came.has(at.attachedTo)) came.set(at.attachedTo, [id, ...rest]);
    }
    return [element.id];
  }
}

function forwards(element: Element): ElementId[] {
  return [...element.outgoing.map(({ target }) => target), ...element.boundaries];
}

function backwards(element: Element): ElementId[] {
  const before = element.incoming.map(({ source }) => source);
  return element.kind === 'boundary-event' ? [...before, element.attachedTo] : before;
}

/** Not tied to the flow: event sub-processes, compensation handlers, and where links lead to. */
function mayRunAnyTime(element: Element): boolean {
  return (
    element.kind === 'event-sub-process' || element.forCompensation || (element.kind === 'catch-event' && element.incoming.length === 0)
  );
}
