/** What a program of this folder measured, in one form: told on the screen, handed to `npm run bench`, and judged against its bar. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Measured {
  readonly name: string;
  /** with its unit */
  readonly ours: string;
  /** the limit of the machine for the same work, measured in this run; with its unit */
  readonly raw?: string;
  /** `low`: must be at least the bar; `high`: at most. Absent: told only */
  readonly ratio?: { readonly value: number; readonly bar: number; readonly kind: 'low' | 'high' };
  /** settings that the figure holds under */
  readonly settings?: string;
  /** where the time goes that is missing to the raw limit: one sentence each, measured in this run */
  readonly floors?: readonly string[];
}

/** How the runtime's store makes commits durable; docs/adr/0011. */
export const SQLITE = 'SQLite WAL synchronous=NORMAL, log fdatasynced by the store before each acknowledgement (ADR 0011)';

export const quick = process.argv.includes('--quick');

export function held({ ratio }: Measured): boolean {
  if (ratio === undefined) return true;
  return ratio.kind === 'low' ? ratio.value >= ratio.bar : ratio.value <= ratio.bar;
}

export function ratioText({ ratio }: Measured): string {
  if (ratio === undefined) return '';
  const written = ratio.bar < 1 ? percent : times;
  return `${written(ratio.value)} (bar: at ${ratio.kind === 'low' ? 'least' : 'most'} ${written(ratio.bar)})`;
}

/** Prints the results, leaves them for `npm run bench`, and makes the process fail when a bar is missed. */
export function tell(results: readonly Measured[]): void {
  for (const result of results) {
    const parts = [result.ours, result.raw && `raw limit ${result.raw}`, ratioText(result), held(result) ? '' : 'MISSED', result.settings];
    console.log(`${result.name}: ${parts.filter((part) => part !== undefined && part !== '').join('   ')}`);
    for (const floor of result.floors ?? []) console.log(`  - ${floor}`);
  }
  const file = process.env['ALUR_BENCH_RESULTS'];
  if (file !== undefined && file !== '') writeFileSync(file, JSON.stringify(results));
  if (!results.every(held)) process.exitCode = 1;
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'alur-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `total` pieces of work, `inFlight` at a time. Answers milliseconds of the whole and of each. */
export async function flood(
  total: number,
  inFlight: number,
  work: (n: number) => Promise<unknown>,
): Promise<{ readonly milliseconds: number; readonly each: readonly number[] }> {
  const each: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < total) {
      const n = next++;
      const from = performance.now();
      await work(n);
      each.push(performance.now() - from);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { milliseconds: performance.now() - began, each };
}

/** `part`: 0.99 for p99 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function perSecond(count: number, milliseconds: number): number {
  return (count * 1_000) / milliseconds;
}

export function rate(value: number, unit: string): string {
  return `${Math.round(value).toLocaleString('en')} ${unit}/s`;
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
}

function times(value: number): string {
  return `${value.toFixed(value < 100 ? 2 : 0)}×`;
}
