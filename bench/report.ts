/** What the programs measured, run by run, and the page that tells it. */
import { held, ratioText } from './measured.ts';
import type { Measured } from './measured.ts';

export interface Ran {
  readonly program: string;
  /** ISO 8601 */
  readonly date: string;
  readonly machine: string;
  readonly quick: boolean;
  /** one-minute load average of the machine before it began */
  readonly load: number;
  readonly results: readonly Measured[];
}

/** The newest run of each program, in the order of `programs`; one that is not there any more is forgotten. */
export function merged(before: readonly Ran[], fresh: readonly Ran[], programs: readonly string[]): readonly Ran[] {
  const newest = new Map([...before, ...fresh].map((ran) => [ran.program, ran]));
  return programs.flatMap((program) => newest.get(program) ?? []);
}

export function report(all: readonly Ran[]): string {
  const machines = [...new Set(all.map(({ machine }) => machine))];
  return [
    '# Results',
    '',
    'Written by `npm run bench`; do not edit. Each row is the newest run of its program, on its own date.',
    '',
    ...machines.map((machine, at) => `- Machine${machines.length > 1 ? ` ${at + 1}` : ''}: ${machine}`),
    "- Load: the machine's one-minute load average when the program began, so what else it did then",
    '',
    '| what | ours | raw limit in the same run | ratio | bar | when | load | settings |',
    '|---|---|---|---|---|---|---|---|',
    ...all.flatMap((ran) => ran.results.map((result) => row(ran, result, machines))),
    '',
    ...all.flatMap(({ results }) => results.flatMap(missing)),
  ].join('\n');
}

function row({ date, quick, load, machine }: Ran, result: Measured, machines: readonly string[]): string {
  const verdict = result.ratio === undefined ? '' : held(result) ? 'held' : '**missed**';
  const when = `${date.slice(0, 16).replace('T', ' ')} UTC${quick ? ', quick' : ''}${machines.length > 1 ? `, machine ${machines.indexOf(machine) + 1}` : ''}`;
  const cells = [result.name, result.ours, result.raw ?? '', ratioText(result), verdict, when, load.toFixed(1), result.settings ?? ''];
  return `| ${cells.join(' | ')} |`;
}

function missing({ name, floors = [] }: Measured): readonly string[] {
  if (floors.length === 0) return [];
  return [`## Where the rest goes: ${name}`, '', ...floors.map((floor) => `- ${floor}`), ''];
}
