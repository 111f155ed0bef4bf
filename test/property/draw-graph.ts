/** Random graphs as diagrams. */
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  error,
  escalation,
  eventSub,
  executionListeners,
  ext,
  flow,
  gateway,
  link,
  message,
  multiInstance,
  onCondition,
  onError,
  onEscalation,
  onMessage,
  onSignal,
  signal,
  start,
  taskListeners,
  terminate,
  throwing,
  timer,
  undoneBy,
  zeebe,
} from '../support/bpmn.ts';
import type { Graph, GraphNode, Hook } from './random-graph.ts';

const ROOTS = [message('m'), signal('g'), error('E'), escalation('K')];
const COMPENSATE = '<bpmn:compensateEventDefinition />';
const CANCEL = '<bpmn:cancelEventDefinition />';

export function drawGraph(graph: Graph, loops = true): string {
  return diagram(...ROOTS, ...new Drawing(graph, { prefix: '', loops }).parts());
}

interface Frame {
  readonly prefix: string;
  readonly loops: boolean;
}

class Drawing {
  readonly #graph: Graph;
  readonly #frame: Frame;
  readonly #parts: string[] = [];
  readonly #drawn = new Set<string>();

  constructor(graph: Graph, frame: Frame) {
    this.#graph = graph;
    this.#frame = frame;
  }

