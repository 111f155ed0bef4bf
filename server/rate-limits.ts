/** How many calls of the product's interface somebody may make per minute, told with every answer (`RateLimit` headers). Counted in this process. */
import { MemoryStore } from 'express-rate-limit';
import type { Context } from './context.ts';
import { Problem } from './problem.ts';
import type { Reader } from './reader.ts';
import type { Route } from './route.ts';

const WINDOW = 60_000;

export interface RateLimits {
  /** Counts one call and answers the headers to send with whatever is answered; `over`: it must be refused */
  take(reader: Reader, address: string): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly over?: Problem }>;
}

/** `most`: calls per minute of one person; strangers of one network address get half of it. 0: no limit, nothing is told. */
export function createRateLimits(most: number): RateLimits | undefined {
  if (most === 0) return undefined;
  const counts = new MemoryStore();
  counts.init({ windowMs: WINDOW } as never);
  return {
    async take(reader, address) {
      const person = reader.kind !== 'nobody';
      const quota = person ? most : Math.max(1, Math.floor(most / 2));
      const key = person ? `person ${reader.actingAs ?? reader.username}` : `address ${address}`;
      const { totalHits, resetTime } = await counts.increment(key);
      const seconds = Math.max(1, Math.ceil(((resetTime?.getTime() ?? Date.now() + WINDOW) - Date.now()) / 1000));
      const name = person ? '"person"' : '"address"';
      const headers = {
        'ratelimit-policy': `${name};q=${quota};w=${WINDOW / 1000}`,
        ratelimit: `${name};r=${Math.max(0, quota - totalHits)};t=${seconds}`,
      };
      if (totalHits <= quota) return { headers };
      const detail = `Expected at most ${quota} calls a minute, but there are more`;
      return { headers, over: new Problem('TOO_MANY_REQUESTS', detail, { retryAfterSeconds: seconds }) };
    },
  };
}

/** `/v2` is for programs, whose work is bounded by what the house can take (503), not by a clock. */
export function isLimited({ path }: Route): boolean {
  return /^\/(api|oauth)\//.test(path);
}

/** Sets the headers at once, so that refusals carry them too. Throws TOO_MANY_REQUESTS. */
export async function countCall(
  { limits }: Context,
  { reader, address }: { readonly reader: Reader; readonly address: string },
  setHeader: (name: string, value: string) => unknown,
): Promise<void> {
  if (limits === undefined) return;
  const { headers, over } = await limits.take(reader, address);
  for (const [name, value] of Object.entries(headers)) setHeader(name, value);
  if (over !== undefined) throw over;
}
