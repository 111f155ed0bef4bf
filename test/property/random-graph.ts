/**
 * Random unstructured diagrams: any node may lead to any other, forwards, backwards and across, so tokens multiply, meet and get stuck.
 * Only what `compile` demands is sure: every node is reached by some flow, starts and ends have flows on one side only.
 */
import fc from 'fast-check';

const WORK = ['job', 'user', 'task', 'script'] as const;
const EVENTS = ['timer', 'message', 'signal', 'condition', 'escalate', 'link'] as const;
const GATES = ['xor', 'and', 'or'] as const;
/** `all`, `any`: events with several parts; `undo`: throws compensation; `crew`, `menu`: ad-hoc, begun by a worker, by a list or by people */
const RARE = ['complex', 'crew', 'menu', 'call', 'transaction', 'undo', 'undo-later', 'all', 'any'] as const;
const ENDS = ['none', 'none', 'none', 'terminate', 'error', 'escalation'] as const;
export const TRIGGERS = ['timer', 'message', 'signal', 'condition', 'error', 'escalation'] as const;
export const TASK_LISTENERS = ['creating', 'assigning', 'updating', 'completing', 'canceling'] as const;

export interface Hook {
  readonly trigger: (typeof TRIGGERS)[number];
  readonly interrupting: boolean;
  readonly to: number;
}

/** What an element has besides its kind. */
export interface Dress {
  /** execution listeners */
  readonly start: boolean;
  readonly end: boolean;
  /** of user tasks */
  readonly taskListeners: readonly (typeof TASK_LISTENERS)[number][];
  /** an activity that undoes it */
  readonly undone: boolean;
  readonly repeat?: 'loop' | 'parallel' | 'sequential' | 'until';
}

export interface GraphNode {
  readonly kind:
    (typeof WORK)[number] | (typeof EVENTS)[number] | (typeof GATES)[number] | (typeof RARE)[number] | 'events' | 'sub' | 'many';
  /** the earlier node that leads here, counted modulo their number */
  readonly from: number;
  /** where it leads besides, counted modulo nodes and ends */
  readonly to: readonly number[];
  /** gateways: without a default flow, no condition may hold */
  readonly noDefault: boolean;
  readonly hooks: readonly Hook[];
  readonly dress?: Dress;
  readonly inner?: Graph;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly ends: readonly ((typeof ENDS)[number] | 'cancel' | 'undo')[];
  readonly aside?: Omit<Hook, 'to'>;
  /** inside a sub-process: an event sub-process that undoes it */
  readonly undoes?: boolean;
}

/** `tame`: nothing that stops a token by its data or ends others, no loops back: what two implementations must agree on. */
export interface Wildness {
  readonly kinds: readonly GraphNode['kind'][];
  readonly ends: Graph['ends'];
  readonly hooks: boolean;
  readonly loops: boolean;
  readonly alwaysDefault: boolean;
  /** listeners, loop markers, compensation */
  readonly dressed: boolean;
}

/** What the analysis looks at token by token. */
export const FLOWS: Wildness = {
  kinds: [...WORK, ...WORK, ...GATES, ...GATES, ...GATES, ...EVENTS, 'events', 'sub', 'sub', 'many'],
  ends: ENDS,
  hooks: true,
  loops: true,
  alwaysDefault: false,
  dressed: false,
};

/** Everything that is executed. */
export const WILD: Wildness = {
  ...FLOWS,
  kinds: [...FLOWS.kinds, ...RARE, 'transaction', 'complex', 'undo'],
  ends: [...ENDS, 'undo'],
  dressed: true,
};

const WITH_INSIDE: ReadonlySet<GraphNode['kind']> = new Set(['sub', 'many', 'transaction']);
const SPLITS: ReadonlySet<GraphNode['kind']> = new Set(['xor', 'and', 'or', 'complex']);
const HALF = fc.boolean();
const seldom = fc.integer({ min: 0, max: 4 }).map((roll) => roll === 0);

const dress: fc.Arbitrary<Dress> = fc.record(
  {
    start: seldom,
    end: seldom,
    taskListeners: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...TASK_LISTENERS]) }),
    undone: seldom,
    repeat: fc.constantFrom(undefined, undefined, undefined, undefined, 'loop', 'parallel', 'sequential', 'until'),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<Dress>;

export function graphs(wild: Wildness, nodes: { readonly min: number; readonly max: number }, depth = 2): fc.Arbitrary<Graph> {
  const kinds = depth > 0 ? wild.kinds : wild.kinds.filter((kind) => !WITH_INSIDE.has(kind));
  const hook = fc.record({ trigger: fc.constantFrom(...TRIGGERS), interrupting: HALF, to: fc.nat(30) });
  const inside = (kind: GraphNode['kind']): fc.Arbitrary<Graph> => {
    const ends = kind === 'transaction' ? [...wild.ends, 'cancel' as const, 'cancel' as const] : wild.ends;
    return graphs({ ...wild, ends }, { min: 1, max: Math.max(2, nodes.max >> 1) }, depth - 1).chain((graph) =>
      wild.dressed && kind !== 'many' ? seldom.map((undoes) => ({ ...graph, undoes })) : fc.constant(graph),
    );
  };
  const node = fc.constantFrom(...kinds).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      from: fc.nat(30),
      to: fc.array(fc.nat(30), { maxLength: SPLITS.has(kind) ? 3 : 1 }),
      noDefault: wild.alwaysDefault ? fc.constant(false) : fc.integer({ min: 0, max: 5 }).map((roll) => roll === 0),
      hooks: wild.hooks ? fc.array(hook, { maxLength: 1 }) : fc.constant([]),
      ...(wild.dressed ? { dress } : {}),
      ...(WITH_INSIDE.has(kind) ? { inner: inside(kind) } : {}),
    }),
  ) as fc.Arbitrary<GraphNode>;
  return fc.record({
    nodes: fc.array(node, { minLength: nodes.min, maxLength: nodes.max }),
    ends: fc.array(fc.constantFrom(...wild.ends), { minLength: 1, maxLength: 3 }),
    ...(wild.hooks
      ? { aside: fc.option(fc.record({ trigger: fc.constantFrom(...TRIGGERS), interrupting: HALF }), { nil: undefined, freq: 4 }) }
      : {}),
  }) as fc.Arbitrary<Graph>;
}
