/** Entries of one turn that travel to Redis as one message, and how a worker takes them apart: BullMQ's own work is per message, and costs more than ours. */
import { hash } from 'node:crypto';
import type { QueueEntry } from '../ports.ts';

/** Entries of one message at most: they stay with one worker, and others could have had them. */
const TOGETHER = 16;

/** In a message's id: so many more entries than the one that it is named after. */
const AND = '-and-';
const COMPANY = new RegExp(`${AND}([0-9]+)$`);

/** What BullMQ carries: one entry, or several that were added in the same turn. */
export interface Carried {
  readonly id: string;
  readonly data: QueueEntry['payload'] | { readonly together: readonly QueueEntry['payload'][] };
  readonly delayMs?: number;
  readonly priority?: number;
}

/** Entries that the message of this id holds. */
export function entriesIn(id: string): number {
  return 1 + Number(COMPANY.exec(id)?.[1] ?? 0);
}

/**
 * A single one keeps its own id, so that it is there once however often it is added. One of several that is added again is delivered twice at worst,
 * and the second time its handler finds nothing to do.
 */
export function carriedOf(entries: readonly QueueEntry[]): readonly Carried[] {
  const plain = (entry: QueueEntry): boolean => (entry.delayMs ?? 0) <= 0 && entry.priority === undefined;
  const alone = ({ payload, ...entry }: QueueEntry): Carried => ({ ...entry, data: payload });
  const carried = entries.filter((entry) => !plain(entry)).map(alone);
  const together = [...new Map(entries.filter(plain).map((entry) => [entry.id, entry])).values()];
  for (let at = 0; at < together.length; at += TOGETHER) {
    const some = together.slice(at, at + TOGETHER);
    const [first] = some;
    if (some.length === 1 && first) carried.push(alone(first));
    else if (first) carried.push({ id: idOf(first, some), data: { together: some.map(({ payload }) => payload) } });
  }
  return carried;
}

/** OF ALL OF THEM: a message that shared its id with another one's would be dropped, and its entries with it. */
function idOf(first: QueueEntry, all: readonly QueueEntry[]): string {
  const mark = hash('sha256', all.map(({ id }) => id).join(' ')).slice(0, 16);
  return `${first.id}-${mark}${AND}${all.length - 1}`;
}

/** Those that came together are worked on together; once that went wrong one after the other, so that one that ends its process takes no other with it again. */
export async function handleAll(
  data: Carried['data'],
  again: boolean,
  handle: (payload: QueueEntry['payload']) => Promise<void>,
): Promise<void> {
  if (!Array.isArray(data['together'])) return await handle(data as QueueEntry['payload']);
  const all = data['together'] as readonly QueueEntry['payload'][];
  if (again) for (const payload of all) await handle(payload);
  else await firstFailure(await Promise.allSettled(all.map(handle)));
}

/** At most so many at a time; the others wait in their order. */
export function turns(most: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

async function firstFailure(results: readonly PromiseSettledResult<void>[]): Promise<void> {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
