import { expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import words from '../../modeler/problem-words.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
/** codes of problems as the sources of a folder write them */
const codesIn = (folder: string, pattern: RegExp): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(root, folder, name), 'utf8').matchAll(pattern)].map(([, code = '']) => code));

test('[MO13] each problem that the compilers and the analysis can find has a sentence in Indonesian', () => {
  const codes = [
    ...codesIn('engine/compile', /code: '([A-Z_]+)'/g),
    ...codesIn('engine/dmn', /code: '([A-Z_]+)'/g),
    ...codesIn('engine/analysis', /code: '([a-z-]+)'/g),
  ];
  expect(codes.length).toBeGreaterThan(70);
  expect([...new Set(codes)].filter((code) => !Object.hasOwn(words, code))).toEqual([]);
});
