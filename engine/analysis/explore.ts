/**
 * The reachable markings of one scope, breadth first, so that the way to each state is a shortest one.
 *
 * LAW: tokens that nothing else can disturb move at once and alone (a persistent set); the order of independent steps is not tried out.
 * Different orders are tried only where they matter: at the elements where two tokens might meet, at joins that look at the whole scope
 * and at ends that kill. When a state's successors are all known already, everything else that could move is tried as well, so that
 * no token is postponed for ever around a cycle.
 */
import type { ElementId } from '../terms.ts';
import { marked, markingKey, put, take } from './marking.ts';
import type { Marking } from './marking.ts';
import { InclusiveJoins } from './inclusive-joins.ts';
import type { Move, Place, ScopeNet } from './scope-net.ts';
import { suspectsOf } from './suspects.ts';

/** Markings of thousands of tokens are slow to handle; looked at so many tokens, the verdict becomes `bounded`. */
const WORK_LIMIT = 20_000_000;

export interface Step {
  readonly consumes: readonly number[];
  readonly produces: readonly number[];
  readonly via: readonly ElementId[];
}

export interface State {
  readonly marking: Marking;
  /** index of the state before; -1: a beginning */
  readonly parent: number;
  readonly steps: readonly Step[];
  /** two tokens have met on the way here: what follows is no evidence any more */
  readonly tainted: boolean;
  readonly ended?: 'completed' | 'thrown';
  readonly next: number[];
}

export interface Meeting {
  readonly element: ElementId;
  readonly parent: number;
  readonly steps: readonly Step[];
  readonly places: readonly number[];
}

export interface Exploration {
  readonly net: ScopeNet;
  readonly states: readonly State[];
  /** elements and flows that some token passed */
  readonly covered: ReadonlySet<ElementId>;
  /** first meeting of two tokens per element */
  readonly meetings: readonly Meeting[];
  readonly complete: boolean;
}

/** A marking on its way to the next choice. */
interface Draft {
  marking: Marking;
  tainted: boolean;
  steps: Step[];
  ended?: 'completed' | 'thrown';
  parent: number;
}

interface Choice {
  readonly consumes: readonly number[];
  readonly move: Move;
  readonly ends?: 'completed' | 'thrown';
}

export function explore(net: ScopeNet, maxStates: number): Exploration {
  return new Explorer(net, maxStates).run();
}

class Explorer {
  private readonly net: ScopeNet;
  private readonly maxStates: number;
  private readonly suspects: ReadonlySet<ElementId>;
  private readonly joins: InclusiveJoins;
  private readonly states: State[] = [];
  private readonly known = new Map<string, number>();
  private readonly covered = new Set<ElementId>();
  private readonly meetings = new Map<ElementId, Meeting>();
  private complete: boolean;
  private work = 0;

  constructor(net: ScopeNet, maxStates: number) {
    this.net = net;
    this.maxStates = maxStates;
    const suspects = suspectsOf(net.process, net.scope);
    this.suspects = suspects.elements;
    this.complete = suspects.complete;
    this.joins = new InclusiveJoins(net);
  }

  run(): Exploration {
    for (const start of this.net.starts)
      this.arrive(this.follow({ marking: [], tainted: false, steps: [], parent: -1 }, { consumes: [], move: start }));
    for (let index = 0; index < this.states.length && this.work < WORK_LIMIT; index++) this.expand(index);
    this.complete &&= this.work < WORK_LIMIT;
    return { net: this.net, states: this.states, covered: this.covered, meetings: [...this.meetings.values()], complete: this.complete };
  }

  private expand(index: number): void {
    const state = this.states[index]!;
    if (state.ended !== undefined) return;
    const before = this.states.length;
    const groups = this.choices(state.marking);
    for (const choice of groups[0] ?? []) this.branch(index, choice);
    if (this.states.length > before) return;
    for (const choice of groups.slice(1).flat()) this.branch(index, choice);
  }

  private branch(index: number, choice: Choice): void {
    const state = this.states[index]!;
    const target = this.arrive(this.follow({ marking: state.marking, tainted: state.tainted, steps: [], parent: index }, choice));
    if (target !== undefined && !state.next.includes(target)) state.next.push(target);
  }

