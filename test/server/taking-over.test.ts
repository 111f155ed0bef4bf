/** A call with an Idempotency-Key whose process died in the middle. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Asked } from '../../server/route.ts';
import { once } from '../../server/idempotency.ts';
import { openHouse } from './house.ts';
import type { House } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => await house.close());

function asked(now: number): Asked {
  const context = { runtime: house.runtime, now: () => now, secret: 'a secret of the house' };
  return { context, reader: { username: 'warga' }, body: { a: 1 }, files: [], header: () => 'key-1' } as unknown as Asked;
}

test('[RL7] an unfinished call is taken over by one of many that repeat it, and not before its process must be dead', async () => {
  let acts = 0;
  const act = async () => ((acts += 1), { status: 201, body: { number: acts } });
  // given: a call whose process died while it acted; an exception that is no Problem leaves it unfinished
  await expect(once(asked(0), 'r', async () => await Promise.reject(new Error('died')))).rejects.toThrow('died');
  await expect(once(asked(10_000), 'r', act)).rejects.toThrow(/still at work/);
  const answers = await Promise.allSettled(Array.from({ length: 8 }, async () => await once(asked(40_000), 'r', act)));
  expect(acts).toBe(1);
  const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.body] : []));
  expect(given.length).toBeGreaterThan(0);
  for (const body of given) expect(body).toEqual({ number: 1 });
  expect((await once(asked(41_000), 'r', act)).body).toEqual({ number: 1 });
});
