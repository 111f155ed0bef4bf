/** Blocks as diagrams: whatever is inside, one token comes in and one goes out. */
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
  job,
  message,
  multiInstance,
  onError,
  onEscalation,
  onMessage,
  script,
  start,
  taskListeners,
  throwing,
  timer,
  undoneBy,
  userTask,
  zeebe,
} from '../support/bpmn.ts';
import { TASK_LISTENERS } from './random-graph.ts';
import type { Block, Leaf } from './random-process.ts';

/** Draws a block between two ends that it answers; parts are collected in `drawing`. */
class Drawing {
  readonly parts: string[] = [];
  #count = 0;

  id(prefix: string): string {
    return `${prefix}${this.#count++}`;
  }

  add(part: string): void {
    this.parts.push(part);
  }

  connect(from: string, to: string, condition?: string): void {
    this.parts.push(flow(from, to, condition).replace('id="', `id="f${this.#count++}-`));
  }

  /** A drawing of its own with the same counter, for what is inside a sub-process. */
  inside(draw: (inner: Drawing) => void): string {
    const inner = new Drawing();
    inner.#count = this.#count;
    draw(inner);
    this.#count = inner.#count;
    return inner.parts.join('');
  }
}

type Ends = readonly [first: string, last: string];

function draw(d: Drawing, b: Block): Ends {
  switch (b.kind) {
    case 'sequence':
      return b.blocks.map((inner) => draw(d, inner)).reduce(([first, last], [next, after]) => (d.connect(last, next), [first, after]));
    case 'parallel':
    case 'exclusive':
    case 'inclusive':
      return split(d, b.kind, b.blocks);
    case 'first-of':
      return firstOf(d, b.blocks);
    case 'sub':
    case 'repeated-sub':
    case 'listened-sub':
    case 'guarded':
    case 'interruptible':
    case 'transaction':
    case 'failing':
    case 'escalating':
      return subProcess(d, b);
    case 'undone':
      return undone(d, b.inner);
    case 'loop':
      return loop(d, b.inner);
    case 'events':
      return events(d);
    case 'many':
      return single(d, 'j', (id) => job(id, [], itemsOf(b, id)));
    default:
      return single(d, 'l', (id) => leaf(b.kind, id));
  }
}

function leaf(kind: Leaf, id: string): string {
  switch (kind) {
    case 'job':
      return job(id);
    case 'listened':
      return job(id, [executionListeners('start', 'end')]);
    case 'user-task':
      return userTask(id);
    case 'asking':
      return userTask(id, taskListeners(...TASK_LISTENERS));
    case 'timer':
      return catching(id, timer('timeDuration', 'PT1M'));
    case 'message':
      return catching(id, onMessage('m'));
    case 'all':
      return el('intermediateCatchEvent', id, [onMessage('m'), timer('timeDuration', 'PT1M')], { parallelMultiple: true });
    case 'call':
      return el('callActivity', id, ext(zeebe('calledElement', { processId: 'other' })));
    case 'standard-loop':
      return job(id, [], STANDARD_LOOP);
    case 'menu':
    case 'crew':
      return adHoc(kind, id);
    case 'task':
      return el('task', id);
  }
}

const STANDARD_LOOP =
  '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="2"><bpmn:loopCondition>=modulo(choice, 3) &gt; 0</bpmn:loopCondition></bpmn:standardLoopCharacteristics>';

function itemsOf({ size, sequential, until }: Extract<Block, { readonly kind: 'many' }>, id: string): string {
  const list = `=[${Array.from({ length: size }, (_, index) => index).join(',')}]`;
  return multiInstance(
    { inputCollection: list, inputElement: 'item', outputCollection: id, outputElement: '=item' },
    { sequential, ...(until && { until: '=modulo(choice, 2) = 0' }) },
  );
}

