/**
 * `npm run bench`: every program of this folder, one after the other; each prints its ratios measured in one run. Writes bench/RESULTS.md and fails when a bar is
 * missed. `-- --quick`: fewer rounds, for a look; RESULTS.md says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { held, quick, ratioText } from './measured.ts';
import type { Measured } from './measured.ts';

const programs = ['engine.ts', 'feel.ts', 'analysis.ts', 'one-job.ts', 'chain.ts', 'http.ts', 'inbox.ts', 'waiting.ts'];
const runtimePrograms = new Set(programs.slice(3));
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

interface Ran {
  readonly program: string;
  readonly failed: boolean;
  readonly results: readonly Measured[];
  /** one-minute load average of the machine before it began */
  readonly load: number;
}

function run(program: string, folder: string): Ran {
  console.log(`\n▸ bench/${program}`);
  const file = join(folder, `${program}.json`);
  const load = loadavg()[0] ?? 0;
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, program), ...(quick ? ['--quick'] : [])], {
    stdio: 'inherit',
    env: { ...process.env, ALUR_BENCH_RESULTS: file },
  });
  const results = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Measured[]) : [];
  return { program, failed: status !== 0, results, load };
}

function report(ran: readonly Ran[]): string {
  const [cpu] = cpus();
  const rows = ran.flatMap(({ results, load }) =>
    results.map((result) => {
      const verdict = result.ratio === undefined ? '' : held(result) ? 'held' : '**missed**';
      return `| ${[result.name, result.ours, result.raw ?? '', ratioText(result), verdict, load.toFixed(1), result.settings ?? ''].join(' | ')} |`;
    }),
  );
  return [
    '# Results',
    '',
    'Written by `npm run bench`; do not edit.',
    '',
    `- Date: ${new Date().toISOString()}`,
    `- Machine: ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node ${process.version}`,
    `- Run: ${quick ? 'quick (few rounds)' : 'full'}; the load column is the machine's one-minute load average when the program began, so what else it did then`,
    '',
    '| what | ours | raw limit in the same run | ratio | bar | load | settings |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'alur-bench-results-'));
const ran = programs.filter((program) => only.length === 0 || only.includes(program)).map((program) => run(program, folder));
rmSync(folder, { recursive: true, force: true });
if (ran.some(({ program }) => runtimePrograms.has(program))) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), report(ran));
const failed = ran.filter((one) => one.failed);
if (failed.length > 0) {
  console.error(`${failed.length} of ${ran.length} programs failed or missed a bar: ${failed.map(({ program }) => program).join(', ')}.`);
  process.exit(1);
}
