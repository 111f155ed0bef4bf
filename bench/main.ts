/**
 * `npm run bench`: every program of this folder, one after the other; each prints its ratios measured in one run. Keeps what they measured in bench/results.json,
 * writes bench/RESULTS.md from it, and fails when a bar is missed.
 * `-- one-job.ts chain.ts`: only these; the rows of the others stay, each with its own date. `-- --quick`: fewer rounds, for a look; the row says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { merged, report } from './report.ts';
import type { Ran } from './report.ts';
import { quick } from './measured.ts';
import type { Measured } from './measured.ts';

const programs = [
  'engine.ts',
  'feel.ts',
  'analysis.ts',
  'one-job.ts',
  'chain.ts',
  'http.ts',
  'load.ts',
  'sustained.ts',
  'inbox.ts',
  'waiting.ts',
  'agency-isolation.ts',
];
const kept = join(import.meta.dirname, 'results.json');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

/** `ran` is absent when the program leaves no results: it only prints, or it fell over. */
function run(program: string, folder: string): { readonly failed: boolean; readonly ran?: Ran } {
  console.log(`\n▸ bench/${program}`);
  const file = join(folder, `${program}.json`);
  const load = loadavg()[0] ?? 0;
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, program), ...(quick ? ['--quick'] : [])], {
    stdio: 'inherit',
    env: { ...process.env, ALUR_BENCH_RESULTS: file },
  });
  if (!existsSync(file)) return { failed: status !== 0 };
  const results = JSON.parse(readFileSync(file, 'utf8')) as readonly Measured[];
  return { failed: status !== 0, ran: { program, date: new Date().toISOString(), machine: machine(), quick, load, results } };
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node ${process.version}`;
}

function known(): readonly Ran[] {
  return existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as readonly Ran[]) : [];
}

const folder = mkdtempSync(join(tmpdir(), 'alur-bench-results-'));
const wanted = programs.filter((program) => only.length === 0 || only.includes(program));
const failed: string[] = [];
for (const program of wanted) {
  const { failed: missed, ran } = run(program, folder);
  if (missed) failed.push(program);
  // after each of them: a run that is cut off keeps what it had
  const all = merged(known(), ran === undefined ? [] : [ran], programs);
  writeFileSync(kept, `${JSON.stringify(all, undefined, 2)}\n`);
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), report(all));
}
rmSync(folder, { recursive: true, force: true });
if (failed.length > 0) {
  console.error(`${failed.length} of ${wanted.length} programs failed or missed a bar: ${failed.join(', ')}.`);
  process.exit(1);
}
