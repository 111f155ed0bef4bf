import { define } from './signature.ts';
import type { Table } from './signature.ts';
import { compilePattern } from '../regex/pattern.ts';
import type { Pattern } from '../regex/pattern.ts';
import type { Runtime } from '../runtime.ts';
import type { FeelList, FeelValue } from '../values.ts';

/** Texts (DMN 10.3.4.3). Positions and lengths count characters (code points), from 1. */
export function defineText(table: Table): void {
  const of = 'string: string';
  const pair = 'string: string, match: string';
  define(table, 'substring', {
    signature: `${of}, start position: number, length?: number`,
    run: ([text, start, length]: [string, number, number?]) => substring(text, start, length),
  });
  define(table, 'string length', { signature: of, run: ([text]: [string]) => [...text].length });
  define(table, 'upper case', { signature: of, run: ([text]: [string]) => text.toUpperCase() });
  define(table, 'lower case', { signature: of, run: ([text]: [string]) => text.toLowerCase() });
  define(table, 'trim', { signature: of, run: ([text]: [string]) => text.trim() });
  define(table, 'is blank', { signature: of, run: ([text]: [string]) => text.trim() === '' });
  define(table, 'substring before', {
    signature: pair,
    run: ([text, match]: [string, string]) => text.slice(0, Math.max(0, text.indexOf(match))),
  });
  define(table, 'substring after', {
    signature: pair,
    run: ([text, match]: [string, string]) => (text.includes(match) ? text.slice(text.indexOf(match) + match.length) : ''),
  });
  define(table, 'contains', { signature: pair, run: ([text, match]: [string, string]) => text.includes(match) });
  define(table, 'starts with', { signature: pair, run: ([text, match]: [string, string]) => text.startsWith(match) });
  define(table, 'ends with', { signature: pair, run: ([text, match]: [string, string]) => text.endsWith(match) });
  defineJoin(table);
  definePatterns(table);
  define(table, 'to base64', { signature: 'value: string', run: ([text]: [string]) => toBase64(text) });
  define(table, 'from base64', { signature: 'value: string', run: ([text]: [string]) => fromBase64(text) });
}

function substring(text: string, start: number, length?: number): string | undefined {
  if (!Number.isInteger(start) || start === 0 || (length !== undefined && length < 1)) return undefined;
  const chars = [...text];
  if (Math.abs(start) > chars.length) return length === undefined && start < 0 ? undefined : '';
  const from = start > 0 ? start - 1 : chars.length + start;
  return chars.slice(from, length === undefined ? undefined : from + Math.trunc(length)).join('');
}

function defineJoin(table: Table): void {
  const run = (
    [list, delimiter, prefix, suffix]: [FeelList, (string | null)?, string?, string?],
    runtime: Runtime,
  ): FeelValue | undefined => {
    if (!list.every((item) => item === null || typeof item === 'string')) return undefined;
    runtime.spend(list.length);
    const joined = list.filter((item) => item !== null).join(delimiter ?? '');
    return runtime.grown((prefix ?? '') + joined + (suffix ?? ''));
  };
  define(table, 'string join', { signature: 'list: list, delimiter?: string|null', run });
  define(table, 'string join', { signature: 'list: list, delimiter: string|null, prefix: string|null, suffix: string|null', run });
}

/** Compiled patterns are kept, because a table asks the same one of every row. */
const patterns = new Map<string, Pattern | string>();
const PATTERNS_KEPT = 500;

function patternOf(runtime: Runtime, source: string, flags: string): Pattern | null {
  const key = `${flags}/${source}`;
  const made = patterns.get(key) ?? compilePattern(source, flags);
  if (patterns.size >= PATTERNS_KEPT) patterns.clear();
  patterns.set(key, made);
  return typeof made === 'string' ? runtime.warn('function', made, 'regular expression') : made;
}

