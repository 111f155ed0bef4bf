/**
 * `npm test`: format, lint, types, then every test that needs no browser, then the browser tests.
 * Says what it skips and why; with CI=true nothing may be skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const ci = process.env.CI === 'true';
const skipped: string[] = [];

function run(title: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const started = Date.now();
  console.log(`\n▸ ${title}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) {
    console.error(`✗ ${title} failed`);
    process.exit(status ?? 1);
  }
  console.log(`✓ ${title} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
}

function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${name}`));
}

/** True when the need is there; else says what is left out, and fails in CI. */
function need(name: string, forWhat: string): boolean {
  if (onPath(name)) return true;
  skipped.push(`${forWhat}: no ${name} on this machine (Debian: apt-get install ${name})`);
  return false;
}

interface Totals {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}
const totals = { passed: 0, failed: 0, skipped: 0 };

/** Several projects share their workers. */
function jest(...projects: readonly string[]): void {
  const name = projects.join(' and ');
  const report = `test-results/${projects.join('-')}.json`;
  mkdirSync('test-results', { recursive: true });
  rmSync(report, { force: true });
  const flags = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  run(`${name} tests`, 'jest', ['--selectProjects', ...projects, '--json', '--outputFile', report, '--silent=false'], {
    NODE_OPTIONS: flags,
  });
  const result = JSON.parse(readFileSync(report, 'utf8')) as Totals;
  totals.passed += result.numPassedTests;
  totals.failed += result.numFailedTests;
  totals.skipped += result.numPendingTests;
  if (result.numPendingTests > 0) skipped.push(`${result.numPendingTests} ${name} tests: each says why in its own title or line above`);
}

run('format', 'prettier', ['--check', '--log-level', 'warn', '.']);
run('lint', 'eslint', ['.']);
run('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']);
run('engine types (no DOM, no Node)', 'tsc', ['--noEmit', '-p', 'engine/tsconfig.json']);
need('redis-server', 'BullMQ legs of the queue contract and crash tests');
need('gcc', 'the test of power loss');
jest('unit');
const browser = need('chromium', 'browser tests');
if (browser) run('build', 'node', ['scripts/build.ts']);
// both wait more than they compute
jest('crash', ...(browser ? ['browser'] : []));

for (const line of skipped) console.log(`SKIPPED ${line}`);
const line = `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`;
writeFileSync('test-results/totals.txt', `${line}\n`);
console.log(line);
if (ci && skipped.length > 0) {
  console.error('CI=true skips nothing: the lines above are failures.');
  process.exit(1);
}
