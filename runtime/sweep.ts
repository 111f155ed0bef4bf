/**
 * The sweeper: at the start, when something is due, and from time to time. Finds in the store what was lost elsewhere
 * (crash between commit and dispatch, queue wiped or away) and does it. Everything in here may run twice.
 */
import type { Dispatch } from './dispatch.ts';
import { sweepJoinedStarts } from './joined-starts.ts';
import type { Messages } from './messages.ts';
import type { Retaining } from './retention.ts';
import type { Room } from './room.ts';
import type { Settling } from './settle.ts';
import { fireDue, nextTimer } from './timers.ts';

export interface SweepParts {
  readonly room: Room;
  readonly settling: Settling;
  readonly dispatch: Dispatch;
  readonly messages: Messages;
  readonly retaining: Retaining;
  /** milliseconds, real time: so often it looks at everything */
  readonly everythingMs: number;
  /** this process is the one that schedules */
  readonly leads: () => boolean;
  /** what this process does beside that: reads the queues that there are jobs for */
  readonly attend: () => Promise<void>;
  /** others who look at everything from time to time */
  readonly rarely: () => void;
  /** jobs may have become available to external workers */
  readonly wakeWorkers: () => void;
}

export interface Sweeper {
  /** answers when it wants to come again; milliseconds on the runtime's clock */
  sweep(): Promise<number | undefined>;
  /** the next sweep looks at everything, not only at what became due since the last one */
  everything(): void;
}

/** Milliseconds. */
const OVERLAP = 2_000;
const MANY = 1_000;
const WEEK = 7 * 24 * 3_600_000;

export function createSweeper(parts: SweepParts): Sweeper {
  const { room, settling, dispatch, messages, retaining, everythingMs, wakeWorkers, leads, attend } = parts;
  let lastAll = Number.NEGATIVE_INFINITY;
  let lastLook = 0;
  return {
    everything: () => (lastAll = Number.NEGATIVE_INFINITY),
    sweep: async () => {
      await attend();
      if (!leads()) {
        wakeWorkers();
        return undefined;
      }
      const all = performance.now() - lastAll > everythingMs;
      const now = room.clock.now();
      const { tried, faults } = onItsOwn();
      await tried(async () => {
        while ((await settling.redo()) > 0);
      });
      await tried(async () => void (await fireDue(room)));
      await tried(async () => await dispatch.sweep(all ? undefined : Math.min(lastLook, now) - OVERLAP));
      if (all && (await tried(async () => await rarely(room, messages)))) lastAll = performance.now();
      if (all) parts.rarely();
      if (retaining.due()) await tried(async () => await retaining.slice());
      wakeWorkers();
      if (faults.length > 0) throw faults[0];
      lastLook = now;
      const next = await nextDue(room);
      return settling.suspects() || retaining.due() ? Math.min(next ?? Number.POSITIVE_INFINITY, now + 1_000) : next;
    },
  };
}

/** LAW: what fails holds up nothing else: a timer that cannot fire must not keep jobs from their queue. */
function onItsOwn() {
  const faults: unknown[] = [];
  const tried = async (step: () => Promise<void>): Promise<boolean> => {
    try {
      await step();
      return true;
    } catch (error) {
      faults.push(error);
      return false;
    }
  };
  return { tried, faults };
}

async function rarely(room: Room, messages: Messages): Promise<void> {
  await messages.sweep();
  await sweepJoinedStarts(room);
  while ((await forgetAnswers(room)) === MANY);
}

/** Answers to repeated requests that nobody repeats any more. Answers how many it forgot. */
async function forgetAnswers(room: Room): Promise<number> {
  const filter = { createdAt: { $lt: room.clock.now() - WEEK } };
  const { items } = await room.store.search('idempotency', { filter, sort: [{ field: 'createdAt' }], limit: MANY, countUpTo: 1 });
  if (items.length > 0) await room.store.write(items.map(({ id }) => ({ op: 'delete', collection: 'idempotency', key: String(id) })));
  return items.length;
}

/** Earliest timer, or job that waits for its back-off or a lease to end. */
export async function nextDue(room: Room): Promise<number | undefined> {
  const { items } = await room.store.search('jobs', {
    filter: { open: true, availableAt: { $gt: room.clock.now() } },
    sort: [{ field: 'availableAt' }],
    limit: 1,
    countUpTo: 1,
  });
  const times = [items[0]?.['availableAt'] as number | undefined, await nextTimer(room)].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
