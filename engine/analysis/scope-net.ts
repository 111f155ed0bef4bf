/**
 * One scope (process or sub-process) as a token net with the data taken away: a gateway may choose any flow, an event may happen or
 * not, an activity with a boundary event may be interrupted or not. Inner scopes are single steps here; each has a net of its own.
 *
 * A place is a sequence flow that can hold a token, or an activity that goes on after a non-interrupting boundary event.
 */
import { elementOf, isScope } from '../process.ts';
import type { Element, Flow, Process, ScopeElement, Trigger } from '../process.ts';
import type { ElementId } from '../terms.ts';

/**
 * free: the token moves without regard to others. all: a joining gateway that needs a token on every flow.
 * some: a joining gateway that needs those that can still come. kill: an end that takes all other tokens of the scope away.
 */
export type PlaceKind = 'free' | 'all' | 'some' | 'kill';

export interface Place {
  readonly index: number;
  readonly kind: PlaceKind;
  /** the element that the token arrives at or stays in */
  readonly target: ElementId;
  /** stays in the activity: non-interrupting boundary events before this position have had their chance */
  readonly stay?: number;
}

/** What happens in one step: the elements and flows it passes, and the places that get a token. */
export interface Move {
  readonly via: readonly ElementId[];
  readonly produces: readonly number[];
}

export interface ScopeNet {
  readonly process: Process;
  readonly scope: ScopeElement;
  readonly places: Place[];
  /** one per way to begin */
  readonly starts: readonly Move[];
  /** what a token on a free or kill place can do */
  movesOf(place: number): readonly Move[];
  /** what a joining gateway does once it has its tokens */
  outcomesOf(element: ElementId): readonly Move[];
  /** places of the flows into a joining gateway */
  inputsOf(element: ElementId): readonly number[];
}

/** Whether an inner scope can ever complete normally; asked when a token passes it. */
export type CanComplete = (scope: ElementId) => boolean;

const SUBSET_LIMIT = 5;

export function scopeNet(process: Process, scope: ScopeElement, canComplete: CanComplete): ScopeNet {
  const builder = new Builder(process, scope, canComplete);
  return {
    process,
    scope,
    places: builder.places,
    starts: startsOf(process, scope).map((start) => builder.begin(start)),
    movesOf: (place) => builder.movesOf(place),
    outcomesOf: (element) => builder.completions(elementOf(process, element)),
    inputsOf: (element) => builder.inputsOf(element),
  };
}

/** Elements that begin a run of the scope: each inner list begins together (all none start events do), the lists are alternatives. */
export function startsOf(process: Process, scope: ScopeElement): (readonly Element[])[] {
  const children = scope.children.map((id) => elementOf(process, id));
  const starts = children.filter((child) => child.kind === 'start-event');
  const roots = children.filter((child) => child.incoming.length === 0 && isRoot(child));
  if (scope.kind === 'ad-hoc-sub-process') return roots.map((root) => [root]);
  const waiting = roots.filter((root) => (root.kind === 'receive-task' || root.kind === 'event-based-gateway') && root.instantiating);
  const together = starts.filter(({ id }) => scope.starts.includes(id));
  const alone = [...starts.filter((start) => !together.includes(start)), ...waiting].map((start) => [start]);
  if (starts.length > 0) return together.length > 0 ? [together, ...alone] : alone;
  if (scope.kind === 'process' && waiting.length > 0) return waiting.map((start) => [start]);
  return roots.length === 0 ? [] : [roots];
}

function isRoot(child: Element): boolean {
  if (child.kind === 'boundary-event' || child.kind === 'event-sub-process' || child.forCompensation) return false;
  return !(child.kind === 'catch-event' && child.trigger.type === 'link');
}

/** The trigger and, when it is a multiple one, all of its parts. */
export function triggersOf(trigger: Trigger): readonly Trigger[] {
  return trigger.type === 'multiple' ? trigger.of : [trigger];
}

function kindOf(target: Element): PlaceKind {
  if (target.kind === 'end-event') {
    const kills = triggersOf(target.trigger).some(({ type }) => type === 'terminate' || type === 'error' || type === 'cancel');
    return kills ? 'kill' : 'free';
  }
  if (target.incoming.length < 2) return 'free';
  if (target.kind === 'parallel-gateway') return 'all';
  return target.kind === 'inclusive-gateway' || target.kind === 'complex-gateway' ? 'some' : 'free';
}

class Builder {
  readonly places: Place[] = [];
  private readonly process: Process;
  private readonly scope: ScopeElement;
  private readonly canComplete: CanComplete;
  private readonly byName = new Map<string, number>();
  private readonly moves = new Map<number, readonly Move[]>();
  private readonly completed = new Map<ElementId, readonly Move[]>();

  constructor(process: Process, scope: ScopeElement, canComplete: CanComplete) {
    this.process = process;
    this.scope = scope;
    this.canComplete = canComplete;
  }