  /** The number of the state that the draft is; undefined when the limit is hit. */
  private arrive(draft: Draft): number | undefined {
    this.settle(draft);
    if (draft.marking.length === 0) draft.ended ??= 'completed';
    const key = `${markingKey(draft.marking)}${draft.tainted ? '!' : ''}${draft.ended ?? ''}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= this.maxStates) {
      this.complete = false;
      return undefined;
    }
    const { marking, parent, steps, tainted, ended } = draft;
    this.known.set(key, this.states.length);
    return this.states.push({ marking, parent, steps, tainted, next: [], ...(ended === undefined ? {} : { ended }) }) - 1;
  }

  /** Takes every step that leaves no choice. The bound stops it in cycles without choice; the cycle is then seen between states. */
  private settle(draft: Draft): void {
    for (let left = this.net.places.length + 16; left > 0 && draft.ended === undefined && this.work < WORK_LIMIT; left--) {
      const choice = this.onlyChoice(draft.marking);
      if (choice === undefined) return;
      this.follow(draft, choice);
    }
  }

  private onlyChoice(marking: Marking): Choice | undefined {
    const tried = new Set<ElementId>();
    this.work += marking.length + 1;
    for (const index of marking) {
      const place = this.net.places[index]!;
      if (place.kind === 'all' && !tried.has(place.target)) {
        tried.add(place.target);
        const [choice, ...more] = this.joinChoices(place.target, marking);
        if (choice !== undefined && more.length === 0) return choice;
      }
      if (place.kind !== 'free' || this.rests(place)) continue;
      const moves = this.net.movesOf(index);
      if (moves.length === 1) return { consumes: [index], move: moves[0]! };
    }
    return undefined;
  }

  private follow(draft: Draft, choice: Choice): Draft {
    const step: Step = { consumes: choice.consumes, produces: choice.move.produces, via: choice.move.via };
    draft.steps.push(step);
    for (const id of step.via) this.covered.add(id);
    if (choice.ends !== undefined) {
      draft.marking = [];
      draft.ended = choice.ends;
      return draft;
    }
    let marking = draft.marking;
    for (const place of choice.consumes) marking = take(marking, place);
    for (const place of choice.move.produces) {
      const twice = marked(marking, place);
      marking = twice ? marking : put(marking, place);
      if (this.meets(draft, marking, { place, twice })) draft.tainted = true;
    }
    draft.marking = marking;
    return draft;
  }

  private meets(draft: Draft, marking: Marking, { place, twice }: { place: number; twice: boolean }): boolean {
    const target = this.net.places[place]!.target;
    if (!this.suspects.has(target)) return twice;
    const other = twice ? place : marking.find((index) => index !== place && this.net.places[index]!.target === target);
    if (other === undefined) return false;
    if (!draft.tainted && !this.meetings.has(target)) {
      this.meetings.set(target, { element: target, parent: draft.parent, steps: [...draft.steps], places: [place, other] });
    }
    return true;
  }

  private rests(place: Place): boolean {
    return place.stay === undefined && this.suspects.has(place.target);
  }

  /** What can happen, in groups; the first group alone is enough unless it leads nowhere new. */
  private choices(marking: Marking): Choice[][] {
    const groups: Choice[][] = [];
    const resting: Choice[] = [];
    const kills: Choice[] = [];
    const joined = new Set<ElementId>();
    const some = new Set<ElementId>();
    for (const index of marking) {
      const place = this.net.places[index]!;
      if (place.kind === 'all' && !joined.has(place.target)) {
        joined.add(place.target);
        groups.push(this.joinChoices(place.target, marking));
      } else if (place.kind === 'some') some.add(place.target);
      else if (place.kind === 'kill') kills.push(...this.killChoices(place));
      else if (place.kind === 'free') this.freeChoices(place, { groups, resting, kills });
    }
    const inclusive = [...some].flatMap((id) => this.inclusiveChoices(id, marking));
    return [...groups, resting, inclusive, kills].filter((group) => group.length > 0);
  }

  private freeChoices(place: Place, into: { groups: Choice[][]; resting: Choice[]; kills: Choice[] }): void {
    const choices = this.net.movesOf(place.index).map((move): Choice => ({ consumes: [place.index], move }));
    // an inner scope that can only end by an error takes this scope with it
    if (choices.length === 0) into.kills.push({ consumes: [place.index], move: { via: [place.target], produces: [] }, ends: 'thrown' });
    else if (this.rests(place)) into.resting.push(...choices);
    else into.groups.push(choices);
  }

  private killChoices(place: Place): Choice[] {
    const element = this.net.process.elements.get(place.target);
    const completes = element?.kind === 'end-event' && element.trigger.type === 'terminate';
    return this.net.movesOf(place.index).map((move) => ({ consumes: [place.index], move, ends: completes ? 'completed' : 'thrown' }));
  }

  private joinChoices(gateway: ElementId, marking: Marking): Choice[] {
    const inputs = this.net.inputsOf(gateway);
    if (!inputs.every((place) => marked(marking, place))) return [];
    return this.net.outcomesOf(gateway).map((move) => ({ consumes: inputs, move }));
  }

  private inclusiveChoices(gateway: ElementId, marking: Marking): Choice[] {
    const consumes = this.joins.ready(gateway, marking);
    if (consumes === undefined) return [];
    return this.net.outcomesOf(gateway).map((move) => ({ consumes, move }));
  }
}
