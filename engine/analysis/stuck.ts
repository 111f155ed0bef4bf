/**
 * Deadlock: a state in which tokens wait at joins and nothing can move. No option to complete: a state from which tokens can move
 * for ever, but no end can be reached. Both need the whole graph of states; a bounded exploration counts its border as completing.
 */
import { elementOf } from '../process.ts';
import type { ElementId } from '../terms.ts';
import { marked } from './marking.ts';
import type { Exploration, State } from './explore.ts';
import type { Finding } from './finding.ts';
import { flowNamed, listed, named, namedById } from './words.ts';
import { stepsTo, wayOf } from './way.ts';

export function stuckFindings(explored: Exploration): Finding[] {
  const dead = explored.states.map((state, index) => ({ state, index })).filter(({ state }) => isDead(state));
  const deadlocks = new Map<ElementId, Finding>();
  if (explored.complete) {
    for (const { state, index } of dead) {
      const gateway = waitingAt(explored, state);
      if (gateway !== undefined && !deadlocks.has(gateway)) deadlocks.set(gateway, deadlock(explored, { state, index, gateway }));
    }
  }
  return [...deadlocks.values(), ...livelock(explored)];
}

function isDead(state: State): boolean {
  return state.ended === undefined && !state.tainted && state.next.length === 0;
}

/** The join to blame: one that needs all its flows before one that only waits because the other does. */
function waitingAt(explored: Exploration, state: State): ElementId | undefined {
  const places = state.marking.map((index) => explored.net.places[index]!);
  return (places.find(({ kind }) => kind === 'all') ?? places.find(({ kind }) => kind === 'some'))?.target;
}

function deadlock(explored: Exploration, at: { state: State; index: number; gateway: ElementId }): Finding {
  const { process } = explored.net;
  const gateway = elementOf(process, at.gateway);
  const inputs = explored.net.inputsOf(at.gateway);
  const missing = gateway.incoming.filter((_, position) => !marked(at.state.marking, inputs[position]!));
  const words = listed(missing.map(({ id }) => flowNamed(process, id)));
  return {
    code: 'deadlock',
    severity: 'error',
    elementId: gateway.id,
    elementIds: [gateway.id, ...missing.map(({ id }) => id)],
    message: `Expected ${named(gateway)} to get a token on every incoming flow, but on this way none comes by ${words}, so the case waits there for ever.`,
    hint: 'Let the split before it be of the same kind as this join, or join with an exclusive or inclusive gateway.',
    values: { element: named(gateway), missing: words },
    path: wayOf(stepsTo(explored, at.index)),
  };
}

function livelock(explored: Exploration): Finding[] {
  if (!explored.complete || endsFromOutside(explored)) return [];
  const completing = reaching(explored.states, (state) => state.ended !== undefined || state.tainted || isDead(state));
  const index = explored.states.findIndex((_, at) => !completing.has(at));
  if (index === -1) return [];
  const { process } = explored.net;
  const elements = [...forward(explored, index)];
  const words = listed(elements.slice(0, 4).map((id) => namedById(process, id)));
  return [
    {
      code: 'no-option-to-complete',
      severity: 'warning',
      elementId: elements[0]!,
      elementIds: elements,
      message: `Expected the case to be able to end, but once it is at ${words} no way leads to an end.`,
      hint: 'Give the loop a way out: a gateway with a condition, or an event that interrupts it.',
      values: { elements: words },
      path: wayOf(stepsTo(explored, index)),
    },
  ];
}

/** An interrupting event around the scope ends what cannot end itself. */
function endsFromOutside({ net }: Exploration): boolean {
  const interrupts = (id: ElementId): boolean => {
    const element = elementOf(net.process, id);
    return (element.kind === 'boundary-event' || element.kind === 'event-sub-process') && element.interrupting;
  };
  return net.scope.kind === 'ad-hoc-sub-process' || net.scope.boundaries.some(interrupts) || net.scope.eventSubProcesses.some(interrupts);
}

function reaching(states: readonly State[], good: (state: State) => boolean): Set<number> {
  const before: number[][] = states.map(() => []);
  states.forEach((state, from) => state.next.forEach((to) => before[to]!.push(from)));
  const open = states.flatMap((state, index) => (good(state) ? [index] : []));
  const seen = new Set(open);
  while (open.length > 0) {
    for (const from of before[open.pop()!]!) {
      if (!seen.has(from)) open.push(from);
      seen.add(from);
    }
  }
  return seen;
}

/** Elements that tokens are at in the states that follow. */
function forward(explored: Exploration, index: number): Set<ElementId> {
  const seen = new Set([index]);
  const elements = new Set<ElementId>();
  for (const at of seen) {
    for (const place of explored.states[at]!.marking) elements.add(explored.net.places[place]!.target);
    for (const to of explored.states[at]!.next) seen.add(to);
  }
  return elements;
}
