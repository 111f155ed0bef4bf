/**
 * Thousands of bad days, each from one seed. `ALUR_SEED=<seed>` repeats one, `ALUR_RUNS=<n>` runs that many.
 * Whatever seed once found a fault stays below by name.
 */
import { describe, expect, jest, test } from '@jest/globals';
import { simulate } from './simulate.ts';

jest.setTimeout(3_600_000);

const seed = Number(process.env['ALUR_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const runs = process.env['ALUR_SEED'] === undefined ? Number(process.env['ALUR_RUNS'] ?? 400) : 1;

describe('a bad day', () => {
  test(`[CH1] nothing acknowledged is lost, nothing is done twice, nobody is stuck (${runs} runs from seed ${seed})`, async () => {
    const total = { cases: 0, crashes: 0, steps: 0 };
    for (let run = 0; run < runs; run += 1) {
      const report = await simulate(seed + run);
      if (report.wrong.length > 0) throw new Error(`repeat with ALUR_SEED=${report.seed}\n${report.wrong.slice(0, 20).join('\n')}`);
      for (const name of ['cases', 'crashes', 'steps'] as const) total[name] += report[name];
    }
    process.stdout.write(
      `simulation from seed ${seed}: ${runs} runs, ${total.cases} cases, ${total.crashes} crashes, ${total.steps} steps, lost: 0, doubled: 0\n`,
    );
    expect(total.cases).toBeGreaterThan(0);
  });

  test('[CH1] the same seed is the same day', async () => {
    expect(await simulate(7)).toEqual(await simulate(7));
  });
});