function definePatterns(table: Table): void {
  const base = 'input: string, pattern: string';
  define(table, 'matches', {
    signature: `${base}, flags?: string|null`,
    run: ([input, source, flags]: [string, string, (string | null)?], runtime: Runtime) => {
      const pattern = patternOf(runtime, source, flags ?? '');
      return pattern && pattern.find(input, 0, runtime) !== null;
    },
  });
  define(table, 'replace', {
    signature: `${base}, replacement: string, flags?: string|null`,
    run: ([input, source, replacement, flags]: [string, string, string, (string | null)?], runtime: Runtime) => {
      const pattern = patternOf(runtime, source, flags ?? '');
      return pattern && replaceAll(runtime, pattern, { input, replacement });
    },
  });
  define(table, 'split', {
    signature: 'string: string, delimiter: string',
    run: ([input, source]: [string, string], runtime: Runtime) => {
      const pattern = patternOf(runtime, source, '');
      return pattern && split(runtime, pattern, input);
    },
  });
  define(table, 'extract', {
    signature: 'string: string, pattern: string',
    run: ([input, source]: [string, string], runtime: Runtime) => {
      const pattern = patternOf(runtime, source, '');
      return pattern && [...allMatches(runtime, pattern, input)].map(([from = 0, to = 0]) => input.slice(from, to));
    },
  });
}

/** Every match from left to right; an empty match moves on by one character. */
function* allMatches(runtime: Runtime, pattern: Pattern, input: string): Generator<readonly number[]> {
  let at = 0;
  while (at <= input.length) {
    runtime.spend(1);
    const found = pattern.find(input, at, runtime);
    if (!found) return;
    yield found;
    const [from = 0, to = 0] = found;
    at = to > from ? to : to + 1;
  }
}

function replaceAll(runtime: Runtime, pattern: Pattern, { input, replacement }: { input: string; replacement: string }): string {
  const parts = pattern.literal ? [replacement] : replacement.split(/(\\\\|\\\$|\$\d+)/);
  let made = '';
  let done = 0;
  for (const found of allMatches(runtime, pattern, input)) {
    made += input.slice(done, found[0]);
    for (const part of parts) made += pattern.literal ? part : expand(part, { found, input, groups: pattern.groups });
    done = found[1] ?? done;
    runtime.grown(made);
  }
  return runtime.grown(made + input.slice(done));
}

/** `$1` in a replacement; of `$12` only as many digits as there are groups. */
function expand(part: string, match: { found: readonly number[]; input: string; groups: number }): string {
  if (part === '\\\\' || part === '\\$') return part.slice(1);
  if (!/^\$\d+$/.test(part)) return part;
  let digits = part.slice(1);
  while (digits.length > 1 && Number(digits) > match.groups) digits = digits.slice(0, -1);
  const group = Number(digits);
  const from = match.found[group * 2] ?? -1;
  return (from < 0 ? '' : match.input.slice(from, match.found[group * 2 + 1])) + part.slice(1 + digits.length);
}

function split(runtime: Runtime, pattern: Pattern, input: string): string[] {
  const made: string[] = [];
  let done = 0;
  for (const [from = 0, to = 0] of allMatches(runtime, pattern, input)) {
    if (to === from && (from === 0 || from === input.length)) continue;
    made.push(input.slice(done, from));
    done = to;
  }
  made.push(input.slice(done));
  return made;
}

// ---------------------------------------------------------------- base64 without a platform

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

function toBase64(text: string): string {
  const bytes = utf8(text);
  let made = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const chars = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((group >> shift) & 63));
    made += chars.slice(0, Math.min(4, left + 1)).join('') + '='.repeat(Math.max(0, 3 - left));
  }
  return made;
}

function fromBase64(text: string): string | undefined {
  const clean = text.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(clean) || clean.length % 4 === 1) return undefined;
  let bits = 0;
  let held = 0;
  let escaped = '';
  for (const char of clean) {
    held = (held << 6) | ALPHABET.indexOf(char);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    escaped += `%${((held >> bits) & 255).toString(16).padStart(2, '0')}`;
    held &= (1 << bits) - 1;
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}
