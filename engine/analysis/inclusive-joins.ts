import { elementOf } from '../process.ts';
import type { Element } from '../process.ts';
import type { ElementId } from '../terms.ts';
import { marked } from './marking.ts';
import type { Marking } from './marking.ts';
import type { ScopeNet } from './scope-net.ts';

/**
 * When an inclusive join goes on (BPMN 2.0.2 §13.4.3): it has a token, and each token elsewhere that could still come by an empty
 * incoming flow without passing the gateway could as well come by a flow that has one.
 */
export class InclusiveJoins {
  private readonly net: ScopeNet;
  /** by gateway, in the order of its incoming flows: elements from which a token can reach that flow */
  private readonly reach = new Map<ElementId, readonly ReadonlySet<ElementId>[]>();

  constructor(net: ScopeNet) {
    this.net = net;
  }

  /** The places whose tokens it takes, or undefined while it has to wait. */
  ready(gateway: ElementId, marking: Marking): number[] | undefined {
    const inputs = this.net.inputsOf(gateway);
    const taken = inputs.filter((place) => marked(marking, place));
    if (taken.length === inputs.length) return taken;
    const reach = this.reachOf(gateway);
    const filled = reach.filter((_, position) => marked(marking, inputs[position]!));
    const empty = reach.filter((_, position) => !marked(marking, inputs[position]!));
    const others = marking.map((place) => this.net.places[place]!.target).filter((target) => target !== gateway);
    const blocked = others.some((at) => empty.some((from) => from.has(at)) && !filled.some((from) => from.has(at)));
    return blocked ? undefined : taken;
  }

  private reachOf(gateway: ElementId): readonly ReadonlySet<ElementId>[] {
    const known = this.reach.get(gateway);
    if (known !== undefined) return known;
    const made = elementOf(this.net.process, gateway).incoming.map((flow) => this.backwards(flow.source, gateway));
    this.reach.set(gateway, made);
    return made;
  }

  private backwards(from: ElementId, gateway: ElementId): Set<ElementId> {
    const seen = new Set<ElementId>();
    const open = [from];
    while (open.length > 0) {
      const id = open.pop()!;
      if (id === gateway || seen.has(id)) continue;
      seen.add(id);
      open.push(...this.before(elementOf(this.net.process, id)));
    }
    return seen;
  }

  private before(element: Element): ElementId[] {
    const before = element.incoming.map(({ source }) => source);
    if (element.kind === 'boundary-event') before.push(element.attachedTo);
    if (element.kind !== 'catch-event' || element.trigger.type !== 'link') return before;
    const { name } = element.trigger;
    const jumps = this.net.scope.children.filter((id) => {
      const other = elementOf(this.net.process, id);
      return other.kind === 'throw-event' && other.trigger.type === 'link' && other.trigger.name === name;
    });
    return [...before, ...jumps];
  }
}
