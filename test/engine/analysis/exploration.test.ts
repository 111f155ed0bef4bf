/** The exploration leaves out orders that do not matter. Here every order is tried, on small random diagrams, and both must say the same. */
import { expect, test } from '@jest/globals';
import { explore } from '../../../engine/analysis/explore.ts';
import { InclusiveJoins } from '../../../engine/analysis/inclusive-joins.ts';
import { marked, put, take } from '../../../engine/analysis/marking.ts';
import type { Marking } from '../../../engine/analysis/marking.ts';
import { scopeNet } from '../../../engine/analysis/scope-net.ts';
import type { Move, ScopeNet } from '../../../engine/analysis/scope-net.ts';
import { elementOf, isScope } from '../../../engine/process.ts';
import type { Process } from '../../../engine/process.ts';
import { randomOf } from '../../property/blocks.ts';
import { draw } from './draw.ts';

const CASES = Number(process.env['CASES'] ?? 150);
const FIRST = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const seeds = process.env['SEED'] === undefined ? Array.from({ length: CASES }, (_, index) => FIRST + index) : [FIRST];

const KINDS = ['xor', 'xor', 'and', 'and', 'user', 'user', 'or'] as const;

/** Any gateways and tasks, any flows between them; only that everything is reached and can go on is sure. */
function scribble(seed: number): string {
  const random = randomOf(seed);
  const nodes = Array.from({ length: 4 + random(5) }, (_, index) => ({ id: `n${index}`, kind: KINDS[random(KINDS.length)]! }));
  const flows = new Set(['s n0']);
  nodes.slice(1).forEach(({ id }, index) => flows.add(`n${random(index + 1)} ${id}`));
  for (const { id } of nodes)
    if (![...flows].some((flow) => flow.startsWith(`${id} `))) flows.add(random(3) === 0 ? `${id} n${random(nodes.length)}` : `${id} e`);
  for (let more = random(4); more > 0; more--) flows.add(`n${random(nodes.length)} n${random(nodes.length)}`);
  if (![...flows].some((flow) => flow.endsWith(' e'))) flows.add(`n${nodes.length - 1} e`);
  const out = new Map<string, number>();
  const drawn = [...flows].map((flow) => {
    const [from = '', to = ''] = flow.split(' ');
    const position = out.get(from) ?? 0;
    out.set(from, position + 1);
    const kind = nodes.find(({ id }) => id === from)?.kind;
    const decides = (kind === 'xor' || kind === 'or') && [...flows].filter((other) => other.startsWith(`${from} `)).length > 1;
    return `${from} -> ${to}${decides ? (position === 0 ? ' : default' : ` : c > ${position}`) : ''}`;
  });
  return ['start s', 'end e', ...nodes.map(({ id, kind }) => `${kind} ${id}`), ...drawn].join('\n');
}

interface Found {
  readonly stuck: boolean;
  readonly meets: boolean;
  /** a second token comes after the first one on the same flow: a loop gives birth to tokens, and there is no end of them */
  readonly breeds?: boolean;
  readonly covered: readonly string[];
}

function netOf(process: Process): ScopeNet {
  const scope = elementOf(process, process.id);
  if (!isScope(scope)) throw new Error('Expected a scope.');
  return scopeNet(process, scope, () => true);
}

/** Every order of steps, one state per marking. */
function everyOrder(net: ScopeNet): Found | undefined {
  const joins = new InclusiveJoins(net);
  const covered = new Set<string>();
  const known = new Map<string, Marking>();
  let [stuck, meets, breeds] = [false, false, false];
  const arrive = (from: Marking, consumes: readonly number[], move: Move): void => {
    for (const id of move.via) covered.add(id);
    let marking = from;
    for (const place of consumes) marking = take(marking, place);
    for (const place of move.produces) {
      if (marked(marking, place)) breeds = true;
      else marking = put(marking, place);
    }
    known.set(marking.join(' '), marking);
  };
  for (const start of net.starts) arrive([], [], start);
  for (const marking of known.values()) {
    if (known.size > 4000) return undefined;
    let moved = false;
    const go = (consumes: readonly number[], moves: readonly Move[]): void => {
      for (const move of moves) arrive(marking, consumes, move);
      moved ||= moves.length > 0;
    };
    const targets = new Set<string>();
    for (const index of marking) {
      const place = net.places[index]!;
      const others = marking.filter((other) => other !== index && net.places[other]!.target === place.target);
      const element = elementOf(net.process, place.target);
      if (place.kind === 'free' && others.length > 0 && element.kind !== 'end-event') meets = true;
      if (place.kind === 'free' || place.kind === 'kill') go([index], net.movesOf(index));
      else targets.add(place.target);
    }
    for (const id of targets) {
      const inputs = net.inputsOf(id);
      const all = elementOf(net.process, id).kind === 'parallel-gateway';
      const ready = all ? (inputs.every((place) => marked(marking, place)) ? inputs : undefined) : joins.ready(id, marking);
      if (ready !== undefined) go(ready, net.outcomesOf(id));
    }
    if (!moved && marking.length > 0) stuck = true;
  }
  return { stuck, meets, breeds, covered: [...covered].sort() };
}

function withoutOrders(net: ScopeNet): Found & { readonly complete: boolean } {
  const { states, covered, meetings, complete } = explore(net, 20_000);
  const stuck = states.some((state) => state.ended === undefined && !state.tainted && state.next.length === 0);
  const meets = meetings.length > 0 || states.some(({ tainted }) => tainted);
  return { stuck, meets, covered: [...covered].sort(), complete };
}

test('[AN16] leaving out orders of independent steps changes no finding', async () => {
  let compared = 0;
  for (const seed of seeds) {
    const lines = scribble(seed);
    const process = await draw(lines).catch(() => undefined);
    const full = process === undefined ? undefined : everyOrder(netOf(process));
    if (process === undefined || full === undefined) continue;
    const { breeds, ...plain } = full;
    if (breeds) continue;
    const reduced = withoutOrders(netOf(process));
    compared++;
    const same =
      reduced.meets === full.meets && (full.meets || (reduced.stuck === full.stuck && reduced.covered.join() === full.covered.join()));
    if (!same) console.log(`SEED=${seed}\n${lines}`);
    // two tokens that meet taint what follows; before that, everything has to be the same
    expect({ seed, meets: reduced.meets }).toEqual({ seed, meets: full.meets });
    if (!full.meets) expect({ seed, ...reduced, complete: true }).toEqual({ seed, ...plain, complete: true });
  }
  expect(compared).toBeGreaterThan(seeds.length / 4);
}, 600_000);
