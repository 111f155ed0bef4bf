/** Random block-structured processes: whatever is drawn from these blocks can be brought to an end by doing what it waits for. */
import fc from 'fast-check';
import {
  boundary,
  catching,
  diagram,
  el,
  end,
  flow,
  gateway,
  job,
  message,
  multiInstance,
  onMessage,
  script,
  start,
  timer,
  userTask,
} from '../support/bpmn.ts';

export type Block =
  | { readonly kind: 'job' | 'user-task' | 'task' | 'timer' | 'message' | 'events' }
  | { readonly kind: 'many'; readonly size: number; readonly sequential: boolean }
  | { readonly kind: 'sequence' | 'parallel' | 'exclusive' | 'inclusive'; readonly blocks: readonly Block[] }
  | { readonly kind: 'sub' | 'repeated-sub' | 'loop'; readonly inner: Block }
  | { readonly kind: 'guarded'; readonly inner: Block; readonly interrupting: boolean };

const leaf: fc.Arbitrary<Block> = fc.oneof(
  fc.constantFrom<Block['kind']>('job', 'job', 'user-task', 'task', 'timer', 'message', 'events').map((kind) => ({ kind }) as Block),
  fc.record({ kind: fc.constant('many' as const), size: fc.integer({ min: 0, max: 3 }), sequential: fc.boolean() }),
);

export const block: fc.Arbitrary<Block> = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('sequence' as const, 'parallel' as const, 'exclusive' as const, 'inclusive' as const),
      blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constantFrom('sub' as const, 'repeated-sub' as const, 'loop' as const), inner: tie('block') }),
    fc.record({ kind: fc.constant('guarded' as const), inner: tie('block'), interrupting: fc.boolean() }),
  ),
})).block;

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
    case 'sub':
    case 'repeated-sub':
    case 'guarded':
      return subProcess(d, b);
    case 'loop':
      return loop(d, b.inner);
    case 'events':
      return events(d);
    case 'many':
      return single(d, 'j', (id) =>
        job(
          id,
          [],
          multiInstance(
            {
              inputCollection: `=[${Array.from({ length: b.size }, (_, index) => index).join(',')}]`,
              inputElement: 'item',
              outputCollection: id,
              outputElement: '=item',
            },
            { sequential: b.sequential },
          ),
        ),
      );
    case 'job':
      return single(d, 'j', (id) => job(id));
    case 'user-task':
      return single(d, 'u', (id) => userTask(id));
    case 'timer':
      return single(d, 't', (id) => catching(id, timer('timeDuration', 'PT1M')));
    case 'message':
      return single(d, 'm', (id) => catching(id, onMessage('m')));
    case 'task':
      return single(d, 'a', (id) => el('task', id));
  }
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

function subProcess(d: Drawing, b: Extract<Block, { readonly inner: Block }>): Ends {
  const id = d.id('s');
  const inside = d.inside((inner) => {
    const [first, last] = draw(inner, b.inner);
    const [begin, finish] = [inner.id('b'), inner.id('e')];
    inner.add(start(begin));
    inner.add(end(finish));
    inner.connect(begin, first);
    inner.connect(last, finish);
  });
  const marker = b.kind === 'repeated-sub' ? multiInstance({ inputCollection: '=[1, 2]' }) : '';
  d.add(el('subProcess', id, [inside, marker]));
  if (b.kind !== 'guarded') return [id, id];
  const [guard, merge, after] = [d.id('b'), d.id('g'), d.id('e')];
  d.add(boundary(guard, id, timer('timeDuration', 'PT1H'), b.interrupting));
  d.add(gateway('exclusive', merge));
  d.connect(id, merge);
  // beside the activity a token must not arrive twice where one is expected
  if (b.interrupting) d.connect(guard, merge);
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
  return diagram(message('m'), ...d.parts);
}
