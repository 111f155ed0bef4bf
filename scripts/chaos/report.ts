import type { ChaosReport } from './chaos.ts';

const MOST = 40;

/** The ledger; its last lines are what was lost and what was doubled. */
export function reportLines({ seed, faults, verdicts, skipped, complaints, lost, doubled }: ChaosReport): readonly string[] {
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0);
  const instances = [...verdicts.values()].reduce((sum, verdict) => sum + verdict.instances, 0);
  const details = [...verdicts].flatMap(([name, verdict]) => [...verdict.lost, ...verdict.doubled].map((what) => `${name}: ${what}`));
  return [
    ...skipped.map((what) => `SKIPPED ${what}`),
    `seed: ${seed}`,
    `faults: ${all}`,
    ...[...faults].map(([name, count]) => `  ${name}: ${count}`),
    `instances: ${instances}`,
    ...[...verdicts].map(
      ([name, verdict]) =>
        `  ${name}: ${verdict.instances} instances, ${verdict.acknowledged} acknowledgements, ${verdict.effects} effects at agencies`,
    ),
    ...complaints.map((what) => `wrong: ${what}`),
    ...details.slice(0, MOST),
    ...(details.length > MOST ? [`… and ${details.length - MOST} more`] : []),
    `lost: ${lost}`,
    `doubled: ${doubled}`,
  ];
}
