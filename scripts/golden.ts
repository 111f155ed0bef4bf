/**
 * Records what happens in every scenario of processes/ as test/golden/<process>/<case>.log.json; every build replays them
 * (test/golden/replay.test.ts).
 *   node scripts/golden.ts            records the cases that have no log yet
 *   node scripts/golden.ts --renew    keeps the recorded events and writes down anew what they fold to: only after a deliberate
 *                                     change of the serialized form, never to silence a failing replay
 * Logs of earlier builds are never recorded again: they are what running cases look like.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { folded, goldenLogOf } from '../scenarios/golden-log.ts';
import type { GoldenLog } from '../scenarios/golden-log.ts';
import { readServiceFolder, runScenario } from '../scenarios/index.ts';

const top = join(import.meta.dirname, '..');
const golden = join(top, 'test/golden');
const processes = join(top, 'processes');

function write(file: string, log: GoldenLog): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(log)}\n`);
  console.log(`wrote ${file.slice(top.length + 1)}`);
}

function fileOf(service: string, scenario: string, index: number): string {
  return join(golden, service, `${basename(scenario, '.test.json')}-${index + 1}.log.json`);
}

async function record(service: string): Promise<void> {
  const { resources, files } = readServiceFolder(join(processes, service));
  for (const { file, testCases } of files)
    for (const [index, testCase] of testCases.entries()) {
      const target = fileOf(service, file, index);
      if (existsSync(target)) continue;
      const { failure } = await runScenario(resources, testCase, async (stage) => write(target, await goldenLogOf(stage, testCase.name)));
      if (failure) throw new Error(`Expected scenario '${testCase.name}' to pass before it is recorded, but: ${failure.message}`);
    }
}

function renew(): void {
  for (const path of readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log.json'))) {
    const file = join(golden, path);
    const log = JSON.parse(readFileSync(file, 'utf8')) as GoldenLog;
    const instances = log.instances.map(({ key, commits }) =>
      folded(
        key,
        commits.map(({ events }) => events),
      ),
    );
    write(file, { case: log.case, instances });
  }
}

if (process.argv.includes('--renew')) renew();
else for (const service of readdirSync(processes)) if (existsSync(join(processes, service, 'scenarios'))) await record(service);