/** `menu`: a list says what begins; `crew`: a worker, again and again. */
function adHoc(kind: 'menu' | 'crew', id: string): string {
  const [a, b, c] = [`${id}_a`, `${id}_b`, `${id}_c`];
  const own = kind === 'crew' ? zeebe('taskDefinition', { type: id }) : zeebe('adHoc', { activeElementsCollection: `=["${a}", "${b}"]` });
  return el('adHocSubProcess', id, [ext(own), job(a), job(b), userTask(c), flow(b, c)], { cancelRemainingInstances: true });
}

function single(d: Drawing, prefix: string, make: (id: string) => string): Ends {
  const id = d.id(prefix);
  d.add(make(id));
  return [id, id];
}

/** The conditions look at `choice`, which every completed job and task changes. */
function split(d: Drawing, kind: 'parallel' | 'exclusive' | 'inclusive', blocks: readonly Block[]): Ends {
  const [fork, merge] = [d.id('g'), d.id('g')];
  const branches = blocks.map((inner) => draw(d, inner));
  branches.forEach(([first, last], index) => {
    if (index === 0 && kind !== 'parallel')
      d.parts.push(
        flow(fork, first)
          .replace('id="', `id="${fork}-default" data-x="`)
          .replace(/ data-x="[^"]*"/, ''),
      );
    else d.connect(fork, first, kind === 'parallel' ? undefined : `=modulo(choice, ${index + 2}) = 0`);
    d.connect(last, merge);
  });
  d.add(gateway(kind, fork, kind === 'parallel' ? {} : { default: `${fork}-default` }));
  d.add(gateway(kind, merge));
  return [fork, merge];
}

/** Goes on with the first token that comes; what comes late ends. */
function firstOf(d: Drawing, blocks: readonly Block[]): Ends {
  const [fork, straight, merge, next, late] = [d.id('g'), d.id('a'), d.id('g'), d.id('a'), d.id('e')];
  d.add(gateway('parallel', fork));
  d.add(el('task', straight));
  for (const [first, last] of [[straight, straight] as const, ...blocks.map((inner) => draw(d, inner))]) {
    d.connect(fork, first);
    d.connect(last, merge);
  }
  d.add(gateway('complex', merge, {}, '<bpmn:activationCondition>=activationCount &gt;= 1</bpmn:activationCondition>'));
  d.add(el('task', next));
  d.add(end(late));
  d.connect(merge, next, '=waitingForStart');
  d.connect(merge, late, '=not(waitingForStart)');
  return [fork, next];
}

/** Work that can be undone, then something else, then everything in the scope is undone. */
function undone(d: Drawing, inside: Block): Ends {
  const [work, undo, undoing] = [d.id('j'), d.id('h'), d.id('c')];
  d.add(job(work) + undoneBy(work, undo));
  d.add(throwing(undoing, '<bpmn:compensateEventDefinition />'));
  const [first, last] = draw(d, inside);
  d.connect(work, first);
  d.connect(last, undoing);
  return [work, undoing];
}

type Framed = Extract<Block, { readonly inner: Block }>;

function subProcess(d: Drawing, b: Framed): Ends {
  const id = d.id('s');
  const marker = b.kind === 'repeated-sub' ? multiInstance({ inputCollection: '=[1, 2]' }) : '';
  const listening = b.kind === 'listened-sub' ? ext(executionListeners('start', 'end')) : '';
  const inside = d.inside((inner) => fill(inner, b));
  d.add(el(b.kind === 'transaction' ? 'transaction' : 'subProcess', id, [listening, inside, marker]));
  const border = borderOf(b);
  if (border === undefined) return [id, id];
  return withBorder(d, id, border);
}

function fill(d: Drawing, b: Framed): void {
  const [first, last] = draw(d, b.kind === 'transaction' ? { kind: 'sequence', blocks: [{ kind: 'job' }, b.inner] } : b.inner);
  const [begin, finish] = [d.id('b'), d.id('e')];
  d.add(start(begin));
  d.connect(begin, first);
  if (b.kind === 'transaction') d.add(undoneBy(first, d.id('h')));
  if (b.kind === 'interruptible') aside(d, b.interrupting);
  if (b.kind === 'failing') either(d, last, { finish, otherwise: onError('E') });
  else if (b.kind === 'transaction') either(d, last, { finish, otherwise: '<bpmn:cancelEventDefinition />' });
  else {
    d.add(b.kind === 'escalating' ? end(finish, onEscalation('K')) : end(finish));
    d.connect(last, finish);
  }
}

