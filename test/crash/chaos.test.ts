/** The short version of `npm run chaos`: real processes, one fault of each kind. Repeat a run with ALUR_SEED=<seed>. */
import { expect, jest, test } from '@jest/globals';
import { chaos } from '../../scripts/chaos/chaos.ts';
import { reportLines } from '../../scripts/chaos/report.ts';

jest.setTimeout(300_000);
const seed = Number(process.env['ALUR_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test(`[CH3] faults of every kind lose and double nothing (seed ${seed})`, async () => {
  const report = await chaos({ faults: 13, cases: 120, seed, small: true, tell: () => undefined });
  const lines = reportLines(report);
  process.stdout.write(`${lines.join('\n')}\n`);
  expect(lines.filter((line) => /^(lost|doubled|wrong)/.test(line))).toEqual(['lost: 0', 'doubled: 0']);
});
