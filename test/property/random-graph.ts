/**
 * Random unstructured diagrams: any node may lead to any other, forwards, backwards and across, so tokens multiply, meet and get stuck.
 * Only what `compile` demands is sure: every node is reached by some flow, starts and ends have flows on one side only.
 */
import fc from 'fast-check';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  error,
  escalation,
  eventSub,
  flow,
  gateway,
  job,
  link,
  message,
  multiInstance,
  onCondition,
  onError,
  onEscalation,
  onMessage,
  onSignal,
  script,
  signal,
  start,
  sub,
  terminate,
  throwing,
  timer,
  userTask,
} from '../support/bpmn.ts';

const WORK = ['job', 'user', 'task', 'script'] as const;
const EVENTS = ['timer', 'message', 'signal', 'condition', 'escalate', 'link'] as const;
const GATES = ['xor', 'and', 'or'] as const;
const ENDS = ['none', 'none', 'none', 'terminate', 'error', 'escalation'] as const;
const TRIGGERS = ['timer', 'message', 'signal', 'condition', 'error', 'escalation'] as const;

interface Hook {
  readonly trigger: (typeof TRIGGERS)[number];
  readonly interrupting: boolean;
  readonly to: number;
}

export interface GraphNode {
  readonly kind: (typeof WORK)[number] | (typeof EVENTS)[number] | (typeof GATES)[number] | 'events' | 'sub' | 'many';
  /** the earlier node that leads here, counted modulo their number */
  readonly from: number;
  /** where it leads besides, counted modulo nodes and ends */
  readonly to: readonly number[];
  /** gateways: without a default flow, no condition may hold */
  readonly noDefault: boolean;
  readonly hooks: readonly Hook[];
  readonly inner?: Graph;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly ends: readonly (typeof ENDS)[number][];
  readonly aside?: Omit<Hook, 'to'>;
}

/** `tame`: nothing that stops a token by its data or ends others, no loops back: what two implementations must agree on. */
export interface Wildness {
  readonly kinds: readonly GraphNode['kind'][];
  readonly ends: readonly (typeof ENDS)[number][];
  readonly hooks: boolean;
  readonly loops: boolean;
  readonly alwaysDefault: boolean;
}

export const WILD: Wildness = {
  kinds: [...WORK, ...WORK, ...GATES, ...GATES, ...GATES, ...EVENTS, 'events', 'sub', 'sub', 'many'],
  ends: ENDS,
  hooks: true,
  loops: true,
  alwaysDefault: false,
};

export function graphs(wild: Wildness, nodes: { readonly min: number; readonly max: number }, depth = 2): fc.Arbitrary<Graph> {
  const kinds = depth > 0 ? wild.kinds : wild.kinds.filter((kind) => kind !== 'sub' && kind !== 'many');
  const hook = fc.record({ trigger: fc.constantFrom(...TRIGGERS), interrupting: fc.boolean(), to: fc.nat(30) });
  const node = fc.constantFrom(...kinds).chain((kind) =>
    fc.record(
      {
        kind: fc.constant(kind),
        from: fc.nat(30),
        to: fc.array(fc.nat(30), { maxLength: kind === 'xor' || kind === 'and' || kind === 'or' ? 3 : 1 }),
        noDefault: wild.alwaysDefault ? fc.constant(false) : fc.integer({ min: 0, max: 5 }).map((roll) => roll === 0),
        hooks: wild.hooks ? fc.array(hook, { maxLength: 1 }) : fc.constant([]),
        ...(kind === 'sub' || kind === 'many' ? { inner: graphs(wild, { min: 1, max: Math.max(2, nodes.max >> 1) }, depth - 1) } : {}),
      },
      {},
    ),
  ) as fc.Arbitrary<GraphNode>;
  return fc.record(
    {
      nodes: fc.array(node, { minLength: nodes.min, maxLength: nodes.max }),
      ends: fc.array(fc.constantFrom(...wild.ends), { minLength: 1, maxLength: 3 }),
      ...(wild.hooks
        ? {
            aside: fc.option(fc.record({ trigger: fc.constantFrom(...TRIGGERS), interrupting: fc.boolean() }), { nil: undefined, freq: 4 }),
          }
        : {}),
    },
    {},
  ) as fc.Arbitrary<Graph>;
}

const ROOTS = [message('m'), signal('g'), error('E'), escalation('K')];

export function drawGraph(graph: Graph, loops = true): string {
  return diagram(...ROOTS, ...new Drawing(graph, '', loops).parts());
}

class Drawing {
  readonly #graph: Graph;
  readonly #prefix: string;
  readonly #loops: boolean;
  readonly #parts: string[] = [];
  readonly #drawn = new Set<string>();

  constructor(graph: Graph, prefix: string, loops: boolean) {
    this.#graph = graph;
    this.#prefix = prefix;
    this.#loops = loops;
  }

  parts(): readonly string[] {
    const { nodes, ends, aside } = this.#graph;
    this.#parts.push(start(this.#id('s')));
    this.#connect(this.#id('s'), this.#id('n0'));
    nodes.forEach((node, index) => this.#node(node, index));
    const reached = (id: string): boolean => [...this.#drawn].some((flow) => flow.endsWith(` ${id}`));
    this.#parts.push(...ends.map((kind, index) => (reached(this.#id(`z${index}`)) ? this.#end(this.#id(`z${index}`), kind) : '')));
    if (aside) this.#aside(aside);
    return this.#parts;
  }

  #id(name: string): string {
    return `${this.#prefix}${name}`;
  }

  #connect(from: string, to: string, condition?: string): boolean {
    if (this.#drawn.has(`${from} ${to}`)) return false;
    this.#drawn.add(`${from} ${to}`);
    this.#parts.push(flow(from, to, condition));
    return true;
  }

  /** The element behind a number. Without loops only what comes later. */
  #target(index: number, to: number): string {
    const { nodes, ends } = this.#graph;
    const least = this.#loops ? 0 : index + 1;
    const at = least + (to % (nodes.length + ends.length - least));
    return this.#id(at < nodes.length ? `n${at}` : `z${at - nodes.length}`);
  }

