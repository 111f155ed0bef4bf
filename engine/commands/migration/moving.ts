/** What the parts of a migration share: the two definitions and how ids of the one become ids of the other. */
import { elementOf } from '../../process.ts';
import type { Element, Process } from '../../process.ts';
import type { Run } from '../../machine/run.ts';
import { triggersOf } from '../../machine/waits.ts';
import type { ElementInstance } from '../../state.ts';
import type { ElementId } from '../../terms.ts';

export class Moving {
  readonly run: Run;
  readonly target: Process;
  readonly mapping: ReadonlyMap<ElementId, ElementId>;
  /** old sub-processes that the target does not have any more: what is in them goes to the scope around */
  readonly dissolved = new Set<number>();
  /** ids besides the mapping that become others: flows, compensation handlers */
  readonly renamed = new Map<ElementId, ElementId>();
  readonly #problems: string[] = [];

  constructor(run: Run, target: Process, mapping: ReadonlyMap<ElementId, ElementId>) {
    this.run = run;
    this.target = target;
    this.mapping = mapping;
  }

  to(id: ElementId): ElementId {
    return id === this.run.world.process.id ? this.target.id : (this.renamed.get(id) ?? this.mapping.get(id) ?? id);
  }

  /** The target element of an active instance; `check` has made sure that there is one. */
  aimOf(instance: ElementInstance): Element {
    return elementOf(this.target, this.to(instance.element));
  }

  sourceOf(instance: ElementInstance): Element {
    return this.run.elementOf(instance);
  }

  /** The innermost scope that stays, from `n` outwards. */
  keptAround(n: number): number {
    let at = n;
    while (this.dissolved.has(at)) at = this.run.instance(at).scope;
    return at;
  }

  /** `Expected to migrate <what>, but <why>.` The first one is the answer. */
  refuse(what: string, why: string): void {
    this.#problems.push(`Expected to migrate ${what}, but ${why}.`);
  }

  get problem(): string | undefined {
    return this.#problems[0];
  }
}

/** Both wait for, or throw, the same kinds of things. */
export function sameTriggers(left: Element, right: Element): boolean {
  return typesOf(left) === typesOf(right);
}

function typesOf(element: Element): string {
  return 'trigger' in element
    ? triggersOf(element.trigger)
        .map(({ type }) => type)
        .join(' ')
    : '';
}
