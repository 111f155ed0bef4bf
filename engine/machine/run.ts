/**
 * One command at work: the state as it changes, the events so far and the steps still to do.
 * Every change goes through `emit`, so the state is at every moment the fold of the events.
 */
import type { Clock } from '../feel/index.ts';
import { evolve } from '../evolve.ts';
import type { Internal } from '../internal.ts';
import { elementOf } from '../process.ts';
import type { Element } from '../process.ts';
import type { ElementInstance, InstanceState } from '../state.ts';
import type { Step } from '../step.ts';
import type { Event, Meta } from '../terms.ts';
import type { World } from '../world.ts';
import type { AnyBehavior, Behaviors } from './behavior.ts';
import { Effort } from './effort.ts';

/** A variable that changed in this run; conditional events look at it when the run comes to rest. */
export interface VariableChange {
  readonly scope: number;
  readonly name: string;
  readonly created: boolean;
}

export class Run {
  /** a migration goes on in another one */
  world: World;
  readonly meta: Meta;
  readonly clock: Clock;
  readonly effort = new Effort();
  readonly events: Event[] = [];
  readonly behaviors: Behaviors;
  /** scopes in which a token has moved: their inclusive joins are looked at when the run comes to rest */
  readonly touched = new Set<number>();
  /** scopes in which a token has moved since the command began */
  readonly stirred = new Set<number>();
  readonly changes: VariableChange[] = [];
  /** subscriptions to conditions that were opened in this run: looked at once even if nothing changes */
  readonly opened: number[] = [];
  #state: InstanceState | undefined;
  readonly #steps: Step[] = [];
  #next = 0;

  constructor(world: World, state: InstanceState | undefined, how: { readonly meta: Meta; readonly behaviors: Behaviors }) {
    this.world = world;
    this.meta = how.meta;
    this.behaviors = how.behaviors;
    this.clock = { now: how.meta.at, zone: world.zone, tally: this.effort.tally };
    this.#state = state;
  }

  get at(): number {
    return this.meta.at;
  }

  get state(): InstanceState {
    if (this.#state === undefined) throw new Error('Expected the instance to exist, but nothing has created it yet.');
    return this.#state;
  }

  emit(event: Event | Internal): void {
    this.events.push(event as Event);
    if (event.t === 'variable-set') this.effort.keeps(event.value);
    this.#state = evolve(this.#state, event as Event);
  }

  /** The number of the next new thing. Used up by the event that creates it. */
  get number(): number {
    return this.state.counter + 1;
  }

  instance(n: number): ElementInstance {
    const instance = this.state.elements.get(n);
    if (instance === undefined) throw new Error(`Expected element instance ${n} to be active, but it is not.`);
    return instance;
  }

  elementOf(instance: ElementInstance): Element {
    return elementOf(this.world.process, instance.element);
  }

  behaviorOf(instance: ElementInstance): AnyBehavior {
    return instance.body ? this.behaviors.body : (this.behaviors.elements[this.elementOf(instance).kind] as AnyBehavior);
  }

  push(step: Step): void {
    this.#steps.push(step);
  }

  /** steps still to do */
  get pending(): number {
    return this.#steps.length - this.#next;
  }

  /** The oldest step still to do. */
  take(): Step | undefined {
    if (this.#next < this.#steps.length) return this.#steps[this.#next++];
    this.#steps.length = 0;
    this.#next = 0;
    return undefined;
  }
}
