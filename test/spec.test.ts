import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defencesOf, misfits, rowsOf, rulesOf, titlesOf, unprovenFaults, unprovenRows, untried } from './support/specification.ts';

const top = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(top, path), 'utf8');
const specification = read('docs/SPEC.md');
const sources = readdirSync(join(top, 'test'), { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((name) => /\.tsx?$/.test(name));
const titles = sources.flatMap((file) => titlesOf(file, read(file)));

describe('docs/SPEC.md and the tests', () => {
  test('[AR4] every rule has a test, every test of every room has a rule, no rule stands twice', () => {
    expect(rulesOf(specification).length).toBeGreaterThan(300);
    expect(titles.length).toBeGreaterThan(600);
    expect(misfits(specification, titles)).toEqual({ rulesDefinedTwice: [], rulesWithoutTest: [], testsWithoutRule: [] });
  });

  test('[AR4] what does not fit is seen in both directions', () => {
    // given
    const text = '- **M1** One.\n- **M2** Two.\n- **M1** Again.\n- **V2-1** Three.';
    const source = [
      `test('[M1] good', f);`,
      `test.each([['[M2] a cell is no title', 1]])('[V2-1] each', f);`,
      `test('[M9] no such rule', f);`,
      `it('no rule', f);`,
      `test(title, f);`,
      `/x/.test('[M2] no test', 1); // test('[M2] a comment', f)`,
    ].join('\n');

    // then
    expect(misfits(text, titlesOf('a.test.ts', source))).toEqual({
      rulesDefinedTwice: ['M1'],
      rulesWithoutTest: ['M2'],
      testsWithoutRule: ['a.test.ts:3 M9', 'a.test.ts:4', 'a.test.ts:5'],
    });
  });
});

describe('docs/coverage.md', () => {
  const coverage = existsSync(join(top, 'docs/coverage.md')) ? read('docs/coverage.md') : '';

  test('[AR4] every row names tests that exist', () => {
    expect(rowsOf(coverage).length).toBeGreaterThan(250);
    expect(unprovenRows(coverage, titles)).toEqual([]);
  });

  test('[AR4] a row that proves nothing is seen', () => {
    // given
    const row = (name: string, outcome: string, tests: string): string => `| ${name} | ${outcome} | ${tests} |`;
    const rows = [
      row('Variant', 'Here', 'Tests'),
      row('a \\| b', 'executed', '`[M1] good`'),
      row('c', 'ignored', ''),
      row('d', 'refused', '`[M1] goof`, `[M2] first`'),
      row('e', 'carried', '`[M2] fourth`'),
      row('f', 'executed', '`[M2] %s`'),
      row('f', 'executed', '`[M2] second`'),
    ].join('\n');
    const tests = `test('[M1] good', f); test.each([['first'], [{ second: 1 }]])('[M2] %s', f);`;

    // then
    expect(rowsOf(rows)).toHaveLength(6);
    expect(unprovenRows(rows, titlesOf('a.test.ts', tests))).toEqual([
      'f: stands twice',
      'c: "ignored" is neither executed, refused nor carried',
      'c: no test',
      'd: there is no test "[M1] goof"',
      'e: there is no test "[M2] fourth"',
    ]);
  });
});

describe('docs/operations.md', () => {
  const HEADING = 'Faults, each tried';

  test('[AR4] every fault names rules that have tests', () => {
    const faults = defencesOf(read('docs/operations.md'), HEADING);
    expect(faults).toHaveLength(25);
    expect(unprovenFaults(faults, specification, titles)).toEqual([]);
  });

  test('[AR4] a fault that nobody tries is seen', () => {
    const page = `\n## ${HEADING}\n\n| a | d | r |\n|---|---|---|\n| A | holds | M1 |\n| B | holds | M1, M2, M3 |\n| C | holds | |\n`;
    expect(
      unprovenFaults(defencesOf(page, HEADING), '- **M1** One.\n- **M2** Two.', titlesOf('a.test.ts', `test('[M1] good', f)`)),
    ).toEqual(['B: M2 is not tested', 'B: M3 is no rule', 'C: nothing holds, or no rule says so']);
  });
});

describe('docs/api.md', () => {
  test('[AR4] every departure from the GovStack specification names tests that exist', () => {
    const departures = defencesOf(read('docs/api.md'), 'GovStack');
    expect(departures.length).toBe(8);
    expect(untried(departures, titles)).toEqual([]);
  });
});

describe('docs/security.md', () => {
  test('[AR4] every attack names tests that exist', () => {
    const defences = defencesOf(read('docs/security.md'), 'Attacks, each tried');
    expect(defences.length).toBeGreaterThan(30);
    expect(untried(defences, titles)).toEqual([]);
  });

  test('[AR4] an attack that no test tries is seen', () => {
    // given
    const page =
      '# x\n\n## Attacks, each tried\n\n| a | d | t |\n|---|---|---|\n| A | wall | `[M1] good` |\n| B | wall | `[M1] goof`, `[M1] good` |\n| C | | |\n\n## Other\n\n| D | | |\n';

    // then
    expect(untried(defencesOf(page, 'Attacks, each tried'), titlesOf('a.test.ts', "test('[M1] good', f)"))).toEqual([
      'B: there is no test "[M1] goof"',
      'C: nothing stops it',
      'C: no test',
    ]);
  });
});
