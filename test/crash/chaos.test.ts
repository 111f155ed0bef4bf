/** The short version of `npm run chaos`. Repeat a run with ALUR_SEED=<seed>. */
import { expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chaos } from '../../scripts/chaos/chaos.ts';

jest.setTimeout(240_000);
const seed = Number(process.env['ALUR_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test(`[CH3] faults of every kind lose and double nothing (seed ${seed})`, async () => {
  const redis = spawnSync('redis-server', ['--version']).status === 0;
  const report = await chaos({ faults: 10, cases: 300, seed, redis, tell: () => undefined });
  process.stdout.write(
    `chaos from seed ${seed}: ${report.acknowledged} acknowledged, ${report.effects} effects\nlost: ${report.lost}\ndoubled: ${report.doubled}\n`,
  );
  expect({ lost: report.lost, doubled: report.doubled, details: report.details }).toEqual({ lost: 0, doubled: 0, details: [] });
});