  begin(starts: readonly Element[]): Move {
    const parts = starts.map((start): Move => {
      if (start.kind === 'start-event' && start.outgoing.length === 1) return this.completions(start)[0]!;
      return { via: [], produces: [this.place(`at ${start.id}`, start)] };
    });
    return { via: parts.flatMap((part) => part.via), produces: parts.flatMap((part) => part.produces) };
  }

  inputsOf(element: ElementId): number[] {
    return elementOf(this.process, element).incoming.map((flow) => this.flowPlace(flow));
  }

  movesOf(index: number): readonly Move[] {
    const known = this.moves.get(index);
    if (known !== undefined) return known;
    const place = this.places[index]!;
    const made = this.movesThrough(elementOf(this.process, place.target), place.stay ?? 0);
    this.moves.set(index, made);
    return made;
  }

  /** The ways in which tokens leave an element that is done. */
  completions(element: Element): readonly Move[] {
    const known = this.completed.get(element.id);
    if (known !== undefined) return known;
    const made = this.leave(element).map((move): Move => ({ ...move, via: [element.id, ...move.via] }));
    this.completed.set(element.id, made);
    return made;
  }

  private place(name: string, target: Element, stay?: number): number {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const index = this.places.length;
    this.byName.set(name, index);
    this.places.push({
      index,
      kind: stay === undefined ? kindOf(target) : 'free',
      target: target.id,
      ...(stay === undefined ? {} : { stay }),
    });
    return index;
  }

  private flowPlace(flow: Flow): number {
    return this.place(`on ${flow.id}`, elementOf(this.process, flow.target));
  }

  private movesThrough(element: Element, from: number): Move[] {
    const boundaries = element.boundaries.map((id) => elementOf(this.process, id)).filter((event) => event.kind === 'boundary-event');
    const moves: Move[] = this.ends(element) ? [...this.completions(element)] : [];
    for (const event of boundaries.filter(({ interrupting }) => interrupting)) {
      moves.push(...this.completions(event).map((move) => ({ ...move, via: [element.id, ...move.via] })));
    }
    const others = boundaries.filter(({ interrupting }) => !interrupting);
    for (let position = from; position < others.length; position++) {
      const stays = this.place(`in ${element.id} ${position + 1}`, element, position + 1);
      for (const move of this.completions(others[position]!))
        moves.push({ via: [element.id, ...move.via], produces: [stays, ...move.produces] });
    }
    return moves;
  }

  private ends(element: Element): boolean {
    return !isScope(element) || element.loop !== undefined || this.canComplete(element.id);
  }

  private leave(element: Element): Move[] {
    if (element.kind === 'throw-event' && element.trigger.type === 'link') return this.jump(element.trigger.name);
    const flows = element.outgoing.filter((flow) => flow.condition?.text.trim() !== 'false');
    if (flows.length === 0) return [{ via: [], produces: [] }];
    if (element.kind === 'exclusive-gateway' || (element.kind === 'event-based-gateway' && !element.parallel))
      return flows.map((flow) => this.take([flow]));
    if (element.kind === 'parallel-gateway' || element.kind === 'event-based-gateway') return [this.take(flows)];
    if (element.kind === 'complex-gateway') return subsets(flows).map((taken) => this.take(taken));
    return this.leaveByConditions(element, flows);
  }

  /** Inclusive gateways and activities: every flow whose condition holds, those without condition always, else the default. */
  private leaveByConditions(element: Element, flows: readonly Flow[]): Move[] {
    const conditional = flows.filter((flow) => flow.condition !== undefined && flow.id !== element.defaultFlow);
    const always = flows.filter((flow) => flow.condition === undefined && flow.id !== element.defaultFlow);
    const otherwise = flows.filter((flow) => flow.id === element.defaultFlow);
    const chosen = subsets(conditional).map((taken) => this.take([...always, ...taken]));
    if (conditional.length > 0 && always.length === 0 && otherwise.length === 0) return chosen;
    return [this.take([...always, ...otherwise]), ...chosen];
  }

  private jump(name: string): Move[] {
    const target = this.process.links.get(this.scope.id)?.get(name);
    return target === undefined ? [{ via: [], produces: [] }] : [...this.completions(elementOf(this.process, target))];
  }

  private take(flows: readonly Flow[]): Move {
    return { via: flows.map(({ id }) => id), produces: flows.map((flow) => this.flowPlace(flow)) };
  }
}

/** All non-empty subsets; of long lists the single ones, the pairs and the whole. */
function subsets<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [];
  if (items.length > SUBSET_LIMIT) {
    const pairs = items.length > 20 ? [] : items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b]));
    return [...items.map((item) => [item]), ...pairs, [...items]];
  }
  const made: T[][] = [];
  for (let mask = 1; mask < 1 << items.length; mask++) made.push(items.filter((_, i) => (mask & (1 << i)) !== 0));
  return made;
}
