/**
 * Queues that an operator holds: an agency's system is being repaired, or must not be run over when it comes back.
 * A held queue's jobs wait in the store. Released with a ramp, they go out slowly at first and faster from step to step; the leader counts.
 * Held and released is for all processes: the row is in the store and part of the news.
 */
import type { RowChange, RuntimeClock, Store } from './ports.ts';

export interface Hold {
  readonly queue: string;
  readonly state: 'held' | 'ramping';
  /** since when; milliseconds */
  readonly since: number;
  readonly by: string;
  /** jobs per second at the beginning of the ramp; doubles every RAMP_STEP */
  readonly perSecond?: number;
}

export type Gate = 'open' | 'held' | 'ramping';

export interface Holds {
  gate(queue: string): Gate;
  all(): readonly Hold[];
  /** how many more jobs of this queue may go out now; only for the one that leads */
  budget(queue: string): number;
  sent(queue: string, count: number): void;
  learn(): Promise<void>;
  /** what to write so that it is so; `undefined`: open */
  change(queue: string, hold: Omit<Hold, 'queue' | 'since'> | undefined): RowChange;
}

const ID = 'holds';
/** milliseconds; after a ramp has reached FULL jobs per second the queue is open */
export const RAMP_STEP = 10_000;
const FULL = 1_000;

export function createHolds(store: Pick<Store, 'get'>, clock: RuntimeClock): Holds {
  let holds = new Map<string, Hold>();
  /** per ramp: jobs sent since it began */
  const sent = new Map<string, number>();
  const known = (queue: string): Hold | undefined => {
    const hold = holds.get(queue);
    return hold?.state === 'ramping' && rate(hold, clock.now()) >= FULL ? undefined : hold;
  };
  return {
    gate: (queue) => known(queue)?.state ?? 'open',
    all: () => [...holds.keys()].flatMap((queue) => known(queue) ?? []),
    budget: (queue) => {
      const hold = known(queue);
      if (hold === undefined) return Number.POSITIVE_INFINITY;
      if (hold.state === 'held') return 0;
      return Math.max(0, allowedSoFar(hold, clock.now()) - (sent.get(`${queue} ${hold.since}`) ?? 0));
    },
    sent: (queue, count) => {
      const hold = known(queue);
      if (hold === undefined) return;
      const ramp = `${queue} ${hold.since}`;
      sent.set(ramp, (sent.get(ramp) ?? 0) + count);
    },
    learn: async () => {
      const row = await store.get('idempotency', ID);
      holds = new Map(Object.entries((row?.['answer'] ?? {}) as Record<string, Hold>));
    },
    change: (queue, hold) => {
      const others = [...holds].filter(([name]) => name !== queue);
      const mine = hold && ([queue, { ...hold, queue, since: clock.now() }] as const);
      const answer = Object.fromEntries([...others, ...(mine ? [mine] : [])]);
      return { op: 'put', collection: 'idempotency', key: ID, row: { id: ID, answer } };
    },
  };
}

function rate({ perSecond = 5, since }: Hold, now: number): number {
  return perSecond * 2 ** Math.floor(Math.max(0, now - since) / RAMP_STEP);
}

/** Jobs that the ramp lets out from its beginning until now: the sum of its steps. */
function allowedSoFar({ perSecond = 5, since }: Hold, now: number): number {
  const passed = Math.max(0, now - since);
  const whole = Math.floor(passed / RAMP_STEP);
  const before = perSecond * (2 ** whole - 1) * (RAMP_STEP / 1_000);
  const inStep = perSecond * 2 ** whole * ((passed - whole * RAMP_STEP) / 1_000);
  // one at once, so that somebody sees that it goes on
  return Math.floor(before + inStep) + 1;
}
