import { expect, test } from '@jest/globals';
import { merged, report } from '../../bench/report.ts';
import type { Ran } from '../../bench/report.ts';

const programs = ['one.ts', 'two.ts'];

function ran(program: string, date: string, ours: string): Ran {
  const ratio = { value: 0.4, bar: 0.5, kind: 'low' } as const;
  return { program, date, machine: 'a machine', quick: false, load: 1, results: [{ name: program, ours, ratio, floors: ['the disk'] }] };
}

test('[BE1] running one program keeps the rows of the others with their own dates', () => {
  const before = [ran('one.ts', '2026-01-01T10:00:00.000Z', '1/s'), ran('two.ts', '2026-01-01T11:00:00.000Z', '2/s')];
  const all = merged(before, [ran('two.ts', '2026-02-02T12:00:00.000Z', '3/s')], programs);
  const rows = report(all)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| what'));
  expect(rows.map((line) => line.split(' | ').filter((_, at) => [1, 4, 5].includes(at)))).toEqual([
    ['1/s', '**missed**', '2026-01-01 10:00 UTC'],
    ['3/s', '**missed**', '2026-02-02 12:00 UTC'],
  ]);
  expect(report(all)).toContain('## Where the rest goes: two.ts\n\n- the disk');
});

test('[BE1] a program that is not there any more leaves no row', () => {
  expect(merged([ran('gone.ts', '2026-01-01T10:00:00.000Z', '1/s')], [], programs)).toEqual([]);
});
