/** Random block-structured processes, printed as lines for `draw`. */

export type Block =
  | { readonly kind: 'service' | 'user' | 'manual' | 'task' }
  | { readonly kind: 'script'; readonly variable: string; readonly by: number }
  | { readonly kind: 'seq'; readonly of: readonly Block[] }
  | { readonly kind: 'xor'; readonly variable: string; readonly of: readonly Block[] }
  | { readonly kind: 'and'; readonly of: readonly Block[] }
  | { readonly kind: 'or'; readonly variable: string; readonly of: readonly Block[] }
  | { readonly kind: 'loop'; readonly counter: string; readonly times: number; readonly of: Block }
  | { readonly kind: 'sub'; readonly of: Block }
  | { readonly kind: 'timed'; readonly interrupting: boolean; readonly of: Block }
  | { readonly kind: 'wait'; readonly events: number };

/** A stream of random numbers from a seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Growth {
  readonly random: (below: number) => number;
  /** names that expressions may use; each parallel branch has its own, so that no order of branches changes a decision */
  readonly variables: Map<string, number>;
  count: number;
}

export interface Grown {
  readonly block: Block;
  readonly variables: Readonly<Record<string, number>>;
}

/** A random block and the variables it starts with. `depth` bounds its size. */
export function grow(seed: number, depth: number): Grown {
  const growth: Growth = { random: randomOf(seed), variables: new Map(), count: 0 };
  const block = blockOf(growth, depth, fresh(growth));
  return { block, variables: Object.fromEntries(growth.variables) };
}

function fresh(growth: Growth): string {
  const name = `v${growth.variables.size}`;
  growth.variables.set(name, growth.random(7));
  return name;
}

const LEAVES = ['service', 'user', 'manual', 'task', 'script'] as const;
const NODES = ['seq', 'seq', 'xor', 'xor', 'and', 'or', 'loop', 'sub', 'timed', 'wait'] as const;

function blockOf(growth: Growth, depth: number, variable: string): Block {
  const { random } = growth;
  if (depth === 0 || random(6) === 0) {
    const kind = LEAVES[random(LEAVES.length)]!;
    return kind === 'script' ? { kind, variable, by: 1 + random(5) } : { kind };
  }
  const kind = NODES[random(NODES.length)]!;
  const inner = (own = variable): Block => blockOf(growth, depth - 1, own);
  const several = (own: () => string): Block[] => Array.from({ length: 2 + random(2) }, () => inner(own()));
  switch (kind) {
    case 'seq':
      return { kind, of: several(() => variable) };
    case 'xor':
      return { kind, variable, of: several(() => variable) };
    case 'and':
      return { kind, of: several(() => fresh(growth)) };
    case 'or':
      return { kind, variable, of: several(() => fresh(growth)) };
    case 'loop':
      return { kind, counter: fresh(growth), times: 1 + random(3), of: inner() };
    case 'wait':
      return { kind, events: 2 + random(2) };
    case 'timed':
      return { kind, interrupting: random(2) === 0, of: inner(fresh(growth)) };
    default:
      return { kind, of: inner() };
  }
}

/**
 * Prints a block as a whole process. `joins`: how an inclusive block is drawn: `gateway` with an inclusive join, `scope` as a
 * sub-process whose branches end one by one, which waits for all of them too (BPMN 2.0.2 §13.3.4) but needs no join.
 */
