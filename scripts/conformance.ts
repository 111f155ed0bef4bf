/**
 * Runs every conformance set: `npm run conformance -- <folder>`. Prints one line per set.
 * Fails when a set is missing, has fewer cases, passes less, fails more or has more cases that do not apply than
 * test/conformance/floor.json remembers. The floor may only grow: raise it with `--raise`.
 * A set is a function in scripts/conformance/ from the folder to a tally; add it to SETS.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { belowFloor, raised } from './conformance/floor.ts';
import type { Floor } from './conformance/floor.ts';
import type { ConformanceSet, Tally } from './conformance/tally.ts';

const SETS: readonly { name: string; load: () => Promise<ConformanceSet> }[] = [
  { name: 'dmn-tck', load: async () => (await import('./conformance/dmn-tck.ts')).set },
  { name: 'feelin', load: async () => (await import('./conformance/feelin.ts')).set },
  { name: 'feel-builtins-examples', load: async () => (await import('./conformance/feel-builtins-examples.ts')).set },
  { name: 'bpmn-miwg', load: async () => (await import('./conformance/bpmn-miwg.ts')).set },
  { name: 'zeebe-bpmn-moddle', load: async () => (await import('./conformance/zeebe-moddle.ts')).set },
  { name: 'bpmnlint-camunda-compat', load: async () => (await import('./conformance/camunda-compat.ts')).set },
  { name: 'lib-bpmn-engine', load: async () => (await import('./conformance/lib-bpmn-engine.ts')).set },
  { name: 'bpmn-tck', load: async () => (await import('./conformance/yaml-specs.ts')).bpmnTck },
  { name: 'zeebe-spec', load: async () => (await import('./conformance/yaml-specs.ts')).zeebeSpec },
  { name: 'camunda-8-js-sdk', load: async () => (await import('./conformance/clients.ts')).camunda8JsSdk },
  { name: 'orchestration-cluster-api-js', load: async () => (await import('./conformance/clients.ts')).orchestrationClusterApi },
  { name: 'camunda-8-benchmark', load: async () => (await import('./conformance/processes.ts')).benchmark },
  { name: 'form-js', load: async () => (await import('./conformance/forms.ts')).set },
  { name: 'customer-onboarding', load: async () => (await import('./conformance/processes.ts')).onboarding },
];

const FLOOR = join(dirname(fileURLToPath(import.meta.url)), '..', 'test', 'conformance', 'floor.json');

function reasons(tally: Tally): string {
  const counts = new Map<string, number>();
  for (const { reason } of tally.notApplicable) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts.size === 0 ? '' : ` (${[...counts].map(([reason, count]) => `${count} ${reason}`).join('; ')})`;
}

async function main(args: readonly string[]): Promise<number> {
  const folder = args.find((arg) => !arg.startsWith('--'));
  if (folder === undefined) {
    console.error('Usage: npm run conformance -- <folder> [--raise] [--failures] [--only=<set>]');
    return 2;
  }
  if (!existsSync(folder)) {
    console.error(`Expected the conformance data in ${folder}, but there is no such folder: nothing was run.`);
    return 2;
  }
  const only = args.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
  const floor = JSON.parse(existsSync(FLOOR) ? readFileSync(FLOOR, 'utf8') : '{}') as Floor;
  let bad = false;
  for (const { name, load } of SETS.filter((each) => only === undefined || each.name === only)) {
    const tally = await (await load())(folder);
    if (tally === null) {
      console.error(`${name}: Expected the set in ${folder}, but it is not there.`);
      bad = true;
      continue;
    }
    console.log(
      `${name}: passed ${tally.passed.length}, failed ${tally.failed.length}, not applicable ${tally.notApplicable.length}${reasons(tally)}`,
    );
    if (args.includes('--failures')) for (const { id, why } of tally.failed) console.log(`  ${id}: ${why}`);
    const problem = belowFloor(tally, floor[name]);
    if (problem !== null) console.error(`${name}: ${problem}`);
    bad ||= problem !== null;
    if (args.includes('--raise') && (problem === null || floor[name]?.cases === undefined)) floor[name] = raised(tally);
  }
  if (args.includes('--raise')) {
    mkdirSync(dirname(FLOOR), { recursive: true });
    writeFileSync(FLOOR, `${JSON.stringify(floor, null, 2)}\n`);
  }
  return bad ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
