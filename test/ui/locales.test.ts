import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const locales = join(root, 'ui', 'locales');
const namespaces = readdirSync(join(locales, 'id')).map((file) => file.replace(/\.json$/, ''));
const plural = /_(zero|one|two|few|many|other)$/;

type Words = { readonly [key: string]: string | Words };

function read(language: string, namespace: string): Words {
  const file = join(locales, language, `${namespace}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Words) : {};
}
function flat(words: Words, prefix = ''): ReadonlyMap<string, string> {
  const entries = Object.entries(words).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flat(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}
const keys = (words: Words): Set<string> => new Set([...flat(words).keys()].map((key) => key.replace(plural, '')));
const placeholders = (text: string): string => [...new Set(text.match(/\{\{\w+\}\}/g))].sort().join();

interface Use {
  readonly file: string;
  readonly key: string;
}

/** `t('key')` and `i18next.t('key')` with a fixed text; a key with `${` is checked by its fixed beginning. */
function usesIn(folder: string): readonly Use[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  return files.flatMap((file) => {
    const text = readFileSync(join(root, folder, file), 'utf8');
    const calls = [
      ...text.matchAll(/(?<![\w.])(?:i18next\.)?t\(\s*(?:[\w.!=?&|() ]+\?\s*)?(['"`])((?:(?!\1).)+)\1(?:\s*:\s*(['"`])((?:(?!\3).)+)\3)?/g),
    ];
    return calls.flatMap(([, , first = '', , second]) =>
      [first, ...(second ? [second] : [])].map((key) => ({ file: join(folder, file), key })),
    );
  });
}

/** The namespaces a file may speak in: those of its `useTranslation('...')`; else its app's; a file that is handed its `t` may speak in any. */
function namespacesOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const declared = [...text.matchAll(/useTranslation\(\[?((?:'\w+',? ?)+)\]?\)/g)].flatMap((match) => (match[1] ?? '').match(/\w+/g) ?? []);
  if (declared.length > 0) return declared;
  return text.includes('useTranslation()') || text.includes('i18next') ? [file.split('/')[0] ?? ''] : namespaces;
}

function isKnown({ file, key }: Use): boolean {
  const named = /^(\w+):(.+)$/.exec(key);
  const bare = named?.[2] ?? key;
  const known = (named ? [named[1] ?? ''] : namespacesOf(file)).flatMap((namespace) => [...keys(read('id', namespace))]);
  const fixed = bare.split('${')[0] ?? '';
  return bare.includes('${') ? known.some((each) => each.startsWith(fixed)) : known.includes(bare);
}

describe('words of the screens', () => {
  test.each(namespaces)('[UI4] both languages have the same keys: %s', (namespace) => {
    // given the two files of one namespace
    const indonesian = keys(read('id', namespace));
    const english = keys(read('en', namespace));
    // then neither has a key that the other lacks
    expect([...indonesian].filter((key) => !english.has(key))).toEqual([]);
    expect([...english].filter((key) => !indonesian.has(key))).toEqual([]);
  });

  test.each(namespaces)('[UI4] both languages fill in the same values, and no text is empty: %s', (namespace) => {
    const english = flat(read('en', namespace));
    for (const [key, text] of flat(read('id', namespace))) {
      expect(`${key} ${text}`.length).toBeGreaterThan(key.length + 1);
      const other = english.get(key);
      if (other !== undefined) expect(`${key} ${placeholders(other)}`).toBe(`${key} ${placeholders(text)}`);
    }
  });

  test.each(['modeler', 'console', 'inbox', 'portal'])('[UI4] no key that the code uses is missing: %s', (folder) => {
    const missing = usesIn(folder).filter((use) => !isKnown(use));
    expect(missing).toEqual([]);
  });

  test('[UI4] no key that the shared code uses is missing', () => {
    const shared = usesIn('ui').filter(
      ({ file, key }) => key.includes(':') || /useTranslation\(\[?'\w+'/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(shared.filter((use) => !isKnown(use))).toEqual([]);
  });

  test('[UI4] an unknown key would be noticed', () => {
    // given a use of a key that nobody wrote
    const use = { file: 'console/landing.tsx', key: 'landing.nobodyWroteThis' };
    // then it counts as missing, while its neighbour is known
    expect(isKnown(use)).toBe(false);
    expect(isKnown({ ...use, key: 'landing.title' })).toBe(true);
  });
});