  parts(): readonly string[] {
    const { nodes, ends, aside, undoes } = this.#graph;
    this.#parts.push(start(this.#id('s')));
    this.#connect(this.#id('s'), this.#id('n0'));
    nodes.forEach((node, index) => this.#node(node, index));
    const reached = (id: string): boolean => [...this.#drawn].some((flow) => flow.endsWith(` ${id}`));
    this.#parts.push(...ends.map((kind, index) => (reached(this.#id(`z${index}`)) ? endOf(this.#id(`z${index}`), kind) : '')));
    if (aside) this.#aside(aside);
    if (undoes) this.#undoes();
    return this.#parts;
  }

  #id(name: string): string {
    return `${this.#frame.prefix}${name}`;
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
    const least = this.#frame.loops ? 0 : index + 1;
    const at = least + (to % (nodes.length + ends.length - least));
    return this.#id(at < nodes.length ? `n${at}` : `z${at - nodes.length}`);
  }

  /** A node that leads nowhere ends. */
  #outs(node: GraphNode, index: number): string[] {
    const { nodes, ends } = this.#graph;
    const after = nodes.flatMap((other, at) => (at > index && other.from % at === index ? [this.#id(`n${at}`)] : []));
    const outs = [...new Set([...after, ...node.to.map((to) => this.#target(index, to))])];
    return outs.length > 0 ? outs : [this.#id(`z${index % ends.length}`)];
  }

  #node(node: GraphNode, index: number): void {
    const id = this.#id(`n${index}`);
    const outs = this.#outs(node, index);
    switch (node.kind) {
      case 'xor':
      case 'or':
      case 'complex':
        return this.#decide(node, id, outs);
      case 'and':
        this.#parts.push(gateway('parallel', id, {}, listening(node)));
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
    if (isActivity(node.kind)) this.#borders(node, id, index);
  }

  #plain(node: GraphNode, id: string): string {
    const { kind } = node;
    const inner = (): string => new Drawing(node.inner!, { ...this.#frame, prefix: `${id}_` }).parts().join('');
    switch (kind) {
      case 'job':
        return el('serviceTask', id, [ext(zeebe('taskDefinition', { type: id }), listeners(node)), marker(node)]);
      case 'user':
        return el('userTask', id, [
          ext(zeebe('userTask'), listeners(node), taskListeners(...(node.dress?.taskListeners ?? []))),
          marker(node),
        ]);
      case 'script':
        return el('scriptTask', id, [
          ext(zeebe('script', { expression: '=modulo(choice * 7 + 3, 60)', resultVariable: 'choice' }), listeners(node)),
        ]);
      case 'call':
        return el('callActivity', id, [ext(zeebe('calledElement', { processId: 'other' }), listeners(node)), marker(node)]);
      case 'sub':
        return el('subProcess', id, [listening(node), inner()]);
      case 'transaction':
        return el('transaction', id, [listening(node), inner()]);
      case 'many':
        return el('subProcess', id, [listening(node), inner(), items(node.from % 2 === 0)]);
      case 'crew':
      case 'menu':
        return adHoc(node, id);
      case 'escalate':
        return throwing(id, listening(node) + onEscalation('K'));
      case 'undo':
        return throwing(id, listening(node) + COMPENSATE);
      case 'undo-later':
        return throwing(id, listening(node) + '<bpmn:compensateEventDefinition waitForCompletion="false" />');
      case 'all':
        return el('intermediateCatchEvent', id, [onMessage('m'), onSignal('g')], { parallelMultiple: true });
      case 'any':
        return catching(id, onSignal('g') + timer('timeDuration', 'PT1M'));
      case 'timer':
      case 'message':
      case 'signal':
      case 'condition':
        return catching(id, listening(node) + triggerOf(kind));
      default:
        return el('task', id, listening(node));
    }
  }

  /** The condition of a complex gateway asks for some of its flows: for more than come it never holds. */
  #decide(node: GraphNode, id: string, outs: readonly string[]): void {
    const kind = ({ xor: 'exclusive', or: 'inclusive', complex: 'complex' } as const)[node.kind as 'xor' | 'or' | 'complex'];
    const fallback = outs.length > 1 && !node.noDefault;
    const activation = node.kind === 'complex' && node.from % 4 > 0 ? activationCondition(node.from % 4) : '';
    this.#parts.push(
      gateway(kind, id, fallback ? { default: `${id}-${outs[0]}` } : {}, (kind === 'complex' ? '' : listening(node)) + activation),
    );
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

  #borders(node: GraphNode, id: string, index: number): void {
    node.hooks.forEach(({ trigger, interrupting, to }, position) => {
      const hook = `${id}_b${position}`;
      this.#parts.push(boundary(hook, id, triggerOf(trigger), trigger === 'error' || interrupting));
      this.#connect(hook, this.#target(index, to));
    });
    if (node.kind === 'transaction') {
      this.#parts.push(boundary(`${id}_c`, id, CANCEL));
      this.#connect(`${id}_c`, this.#target(index, node.from + 1));
    }
    if (node.dress?.undone && !node.inner?.undoes) this.#parts.push(undoneBy(id, `${id}_h`));
  }

  #aside({ trigger, interrupting }: Omit<Hook, 'to'>): void {
    const [id, begin, work, finish] = [this.#id('x'), this.#id('xs'), this.#id('xj'), this.#id('xe')];
    const begins = start(begin, triggerOf(trigger), { isInterrupting: trigger === 'error' || interrupting });
    this.#parts.push(eventSub(id, begins, plainJob(work), end(finish), flow(begin, work), flow(work, finish)));
  }

  /** What undoes the sub-process may undo what was inside it. */
  #undoes(): void {
    const [id, begin, work, inner, finish] = ['y', 'ys', 'yj', 'yt', 'ye'].map((name) => this.#id(name)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const steps = [flow(begin, work), flow(work, inner), flow(inner, finish)];
    this.#parts.push(eventSub(id, start(begin, COMPENSATE), plainJob(work), throwing(inner, COMPENSATE), end(finish), ...steps));
  }
}

function plainJob(id: string): string {
  return el('serviceTask', id, ext(zeebe('taskDefinition', { type: id })));
}

function listeners({ dress }: GraphNode): string {
  return executionListeners(...(dress?.start ? ['start'] : []), ...(dress?.end ? ['end'] : []));
}

function listening(node: GraphNode): string {
  const found = listeners(node);
  return found === '' ? '' : ext(found);
}

const items = (sequential: boolean, until?: string): string =>
  multiInstance({ inputCollection: '=[1, 2]', inputElement: 'item' }, { sequential, ...(until !== undefined && { until }) });

function marker({ dress }: GraphNode): string {
  switch (dress?.repeat) {
    case 'loop':
      return '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="2"><bpmn:loopCondition>=modulo(choice, 3) &gt; 0</bpmn:loopCondition></bpmn:standardLoopCharacteristics>';
    case 'parallel':
      return items(false);
    case 'sequential':
      return items(true);
    case 'until':
      return items(false, '=modulo(choice, 2) = 0');
    default:
      return '';
  }
}

function activationCondition(count: number): string {
  return `<bpmn:activationCondition>=activationCount &gt;= ${count}</bpmn:activationCondition>`;
}

/** `crew`: a worker says what begins; `menu`: a list does, or (without one) people. */
function adHoc({ kind, from, noDefault, dress }: GraphNode, id: string): string {
  const [a, b, c] = [`${id}_a`, `${id}_b`, `${id}_c`];
  const own =
    kind === 'crew'
      ? zeebe('taskDefinition', { type: id })
      : from % 3 > 0
        ? zeebe('adHoc', { activeElementsCollection: `=["${a}", "${b}"]` })
        : '';
  const done = noDefault ? '<bpmn:completionCondition>=modulo(choice, 2) = 0</bpmn:completionCondition>' : '';
  const values = { cancelRemainingInstances: from % 2 === 0, ...(from % 5 === 0 && { ordering: 'Sequential' }) };
  const events = listeners({ dress } as GraphNode);
  return el('adHocSubProcess', id, [ext(own, events), plainJob(a), plainJob(b), plainJob(c), flow(b, c), done], values);
}

function endOf(id: string, kind: Graph['ends'][number]): string {
  const inner = {
    none: '',
    terminate: terminate(),
    error: onError('E'),
    escalation: onEscalation('K'),
    cancel: CANCEL,
    undo: COMPENSATE,
  }[kind];
  return end(id, inner);
}

const ACTIVITIES: ReadonlySet<GraphNode['kind']> = new Set(['job', 'user', 'sub', 'many', 'transaction', 'call', 'crew', 'menu']);

function isActivity(kind: GraphNode['kind']): boolean {
  return ACTIVITIES.has(kind);
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
