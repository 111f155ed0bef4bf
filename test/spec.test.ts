import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const top = resolve(import.meta.dirname, '..');
const rules = new Set([...readFileSync(join(top, 'docs/SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(([, id]) => id ?? ''));
/** The token machine's own tests. FEEL, DMN and analysis have rules of their own, and so have the other rooms. */
const files = [
  ...readdirSync(join(top, 'test/engine'))
    .filter((name) => name.endsWith('.test.ts') && !/^(feel|dmn)/.test(name))
    .map((name) => join('test/engine', name)),
  'test/property/engine.test.ts',
  'test/golden/replay.test.ts',
  // the analysis and the second opinion
  ...['test/engine/analysis', 'test/runtime/rehearsal'].flatMap((folder) =>
    readdirSync(join(top, folder)).map((name) => join(folder, name)),
  ),
  'test/property/differential.test.ts',
];
const tested = new Set(
  files.flatMap((file) => [...readFileSync(join(top, file), 'utf8').matchAll(/['"`]\[([A-Z]+\d+)\] /g)].map(([, id]) => id ?? '')),
);

test('every rule of docs/SPEC.md has a test', () => {
  expect(rules.size).toBeGreaterThan(80);
  expect([...rules].filter((id) => !tested.has(id))).toEqual([]);
});

test('every test that names a rule names one that exists', () => {
  expect([...tested].filter((id) => !rules.has(id))).toEqual([]);
});