  #outs(node: GraphNode, index: number): string[] {
    const { nodes } = this.#graph;
    const after = nodes.flatMap((other, at) => (at > index && other.from % at === index ? [this.#id(`n${at}`)] : []));
    const outs = [...new Set([...after, ...node.to.map((to) => this.#target(index, to))])];
    return outs.length > 0
      ? outs
      : [this.#target(index, index < nodes.length - 1 ? 0 : nodes.length - 1)].map((id) => this.#onwards(id, index));
  }

  /** A node that leads nowhere ends. */
  #onwards(_id: string, index: number): string {
    return this.#id(`z${index % this.#graph.ends.length}`);
  }

  #node(node: GraphNode, index: number): void {
    const id = this.#id(`n${index}`);
    const outs = this.#outs(node, index);
    switch (node.kind) {
      case 'xor':
      case 'or':
        return this.#decide(node, id, outs);
      case 'and':
        this.#parts.push(gateway('parallel', id));
        break;
      case 'events':
        return this.#race(id, outs);
      case 'link':
        this.#parts.push(throwing(id, link(id)), catching(`${id}_catch`, link(id)));
        return outs.forEach((to) => void this.#connect(`${id}_catch`, to));
      default:
        this.#parts.push(this.#plain(node, id));
    }
    outs.forEach((to) => void this.#connect(id, to));
    if (isActivity(node.kind)) this.#boundaries(node, id, index);
  }

  #plain(node: GraphNode, id: string): string {
    const inner = (): string => new Drawing(node.inner!, `${id}_`, this.#loops).parts().join('');
    switch (node.kind) {
      case 'job':
        return job(id);
      case 'user':
        return userTask(id);
      case 'script':
        return script(id, 'choice', '=modulo(choice * 7 + 3, 60)');
      case 'escalate':
        return throwing(id, onEscalation('K'));
      case 'sub':
        return sub(id, inner());
      case 'many':
        return sub(id, inner(), multiInstance({ inputCollection: '=[1, 2]', inputElement: 'item' }, { sequential: node.from % 2 === 0 }));
      case 'timer':
      case 'message':
      case 'signal':
      case 'condition':
        return catching(id, triggerOf(node.kind));
      default:
        return el('task', id);
    }
  }

  #decide(node: GraphNode, id: string, outs: readonly string[]): void {
    const kind = node.kind === 'xor' ? 'exclusive' : 'inclusive';
    const fallback = outs.length > 1 && !node.noDefault;
    this.#parts.push(gateway(kind, id, fallback ? { default: `${id}-${outs[0]}` } : {}));
    outs.forEach((to, index) =>
      this.#connect(id, to, outs.length === 1 || (fallback && index === 0) ? undefined : `=modulo(choice, ${index + 2}) = ${index % 2}`),
    );
  }

  #race(id: string, outs: readonly string[]): void {
    this.#parts.push(
      gateway('eventBased', id),
      catching(`${id}_timer`, triggerOf('timer')),
      catching(`${id}_message`, triggerOf('message')),
    );
    this.#connect(id, `${id}_timer`);
    this.#connect(id, `${id}_message`);
    outs.forEach((to, index) => void this.#connect(`${id}_${index % 2 === 0 ? 'timer' : 'message'}`, to));
    if (outs.length === 1) this.#connect(`${id}_message`, outs[0]!);
  }

  #boundaries(node: GraphNode, id: string, index: number): void {
    node.hooks.forEach(({ trigger, interrupting, to }, position) => {
      const hook = `${id}_b${position}`;
      this.#parts.push(boundary(hook, id, triggerOf(trigger), trigger === 'error' || interrupting));
      this.#connect(hook, this.#target(index, to));
    });
  }

  #aside({ trigger, interrupting }: Omit<Hook, 'to'>): void {
    const [id, begin, work, finish] = [this.#id('x'), this.#id('xs'), this.#id('xj'), this.#id('xe')];
    const begins = start(begin, triggerOf(trigger), { isInterrupting: trigger === 'error' || interrupting });
    this.#parts.push(eventSub(id, begins, job(work), end(finish), flow(begin, work), flow(work, finish)));
  }

  #end(id: string, kind: (typeof ENDS)[number]): string {
    if (kind === 'none') return end(id);
    return end(id, kind === 'terminate' ? terminate() : kind === 'error' ? onError('E') : onEscalation('K'));
  }
}

function isActivity(kind: GraphNode['kind']): boolean {
  return kind === 'job' || kind === 'user' || kind === 'sub' || kind === 'many';
}

function triggerOf(kind: Hook['trigger']): string {
  switch (kind) {
    case 'timer':
      return timer('timeDuration', 'PT1M');
    case 'message':
      return onMessage('m');
    case 'signal':
      return onSignal('g');
    case 'condition':
      return onCondition('=modulo(choice, 4) = 1');
    case 'error':
      return onError('E');
    case 'escalation':
      return onEscalation('K');
  }
}