export function print(block: Block, joins: 'gateway' | 'scope'): string {
  const lines: string[] = [];
  let count = 0;
  const id = (prefix: string): string => `${prefix}${++count}`;
  const flow = (from: string, to: string, condition?: string): void =>
    void lines.push(`${from} -> ${to}${condition === undefined ? '' : ` : ${condition}`}`);

  /** Draws the block and answers the ids of its first and last element. */
  const place = (one: Block): { first: string; last: string } => {
    switch (one.kind) {
      case 'seq': {
        const parts = one.of.map(place);
        parts.slice(1).forEach((part, index) => flow(parts[index]!.last, part.first));
        return { first: parts[0]!.first, last: parts.at(-1)!.last };
      }
      case 'xor':
      case 'and':
        return gateways(one);
      case 'or':
        return joins === 'gateway' ? gateways(one) : scope(() => spread(one));
      case 'loop':
        return loop(one);
      case 'sub':
        return scope(() => place(one.of));
      case 'timed':
        return timed(one);
      case 'wait':
        return wait(one);
      default: {
        const name = id(one.kind);
        lines.push(
          one.kind === 'script' ? `script ${name} ${one.variable} = modulo(${one.variable} + ${one.by}, 7)` : `${one.kind} ${name}`,
        );
        return { first: name, last: name };
      }
    }
  };

  const conditionOf = (one: Block, index: number): string | undefined => {
    if (one.kind === 'xor') return index === 0 ? 'default' : `${one.variable} > ${index * 2}`;
    return one.kind === 'or' ? (index === 0 ? 'default' : `modulo(${one.variable}, ${index + 1}) = 0`) : undefined;
  };

  const gateways = (one: Extract<Block, { kind: 'xor' | 'and' | 'or' }>): { first: string; last: string } => {
    const [first, last] = [id(`${one.kind}-split`), id(`${one.kind}-join`)];
    lines.push(`${one.kind} ${first}`, `${one.kind} ${last}`);
    one.of.forEach((branch, index) => {
      const part = place(branch);
      flow(first, part.first, conditionOf(one, index));
      flow(part.last, last);
    });
    return { first, last };
  };

  const spread = (one: Extract<Block, { kind: 'or' }>): { first: string; last: undefined } => {
    const first = id('or-split');
    count++; // the join that the other drawing has
    lines.push(`or ${first}`);
    one.of.forEach((branch, index) => {
      const part = place(branch);
      const end = `end-of-${part.last}`;
      lines.push(`end ${end}`);
      flow(first, part.first, conditionOf(one, index));
      flow(part.last, end);
    });
    return { first, last: undefined };
  };

  const scope = (body: () => { first: string; last: string | undefined }): { first: string; last: string } => {
    const at = lines.length;
    const inner = body();
    const name = `scope-${inner.first}`;
    const opened = [`sub ${name} {`, `start begin-${name}`, ...lines.splice(at), `begin-${name} -> ${inner.first}`];
    lines.push(...opened, ...(inner.last === undefined ? [] : [`end end-${name}`, `${inner.last} -> end-${name}`]), '}');
    return { first: name, last: name };
  };

  const loop = (one: Extract<Block, { kind: 'loop' }>): { first: string; last: string } => {
    const [again, enough, step] = [id('again'), id('enough'), id('step')];
    const part = place(one.of);
    lines.push(`xor ${again}`, `xor ${enough}`, `script ${step} ${one.counter} = ${one.counter} + 1`);
    flow(again, part.first);
    flow(part.last, step);
    flow(step, enough);
    const after = id('after');
    lines.push(`task ${after}`);
    flow(enough, again, `${one.counter} < ${one.times + 3}`);
    flow(enough, after, 'default');
    return { first: again, last: after };
  };

  const timed = (one: Extract<Block, { kind: 'timed' }>): { first: string; last: string } => {
    const inner = scope(() => place(one.of));
    const [timer, late] = [id('timer'), id('late')];
    lines.push(`boundary ${timer} on ${inner.first} ${one.interrupting ? '' : 'non-interrupting '}timer duration PT1H`, `task ${late}`);
    flow(timer, late);
    if (one.interrupting) {
      // the token that leaves by the timer is the one that was inside: it goes on where the others wait for it
      const merge = id('merge');
      lines.push(`xor ${merge}`);
      flow(inner.last, merge);
      flow(late, merge);
      return { first: inner.first, last: merge };
    }
    lines.push(`end end-${late}`);
    flow(late, `end-${late}`);
    return inner;
  };

  const wait = (one: Extract<Block, { kind: 'wait' }>): { first: string; last: string } => {
    const [gateway, merge] = [id('events'), id('merge')];
    lines.push(`events ${gateway}`, `xor ${merge}`);
    for (let index = 0; index < one.events; index++) {
      const event = id('event');
      lines.push(index === 0 ? `catch ${event} timer duration PT1H` : `catch ${event} message M${event}`);
      flow(gateway, event);
      flow(event, merge);
    }
    return { first: gateway, last: merge };
  };

  const body = place(block);
  return ['start start', 'end end', ...lines, `start -> ${body.first}`, `${body.last} -> end`].join('\n');
}
