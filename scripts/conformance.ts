/**
 * Runs every conformance set that the given folder holds: `npm run conformance -- <folder>`.
 * Prints one line per set; fails when a set passes less, or has more cases that do not apply, than test/conformance/floor.json
 * remembers. The floor may only grow: raise it with `--raise`.
 * A set is a file in scripts/conformance/ that exports `run(folder)`; add it to SETS.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConformanceSet, Tally } from './conformance/tally.ts';

const SETS: readonly { name: string; load: () => Promise<ConformanceSet> }[] = [
  { name: 'dmn-tck', load: async () => (await import('./conformance/dmn-tck.ts')).set },
  { name: 'feel-builtins-examples', load: async () => (await import('./conformance/feel-builtins-examples.ts')).set },
];

const FLOOR = join(dirname(fileURLToPath(import.meta.url)), '..', 'test', 'conformance', 'floor.json');
type Floor = Record<string, { passed: number; failed: number }>;

function reasons(tally: Tally): string {
  const counts = new Map<string, number>();
  for (const { reason } of tally.notApplicable) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts.size === 0 ? '' : ` (${[...counts].map(([reason, count]) => `${count} ${reason}`).join('; ')})`;
}

function belowFloor(name: string, tally: Tally, floor: Floor): string | null {
  const bar = floor[name];
  if (!bar) return null;
  if (tally.failed.length > bar.failed) return `Expected at most ${bar.failed} failures, but there are ${tally.failed.length}.`;
  return tally.passed.length < bar.passed ? `Expected at least ${bar.passed} passed, but there are ${tally.passed.length}.` : null;
}

async function main(args: readonly string[]): Promise<number> {
  const folder = args.find((arg) => !arg.startsWith('--'));
  if (folder === undefined) {
    console.error('Usage: npm run conformance -- <folder> [--raise] [--failures] [--only=<set>]');
    return 2;
  }
  const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
  const floor = JSON.parse(existsSync(FLOOR) ? readFileSync(FLOOR, 'utf8') : '{}') as Floor;
  let bad = false;
  for (const { name, load } of SETS.filter((each) => only === undefined || each.name === only)) {
    const tally = await (await load())(folder);
    if (tally === null) {
      console.log(`${name}: not in ${folder}`);
      continue;
    }
    console.log(
      `${name}: passed ${tally.passed.length}, failed ${tally.failed.length}, not applicable ${tally.notApplicable.length}${reasons(tally)}`,
    );
    if (args.includes('--failures')) for (const { id, why } of tally.failed) console.log(`  ${id}: ${why}`);
    const problem = belowFloor(name, tally, floor);
    if (problem !== null) console.error(`${name}: ${problem}`);
    bad ||= problem !== null || (tally.failed.length > 0 && floor[name] === undefined);
    if (args.includes('--raise') && problem === null) floor[name] = { passed: tally.passed.length, failed: tally.failed.length };
  }
  if (args.includes('--raise')) {
    mkdirSync(dirname(FLOOR), { recursive: true });
    writeFileSync(FLOOR, `${JSON.stringify(floor, null, 2)}\n`);
  }
  return bad ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
