/** Random block-structured processes: whatever is drawn from these blocks can be brought to an end by doing what it waits for. */
import fc from 'fast-check';

export type Leaf = Exclude<(typeof LEAVES)[number] | (typeof RARE_LEAVES)[number], 'events'>;
export type Block =
  | { readonly kind: Leaf }
  | { readonly kind: 'events' }
  | { readonly kind: 'many'; readonly size: number; readonly sequential: boolean; readonly until?: boolean }
  | { readonly kind: 'sequence' | 'parallel' | 'exclusive' | 'inclusive' | 'first-of'; readonly blocks: readonly Block[] }
  | { readonly kind: (typeof FRAMES)[number] | (typeof RARE_FRAMES)[number]; readonly inner: Block }
  | { readonly kind: 'guarded' | 'interruptible'; readonly inner: Block; readonly interrupting: boolean };

const LEAVES = ['job', 'job', 'user-task', 'task', 'timer', 'message', 'events'] as const;
/** `listened`: with execution listeners; `asking`: a user task with listeners; `menu`, `crew`: ad-hoc; `all`: a catch event of several parts */
const RARE_LEAVES = ['listened', 'asking', 'call', 'standard-loop', 'menu', 'crew', 'all'] as const;
const FRAMES = ['sub', 'repeated-sub', 'loop'] as const;
/** `undone`: what has completed is undone; `transaction`: may be cancelled; `failing`, `escalating`: ends by an event that its border catches */
const RARE_FRAMES = ['undone', 'transaction', 'failing', 'escalating', 'listened-sub'] as const;

const many = (until: boolean): fc.Arbitrary<Block> =>
  fc.record({
    kind: fc.constant('many' as const),
    size: fc.integer({ min: 0, max: 3 }),
    sequential: fc.boolean(),
    ...(until && { until: fc.boolean() }),
  });

function blocks(rare: boolean): fc.Arbitrary<Block> {
  const leaves = rare ? [...LEAVES, ...RARE_LEAVES] : LEAVES;
  const splits = ['sequence', 'parallel', 'exclusive', 'inclusive', ...(rare ? (['first-of', 'sequence'] as const) : [])] as const;
  const frames = rare ? [...FRAMES, ...RARE_FRAMES] : FRAMES;
  const guards = rare ? (['guarded', 'interruptible'] as const) : (['guarded'] as const);
  return fc.letrec<{ block: Block }>((tie) => ({
    block: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(...leaves).map((kind) => ({ kind })),
        many(rare),
      ),
      fc.record({ kind: fc.constantFrom(...splits), blocks: fc.array(tie('block'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ kind: fc.constantFrom(...frames), inner: tie('block') }),
      fc.record({ kind: fc.constantFrom(...guards), inner: tie('block'), interrupting: fc.boolean() }),
    ),
  })).block;
}

/** What every instance can be migrated in. */
export const block = blocks(false);
/** Whatever is executed. */
export const anyBlock = blocks(true);
