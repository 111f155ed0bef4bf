/**
 * DANGER: a contract's `pattern` is a stranger's regular expression, and answers are strangers' texts: together they can hold a processor for
 * hours. Only patterns that need no more than about the square of the text's length are kept.
 */
import { isNode, type Node } from './nodes.ts';

export function isHarmless(pattern: string): boolean {
  if (pattern.length > 500 || /\\[1-9k]|\(\?[=!<]/.test(pattern)) return false;
  const plain = pattern.replace(/\\./g, 'x').replace(/\[(?:[^\]])*\]/g, 'x');
  // a group that repeats without bound, or with a large one
  if (/\)(?:[*+]|\{\d*,\}|\{\d{3,}|\{\d+,\d{3,})/.test(plain)) return false;
  // a repeated group within which something repeats
  if (/[*+}][^()]*\)\{/.test(plain)) return false;
  const open = plain.match(/[*+]|\{\d+,\}|\{\d*,\d{3,}\}/g) ?? [];
  try {
    new RegExp(pattern, 'u');
  } catch {
    return false;
  }
  return open.length <= 2;
}

/** A copy without the patterns that are not; `told` hears where each of them stood. */
export function withoutHarm(value: unknown, told: (pattern: string) => void): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutHarm(one, told));
  if (!isNode(value)) return value;
  const entries = Object.entries(value).flatMap(([name, one]) => {
    if (name === 'pattern' && typeof one === 'string' && !isHarmless(one)) {
      told(one);
      return [];
    }
    // the names of `patternProperties` are patterns
    if (name === 'patternProperties') return [];
    return [[name, withoutHarm(one, told)] as const];
  });
  return Object.fromEntries(entries) as Node;
}
