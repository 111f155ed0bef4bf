import { expect, test } from '@jest/globals';
import { endWhenDead } from '../../server/end-when-dead.ts';

/** Looks often; answers how often it was told that it is over, after `looks` looks. */
async function told(alive: (look: number) => boolean, looks: number): Promise<number> {
  let [seen, ends] = [0, 0];
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const stop = endWhenDead({
    alive: () => {
      if ((seen += 1) === looks) resolve();
      return alive(seen);
    },
    dead: () => (resolve(), (ends += 1)),
    everyMs: 5,
    patienceMs: 20,
  });
  await over;
  stop();
  return ends;
}

test('[RL8] a process that is dead all the while ends itself, once', async () => {
  expect(await told(() => false, 1_000)).toBe(1);
});

test('[RL8] one that lives does not', async () => {
  expect(await told(() => true, 20)).toBe(0);
});

test('[RL8] one that recovers again and again does not', async () => {
  expect(await told((look) => look % 2 === 0, 20)).toBe(0);
});
