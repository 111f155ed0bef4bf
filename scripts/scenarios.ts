/**
 * `npm run scenarios -- <folder> [...]`: runs the scenarios of service folders (default: all in processes/), prints each with its failure,
 * and which elements and flows no scenario walked over. Exit code 1 when one fails.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { coverageOf, readServiceFolder, runScenario, type Coverage, type ScenarioResult } from '../scenarios/index.ts';

const top = join(import.meta.dirname, '..');
const given = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const folders =
  given.length > 0
    ? given
    : readdirSync(join(top, 'processes'))
        .map((name) => join(top, 'processes', name))
        .filter((folder) => existsSync(join(folder, 'scenarios')));

function share(name: string, { covered, total, missed }: Coverage['elements']): void {
  const percent = total === 0 ? 100 : Math.floor((covered / total) * 100);
  console.log(`  ${name}: ${covered} of ${total} (${percent} %)${missed.length === 0 ? '' : `, missed: ${missed.join(', ')}`}`);
}

let failed = 0;
for (const folder of folders) {
  const { resources, files } = readServiceFolder(folder);
  const results: ScenarioResult[] = [];
  console.log(`\n${relative(process.cwd(), folder) || folder}`);
  for (const { testCases } of files) {
    for (const testCase of testCases) {
      const result = await runScenario(resources, testCase);
      results.push(result);
      console.log(`  ${result.failure === undefined ? '✓' : '✗'} ${result.name}`);
      if (result.failure === undefined) continue;
      failed += 1;
      console.log(`      instruction ${result.failure.instruction} ${result.failure.type}: ${result.failure.message}`);
    }
  }
  const coverage = await coverageOf(
    resources,
    results.map(({ trace }) => trace),
  );
  share('elements', coverage.elements);
  share('flows', coverage.flows);
}
process.exitCode = failed > 0 ? 1 : 0;