/** Ends well, or by an event. */
function either(d: Drawing, last: string, { finish, otherwise }: { readonly finish: string; readonly otherwise: string }): void {
  const [fork, other] = [d.id('g'), d.id('e')];
  d.add(gateway('exclusive', fork));
  d.add(end(finish));
  d.add(end(other, otherwise));
  d.connect(last, fork);
  d.connect(fork, finish, '=modulo(choice, 2) = 0');
  d.connect(fork, other, '=modulo(choice, 2) != 0');
}

/** Something inside begins with a message, instead of the rest or beside it. */
function aside(d: Drawing, interrupting: boolean): void {
  const [id, begin, work, finish] = [d.id('x'), d.id('b'), d.id('j'), d.id('e')];
  const inside = [start(begin, onMessage('m'), { isInterrupting: interrupting }), job(work), end(finish)];
  d.add(eventSub(id, ...inside, flow(begin, work), flow(work, finish)));
}

interface Border {
  readonly event: string;
  readonly interrupting: boolean;
}

function borderOf(b: Framed): Border | undefined {
  switch (b.kind) {
    case 'guarded':
      return { event: timer('timeDuration', 'PT1H'), interrupting: b.interrupting };
    case 'failing':
      return { event: onError('E'), interrupting: true };
    case 'transaction':
      return { event: '<bpmn:cancelEventDefinition />', interrupting: true };
    case 'escalating':
      return { event: onEscalation('K'), interrupting: false };
    default:
      return undefined;
  }
}

function withBorder(d: Drawing, id: string, { event, interrupting }: Border): Ends {
  const [guard, merge, after] = [d.id('b'), d.id('g'), d.id('e')];
  d.add(boundary(guard, id, event, interrupting));
  d.add(gateway('exclusive', merge));
  d.connect(id, merge);
  // beside the activity a token must not arrive twice where one is expected
  if (interrupting) d.connect(guard, merge);
  else {
    d.add(end(after));
    d.connect(guard, after);
  }
  return [id, merge];
}

function loop(d: Drawing, inner: Block): Ends {
  const [enter, leave, count] = [d.id('g'), d.id('g'), d.id('c')];
  const [first, last] = draw(d, inner);
  d.add(gateway('exclusive', enter));
  d.add(script(count, count, `=if is defined(${count}) then ${count} + 1 else 1`));
  d.add(gateway('exclusive', leave));
  const exit = d.id('a');
  d.add(el('task', exit));
  d.connect(enter, first);
  d.connect(last, count);
  d.connect(count, leave);
  d.connect(leave, enter, `=${count} < 2`);
  d.connect(leave, exit, `=${count} >= 2`);
  return [enter, exit];
}

function events(d: Drawing): Ends {
  const [fork, byTimer, byMessage, merge] = [d.id('g'), d.id('t'), d.id('m'), d.id('g')];
  d.add(gateway('eventBased', fork));
  d.add(catching(byTimer, timer('timeDuration', 'PT1M')));
  d.add(catching(byMessage, onMessage('m')));
  d.add(gateway('exclusive', merge));
  for (const event of [byTimer, byMessage]) {
    d.connect(fork, event);
    d.connect(event, merge);
  }
  return [fork, merge];
}

export function drawn(b: Block): string {
  const d = new Drawing();
  const [first, last] = draw(d, b);
  d.add(start('begin'));
  d.add(end('finish'));
  d.connect('begin', first);
  d.connect(last, 'finish');
  return diagram(message('m'), error('E'), escalation('K'), ...d.parts);
}
