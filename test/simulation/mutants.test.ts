/** The oracle can fail: each runtime that was broken on purpose is found out. Prints by which seed and in which words. */
import { describe, expect, jest, test } from '@jest/globals';
import { mutants } from './mutants.ts';
import { simulate } from './simulate.ts';

jest.setTimeout(600_000);

/** seeds that each mutant may take; the slowest takes a quarter of it */
const SEEDS = 200;

describe('a runtime that is broken on purpose', () => {
  test.each(mutants)('[RT69] is found out: $name', async (mutant) => {
    let [seed, wrong]: [number, readonly string[]] = [0, []];
    while (wrong.length === 0 && seed < SEEDS) ({ wrong } = await simulate((seed += 1), { mutant, places: mutant.places ?? 1 }));
    process.stdout.write(`mutant: ${mutant.name.padEnd(60)} seed ${String(seed).padStart(3)}  ${(wrong[0] ?? 'SURVIVED').slice(0, 150)}\n`);
    expect(wrong).not.toEqual([]);
  });

  test('[RT69] the same seeds find nothing in the one that is not', async () => {
    for (let seed = 1; seed <= 20; seed += 1) for (const places of [1, 2]) expect((await simulate(seed, { places })).wrong).toEqual([]);
  });
});
