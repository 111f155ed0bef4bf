import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { borders, engineCompiler, roots } from '../borders.js';

const top = resolve(import.meta.dirname, '..');

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Static imports, re-exports and dynamic `import('…')` of one source text. */
export function importsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [
    ...code.matchAll(
      /(?:^|[\s;])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[\s;])import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

function sources(room: string): string[] {
  return readdirSync(join(top, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)));
}

function importsIn(room: string): Import[] {
  return sources(room).flatMap((file) => importsOf(readFileSync(join(top, file), 'utf8')).map((target) => ({ file, target })));
}

/** A sentence when the import crosses a border, else undefined. */
export function violation({ file, target }: Import): string | undefined {
  const room = file.split('/')[0]!;
  const rule = borders[room]!;
  if (roots.includes(file)) return undefined;
  if (target.startsWith('.')) {
    const aimed = relative(top, resolve(top, dirname(file), target)).split('/')[0]!;
    if (roots.some((root) => resolve(top, dirname(file), target) === join(top, root))) return `${file} imports the composition root`;
    return aimed === room || rule.rooms.includes(aimed)
      ? undefined
      : `${file} imports ${aimed}/, allowed: ${rule.rooms.join(', ') || 'itself only'}`;
  }
  if (rule.packages === 'any') return undefined;
  const known = rule.packages.some((name) => new RegExp(`^${name}(/|$)`).test(target));
  if (!known) return `${file} imports the package ${target}`;
  return room === 'engine' && !engineCompiler.test(file)
    ? `${file} imports ${target}; inside engine only the compiler may import packages`
    : undefined;
}

/** Files that need each other to run, as groups. Types alone bind nobody: they are gone when it runs. */
export function cycles(files: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const reached = new Map<string, ReadonlySet<string>>();
  for (const file of files.keys()) {
    const found = new Set<string>();
    const open = [...(files.get(file) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(...(files.get(next) ?? []));
    }
    reached.set(file, found);
  }
  const groups = new Map<string, string[]>();
  for (const [file, found] of reached) {
    if (!found.has(file)) continue;
    const group = [...found].filter((other) => reached.get(other)?.has(file)).toSorted();
    groups.set(group.join(' '), group);
  }
  return [...groups.values()];
}

function graphOf(all: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(all);
  const aimed = (file: string, source: string): readonly string[] =>
    importsOf(source.replace(/^(?:import|export) type [^;]*;/gm, ''))
      .filter((target) => target.startsWith('.'))
      .map((target) => relative(top, resolve(top, dirname(file), target)))
      .filter((target) => known.has(target));
  return new Map(all.map((file) => [file, aimed(file, readFileSync(join(top, file), 'utf8'))]));
}

/** What calls itself by its nature: each first file of a group. */
const RECURSIVE = new Set([
  // an expression holds expressions
  'engine/feel/builtins/index.ts',
  // a group of form fields holds form fields
  'ui/forms/containers.tsx',
]);

const rooms = Object.keys(borders).filter((room) => readdirSync(top).includes(room));

describe('imports point one way', () => {
  test.each(rooms)('[AR1] %s imports only what the table allows', (room) => {
    expect(importsIn(room).map(violation).filter(Boolean)).toEqual([]);
  });

  test('[AR1] every room is there and has sources, so that this test cannot pass empty', () => {
    expect(rooms).toEqual(Object.keys(borders));
    for (const room of rooms) expect({ room, sources: sources(room).length }).not.toEqual({ room, sources: 0 });
  });

  test.each([
    ['engine/decide.ts', '../runtime/execute.ts'],
    ['engine/decide.ts', 'node:fs'],
    ['engine/decide.ts', 'bpmn-moddle'],
    ['engine/decide.ts', 'express'],
    ['workers/agency-call.ts', '../engine/index.ts'],
    ['runtime/execute.ts', '../server/app.ts'],
    ['server/app.ts', '../workers/index.ts'],
    ['inbox/app.tsx', '../server/app.ts'],
    ['inbox/app.tsx', '../engine/index.ts'],
    ['portal/app.tsx', 'bpmn-js'],
    ['server/app.ts', './main.ts'],
  ])('[AR1] a border crossed is seen: %s → %s', (file, target) => {
    expect(violation({ file, target })).toBeDefined();
  });

  test('[AR1] all spellings of an import are seen', () => {
    const source = `import a from 'a';\nimport type { B } from "b";\nexport * from 'c';\nimport 'd';\nconst e = await import('e');\n// import x from 'x';\n`;
    expect(importsOf(source)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('the engine is pure', () => {
  test.each(sources('engine'))('[AR2] %s reads no clock, no randomness and no global of a platform', (file) => {
    const code = readFileSync(join(top, file), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/\/\/.*$/gm, '')
      .replace(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "''");
    expect(code).not.toMatch(
      /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\)|\bperformance\.now\b|\bprocess\.(?:env|argv|exit|cwd|hrtime|nextTick|memoryUsage|on|stdout|stderr|versions?|platform|pid|uptime)\b|\bsetTimeout\b|\bfetch\(|\bcrypto\./,
    );
  });
});

describe('nothing from a model runs as JavaScript', () => {
  const guarded = rooms.flatMap(sources);
  test.each(guarded)('[AR3] %s has no eval', (file) => {
    expect(readFileSync(join(top, file), 'utf8')).not.toMatch(/\beval\(|new Function\(|\bvm\.run|AsyncFunction\b/);
  });
});

describe('no file needs one that needs it', () => {
  test('[AR1] but for what is recursive by its nature', () => {
    const found = cycles(graphOf(rooms.flatMap(sources)));
    expect(found.filter(([first = '']) => !RECURSIVE.has(first))).toEqual([]);
    expect(found.map(([first]) => first)).toEqual(expect.arrayContaining([...RECURSIVE]));
  });

  test('[AR1] a ring is found, a chain is none', () => {
    const chain = new Map([['a', ['b']], ['b', ['c']], ['c', []]]); // prettier-ignore
    expect(cycles(chain)).toEqual([]);
    expect(cycles(new Map([...chain, ['c', ['a']], ['d', ['a']]]))).toEqual([['a', 'b', 'c']]);
  });
});
