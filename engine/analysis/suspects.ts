/**
 * Where two tokens of one case might meet although nothing brings them together: an element with several incoming flows that is
 * reached from one split on two ways that share no element. A superset: the exploration decides, this only tells it where to look,
 * so that it needs to try different orders of steps there and nowhere else.
 */
import { elementOf } from '../process.ts';
import type { Element, Process, ScopeElement } from '../process.ts';
import type { ElementId } from '../terms.ts';
import { startsOf } from './scope-net.ts';

/** Work for very large diagrams is cut here; then the verdict is `bounded`. */
const WORK_LIMIT = 4_000_000;

export interface Suspects {
  readonly elements: ReadonlySet<ElementId>;
  readonly complete: boolean;
}

export function suspectsOf(process: Process, scope: ScopeElement): Suspects {
  const graph = new ScopeGraph(process, scope);
  const splits = scope.children.map((id) => elementOf(process, id)).filter((element) => isSplit(process, element));
  const affordable = Math.floor(WORK_LIMIT / Math.max(1, scope.children.length));
  const elements = new Set<ElementId>();
  const merges = new Set(scope.children.filter((id) => isMerge(elementOf(process, id))));
  if (merges.size === 0) return { elements, complete: true };
  const roots = [
    ...startsOf(process, scope)
      .filter((starts) => starts.length > 1)
      .map((starts) => graph.above(starts)),
    ...splits.map(({ id }) => id),
  ];
  for (const root of roots.slice(0, affordable)) {
    for (const id of graph.meetingPoints(root)) if (merges.has(id)) elements.add(id);
  }
  return { elements, complete: roots.length <= affordable };
}

export function isSplit(process: Process, element: Element): boolean {
  const repeats = element.boundaries.some((id) => {
    const event = elementOf(process, id);
    return event.kind === 'boundary-event' && !event.interrupting;
  });
  if (repeats) return true;
  if (element.outgoing.length < 2 || element.kind === 'exclusive-gateway') return false;
  return element.kind !== 'event-based-gateway' || element.parallel;
}

/** Elements that run once per token although several flows lead in. An end that only takes tokens away does no harm. */
function isMerge(element: Element): boolean {
  if (element.incoming.length < 2 || element.kind === 'parallel-gateway') return false;
  if (element.kind === 'inclusive-gateway' || element.kind === 'complex-gateway') return false;
  return element.kind !== 'end-event' || !['none', 'terminate', 'error', 'cancel'].includes(element.trigger.type);
}

class ScopeGraph {
  private readonly next = new Map<ElementId, readonly ElementId[]>();

  constructor(process: Process, scope: ScopeElement) {
    const links = process.links.get(scope.id);
    for (const id of scope.children) {
      const element = elementOf(process, id);
      const linked = element.kind === 'throw-event' && element.trigger.type === 'link' ? links?.get(element.trigger.name) : undefined;
      this.next.set(id, [
        ...element.outgoing.map(({ target }) => target),
        ...element.boundaries,
        ...(linked === undefined ? [] : [linked]),
      ]);
    }
  }

  /** A split of its own for elements that begin together; no element can have its name. */
  above(starts: readonly Element[]): ElementId {
    const id = ` ${starts.map((start) => start.id).join(' ')}`;
    this.next.set(
      id,
      starts.map((start) => start.id),
    );
    return id;
  }

  /** Elements whose immediate dominator, seen from `root`, is `root` itself, and that more than one way leads to. */
  meetingPoints(root: ElementId): ElementId[] {
    const order = this.postOrder(root).reverse();
    const before = this.predecessors(order);
    const dominator = dominators(before);
    return order.filter((id, index) => index > 0 && dominator[index] === 0 && before[index]!.length > 1);
  }

  private predecessors(order: readonly ElementId[]): number[][] {
    const rank = new Map(order.map((id, index) => [id, index]));
    const before: number[][] = order.map(() => []);
    order.forEach((id, from) => {
      for (const to of this.next.get(id) ?? []) before[rank.get(to)!]!.push(from);
    });
    return before;
  }

  private postOrder(root: ElementId): ElementId[] {
    const seen = new Set([root]);
    const done: ElementId[] = [];
    const stack = [{ id: root, at: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const to = this.next.get(top.id)?.[top.at++];
      if (to === undefined) {
        done.push(top.id);
        stack.pop();
      } else if (!seen.has(to)) {
        seen.add(to);
        stack.push({ id: to, at: 0 });
      }
    }
    return done;
  }
}

/** Immediate dominators by rank (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm). */
function dominators(before: readonly number[][]): number[] {
  const made: number[] = before.map((_, index) => (index === 0 ? 0 : -1));
  let changed = true;
  while (changed) {
    changed = false;
    for (let index = 1; index < before.length; index++) {
      let found = -1;
      for (const from of before[index]!) {
        if (made[from] === -1) continue;
        found = found === -1 ? from : common(made, from, found);
      }
      if (made[index] !== found) changed = true;
      made[index] = found;
    }
  }
  return made;
}

function common(made: readonly number[], left: number, right: number): number {
  let [a, b] = [left, right];
  while (a !== b) {
    while (a > b) a = made[a]!;
    while (b > a) b = made[b]!;
  }
  return a;
}
